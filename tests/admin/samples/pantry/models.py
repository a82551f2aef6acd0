"""Jars, in a table that a test can take out of the metadata again."""

import sqlalchemy as sa

from brain.base.db import Base, db

jars = sa.Table(
    "pantry_jar",
    Base.metadata,
    sa.Column("id", sa.Integer, primary_key=True),
    sa.Column("label", sa.String(80), nullable=False),
    sa.Column("member_id", sa.ForeignKey("member.id", ondelete="SET NULL")),
)


def labels():
    return list(db.session.scalars(sa.select(jars.c.label).order_by(jars.c.id)))


def put(label):
    if label not in labels():
        db.session.execute(sa.insert(jars).values(label=label))
