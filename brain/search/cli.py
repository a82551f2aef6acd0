"""Commands: `flask brain search …`."""

from __future__ import annotations

import math
import time

import click
from flask.cli import AppGroup

from brain.plugin.contribution import SearchSource
from brain.search import indexing
from brain.search.backend import IndexDamaged
from brain.search.index import index
from brain.search.indexing import Difference

search_group = AppGroup("search", help="Look after the search index.")


@search_group.command("rebuild")
def rebuild() -> None:
    """Build the index anew from the database, while the old one answers."""
    started = time.monotonic()
    if not indexing.build_on(math.inf, fresh=True):
        raise click.ClickException("Another process is building the index.")
    total = 0
    for _owner, source in indexing.sources():
        count = len(index().digests(source.kind))
        total += count
        click.echo(f"{source.kind}: {count}")
    took = time.monotonic() - started
    click.echo(f"{total} documents in {took:.1f} s ({total / max(took, 0.001):.0f} a second)")


@search_group.command("check")
@click.option("--repair", is_flag=True, help="Index again what differs.")
def check(repair: bool) -> None:
    """Compare every document with the index; fails on a difference."""
    if not index().is_fit():
        if not repair:
            raise click.ClickException(
                "The index is gone or damaged. Build it anew: flask brain search rebuild"
            )
        indexing.build_on(math.inf, fresh=True)
    wrong = 0
    for owner, source in indexing.sources():
        difference = _compare(owner, source)
        wrong += len(difference.keys)
        click.echo(
            f"{difference.kind}: {difference.count} indexed, {len(difference.missing)} missing, "
            f"{len(difference.stale)} stale, {len(difference.ghosts)} ghosts"
        )
        if repair and difference.keys:
            indexing.repair(difference)
    if wrong and not repair:
        raise click.ClickException(
            f"{wrong} documents differ. To index them again: flask brain search check --repair"
        )


def _compare(owner: str, source: SearchSource) -> Difference:
    try:
        return indexing.compare(owner, source)
    except (IndexDamaged, indexing.SourceFailed) as error:
        raise click.ClickException(f"{source.kind}: {error}") from error
