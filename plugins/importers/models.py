"""Where things came from: what makes imports repeatable and old addresses work.

An entry outlives what it points at: a thread or member that was deleted here
does not come back with the next import.
"""

from __future__ import annotations

from datetime import datetime

import sqlalchemy as sa
from sqlalchemy.orm import Mapped, mapped_column

from brain.base.db import Base, JsonText

#: Old ids count further than an integer column does.
OldId = sa.BigInteger


class OldSource(Base):
    """A site that a community came from. `key` is its host and folder, as compared."""

    __tablename__ = "importers_source"

    id: Mapped[int] = mapped_column(primary_key=True)
    key: Mapped[str] = mapped_column(sa.String(255), unique=True)
    base_url: Mapped[str] = mapped_column(sa.String(255))
    created_at: Mapped[datetime]


class OldMember(Base):
    """Somebody who wrote there.

    `key` is a digest of what named them, so that it names nobody once they
    are erased here; `old_name` is folded, and empty from then on.
    """

    __tablename__ = "importers_member"
    __table_args__ = (sa.UniqueConstraint("source_id", "key"),)

    id: Mapped[int] = mapped_column(primary_key=True)
    source_id: Mapped[int] = mapped_column(sa.ForeignKey("importers_source.id", ondelete="CASCADE"))
    key: Mapped[str] = mapped_column(sa.String(64))
    old_name: Mapped[str] = mapped_column(sa.String(255), index=True)
    member_id: Mapped[int | None] = mapped_column(sa.ForeignKey("member.id", ondelete="SET NULL"), index=True)


class OldTopic(Base):
    """A category there; `old_id` 0 stands for threads without one.

    `is_restricted` says that not everybody could read it when it came: its
    topic was made for staff, and wider since only if somebody here said so.
    """

    __tablename__ = "importers_topic"

    source_id: Mapped[int] = mapped_column(
        sa.ForeignKey("importers_source.id", ondelete="CASCADE"), primary_key=True
    )
    old_id: Mapped[int] = mapped_column(OldId, primary_key=True, index=True)
    topic_id: Mapped[int] = mapped_column(sa.ForeignKey("topic.id", ondelete="CASCADE"), index=True)
    is_restricted: Mapped[bool] = mapped_column(default=False)


class OldThread(Base):
    """A thread there.

    `numbers` are the post numbers that came in, as ranges (`1-20,22`), lines
    of the stream included; `moved` gives (old, new) where ours differ.
    """

    __tablename__ = "importers_thread"

    source_id: Mapped[int] = mapped_column(
        sa.ForeignKey("importers_source.id", ondelete="CASCADE"), primary_key=True
    )
    old_id: Mapped[int] = mapped_column(OldId, primary_key=True, index=True)
    thread_id: Mapped[int | None] = mapped_column(sa.ForeignKey("thread.id", ondelete="SET NULL"), index=True)
    slug: Mapped[str] = mapped_column(sa.String(255))
    numbers: Mapped[str] = mapped_column(sa.Text, default="")
    moved: Mapped[list[tuple[int, int]]] = mapped_column(JsonText, default=list)
