"""A plugin's life while two workers serve: on, off, back, taken from the disk, back, purged."""

from __future__ import annotations

import re
import shutil
import time
from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor
from itertools import cycle, islice

import pytest
import sqlalchemy as sa

from brain.base.db import Base, JsonText, db
from brain.base.unit import unit_of_work
from brain.config import ROOT
from brain.members.actions import NewMember, add_member
from tests.journeys.client import Answer, Client, signed_in
from tests.journeys.copied import CopiedSite

NAME = "meeting_point"
OFFER = "Tenir ensemble un registre de prêts"
NEED = "Ouvrir une caisse de crédit solidaire"
MATCHED = "Somebody offers what you need."
NAVIGATION = 'href="/meeting-point/"'
REQUESTS = 40
PATIENCE_SECONDS = 60
#: What pages show a member while the plugin is on: none of it may be there while it is off.
SHOWN = {
    "/": (NAVIGATION, OFFER),
    "/meeting-point/": (NAVIGATION, OFFER, NEED),
    "/meeting-point/1": (NAVIGATION, OFFER),
    "/search?q=registre": (NAVIGATION, "registre de prêts"),
    "/notifications": (NAVIGATION, MATCHED),
    "/member/Amina": (NAVIGATION, OFFER),
    "/admin/settings": (NAVIGATION, "/admin/settings/meeting_point"),
}

pytestmark = [
    pytest.mark.slow,
    pytest.mark.skipif(not (ROOT / "plugins" / NAME).is_dir(), reason="the Meeting Point was taken away"),
]


@pytest.fixture
def site(copied_site: CopiedSite) -> CopiedSite:
    """Give a copy of the product, whose folders may be moved."""
    return copied_site


@pytest.fixture
def people(site: CopiedSite) -> dict[str, Client]:
    """Give an admin and a member, signed in."""
    with site.opened() as app:
        with unit_of_work():
            ids = {
                name: add_member(NewMember(name=name, email=f"{name}@example.org".lower(), role=role))
                for name, role in (("Gabriela", "admin"), ("Amina", "member"))
            }
        return {name: signed_in(site, app, member_id) for name, member_id in ids.items()}


def test_plugin_comes_and_goes_while_two_workers_serve(site: CopiedSite, people: dict[str, Client]) -> None:
    admin, member = people["Gabriela"], people["Amina"]
    site.start_web()
    site.start_jobs()
    press(admin, "enable")
    publish(member, "offer", OFFER)
    publish(admin, "need", NEED)
    for path in SHOWN:
        wait_until(lambda path=path: not is_there(path, admin.get(path)) and path)
    in_every_request(site, admin, is_there)
    press(admin, "disable")
    in_every_request(site, admin, is_gone)
    press(admin, "enable")
    in_every_request(site, admin, is_there)
    site.stop_everything()

    shutil.move(site.plugin_folder(NAME), site.folder / "away")
    site.flask("upgrade")
    site.start_web()
    in_every_request(site, admin, is_gone)
    assert "The folder of “meeting_point” is away." in admin.get("/admin/plugins").text
    site.stop_everything()

    shutil.move(site.folder / "away", site.plugin_folder(NAME))
    site.flask("upgrade")
    site.start_web()
    site.start_jobs()
    in_every_request(site, admin, is_there)
    press(admin, "disable")
    purge(admin)
    in_every_request(site, admin, is_gone)
    with site.opened():
        assert [table for table in tables() if NAME in table] == []
        wait_until(traces)
    press(admin, "enable")
    assert admin.get("/meeting-point/").status == 200
    assert OFFER not in admin.get("/meeting-point/").text


def press(admin: Client, act: str) -> None:
    """Press a button beside the plugin."""
    page = f"/admin/plugins/{NAME}"
    answer = admin.post(f"{page}/{act}", {"csrf_token": admin.token(page)})
    assert answer.status == 303, answer.text


def purge(admin: Client) -> None:
    """Type the plugin's name to have everything deleted that it stored."""
    page = f"/admin/plugins/{NAME}/purge"
    answer = admin.post(page, {"csrf_token": admin.token(page), "name": NAME})
    assert answer.status == 303, answer.text


def publish(member: Client, side: str, title: str) -> None:
    """Fill in and send the form of an offer or a need."""
    path = f"/meeting-point/new/{side}"
    page = member.get(path).text
    fields = {
        name: re.search(rf'name="{name}"[^>]*value="([^"]+)"', page)[1]
        for name in ("csrf_token", "draft_key")
    }
    fields |= {
        "title": title,
        "summary": "Trois à cinq jours de travail aux règles de prêt.",
        "body": "Nous tenons depuis longtemps des comptes communs entre douze groupements.",
        "themes": "T3",
        "modalities": "training",
        "sdgs": "8.10",
        "lacks": "travel",
        "country": "SN" if side == "need" else "MA",
        "languages": "fr",
        "language": "fr",
        "audience": "public",
        "organisation": f"Groupements {side}",
    }
    answer = member.post(path, fields)
    assert answer.status == 303, answer.text


def is_there(path: str, answer: Answer) -> bool:
    """Tell whether a page shows all that it shows while the plugin is on."""
    return answer.status == 200 and all(words in words_of(answer) for words in SHOWN[path])


def words_of(answer: Answer) -> str:
    """Give a page without the marks around found words."""
    return answer.text.replace("<mark>", "").replace("</mark>", "")


def is_gone(path: str, answer: Answer) -> bool:
    """Tell whether a page shows nothing of the plugin, and a page of its own is not there."""
    wanted = 404 if path.startswith("/meeting-point") else 200
    return answer.status == wanted and not any(words in words_of(answer) for words in SHOWN[path])


def in_every_request(site: CopiedSite, reader: Client, holds: Callable[[str, Answer], bool]) -> None:
    """Ask for pages, several at a time, until both workers answered; each answer must hold."""
    before = site.count_by_worker()
    workers = 0
    while workers < 2:
        paths = list(islice(cycle(SHOWN), REQUESTS))
        with ThreadPoolExecutor(4) as several:
            answers = list(several.map(reader.get, paths))
        wrong = [
            f"{path}: {answer.status}, with {[words for words in SHOWN[path] if words in words_of(answer)]}"
            for path, answer in zip(paths, answers, strict=True)
            if not holds(path, answer)
        ]
        assert not wrong, "\n".join([holds.__name__, *wrong])
        now = site.count_by_worker()
        workers = sum(now[worker] > before.get(worker, 0) for worker in now)


def tables() -> list[str]:
    """Name the tables that the database holds."""
    return sa.inspect(db.engine).get_table_names()


def traces() -> list[str]:
    """Find the columns of texts in which the core still names the plugin."""
    db.session.rollback()
    present, found = tables(), []
    for table in Base.metadata.sorted_tables:
        for column in table.columns if table.name in present else ():
            if isinstance(column.type, sa.String | JsonText):
                named = sa.cast(column, sa.Text).contains(NAME)
                if db.session.scalar(sa.select(sa.func.count()).where(named)):
                    found.append(f"{table.name}.{column.name}")
    return found


def wait_until(missing: Callable[[], object]) -> None:
    """Wait until the job worker has done what follows from a change."""
    deadline = time.monotonic() + PATIENCE_SECONDS
    while found := missing():
        assert time.monotonic() < deadline, f"still missing: {found}"
        time.sleep(0.3)
