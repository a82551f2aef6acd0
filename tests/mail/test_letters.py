"""Letters: written in the reader's language, sent once to each reader."""

from email import message_from_bytes, policy
from email.message import EmailMessage

import pytest

from brain.base import i18n
from brain.config import BadConfiguration
from brain.mail import jobs, transport
from brain.mail.letters import make_message, write_letter
from brain.mail.links import absolute
from brain.mail.transport import read_server
from brain.members.letters import LETTERS
from brain.plugin.contribution import LetterDraft

CONFIRM = next(letter for letter in LETTERS if letter.name == "members.confirm")


def draft(language: str = "en", **more) -> LetterDraft:
    values = {
        "address": "rosa@example.org",
        "context": {"name": "Rosa", "token": "t0ken", "role": "admin"},
    } | more
    return LetterDraft(language=language, **values)


@pytest.mark.parametrize("letter", LETTERS, ids=lambda letter: letter.name)
@pytest.mark.parametrize("language", list(i18n.LANGUAGES))
def test_letter_says_the_same_as_text_and_html(app, letter, language):
    written = write_letter(letter, draft(language))
    assert "\n" not in written.subject
    assert written.subject
    assert written.subject not in written.text.split("\n")[0]
    address = next(line for line in written.text.split("\n") if line.startswith("http"))
    assert f'href="{address}"' in written.html
    assert f'<html lang="{language}" dir="{i18n.direction(language)}">' in written.html
    assert written.html.count("background:#1c49a6;border-radius:6px") == 1
    assert len(written.html.encode()) < 30_000
    assert "<img" not in written.html
    assert "http" not in written.html.replace("http://localhost/", "")
    assert "\n-- \nCollective Brain\n" in written.text
    assert "\n\n\n" not in written.text


def test_name_in_a_letter_is_text(app):
    reset = next(letter for letter in LETTERS if letter.name == "members.reset")
    written = write_letter(reset, draft(context={"name": "<b>Rosa</b>", "token": "x"}))
    assert "&lt;b&gt;Rosa" in written.html
    assert "<b>Rosa</b>" in written.text


def test_mail_says_that_a_program_wrote_it(app):
    message = make_message(draft("ar"), write_letter(CONFIRM, draft("ar")), "k" * 32)
    assert message["Auto-Submitted"] == "auto-generated"
    assert message["Message-ID"] == f"<{'k' * 32}@localhost>"
    assert message["List-Id"] == "<letters.localhost>"
    assert message["Date"]
    assert message["From"] == "Collective Brain <brain@localhost>"
    parts = [part.get_content_type() for part in message.iter_parts()]
    assert parts == ["text/plain", "text/html"]
    assert all(len(line) < 998 for line in bytes(message).split(b"\r\n"))


@pytest.mark.parametrize(
    "address",
    [
        "rosa@example.org\r\nBcc: all@example.org",
        "rosa@example.org, all@example.org",
        "rosa",
        "@x",
        "r@\u2024",
    ],
)
def test_address_that_would_break_a_header_is_refused(app, address):
    with pytest.raises(ValueError, match="not an address"):
        bytes(make_message(draft(address=address), write_letter(CONFIRM, draft()), "key"))


def test_line_break_in_a_subject_ends_it(app, monkeypatch):
    monkeypatch.setitem(app.config, "BRAIN_SITE_NAME", "Brain\r\nBcc: all@example.org")
    message = make_message(draft(), write_letter(CONFIRM, draft()), "key")
    assert message["Bcc"] is None
    parsed = message_from_bytes(bytes(message), _class=EmailMessage, policy=policy.default)
    assert parsed["Bcc"] is None


def test_links_come_from_the_configured_base(app, monkeypatch):
    monkeypatch.setitem(app.config, "BRAIN_BASE_URL", "https://brain.example/community")
    with app.test_request_context(base_url="http://evil.example"):
        link = absolute("members.confirm", token="a b")
    assert link == "https://brain.example/community/confirm/a%20b"


@pytest.mark.parametrize(
    "url",
    [
        "http://mail.example",
        "smtp://",
        "smtp://host:port",
        "smtp://host?tls=maybe",
        "smtp://me:secret@mail.example",
        "smtp://host?speed=fast",
        "smtps://host?authority=/nowhere.pem",
    ],
)
def test_wrong_mail_server_stops_the_boot(url):
    with pytest.raises(BadConfiguration, match="BRAIN_MAIL_URL"):
        read_server(url)


def test_password_goes_unencrypted_only_if_the_operator_says_so():
    assert read_server("smtp://me:secret@localhost?tls=none").tls == "none"
    with pytest.raises(BadConfiguration, match="unencrypted") as refused:
        read_server("smtp://me:secret@mail.example:587")
    assert "secret" not in str(refused.value)


def test_password_of_a_mail_server_is_read_and_not_shown():
    server = read_server("smtp://me%40site:p%2Fw@mail.example:587?tls=starttls")
    assert (server.host, server.port, server.tls) == ("mail.example", 587, "starttls")
    assert (server.user, server.password) == ("me@site", "p/w")
    assert "p/w" not in repr(server)


@pytest.mark.parametrize("sender", ["Brain, The <a@b.org>", "Brain", "<>", ""])
def test_sender_that_is_no_address_stops_the_boot(app, monkeypatch, sender):
    monkeypatch.setitem(app.config, "BRAIN_MAIL_FROM", sender)
    with pytest.raises(BadConfiguration, match="BRAIN_MAIL_FROM"):
        transport.init_app(app)


def test_production_without_a_mail_server_does_not_boot(app, monkeypatch):
    monkeypatch.setitem(app.config, "ENVIRONMENT", "production")
    with pytest.raises(BadConfiguration, match="BRAIN_MAIL_URL"):
        transport.init_app(app)


def test_every_letter_has_its_job():
    from brain.members.contribution import contribute

    names = {job.name for job in jobs.letter_jobs([contribute()])}
    assert "mail.letter.members.reset" in names
    assert len(names) == len(LETTERS)


def test_way_to_kept_letters_is_shown_in_development_only(app, client, monkeypatch):
    assert 'href="/dev/mail"' in client.get("/sign-in").text
    monkeypatch.setitem(app.config, "ENVIRONMENT", "production")
    assert 'href="/dev/mail"' not in client.get("/sign-in").text
    assert client.get("/dev/mail").status_code == 404
