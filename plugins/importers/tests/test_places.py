"""Categories become topics: nested, open to the right people, made once."""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any

import pytest
import sqlalchemy as sa

from brain.base.db import db
from brain.base.unit import unit_of_work
from brain.discussion.actions import TopicDraft, change_topic
from brain.members.actions import add_group
from plugins.importers.tests.archives import post, topic, write_lines

CATEGORIES = [
    {"id": 3, "name": "Seeds", "slug": "seeds"},
    {"id": 4, "name": "Team", "slug": "team", "read_restricted": True},
    {"id": 5, "name": "Beans", "slug": "beans", "parent_category_id": 3},
    {"id": 6, "name": "Minutes", "slug": "minutes", "parent_category_id": 4},
    {"id": 7, "name": "", "slug": ""},
]


@pytest.fixture
def archive(tmp_path: Path) -> Path:
    """Give an archive with a thread in each of these categories, one unknown and none."""
    (tmp_path / "categories.json").write_text(json.dumps({"category_list": {"categories": CATEGORIES}}))
    places = [5, 3, 4, 6, 7, 8, None]
    threads = [topic(n, category_id=place, title=f"A thread of {place}") for n, place in enumerate(places, 1)]
    return write_lines(tmp_path / "topics.jsonl", *threads)


def topics() -> dict[str, tuple[str, str]]:
    """Give (name of the parent, audience) by English name."""
    db.session.rollback()
    found = db.session.execute(sa.text("SELECT id, parent_id, names, audience FROM topic ORDER BY id")).all()
    names = {row.id: json.loads(row.names)["en"] for row in found}
    return {names[row.id]: (names.get(row.parent_id, ""), row.audience) for row in found}


def test_categories_become_topics(bring: Any, archive: Path) -> None:
    assert "7 topics." in bring(path=archive)
    assert topics() == {
        "Seeds": ("", "public"),
        "Beans": ("Seeds", "public"),
        "Team": ("", "staff"),
        "Minutes": ("Team", "staff"),
        "Category 7": ("", "public"),
        "Category 8": ("", "public"),
        "Other threads": ("", "public"),
    }


def test_all_stand_under_the_topic_that_was_named(bring: Any, make: Any, archive: Path) -> None:
    make.topic("The valley")
    bring(path=archive, options=("--topic", "the Valley"))
    found = topics()
    assert found["Seeds"] == ("The valley", "public")
    assert found["Beans"] == ("Seeds", "public")
    assert "the Valley" not in found


def test_topic_that_is_not_there_yet_is_made(bring: Any, archive: Path) -> None:
    assert "8 topics." in bring(path=archive, options=("--topic", "The valley"))
    assert topics()["Other threads"] == ("The valley", "public")


def test_topic_whose_name_is_not_clear_is_refused(run: Any, make: Any, archive: Path) -> None:
    make.topic("The valley")
    make.topic("The valley")
    done = run(
        "discourse", archive, "--yes", "--base-url", "https://forum.example.org", "--topic", "The valley"
    )
    assert done.exit_code == 1
    assert "Several topics have this name." in done.output
    assert db.session.scalar(sa.text("SELECT count(*) FROM thread")) == 0


def test_topic_of_the_same_name_and_place_is_taken(bring: Any, make: Any, archive: Path) -> None:
    seeds = make.topic("Seeds")
    make.topic("Team")
    assert "6 topics." in bring(path=archive)
    assert db.session.scalar(sa.text("SELECT topic_id FROM thread WHERE title = 'A thread of 3'")) == seeds
    assert list(topics()).count("Team") == 1
    staff = sa.text("SELECT audience FROM thread WHERE title IN ('A thread of 4', 'A thread of 6')")
    assert set(db.session.scalars(staff)) == {"staff"}


def test_what_was_restricted_is_for_staff(
    bring: Any, archive: Path, client: Any, make: Any, sign_in: Any
) -> None:
    bring(path=archive)
    [thread_id] = db.session.scalars(sa.text("SELECT id FROM thread WHERE title = 'A thread of 6'"))
    assert client.get(f"/thread/{thread_id}/a-thread-of-6").status_code == 404
    assert client.get("/t/4").status_code == 404
    assert client.get("/c/minutes/6").status_code == 404
    assert sign_in(make.moderator()).get(f"/thread/{thread_id}/a-thread-of-6").status_code == 200


def test_next_archive_finds_the_topics_again(bring: Any, archive: Path) -> None:
    bring(path=archive)
    lines = archive.read_text() + json.dumps(topic(20, post(1), category_id=5)) + "\n"
    archive.write_text(lines)
    assert "New: 1 threads" in (said := bring(path=archive))
    assert "0 topics." in said


def test_categories_in_a_ring_and_very_deep_ones_come(bring: Any, tmp_path: Path) -> None:
    ring = [
        {"id": 1, "name": "Hen", "parent_category_id": 2},
        {"id": 2, "name": "Egg", "parent_category_id": 1},
    ]
    deep = [
        {"id": n, "name": f"Deep {n}", "parent_category_id": n - 1 if n > 10 else None} for n in range(10, 18)
    ]
    page = {"category_list": {"categories": ring + deep}}
    (tmp_path / "categories.json").write_text(json.dumps(page))
    bring(path=write_lines(tmp_path / "topics.jsonl", topic(1, category_id=1), topic(2, category_id=17)))
    found = topics()
    assert set(found) == {"Hen", "Egg", *(f"Deep {n}" for n in range(10, 18))}
    assert found["Hen"] == ("Egg", "public")
    assert found["Deep 14"] == ("Deep 13", "public")


@pytest.mark.parametrize(("audience", "restricted"), [("members", "staff"), ("staff", "staff")])
def test_what_stands_under_a_closed_topic_is_open_to_its_readers_only(
    bring: Any, make: Any, archive: Path, audience: str, restricted: str
) -> None:
    make.topic("Old forum", audience=audience)
    bring(path=archive, options=("--topic", "Old forum"))
    found = topics()
    assert {found[name][1] for name in ("Seeds", "Beans", "Category 7", "Other threads")} == {audience}
    assert {found[name][1] for name in ("Team", "Minutes")} == {restricted}


def test_topic_of_a_group_is_found_and_its_readers_stay_the_only_ones(
    bring: Any, make: Any, archive: Path
) -> None:
    with unit_of_work():
        group = add_group("savers", {"en": "Savers"})
    make.topic("Old forum", audience=f"group:{group}")
    bring(path=archive, options=("--topic", "Old forum"))
    assert {audience for _parent, audience in topics().values()} == {f"group:{group}"}


def test_category_that_was_restricted_since_brings_nothing_more_to_all(
    bring: Any, archive: Path, client: Any
) -> None:
    bring(path=archive)
    closed = [values | ({"read_restricted": True} if values["id"] == 3 else {}) for values in CATEGORIES]
    (archive.parent / "categories.json").write_text(json.dumps({"category_list": {"categories": closed}}))
    fresh = [topic(20 + n, post(1), category_id=3, title=f"Secret minutes {n}") for n in range(2)]
    archive.write_text(archive.read_text() + json.dumps(fresh[0]) + "\n")
    bring(path=archive)
    archive.write_text(archive.read_text() + json.dumps(fresh[1]) + "\n")
    assert "0 topics." in bring(path=archive), "the second time the closed topic is found again"
    for old_id in (20, 21):
        assert client.get(f"/t/{old_id}").status_code == 404
    assert client.get("/t/2").status_code == 301


def test_topic_that_an_admin_has_opened_stays_open(bring: Any, make: Any, archive: Path, client: Any) -> None:
    bring(path=archive)
    [team] = db.session.scalars(sa.text("SELECT topic_id FROM importers_topic WHERE old_id = 4"))
    db.session.rollback()
    with unit_of_work():
        change_topic(make.viewer(make.admin()), team, TopicDraft({"en": "Team"}))
    archive.write_text(archive.read_text() + json.dumps(topic(20, post(1), category_id=4)) + "\n")
    bring(path=archive)
    assert client.get("/t/20").status_code == 301
