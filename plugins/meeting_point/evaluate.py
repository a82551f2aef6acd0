"""Measure the matching against judged offers and needs.

    python -m plugins.meeting_point.evaluate FOLDER --listings listings.jsonl --out run.tsv

FOLDER holds listings as JSON lines (its README names the fields). What is
written is a run: need, listing, rank, score, as the scorer beside FOLDER reads
it: `python score.py FOLDER run.tsv --strict`. Facilitators are judged apart:
`--kind facilitate`, and `--kind facilitate --cutoff 3` for the scorer.
"""

import argparse
import json
import sys
from collections.abc import Iterator, Mapping, Sequence
from datetime import date
from pathlib import Path
from typing import Any

from .matching import ALGORITHM_VERSION, Corpus, Listing, Spoken, rank_facilitators, rank_offers

REFERENCE_DATE = date(2026, 11, 22)


def read_listings(path: Path) -> list[Listing]:
    """Read listings from a file of one JSON object a line."""
    with path.open(encoding="utf-8") as lines:
        return [listing_from(json.loads(line)) for line in lines if line.strip()]


def listing_from(row: Mapping[str, Any]) -> Listing:
    """Make a listing of one judged record."""
    return Listing(
        id=row["id"],
        side=row["side"],
        author_id=row["author_id"],
        organisation_id=row["organisation_id"],
        country=row["country"],
        languages=tuple(Spoken(one["code"], one["level"]) for one in row["languages"]),
        created_on=date.fromisoformat(row["created_on"]),
        expires_on=date.fromisoformat(row["expires_on"]),
        status=row["status"],
        capacity_left=row["capacity_left"],
        themes=tuple(row["themes"]),
        sectors=tuple(row["sectors"]),
        sdgs=tuple(row["sdgs"]),
        modalities=tuple(row["modalities"]),
        lacks=tuple(row["lacks"]),
        covers=tuple(row.get("covers", ())),
        places_include=tuple(row["places_include"]),
        places_exclude=tuple(row["places_exclude"]),
        text="\n".join((row["title"], row["summary"], row["body"])),
    )


def run(listings: Sequence[Listing], kind: str, today: date) -> Iterator[str]:
    """Rank offers or facilitators for every need; yield the lines of a run."""
    rank = rank_facilitators if kind == "facilitate" else rank_offers
    corpus = Corpus.of(listings)
    for need in (listing for listing in listings if listing.side == "need"):
        for place, found in enumerate(rank(need, corpus, today=today), 1):
            yield f"{need.id}\t{found.listing_id}\t{place}\t{found.score:.6f}"


def main(arguments: Sequence[str] | None = None) -> None:
    """Write a run file for the scorer."""
    parser = argparse.ArgumentParser(description=(__doc__ or "").partition("\n")[0])
    parser.add_argument("folder", type=Path, help="folder with the judged listings")
    parser.add_argument("--listings", default="listings_hard.jsonl", help="file in FOLDER to rank")
    parser.add_argument("--kind", choices=("offer", "facilitate"), default="offer")
    parser.add_argument("--today", type=date.fromisoformat, default=REFERENCE_DATE)
    parser.add_argument("--out", type=Path, required=True, help="run file to write")
    chosen = parser.parse_args(arguments)
    lines = list(run(read_listings(chosen.folder / chosen.listings), chosen.kind, chosen.today))
    chosen.out.write_text("".join(f"{line}\n" for line in lines), "utf-8")
    sys.stdout.write(f"{len(lines)} suggestions by {ALGORITHM_VERSION} written to {chosen.out}\n")


if __name__ == "__main__":
    main()
