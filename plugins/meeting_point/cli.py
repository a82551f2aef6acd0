"""Commands of the Meeting Point."""

from __future__ import annotations

import click
import sqlalchemy as sa
from flask.cli import AppGroup

from brain.base.db import db
from brain.base.unit import unit_of_work

from .models import ListingRow
from .pairing import match_listing

commands = AppGroup("meeting-point", help="Look after offers, needs and their matches.")


@commands.command("rematch")
def rematch() -> None:
    """Find the matches of every open need anew (after weights or code changed)."""
    needs = sa.select(ListingRow.id).where(ListingRow.side == "need", ListingRow.status == "open")
    ids = db.session.scalars(needs).all()
    for listing_id in ids:
        with unit_of_work():
            match_listing({"listing_id": listing_id})
    click.echo(f"{len(ids)} needs matched")
