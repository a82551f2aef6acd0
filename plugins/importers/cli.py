"""Commands: `flask brain import …`."""

from __future__ import annotations

import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Any

import click
from flask.cli import AppGroup
from flask_babel import gettext as _
from flask_babel import ngettext

from brain.base import clock
from brain.plugin import registry

from .actions import give_addresses_of
from .archive import Survey
from .bringing import bring_community, check_wishes
from .discourse import ReadingOptions, open_archive
from .errors import PluginOff
from .heads import Wishes
from .outcome import sentences

NAMES_MOST = 20
commands = AppGroup("import", help="Bring another community along.")
_existing = click.Path(exists=True, path_type=Path)


@commands.command("discourse")
@click.argument("path", type=_existing)
@click.option("--topic", default="", help="Put everything under the topic of this name; made if need be.")
@click.option("--base-url", default="", help="The old site's address, if the archive does not tell it.")
@click.option("--language", default="en", help="The language that the texts are in.")
@click.option("--processes", default=2, type=click.IntRange(1, 64), help="How many render at once.")
@click.option("--yes", is_flag=True, help="Do not ask.")
def discourse(path: Path, *, topic: str, base_url: str, language: str, processes: int, yes: bool) -> None:
    """Bring the threads of a Discourse archive: a file of JSON lines, or a folder of pages."""
    _need_plugin()
    click.echo(_("Looking through the archive …"))
    with open_archive(path, ReadingOptions(read_at=clock.now(), base_url=base_url)) as archive:
        survey = archive.survey
        wishes = Wishes(survey.base_url, topic, language, processes)
        check_wishes(wishes)
        click.echo(_found(survey))
        if not yes:
            click.confirm(_("Bring them here?"), abort=True)
        with _progress(survey.posts) as watch:
            outcome = bring_community(archive, wishes, watch)
    for sentence in sentences(outcome):
        click.echo(sentence)


@commands.command("addresses")
@click.argument("path", type=_existing)
def addresses(path: Path) -> None:
    """Give people who came along their mail addresses: a CSV file with username and email."""
    _need_plugin()
    done = give_addresses_of(path)
    click.echo(
        ngettext(
            "%(num)s member may claim their account now: they ask for a way in with their address.",
            "%(num)s members may claim their accounts now: they ask for a way in with their address.",
            done.given,
        )
    )
    _list(_("Nobody of this name came along:"), done.unknown)
    _list(_("Several came along under this name:"), done.unclear)
    _list(_("Not given:"), [f"{name}: {problem}" for name, problem in done.refused.items()])


def _need_plugin() -> None:
    if not registry.is_enabled("importers"):
        raise PluginOff


def _found(survey: Survey) -> str:
    return _(
        "%(threads)s threads with %(posts)s posts by %(members)s people, from %(site)s",
        threads=survey.threads,
        posts=survey.posts,
        members=len(survey.members),
        site=survey.base_url,
    )


def _list(heading: str, lines: list[str]) -> None:
    """Print a heading and the first lines of a list, if there are any."""
    if not lines:
        return
    click.echo(heading)
    for line in lines[:NAMES_MOST]:
        click.echo(f"  {line}")
    more = len(lines) - NAMES_MOST
    if more > 0:
        click.echo(ngettext("  and %(num)s more", "  and %(num)s more", more))


@contextmanager
def _progress(total: int) -> Iterator[Callable[[int], None]]:
    """Show a bar with rate and time left; yields what is told of each step."""
    began = time.monotonic()

    def rate(_item: Any) -> str:
        passed = time.monotonic() - began
        return _("%(rate)s a second", rate=round(bar.pos / passed)) if passed > 1 else ""

    bar = click.progressbar(length=total, label=_("Posts"), show_pos=True, show_eta=True, item_show_func=rate)
    with bar:
        yield lambda steps: bar.update(steps, steps)
