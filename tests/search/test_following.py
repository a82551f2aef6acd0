"""The index follows the database: by events, by builds, by comparing."""

from __future__ import annotations

from datetime import timedelta

import pytest

from brain.base import clock, jobs
from brain.base.db import db
from brain.base.unit import unit_of_work
from brain.cli import brain
from brain.search import indexing
from brain.search.backend import IndexDamaged
from brain.search.index import index
from brain.search.jobs import TEND
from brain.search.whoosh_backend import folder as folders
from tests.search.shelf import document


@pytest.fixture
def command(app):
    """Run `flask brain search …`; gives its output and exit code."""
    runner = app.test_cli_runner()

    def run(*words: str):
        db.session.rollback()
        return runner.invoke(brain, ["search", *words])

    return run


def ids(kind: str = "book") -> set[int]:
    return set(index().digests(kind))


def tend() -> None:
    """Let the clock's job run."""
    with unit_of_work():
        jobs.ask(TEND)
    jobs.run_until_idle()


def test_first_change_builds_the_index_and_the_next_follow(shelf, make):
    shelf.put(1, "Fund")
    make.work()
    assert ids() == {1}
    generation = index()._seal.generation
    shelf.put(2, "Rules")
    shelf.put(1, "Visit")
    make.work()
    assert ids() == {1, 2}
    assert index()._seal.generation == generation + 1, "one commit for both"
    shelf.take_away(1)
    make.work()
    assert ids() == {2}


def test_event_of_a_unit_that_failed_changes_nothing(shelf, make):
    shelf.put(1, "Fund")
    make.work()
    before = index().digests("book")
    with pytest.raises(RuntimeError), unit_of_work():
        shelf.documents[1] = shelf.documents.pop(1)
        raise RuntimeError
    make.work()
    assert index().digests("book") == before


def test_deleted_index_comes_back_with_everything(shelf, make, app):
    for number in range(1, 30):
        shelf.put(number, f"Fund {number}")
    make.work()
    app.test_cli_runner()
    (index()._root / folders.CURRENT).unlink()
    with pytest.raises(IndexDamaged):
        ids()
    shelf.put(30, "Fund")
    make.work()
    assert ids() == set(range(1, 31))


def test_clock_finds_a_damaged_index_that_nobody_asks(shelf, make):
    shelf.put(1, "Fund")
    make.work()
    folder = folders.pointed(index()._root, folders.CURRENT)
    next(folder.glob("*.seg")).write_bytes(b"")
    with clock.at(timedelta(minutes=6)):
        make.work()
    assert ids() == {1}
    assert index().is_fit()


def test_long_build_gives_way_to_other_jobs_and_goes_on(shelf, make, monkeypatch):
    monkeypatch.setattr(indexing, "SLICE", 10)
    monkeypatch.setattr(indexing, "COMMIT", 20)
    monkeypatch.setattr("brain.search.jobs.BUILD_SECONDS", 0)
    for number in range(1, 95):
        shelf.documents[number] = document(number, "Fund")
    indexing.ask_to_rebuild()
    indexing.ask_to_rebuild()
    for _ in range(3):
        jobs.run_due(limit=1)
    assert index().is_building()
    shelf.put(3, "Changed while it is built")
    shelf.take_away(4)
    make.work()
    assert ids() == set(range(1, 95)) - {4}
    assert indexing.compare("shelf", shelf.source()).keys == []


def test_rebuild_by_hand_tells_what_it_did(shelf, make, command):
    shelf.put(1, "Fund")
    make.work()
    shelf.documents[2] = shelf.documents[1].__class__(**{**vars(shelf.documents[1]), "id": 2})
    result = command("rebuild")
    assert result.exit_code == 0, result.output
    assert "book: 2" in result.output
    assert ids() == {1, 2}


def test_check_finds_what_is_missing_stale_or_a_ghost_and_repairs_it(shelf, make, command):
    for number in (1, 2, 3):
        shelf.put(number, "Fund")
    make.work()
    result = command("check")
    assert result.exit_code == 0, result.output
    assert "book: 3 indexed, 0 missing, 0 stale, 0 ghosts" in result.output
    fields = vars(shelf.documents[1])
    make_like = shelf.documents[1].__class__
    shelf.documents[2] = make_like(**{**fields, "id": 2, "body": "Another text"})
    shelf.documents[4] = make_like(**{**fields, "id": 4})
    del shelf.documents[3]
    result = command("check")
    assert result.exit_code == 1
    assert "book: 3 indexed, 1 missing, 1 stale, 1 ghosts" in result.output
    assert command("check", "--repair").exit_code == 0
    assert "0 missing, 0 stale, 0 ghosts" in command("check").output
    assert ids() == {1, 2, 4}


def test_check_of_a_damaged_index_says_so_and_repair_builds_it_anew(shelf, make, command):
    shelf.put(1, "Fund")
    make.work()
    folder = folders.pointed(index()._root, folders.CURRENT)
    next(folder.glob("*.seg")).unlink()
    result = command("check")
    assert result.exit_code == 1
    assert "gone or damaged" in result.output
    assert command("check", "--repair").exit_code == 0
    assert ids() == {1}


def test_deliveries_that_were_given_up_are_put_right_within_a_day(shelf, make):
    shelf.put(1, "Fund")
    make.work()
    shelf.documents[2] = shelf.documents[1].__class__(**{**vars(shelf.documents[1]), "id": 2})
    with clock.at(timedelta(days=1, minutes=1)):
        make.work()
    assert ids() == {1, 2}


def test_deleted_text_is_out_of_the_files_within_a_day(shelf, make):
    for number in range(1, 30):
        shelf.put(number, f"Fund zunzun{number}")
    make.work()
    folder = index()._root
    shelf.take_away(7)
    make.work()
    with clock.at(timedelta(days=1, minutes=1)):
        make.work()
    files = [path.read_bytes() for path in folder.rglob("*") if path.is_file()]
    assert any(b"zunzun8" in content for content in files)
    assert not any(b"zunzun7" in content for content in files)


def test_new_kind_is_taken_in_by_the_clock(shelves, make):
    shelves().put(1, "Fund")
    make.work()
    offers = shelves("offer")
    offers.documents[7] = document(7, "Offer", kind="offer")
    assert ids("offer") == set()
    tend()
    assert ids("offer") == {7}
    assert index().kinds() >= {"book", "offer"}


def test_kind_that_rests_keeps_its_documents_and_is_compared_when_it_comes_back(shelves, make, app):
    shelves()
    offers = shelves("offer")
    offers.put(7, "Offer")
    make.work()
    slices = app.extensions["brain"].slices
    resting = slices.pop("shelf")
    tend()
    assert "offer" not in index().kinds()
    slices["shelf"] = resting
    del offers.documents[7]
    tend()
    assert ids("offer") == set()
    assert "offer" in index().kinds()
