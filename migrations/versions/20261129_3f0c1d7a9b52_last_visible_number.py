"""last visible number."""

import sqlalchemy as sa
from alembic import op

revision = '3f0c1d7a9b52'
down_revision = '8a75cda425ba'
branch_labels = None
depends_on = None


def upgrade():
    with op.batch_alter_table('thread') as thread:
        thread.add_column(sa.Column('last_number', sa.Integer(), nullable=False, server_default='0'))
    op.execute(
        "UPDATE thread SET last_number = COALESCE((SELECT MAX(post.number) FROM post"
        " WHERE post.thread_id = thread.id AND post.withdrawn = ''), 0)"
    )
    with op.batch_alter_table('thread') as thread:
        thread.alter_column('last_number', server_default=None)


def downgrade():
    with op.batch_alter_table('thread') as thread:
        thread.drop_column('last_number')
