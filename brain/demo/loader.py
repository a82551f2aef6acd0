"""Plants the demo community through the same actions that members use."""

from __future__ import annotations

import json
import re
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime, timedelta
from functools import cache
from pathlib import Path
from typing import Any

from brain.base import clock
from brain.base.access import HOUSE, Viewer
from brain.base.unit import unit_of_work
from brain.discussion import actions as discussion
from brain.discussion.queries import open_post
from brain.members import actions as members
from brain.members.queries import viewers_of
from brain.moderation.actions import raise_flag
from brain.moderation.drafts import FlagDraft
from brain.plugin.containment import call

CONTENT = Path(__file__).parent / "content"
PASSWORD = "one calm sheet"  # noqa: S105 - printed at the start of every demo
#: Who can sign in, with the same password; hashing one takes a tenth of a second.
SIGN_INS = ("nadia", "leila", "lucia", "grace", "amina")
LANGUAGES = ("en", "es", "fr", "pt", "ar", "mixed")
_QUOTE = re.compile(r'\[quote="([^"\]]+), post:(\d+)"\]')


@dataclass(frozen=True)
class Planted:
    """What was planted, for the command's report."""

    members: int
    topics: int
    threads: int
    posts: int


@dataclass(frozen=True)
class _Act:
    """One post to be written at its time; `number` counts within the thread."""

    at: datetime
    thread: Mapping[str, Any]
    post: Mapping[str, Any]
    number: int


def plant_demo() -> Planted:
    """Load members, groups, topics, threads and posts into an empty site.

    Texts are invented and lie in `content/`; times are set back from now.
    """
    with unit_of_work():
        groups = _plant_groups()
        people = _plant_members(groups)
        topics = _plant_topics(groups)
    threads, posts = _plant_threads(people, topics)
    with unit_of_work():
        call("fill_demo", member_ids=people)
    return Planted(len(people), len(topics), threads, posts)


@cache
def content(name: str) -> Any:
    """Read a file of the demo's texts."""
    return json.loads((CONTENT / f"{name}.json").read_text("utf-8"))


def _plant_groups() -> dict[str, int]:
    return {g["key"]: members.add_group(g["key"], g["name"]) for g in content("topics")["groups"]}


def _plant_members(groups: Mapping[str, int]) -> dict[str, int]:
    people: dict[str, int] = {}
    joined = clock.now() - timedelta(days=700)
    for number, person in enumerate(content("members")):
        with clock.at(joined + timedelta(days=number * 3)):
            people[person["key"]] = members.add_member(
                members.NewMember(
                    name=person["name"],
                    email=f"{person['key']}@demo.example",
                    password=PASSWORD if person["key"] in SIGN_INS else "",
                    role=person["role"],
                    language=person["language"],
                    reads=tuple(person["reads"]),
                    timezone=person["timezone"],
                    country=person["country"],
                    about=person["about"],
                )
            )
            for group in person["groups"]:
                members.join_group(people[person["key"]], groups[group])
    return people


def _plant_topics(groups: Mapping[str, int]) -> dict[str, int]:
    planted: dict[str, int] = {}

    def plant(topic: Mapping[str, Any], parent: int | None, position: int) -> None:
        audience = topic["audience"]
        if audience.startswith("group:"):
            audience = f"group:{groups[audience.removeprefix('group:')]}"
        draft = discussion.TopicDraft(
            names=topic["names"],
            descriptions=topic["descriptions"],
            audience=audience,
            parent_id=parent,
            position=position,
        )
        planted[topic["key"]] = discussion.create_topic(HOUSE, draft)
        for place, child in enumerate(topic.get("children", [])):
            plant(child, planted[topic["key"]], place)

    for place, topic in enumerate(content("topics")["topics"]):
        plant(topic, None, place)
    return planted


def _plant_threads(people: Mapping[str, int], topics: Mapping[str, int]) -> tuple[int, int]:
    threads = [thread for language in LANGUAGES for thread in content(f"threads-{language}")]
    viewers = viewers_of(list(people.values()))
    ids: dict[str, int] = {}
    acts = sorted((act for thread in threads for act in _acts(thread)), key=lambda act: act.at)
    with unit_of_work():
        for act in acts:
            author = viewers[people[act.post["by"]]]
            with clock.at(act.at):
                _write(author, act, ids, topics)
        staff = next(v for v in viewers.values() if v.role == "admin")
        for thread in threads:
            _finish(staff, thread, ids[thread["key"]])
            _report(viewers, people, thread, ids[thread["key"]])
    return len(threads), len(acts)


def _acts(thread: Mapping[str, Any]) -> list[_Act]:
    start = clock.now() - timedelta(days=thread["started_days_ago"])
    return [
        _Act(start + timedelta(hours=post["hours_after"]), thread, post, number)
        for number, post in enumerate(thread["posts"], 1)
    ]


def _write(author: Viewer, act: _Act, ids: dict[str, int], topics: Mapping[str, int]) -> None:
    key = act.thread["key"]
    if act.number == 1:
        opening = discussion.ThreadDraft(
            title=act.thread["title"],
            text=act.post["text"],
            tags=tuple(act.thread["tags"]),
            language=act.post["language"],
            draft_key=f"demo-{key}-1",
        )
        ids[key], _first = discussion.open_thread(author, topics[act.thread["topic"]], opening)
        return
    text = _QUOTE.sub(rf'[quote="\1, post:\2, thread:{ids[key]}"]', act.post["text"])
    answer = discussion.ReplyDraft(
        text=text,
        language=act.post["language"],
        reply_to=act.post.get("reply_to"),
        draft_key=f"demo-{key}-{act.number}",
    )
    discussion.reply(author, ids[key], answer)


def _report(
    viewers: Mapping[int, Viewer], people: Mapping[str, int], thread: Mapping[str, Any], thread_id: int
) -> None:
    """Report what members found wrong, so that moderators have something to decide."""
    for number, post in enumerate(thread["posts"], 1):
        report = post.get("reported")
        if report is not None:
            reporter = viewers[people[report["by"]]]
            found = open_post(reporter, thread_id, number)
            raise_flag(reporter, "post", found.id, FlagDraft(report["reason"], report["note"]))


def _finish(staff: Viewer, thread: Mapping[str, Any], thread_id: int) -> None:
    if thread.get("closed"):
        discussion.close_thread(staff, thread_id)
    if thread.get("pinned"):
        discussion.pin_thread(staff, thread_id)
