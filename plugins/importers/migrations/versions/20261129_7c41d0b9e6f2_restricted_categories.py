"""Restricted categories."""

import sqlalchemy as sa
from alembic import op

revision = '7c41d0b9e6f2'
down_revision = '31a8b3221070'
branch_labels = None
depends_on = None


def upgrade():
    with op.batch_alter_table('importers_topic') as topic:
        topic.add_column(sa.Column('is_restricted', sa.Boolean(), nullable=False, server_default=sa.false()))
    with op.batch_alter_table('importers_topic') as topic:
        topic.alter_column('is_restricted', server_default=None)


def downgrade():
    with op.batch_alter_table('importers_topic') as topic:
        topic.drop_column('is_restricted')
