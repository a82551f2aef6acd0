"""The table of what members are told."""

from __future__ import annotations

from datetime import datetime

import sqlalchemy as sa
from sqlalchemy.orm import Mapped, mapped_column

from brain.base.db import Base

KEY_MOST = 120


class Notification(Base):
    """One piece of news for one member; no text, that is made when shown.

    `key` makes sure that an event tells a member once, however often it is
    delivered. Rows of one `group_key` that were read together are shown as
    one: the count is counted, so it cannot be wrong. `is_gone` marks rows
    whose subject the member may not see at present.
    """

    __tablename__ = "notification"
    __table_args__ = (
        sa.UniqueConstraint("member_id", "key"),
        sa.Index("ix_notification_unread", "member_id", "read_at", "is_gone"),
        sa.Index("ix_notification_subject", "subject_kind", "subject_id"),
    )

    id: Mapped[int] = mapped_column(primary_key=True)
    member_id: Mapped[int] = mapped_column(sa.ForeignKey("member.id", ondelete="CASCADE"))
    type: Mapped[str] = mapped_column(sa.String(80))
    subject_kind: Mapped[str] = mapped_column(sa.String(40))
    subject_id: Mapped[int]
    actor_id: Mapped[int | None] = mapped_column(sa.ForeignKey("member.id", ondelete="SET NULL"), index=True)
    group_key: Mapped[str] = mapped_column(sa.String(KEY_MOST))
    key: Mapped[str] = mapped_column(sa.String(KEY_MOST))
    at: Mapped[datetime]
    read_at: Mapped[datetime | None] = mapped_column(index=True)
    is_gone: Mapped[bool] = mapped_column(default=False)
