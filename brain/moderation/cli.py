"""Commands: `flask brain moderation …`."""

from __future__ import annotations

import click
from flask.cli import AppGroup, with_appcontext

from brain.moderation.log import check_log

moderation = AppGroup("moderation", help="Look after cases and their log.")


@moderation.command("check-log")
@with_appcontext
def check() -> None:
    """Follow the log of moderation from end to end; fails where it is broken."""
    state = check_log()
    for broken in state.breaks:
        click.echo(broken, err=True)
    if state.breaks:
        raise click.ClickException(f"the log is broken in {len(state.breaks)} places")
    click.echo(f"the log is unbroken: {state.length} rows")
