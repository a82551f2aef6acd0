"""`flask brain demo`: plant the demo community."""

from __future__ import annotations

import time

import click
from flask.cli import with_appcontext

from brain.base import jobs
from brain.base.access import HOUSE
from brain.base.errors import Unfit
from brain.demo.loader import PASSWORD, SIGN_INS, content, plant_demo
from brain.members.queries import member_count
from brain.plugin import lifecycle, registry


@click.command("demo")
@with_appcontext
def demo() -> None:
    """Plant the demo community into an empty site."""
    if member_count():
        raise click.ClickException("The demo community is for an empty site; this one has members.")
    plant()


def load_if_empty() -> None:
    """Plant the demo community unless somebody lives here already."""
    if not member_count():
        try:
            plant()
        except Unfit:
            if not member_count():
                raise
            click.echo("Another server has planted the demo community at the same moment.")
    say_sign_ins()


def plant() -> None:
    """Enable the plugins at hand, plant everything, index it, and say so."""
    started = time.monotonic()
    for name, plugin in registry.register().plugins.items():
        if not plugin.problem and not registry.is_enabled(name):
            lifecycle.enable_plugin(HOUSE, name)
    planted = plant_demo()
    jobs.run_until_idle(60)
    took = time.monotonic() - started
    click.echo(
        f"Planted {planted.members} members, {planted.topics} topics, "
        f"{planted.threads} threads and {planted.posts} posts in {took:.1f} s."
    )


def say_sign_ins() -> None:
    """Print who can sign in to the demo."""
    click.echo("\n  Sign in as one of the demo's people:")
    for person in content("members"):
        if person["key"] in SIGN_INS:
            click.echo(f"    {person['role']:10} {person['key']}@demo.example")
    click.echo(f"  Password: {PASSWORD}")
