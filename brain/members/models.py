"""Tables of people."""

from __future__ import annotations

from datetime import datetime

import sqlalchemy as sa
from sqlalchemy.orm import Mapped, mapped_column

from brain.base.db import Base, JsonText


class Member(Base):
    """A person. `name` is shown and unique by `name_key` (confusables folded).

    `email` is confirmed; `wanted_email` waits for that (at registration, or
    when a member moves to another address). Several may want one address:
    the first to confirm gets it, and nobody learns who has it already.
    A *staged* member came with an import: no password yet, may claim the
    account by mail. `reads` are BCP 47 codes of the languages they read.
    Somebody erased has neither address nor confirmation, only a neutral name.
    """

    __tablename__ = "member"

    id: Mapped[int] = mapped_column(primary_key=True)
    name: Mapped[str] = mapped_column(sa.String(40))
    name_key: Mapped[str] = mapped_column(sa.String(120), unique=True)
    name_order: Mapped[str] = mapped_column(sa.String(120), default="", index=True)
    email: Mapped[str | None] = mapped_column(sa.String(254))
    email_key: Mapped[str | None] = mapped_column(sa.String(254), unique=True)
    wanted_email: Mapped[str | None] = mapped_column(sa.String(254))
    wanted_key: Mapped[str | None] = mapped_column(sa.String(254), index=True)
    wanted_at: Mapped[datetime | None]
    password_hash: Mapped[str | None] = mapped_column(sa.String(200))
    role: Mapped[str] = mapped_column(sa.String(20), default="member")
    confirmed_at: Mapped[datetime | None]
    staged: Mapped[bool] = mapped_column(default=False)
    language: Mapped[str] = mapped_column(sa.String(12), default="en")
    reads: Mapped[list[str]] = mapped_column(JsonText, default=list)
    timezone: Mapped[str] = mapped_column(sa.String(64), default="UTC")
    theme: Mapped[str] = mapped_column(sa.String(10), default="")
    country: Mapped[str] = mapped_column(sa.String(2), default="")
    about: Mapped[str] = mapped_column(sa.String(2000), default="")
    about_html: Mapped[str] = mapped_column(sa.Text, default="")
    fields: Mapped[dict[str, str]] = mapped_column(JsonText, default=dict)
    post_count: Mapped[int] = mapped_column(default=0)
    created_at: Mapped[datetime] = mapped_column(index=True)
    seen_at: Mapped[datetime | None]
    suspended_until: Mapped[datetime | None]


class MemberSession(Base):
    """One device where a member is signed in; the token is stored hashed."""

    __tablename__ = "member_session"

    id: Mapped[int] = mapped_column(primary_key=True)
    member_id: Mapped[int] = mapped_column(sa.ForeignKey("member.id", ondelete="CASCADE"), index=True)
    token_hash: Mapped[str] = mapped_column(sa.String(64), unique=True)
    device: Mapped[str] = mapped_column(sa.String(200), default="")
    address: Mapped[str] = mapped_column(sa.String(45), default="")
    created_at: Mapped[datetime]
    seen_at: Mapped[datetime]


class Group(Base):
    """Members who belong together: an edition, facilitators."""

    __tablename__ = "member_group"

    id: Mapped[int] = mapped_column(primary_key=True)
    key: Mapped[str] = mapped_column(sa.String(60), unique=True)
    names: Mapped[dict[str, str]] = mapped_column(JsonText, default=dict)
    created_at: Mapped[datetime]


class Membership(Base):
    """A member's place in a group."""

    __tablename__ = "membership"

    group_id: Mapped[int] = mapped_column(
        sa.ForeignKey("member_group.id", ondelete="CASCADE"), primary_key=True
    )
    member_id: Mapped[int] = mapped_column(
        sa.ForeignKey("member.id", ondelete="CASCADE"), primary_key=True, index=True
    )
    is_owner: Mapped[bool] = mapped_column(default=False)
    joined_at: Mapped[datetime]
