"""What the site remembers of each plugin: on or off, and what went wrong."""

from __future__ import annotations

from datetime import datetime

import sqlalchemy as sa
from sqlalchemy.orm import Mapped, mapped_column

from brain.base.db import Base


class PluginState(Base):
    """Whether a plugin is switched on, and who said so."""

    __tablename__ = "plugin_state"

    name: Mapped[str] = mapped_column(sa.String(60), primary_key=True)
    enabled: Mapped[bool] = mapped_column(default=False)
    version: Mapped[str] = mapped_column(sa.String(40), default="")
    changed_at: Mapped[datetime]
    changed_by: Mapped[int | None]
    reason: Mapped[str] = mapped_column(sa.String(500), default="")


class PluginStrike(Base):
    """One contained failure of a plugin."""

    __tablename__ = "plugin_strike"

    id: Mapped[int] = mapped_column(primary_key=True)
    plugin: Mapped[str] = mapped_column(sa.String(60), index=True)
    place: Mapped[str] = mapped_column(sa.String(120))
    error: Mapped[str] = mapped_column(sa.Text)
    at: Mapped[datetime]
