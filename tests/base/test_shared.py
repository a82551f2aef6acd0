"""Pages that are the same for every visitor are made once, and die at once."""

from __future__ import annotations

import gzip

import pytest

from brain.base import pulse, shared


@pytest.fixture(autouse=True)
def look_each_time(monkeypatch):
    """Look at the pulse with each request, not twice a second."""
    monkeypatch.setattr(shared, "LOOK_AGAIN", -1.0)


def test_second_visit_asks_only_for_the_pulse(make, client, queries):
    thread = make.thread(posts=3)
    first = client.get(f"/thread/{thread}", follow_redirects=True)
    path = first.request.path
    with queries(most=1):
        second = client.get(path)
    assert second.data == first.data
    assert second.headers["Content-Security-Policy"] == first.headers["Content-Security-Policy"]


def test_page_known_by_its_tag_is_not_sent_again(make, client):
    make.thread()
    tag = client.get("/").headers["ETag"]
    answer = client.get("/", headers={"If-None-Match": tag})
    assert answer.status_code == 304
    assert answer.data == b""


def test_page_that_another_process_gave_is_not_sent_again(make, client):
    make.thread()
    tag = client.get("/").headers["ETag"]
    pulse.forget_kept()
    answer = client.get("/", headers={"If-None-Match": tag, "Accept-Encoding": "gzip"})
    assert answer.status_code == 304
    assert answer.data == b""
    assert "Content-Encoding" not in answer.headers


def test_new_post_is_shown_at_once(make, client):
    thread = make.thread(title="A page that was kept before the reply")
    make.work()
    client.get("/")
    make.thread(title="Opened after the page was kept")
    assert "Opened after the page was kept" in client.get("/").text
    assert thread


def test_each_language_has_a_page_of_its_own(make, client):
    make.thread()
    english = client.get("/", headers={"Accept-Language": "en"})
    arabic = client.get("/", headers={"Accept-Language": "ar"})
    assert '<html lang="en"' in english.text
    assert '<html lang="ar"' in arabic.text
    assert '<html lang="en"' in client.get("/", headers={"Accept-Language": "en"}).text


def test_member_never_gets_the_visitors_page(make, client, sign_in):
    make.thread()
    client.get("/")
    assert "Welcome back" in sign_in(make.member()).get("/").text


def test_members_only_thread_is_not_kept_for_visitors(make, client, sign_in):
    topic = make.topic(audience="members")
    thread = make.thread(topic)
    member = sign_in(make.member())
    assert member.get(f"/thread/{thread}", follow_redirects=True).status_code == 200
    assert client.get(f"/thread/{thread}", follow_redirects=True).status_code == 404


def test_page_comes_packed_to_who_can_unpack_it(make, client):
    make.thread(posts=3)
    plain = client.get("/")
    packed = client.get("/", headers={"Accept-Encoding": "gzip"})
    assert packed.headers["Content-Encoding"] == "gzip"
    assert gzip.decompress(packed.data) == plain.data
    assert "Content-Encoding" not in client.get("/").headers


@pytest.mark.parametrize("known", ["{}", 'W/{}, "x"', '"x", {}', "*"])
def test_any_of_several_tags_is_known(make, client, known):
    make.thread()
    tag = client.get("/topics").headers["ETag"]
    assert client.get("/topics", headers={"If-None-Match": known.format(tag)}).status_code == 304


def test_page_is_not_packed_for_who_says_no(make, client):
    make.thread(posts=10)
    for accepted, is_packed in (
        ("gzip", True),
        ("gzip;q=0", False),
        ("br, gzip;q=0.0", False),
        ("gzip;q=0.5", True),
    ):
        for path in ("/topics", "/topics", "/static/brain.css"):
            headers = client.get(path, headers={"Accept-Encoding": accepted}).headers
            assert ("Content-Encoding" in headers) is is_packed, (path, accepted)
            assert headers["X-Content-Type-Options"] == "nosniff"


def test_languages_far_behind_in_a_long_list_count(make, client):
    far = ",".join(["xx"] * 40)
    said = [client.get("/topics", headers={"Accept-Language": f"{far},{code}"}).text for code in ("fr", "es")]
    assert ['lang="fr"' in said[0], 'lang="es"' in said[1]] == [True, True]
    assert said[0] != said[1]


def test_host_that_is_not_ours_is_a_bad_request(app, client, monkeypatch):
    monkeypatch.setitem(app.config, "TRUSTED_HOSTS", ["localhost"])
    assert client.get("/topics").status_code == 200
    assert client.get("/topics", headers={"Host": "elsewhere.example"}).status_code == 400
