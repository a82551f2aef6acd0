"""Who is signed in: Flask-Login over revocable session rows."""

from __future__ import annotations

from flask import Flask

from brain.base.access import VISITOR, Viewer


def init_app(app: Flask) -> None:
    """Attach sign-in to the application."""


def current_viewer() -> Viewer:
    """Give the viewer of this request."""
    return VISITOR
