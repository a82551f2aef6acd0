"""Commands about people: `flask brain member …`."""

from __future__ import annotations

import click
from flask.cli import with_appcontext

from brain.base.access import HOUSE, MEMBER_ROLES
from brain.base.errors import Unfit
from brain.base.unit import unit_of_work
from brain.members.actions import NewMember, add_member, change_role, confirm_by_hand
from brain.members.queries import Person, person_named


@click.group("member")
def member_group() -> None:
    """Add people and give them roles."""


@member_group.command("add")
@click.argument("name")
@click.argument("email")
@click.option("--role", type=click.Choice(MEMBER_ROLES), default="member", help="What they may do.")
@click.option("--language", default="en", help="The language of their mails and pages.")
@click.password_option(help="Asked for when it is not given here.")
@with_appcontext
def add(name: str, email: str, role: str, language: str, password: str) -> None:
    """Add a member whose address counts as confirmed."""
    new = NewMember(name=name, email=email, role=role, language=language, password=password)
    try:
        with unit_of_work():
            add_member(new)
    except Unfit as error:
        raise click.ClickException(" ".join(str(problem) for problem in error.problems.values())) from error
    click.echo(f"{name} may sign in as {role}.")


@member_group.command("role")
@click.argument("name")
@click.argument("role", type=click.Choice(MEMBER_ROLES))
@with_appcontext
def role(name: str, role: str) -> None:
    """Make somebody a member, a moderator or an admin."""
    with unit_of_work():
        person = _person(name)
        change_role(HOUSE, person.id, role)
    click.echo(f"{person.name} is {role} now.")


@member_group.command("confirm")
@click.argument("name")
@with_appcontext
def confirm(name: str) -> None:
    """Confirm the address that somebody waits to confirm, without a letter."""
    with unit_of_work():
        person = _person(name)
        confirm_by_hand(HOUSE, person.id)
    click.echo(f"{person.name} is confirmed.")


def _person(name: str) -> Person:
    found = person_named(name)
    if found is None:
        raise click.ClickException(f"Nobody is named {name}.")
    return found
