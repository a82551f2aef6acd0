"""On the judged offers and needs, matching keeps what it promises.

The set lies beside the checkout; where it is missing, these tests are skipped.
"""

import csv
import json
import subprocess
import sys
from pathlib import Path
from typing import Any

import pytest

from plugins.meeting_point.evaluate import REFERENCE_DATE, read_listings
from plugins.meeting_point.matching import gate

ROOT = Path(__file__).resolve().parents[3]
JUDGED = ROOT.parent / "shared" / "data" / "matching"

pytestmark = pytest.mark.skipif(
    not JUDGED.is_dir(),
    reason="The judged offers and needs are not beside this checkout: matching quality was not measured.",
)


def measured(tmp_path: Path, listings: str, kind: str) -> dict[str, Any]:
    """Write a run with the command and score it with the set's own scorer."""
    run, cutoff = tmp_path / "run.tsv", "3" if kind == "facilitate" else "10"
    command = [sys.executable, "-m", "plugins.meeting_point.evaluate", str(JUDGED / "dev")]
    chosen = ["--listings", listings, "--kind", kind, "--out", str(run)]
    subprocess.run([*command, *chosen], cwd=ROOT, check=True, capture_output=True)
    scorer = [sys.executable, str(JUDGED / "score.py"), str(JUDGED / "dev"), str(run)]
    options = ["--kind", kind, "--cutoff", cutoff, "--json", "--strict"]
    done = subprocess.run([*scorer, *options], check=True, capture_output=True, text=True)
    marks: dict[str, Any] = json.loads(done.stdout)
    return marks


@pytest.mark.parametrize(("listings", "floor"), [("listings_hard.jsonl", 0.65), ("listings.jsonl", 0.90)])
def test_offers_are_ranked_no_worse_than_the_floor(tmp_path: Path, listings: str, floor: float) -> None:
    marks = measured(tmp_path, listings, "offer")
    assert marks["gate_violations"] == marks["unknown"] == 0
    assert marks["ndcg@10"] >= floor
    assert marks["coverage"] >= 0.95
    assert marks["gini"] <= 0.35


@pytest.mark.parametrize(("listings", "floor"), [("listings_hard.jsonl", 0.85), ("listings.jsonl", 0.85)])
def test_facilitators_are_ranked_no_worse_than_the_floor(tmp_path: Path, listings: str, floor: float) -> None:
    marks = measured(tmp_path, listings, "facilitate")
    assert marks["gate_violations"] == marks["unknown"] == 0
    assert marks["ndcg@3"] >= floor


def test_gates_agree_with_every_judged_pair() -> None:
    listings = {listing.id: listing for listing in read_listings(JUDGED / "dev" / "listings.jsonl")}

    def gate_of(row: dict[str, str]) -> str | None:
        return gate(listings[row["need_id"]], listings[row["listing_id"]], REFERENCE_DATE)

    eligible, barred = rows("qrels.tsv"), rows("gates.tsv")
    assert [row for row in eligible if gate_of(row) is not None] == []
    assert [row for row in barred if gate_of(row) not in row["reasons"].split(",")] == []


def rows(name: str) -> list[dict[str, str]]:
    with (JUDGED / "dev" / name).open(encoding="utf-8") as lines:
        return list(csv.DictReader(lines, delimiter="\t"))
