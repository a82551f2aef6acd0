"""Pages that show, in development, the letters that were kept in a folder."""

from __future__ import annotations

from flask import Blueprint, Response

from brain.base import http
from brain.base.errors import NotFound
from brain.mail.kept import kept_letter, kept_letters
from brain.mail.transport import letters_are_kept

blueprint = Blueprint("mail", __name__, template_folder="templates")
#: A letter brings its own style, in its tags; scripts and foreign pictures stay out.
LETTER_POLICY = "default-src 'none'; style-src 'unsafe-inline'; base-uri 'none'; frame-ancestors 'none'"


@blueprint.before_request
def keep_to_development() -> None:
    """Hide letters where real people get theirs by mail."""
    if not letters_are_kept():
        raise NotFound


@blueprint.get("/dev/mail")
def letters() -> str:
    """List the letters."""
    return http.page("mail/kept_letters.html", letters=kept_letters())


@blueprint.get("/dev/mail/<name>")
def letter(name: str) -> str:
    """Show one letter."""
    return http.page("mail/kept_letter.html", letter=kept_letter(name))


@blueprint.get("/dev/mail/<name>/html")
def letter_html(name: str) -> Response:
    """Show the HTML part of a letter as a mail program would."""
    answer = Response(kept_letter(name).html, mimetype="text/html")
    answer.headers["Content-Security-Policy"] = LETTER_POLICY
    return answer
