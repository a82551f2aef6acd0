"""Sending: over a real mail server, retried where it helps, once for each reader."""

from __future__ import annotations

import re
import socketserver
import threading
from contextlib import contextmanager
from datetime import timedelta

import pytest
import sqlalchemy as sa

from brain.base import clock, events
from brain.base.db import db
from brain.base.events import Outbox
from brain.base.unit import unit_of_work
from brain.mail import transport
from tests.services import smtp_sink


@pytest.fixture
def mailing(app):
    """Send through a mail server instead of into the folder."""

    @contextmanager
    def through(url: str):
        before = app.extensions["mail_server"]
        app.extensions["mail_server"] = transport.read_server(url)
        try:
            yield
        finally:
            app.extensions["mail_server"] = before

    return through


def ask_way_in(member_id: int) -> None:
    with unit_of_work():
        events.publish("members.way_in_asked", member_id=member_id)


def deliveries() -> list[tuple[str, int, bool, str]]:
    rows = db.session.execute(
        sa.select(Outbox.subscriber, Outbox.attempts, Outbox.failed, Outbox.last_error).where(
            Outbox.subscriber.like("mail.%")
        )
    )
    return [tuple(row) for row in rows]


def test_letter_arrives_in_the_readers_language(make, mailing):
    member_id = make.member("كريم", email="karim@example.org", language="ar")
    make.work()
    with smtp_sink() as sink, mailing(f"smtp://127.0.0.1:{sink.port}"):
        ask_way_in(member_id)
        make.work()
    assert [mail.recipients for mail in sink.received] == [["karim@example.org"]]
    message = sink.received[0].message
    assert message["Content-Language"] == "ar"
    assert message["Auto-Submitted"] == "auto-generated"
    text = message.get_body(("plain",)).get_content()
    html = message.get_body(("html",)).get_content()
    assert re.search(r"http://localhost/reset/\S{40,}", text)
    assert '<html lang="ar" dir="rtl">' in html
    assert "كريم" in html
    assert deliveries() == []


# the server does not count encryption from the first byte as encryption
@pytest.mark.filterwarnings("ignore:Requiring AUTH while not requiring TLS:UserWarning")
@pytest.mark.parametrize(("encryption", "scheme"), [("starttls", "smtp"), ("tls", "smtps")])
def test_letter_goes_encrypted_and_signed_in(make, mailing, encryption, scheme):
    member_id = make.member(email="rosa@example.org")
    make.work()
    with smtp_sink(encryption, account=("site", "p@ss/word")) as sink:
        more = f"authority={sink.authority}" + ("&tls=starttls" if scheme == "smtp" else "")
        with mailing(f"{scheme}://site:p%40ss%2Fword@127.0.0.1:{sink.port}?{more}"):
            ask_way_in(member_id)
            make.work()
    assert [(mail.is_encrypted, mail.is_signed_in) for mail in sink.received] == [(True, True)]


def test_mail_server_that_nobody_vouches_for_gets_nothing(make, mailing):
    member_id = make.member(email="rosa@example.org")
    make.work()
    with smtp_sink("starttls") as sink, mailing(f"smtp://127.0.0.1:{sink.port}?tls=starttls"):
        ask_way_in(member_id)
        make.work()
    assert sink.received == []
    assert deliveries()[0][3].startswith("SSLCertVerificationError")


def test_letter_waits_for_a_mail_server_that_is_down(make, mailing):
    member_id = make.member(email="rosa@example.org")
    make.work()
    with smtp_sink() as sink, mailing(f"smtp://127.0.0.1:{sink.port}"):
        sink.refusal = "451 Try later"
        ask_way_in(member_id)
        make.work()
        assert sink.received == []
        assert [(name, tries, failed) for name, tries, failed, _why in deliveries()] == [
            ("mail.send", 1, False)
        ]
        sink.refusal = ""
        with clock.at(timedelta(minutes=1)):
            make.work()
    assert len(sink.received) == 1
    assert deliveries() == []


def test_letter_survives_an_hour_without_a_mail_server(make, mailing):
    member_id = make.member(email="rosa@example.org")
    make.work()
    with smtp_sink() as sink:
        with mailing("smtp://127.0.0.1:1"):
            ask_way_in(member_id)
            for minutes in range(0, 60, 10):
                with clock.at(timedelta(minutes=minutes)):
                    make.work()
        assert [(failed) for _name, _tries, failed, _why in deliveries()] == [False]
        with mailing(f"smtp://127.0.0.1:{sink.port}"), clock.at(timedelta(hours=1, minutes=55)):
            make.work()
    assert len(sink.received) == 1


def test_address_refused_for_good_is_not_tried_again(make, mailing):
    member_id = make.member(email="rosa@example.org")
    make.work()
    with smtp_sink() as sink, mailing(f"smtp://127.0.0.1:{sink.port}"):
        sink.refusal = "550 No such mailbox"
        ask_way_in(member_id)
        make.work()
    assert deliveries() == []


def test_repeated_attempt_is_the_same_letter(make, mailing, monkeypatch):
    member_id = make.member(email="rosa@example.org")
    make.work()
    sent = []

    def fail_once(message):
        sent.append(message["Message-ID"])
        if len(sent) == 1:
            raise OSError("the line broke after the letter was taken")

    monkeypatch.setattr(transport, "send", fail_once)
    ask_way_in(member_id)
    make.work()
    with clock.at(timedelta(minutes=1)):
        make.work()
    ask_way_in(member_id)
    with clock.at(timedelta(minutes=2)):
        make.work()
    assert len(sent) == 3
    assert sent[0] == sent[1] != sent[2]


def test_outbox_holds_no_address(make):
    member_id = make.member(email="rosa@example.org")
    ask_way_in(member_id)
    stored = db.session.scalars(sa.select(Outbox.ids)).all()
    assert "rosa" not in str(stored)


def test_letter_about_somebody_gone_is_not_sent(make, mailing):
    from brain.members.actions import erase_member

    member_id = make.member(email="rosa@example.org")
    make.work()
    with smtp_sink() as sink, mailing(f"smtp://127.0.0.1:{sink.port}"):
        ask_way_in(member_id)
        with unit_of_work():
            erase_member(member_id)
        make.work()
    assert sink.received == []
    assert deliveries() == []


def test_kept_letters_are_shown_in_development(make, client, app):
    member_id = make.member("Rosa", email="rosa@example.org")
    ask_way_in(member_id)
    make.work()
    page = client.get("/dev/mail").text
    assert "rosa@example.org" in page
    link = re.search(r'href="(/dev/mail/[^"]+\.eml)"', page)[1]
    assert "http://localhost/reset/" in client.get(link).text
    shown = client.get(f"{link}/html")
    assert "script" not in shown.headers["Content-Security-Policy"]
    assert "Choose a new password" in shown.text
    assert client.get("/dev/mail/..%2Fdevelopment-secret-key").status_code == 404
    assert client.get("/dev/mail/nothing.eml").status_code == 404


def test_kept_letters_are_hidden_in_production(client, app, monkeypatch):
    monkeypatch.setitem(app.config, "ENVIRONMENT", "production")
    assert client.get("/dev/mail").status_code == 404


@pytest.mark.parametrize("farewell", ["421 busy", "250 ok", "what?"])
def test_letter_that_was_accepted_is_not_sent_again(make, mailing, farewell):
    member_id = make.member(email="rosa@farewell.example")
    make.work()
    with rude_server(farewell) as (port, accepted), mailing(f"smtp://127.0.0.1:{port}"):
        ask_way_in(member_id)
        make.work()
        assert len(accepted) == 1
        assert deliveries() == []


@contextmanager
def rude_server(farewell: str):
    """Take letters, and answer QUIT as no server should; gives the port and what was accepted."""
    accepted: list[str] = []

    class Session(socketserver.StreamRequestHandler):
        def say(self, words: str) -> None:
            self.wfile.write(f"{words}\r\n".encode())

        def handle(self) -> None:
            self.say("220 here")
            while line := self.rfile.readline().decode().strip():
                if line.upper() == "DATA":
                    self.say("354 go on")
                    while self.rfile.readline().strip() != b".":
                        pass
                    accepted.append(line)
                    self.say("250 taken")
                elif line.upper() == "QUIT":
                    self.say(farewell)
                    return
                else:
                    self.say("250 ok")

    with socketserver.ThreadingTCPServer(("127.0.0.1", 0), Session) as server:
        threading.Thread(target=server.serve_forever, daemon=True).start()
        yield server.server_address[1], accepted
        server.shutdown()
