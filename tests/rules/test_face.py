"""The face stays light, asks nobody else, and reads well in both directions."""

from __future__ import annotations

import gzip
import re
from pathlib import Path

import pytest
from flask import g, render_template_string, url_for

from brain.base import http
from brain.base.access import VISITOR, Viewer
from brain.base.face import SHAPES, asset
from brain.base.icons import ICONS
from tests.rules.sources import ROOT, called, template_files

STATIC = ROOT / "brain" / "static"
MOST_CSS = 12_000
MOST_JS = 15_000
PAGE = """{% extends "layout.html" %}{% import "macros.html" as m %}{% block title %}Topics{% endblock %}
{% block main %}<h1>Topics</h1>{{ m.icon("reply", "flip") }}{% endblock %}"""
MEMBER = Viewer(id=7, name="Grace Achieng", role="member", theme="dark", confirmed=True)
#: An address of another host where a browser would fetch or go by itself.
FOREIGN = re.compile(r"""(?:href|src|action|srcset)=["']?(?:https?:)?//|url\(["']?(?:https?:)?//|@import""")
DRAWN = re.compile(r"""(?:icon|use_icons)\(\s*["']([\w-]+)["']|sign=["']([\w-]+)["']""")
CLASSES = re.compile(r"""\bclass="([^"{}]*)["{]""")


def static_files(suffix: str) -> list[Path]:
    return sorted(
        file
        for folder in ("brain/static", "plugins/*/static")
        for file in ROOT.glob(f"{folder}/**/*{suffix}")
    )


def packed(files: list[Path]) -> int:
    return sum(len(gzip.compress(file.read_bytes(), 9, mtime=0)) for file in files)


def page_templates() -> list[Path]:
    return [file for file in template_files() if file.suffix == ".html" and "mail" not in file.parts]


def test_style_sheet_is_light() -> None:
    assert packed(static_files(".css")) <= MOST_CSS


def test_scripts_are_light() -> None:
    assert packed(static_files(".js")) <= MOST_JS


def test_no_page_asks_another_host() -> None:
    files = [*page_templates(), *static_files(".css"), *static_files(".js"), *static_files(".svg")]
    found = [called(file) for file in files if FOREIGN.search(file.read_text("utf-8"))]
    assert not found, "\n".join(found)


def test_every_icon_was_drawn() -> None:
    found = [
        f"{called(file)}: {name}"
        for file in page_templates()
        for match in DRAWN.finditer(file.read_text("utf-8"))
        if (name := match[1] or match[2]) not in ICONS
    ]
    assert not found, "\n".join(found)


def test_every_class_has_a_style() -> None:
    styled = set(re.findall(r"\.([a-z][\w-]*)", "".join(f.read_text("utf-8") for f in static_files(".css"))))
    found = [
        f"{called(file)}: {name}"
        for file in page_templates()
        for names in CLASSES.findall(file.read_text("utf-8"))
        for name in names.split()
        if not name.endswith("-") and name not in styled
    ]
    assert not found, "\n".join(sorted(set(found)))


def test_every_behaviour_has_its_module() -> None:
    named = re.compile(r"""data[-_]behaviour=["']([\w -]+)["']""")
    found = [
        f"{called(file)}: {name}"
        for file in page_templates()
        for names in named.findall(file.read_text("utf-8"))
        for name in names.split()
        if not (STATIC / "js" / f"{name}.js").is_file()
    ]
    assert not found, "\n".join(found)


def test_wide_tables_can_be_scrolled_by_keyboard() -> None:
    found = [
        called(file)
        for file in page_templates()
        for tag in re.findall(r"<div[^>]*table-box[^>]*>", file.read_text("utf-8"))
        if 'tabindex="0"' not in tag
    ]
    assert not found, "\n".join(found)


def drawn(app, viewer: Viewer, language: str) -> str:
    with app.test_request_context(f"/topics?lang={language}"):
        g.viewer = viewer
        return render_template_string(PAGE, viewer=viewer)


@pytest.mark.parametrize(("language", "direction"), [("en", "ltr"), ("ar", "rtl")])
@pytest.mark.parametrize("viewer", [VISITOR, MEMBER], ids=["visitor", "member"])
def test_page_says_its_language_and_direction(app, viewer: Viewer, language: str, direction: str) -> None:
    page = drawn(app, viewer, language)
    assert f'<html lang="{language}" dir="{direction}"' in page
    assert ('data-theme="dark"' in page) == viewer.is_member
    assert page.count("<h1") == 1


def test_page_carries_the_icons_it_uses_and_no_others(app) -> None:
    page = drawn(app, VISITOR, "en")
    assert set(re.findall(r'href="#i-(\w+)"', page)) == set(re.findall(r'symbol id="i-(\w+)"', page))
    assert "reply" in re.findall(r'symbol id="i-(\w+)"', page)


def test_visitors_page_holds_no_token(app) -> None:
    assert "csrf_token" not in drawn(app, VISITOR, "en")


def test_member_can_sign_out_from_every_page(app) -> None:
    page = drawn(app, MEMBER, "en")
    assert re.search(
        r'<form method="post" action="/sign-out"[^>]*><input type="hidden" name="csrf_token"', page
    )


def test_page_of_a_broken_server_asks_the_database_nothing(app, queries) -> None:
    with app.test_request_context("/topics", method="POST"), queries(most=0):
        page = http.page(
            "error.html", sentence="Broken.", status=500, typed="<b>my words</b>", way_on=("", "")
        )
    assert "&lt;b&gt;my words&lt;/b&gt;</textarea>" in page


def test_addresses_written_out_are_those_of_their_endpoints(app) -> None:
    with app.test_request_context("/"):
        assert url_for("discussion.home") == "/"
        assert url_for("search.results") == "/search"
        assert url_for("members.sign_in") == "/sign-in"
        assert url_for("members.register") == "/register"
        assert url_for("members.sign_out") == "/sign-out"
        assert url_for("members.choose_language", code="ar") == "/language/ar"


def test_missing_page_leads_on(client) -> None:
    answer = client.get("/nowhere")
    assert answer.status_code == 404
    assert 'action="/search"' in answer.text
    assert 'href="/"' in answer.text


def test_asset_address_changes_with_what_it_holds(app, tmp_path: Path) -> None:
    with app.app_context():
        first = asset("brain.css")
        assert re.fullmatch(r"/static/brain\.css\?v=[0-9a-f]{10}", first)
        assert asset("js/page.js") != first


def test_files_travel_packed_and_only_once(client) -> None:
    first = client.get("/static/brain.css", headers={"Accept-Encoding": "gzip"})
    assert first.headers["Content-Encoding"] == "gzip"
    assert gzip.decompress(first.data) == (STATIC / "brain.css").read_bytes()
    assert len(first.data) <= MOST_CSS
    again = client.get(
        "/static/brain.css", headers={"Accept-Encoding": "gzip", "If-None-Match": first.headers["ETag"]}
    )
    assert again.status_code == 304


def test_files_travel_plain_to_who_cannot_unpack(client) -> None:
    answer = client.get("/static/brain.css", headers={"Accept-Encoding": "identity"})
    assert answer.data == (STATIC / "brain.css").read_bytes()
    assert "Content-Encoding" not in answer.headers


def test_every_kind_of_field_is_laid_out() -> None:
    assert set(SHAPES.values()) == {"hidden", "box", "boxes", "words", "text"}
