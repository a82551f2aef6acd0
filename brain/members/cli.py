"""Commands about people: `flask brain member …`, `flask brain group …`."""

from __future__ import annotations

import click
from flask.cli import with_appcontext

from brain.base.access import HOUSE, MEMBER_ROLES
from brain.base.unit import unit_of_work
from brain.members.actions import (
    NewMember,
    add_group,
    add_member,
    change_role,
    confirm_by_hand,
    join_group,
    leave_group,
)
from brain.members.queries import Person, group_keyed, groups, person_named


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
    with unit_of_work():
        add_member(new)
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


@click.group("group")
def group_group() -> None:
    """Make groups, and say who is in them."""


@group_group.command("list")
@with_appcontext
def list_groups() -> None:
    """List the groups: key, name, how many members."""
    for group in groups():
        click.echo(f"{group.key}\t{group.name}\t{group.count}")


@group_group.command("set")
@click.argument("key")
@click.argument("names", nargs=-1, required=True, metavar="LANGUAGE=NAME…")
@with_appcontext
def set_group(key: str, names: tuple[str, ...]) -> None:
    """Make a group, or give it other names: `set savers en="Savers" fr="Épargnants"`."""
    with unit_of_work():
        add_group(key, dict(name.partition("=")[::2] for name in names))
    click.echo(f"{key} may be chosen as who reads a topic.")


@group_group.command("join")
@click.argument("key")
@click.argument("names", nargs=-1, required=True)
@with_appcontext
def join(key: str, names: tuple[str, ...]) -> None:
    """Put members into a group."""
    with unit_of_work():
        for name in names:
            join_group(_person(name).id, group_keyed(key).id)
    click.echo(f"{len(names)} in {key}.")


@group_group.command("leave")
@click.argument("key")
@click.argument("names", nargs=-1, required=True)
@with_appcontext
def leave(key: str, names: tuple[str, ...]) -> None:
    """Take members out of a group."""
    with unit_of_work():
        for name in names:
            leave_group(_person(name).id, group_keyed(key).id)
    click.echo(f"{len(names)} not in {key}.")


def _person(name: str) -> Person:
    found = person_named(name)
    if found is None:
        raise click.ClickException(f"Nobody is named {name}.")
    return found
