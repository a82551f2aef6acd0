"""Tables of flags, cases, statements of reasons, and the log."""

from __future__ import annotations

from datetime import datetime
from typing import Any

import sqlalchemy as sa
from sqlalchemy.orm import Mapped, mapped_column

from brain.base.db import Base, JsonText


class Case(Base):
    """All flags about one thing, and what became of it.

    `open_key` names the thing while the case is open, so that there is at most
    one open case a thing. `is_hidden` says that this case keeps the thing
    hidden; then, and when it was settled as agreed, there is a ground. Who may
    settle it follows from `audience`, kept here for lists.
    """

    __tablename__ = "moderation_case"
    __table_args__ = (
        sa.CheckConstraint(
            "(status = 'open' AND open_key IS NOT NULL AND decision IS NULL)"
            " OR (status = 'settled' AND open_key IS NULL AND settled_at IS NOT NULL"
            " AND decision IS NOT NULL AND decision IN ('agree', 'disagree', 'ignore'))",
            name="settled",
        ),
        sa.CheckConstraint(
            "ground <> '' OR (NOT is_hidden AND (decision IS NULL OR decision <> 'agree'))", name="ground"
        ),
        sa.Index("ix_moderation_case_queue", "status", "audience", "score"),
        sa.Index("ix_moderation_case_subject", "kind", "subject_id"),
    )

    id: Mapped[int] = mapped_column(primary_key=True)
    kind: Mapped[str] = mapped_column(sa.String(40))
    subject_id: Mapped[int]
    open_key: Mapped[str | None] = mapped_column(sa.String(80), unique=True)
    audience: Mapped[str] = mapped_column(sa.String(40))
    language: Mapped[str] = mapped_column(sa.String(12))
    author_id: Mapped[int | None] = mapped_column(sa.ForeignKey("member.id", ondelete="SET NULL"), index=True)
    score: Mapped[float] = mapped_column(default=0.0)
    opened_at: Mapped[datetime]
    is_hidden: Mapped[bool] = mapped_column(default=False)
    status: Mapped[str] = mapped_column(sa.String(10), default="open")
    decision: Mapped[str | None] = mapped_column(sa.String(10))
    ground: Mapped[str] = mapped_column(sa.String(20), default="")
    settled_by: Mapped[int | None] = mapped_column(sa.ForeignKey("member.id", ondelete="SET NULL"))
    settled_at: Mapped[datetime | None]
    version: Mapped[int] = mapped_column(default=1)
    claimed_by: Mapped[int | None] = mapped_column(sa.ForeignKey("member.id", ondelete="SET NULL"))
    claimed_at: Mapped[datetime | None]
    reminded_at: Mapped[datetime | None]


class Flag(Base):
    """One member's notice that something is wrong with a thing."""

    __tablename__ = "flag"
    __table_args__ = (sa.UniqueConstraint("case_id", "member_id"),)

    id: Mapped[int] = mapped_column(primary_key=True)
    case_id: Mapped[int] = mapped_column(sa.ForeignKey("moderation_case.id", ondelete="RESTRICT"))
    member_id: Mapped[int | None] = mapped_column(sa.ForeignKey("member.id", ondelete="SET NULL"), index=True)
    reason: Mapped[str] = mapped_column(sa.String(20))
    note: Mapped[str] = mapped_column(sa.String(1000), default="")
    weight: Mapped[float]
    at: Mapped[datetime]


class Statement(Base):
    """Why a thing was hidden, as its author is told.

    `text` is the ground's sentence in the author's `language`; `words` are the
    moderator's own. `by` is empty when the house hid it.
    """

    __tablename__ = "statement"
    __table_args__ = (sa.CheckConstraint("ground <> '' AND text <> ''", name="ground"),)

    id: Mapped[int] = mapped_column(primary_key=True)
    case_id: Mapped[int] = mapped_column(sa.ForeignKey("moderation_case.id", ondelete="RESTRICT"), index=True)
    member_id: Mapped[int | None] = mapped_column(sa.ForeignKey("member.id", ondelete="SET NULL"), index=True)
    ground: Mapped[str] = mapped_column(sa.String(20))
    text: Mapped[str] = mapped_column(sa.Text)
    words: Mapped[str] = mapped_column(sa.String(1000), default="")
    language: Mapped[str] = mapped_column(sa.String(12))
    by: Mapped[int | None] = mapped_column(sa.ForeignKey("member.id", ondelete="SET NULL"))
    at: Mapped[datetime]


class LogRow(Base):
    """One act in the log; never changed, never deleted.

    Rows are numbered without gaps and each holds the digest of the one before,
    so that `check_log` finds any that was changed, added or taken away. Facts
    are ids and short names, no texts and no names of people: erasing a member
    leaves the log as it is.
    """

    __tablename__ = "case_log"

    id: Mapped[int] = mapped_column(primary_key=True, autoincrement=False)
    case_id: Mapped[int] = mapped_column(sa.ForeignKey("moderation_case.id", ondelete="RESTRICT"), index=True)
    act: Mapped[str] = mapped_column(sa.String(40))
    member_id: Mapped[int | None]
    facts: Mapped[dict[str, Any]] = mapped_column(JsonText)
    at: Mapped[datetime]
    previous: Mapped[str] = mapped_column(sa.String(64))
    digest: Mapped[str] = mapped_column(sa.String(64), unique=True)


class LogHead(Base):
    """How long the log is and how it ends: one row, locked while one writes."""

    __tablename__ = "case_log_head"

    id: Mapped[int] = mapped_column(primary_key=True, autoincrement=False)
    length: Mapped[int]
    digest: Mapped[str] = mapped_column(sa.String(64))
