"""What members fill in to write, edit and sort."""

from __future__ import annotations

import secrets
from collections.abc import Iterable
from typing import Any

from flask_babel import lazy_gettext
from wtforms import Field

from brain.base.forms import Form, kept, line, one_of, text, whole
from brain.base.i18n import LANGUAGES, endonym
from brain.base.markup import MAX_LENGTH
from brain.discussion.actions.edits import REASON_MOST
from brain.discussion.settings import TAG_MOST, TAGS_MOST, TITLE_MOST

_LANGUAGE_HINT = lazy_gettext("The language of this text, so that others can find and translate it.")
_TAGS_HINT = lazy_gettext("Up to five, with commas.")
_TITLE_HINT = lazy_gettext("A question or a short sentence that someone could search for.")


def new_draft_key() -> str:
    """Make the key that lets a form that is sent twice write once."""
    return secrets.token_urlsafe(12)


def language_choices(languages: Iterable[str] = ()) -> list[tuple[str, str]]:
    """List (code, endonym): the interface's languages, then the writer's others."""
    codes = dict.fromkeys([*LANGUAGES, *languages])
    return [(code, endonym(code)) for code in codes]


def split_tags(given: str | None) -> tuple[str, ...]:
    """Read a line of tags separated by commas of any script."""
    for comma in ("،", "、", "，", ";", "؛"):
        given = (given or "").replace(comma, ",")
    return tuple(tag.strip() for tag in (given or "").split(",") if tag.strip())


class ReplyForm(Form):
    """A reply."""

    text = text(lazy_gettext("Message"), MAX_LENGTH)
    language = one_of(lazy_gettext("Written in"), hint=_LANGUAGE_HINT)
    reply_to = kept(10)
    draft_key = kept(64)


class ThreadForm(Form):
    """A new thread."""

    title = line(lazy_gettext("Title"), TITLE_MOST, hint=_TITLE_HINT)
    text = text(lazy_gettext("Message"), MAX_LENGTH)
    language = one_of(lazy_gettext("Written in"), hint=_LANGUAGE_HINT)
    tags = line(lazy_gettext("Tags"), (TAG_MOST + 2) * TAGS_MOST, hint=_TAGS_HINT, least=0)
    draft_key = kept(64)


class EditForm(Form):
    """Another text for a post."""

    text = text(lazy_gettext("Message"), MAX_LENGTH)
    language = one_of(lazy_gettext("Written in"), hint=_LANGUAGE_HINT)
    reason = line(
        lazy_gettext("Why you change it"),
        REASON_MOST,
        least=0,
        hint=lazy_gettext("Others see this beside the earlier version."),
    )
    seen = kept(60)


class FirstPostForm(EditForm):
    """Another text for the first post, with the thread's title and tags."""

    title = line(lazy_gettext("Title"), TITLE_MOST, hint=_TITLE_HINT)
    tags = line(lazy_gettext("Tags"), (TAG_MOST + 2) * TAGS_MOST, hint=_TAGS_HINT, least=0)


class TopicForm(Form):
    """A topic: its name and description in each language of the interface."""

    audience = one_of(lazy_gettext("Who can read it"))
    parent_id = one_of(lazy_gettext("Stands under"), required=False)
    position = whole(
        lazy_gettext("Place in the list"),
        range(10_000),
        hint=lazy_gettext("Smaller numbers stand higher."),
        required=False,
    )

    def texts(self, kind: str) -> dict[str, str]:
        """Give what was entered as `names` or `descriptions`, by language."""
        return {code: (self._fields[f"{kind}_{code}"].data or "") for code in LANGUAGES}

    def by_language(self) -> list[tuple[str, Field, Field]]:
        """Give (language, name field, description field)."""
        return [
            (code, self._fields[f"names_{code}"], self._fields[f"descriptions_{code}"]) for code in LANGUAGES
        ]


def _add_language_fields(form: Any) -> None:
    for code, name in LANGUAGES.items():
        setattr(
            form,
            f"names_{code}",
            line(lazy_gettext("Name (%(language)s)", language=name), 80, least=0),
        )
        setattr(
            form,
            f"descriptions_{code}",
            line(lazy_gettext("Description (%(language)s)", language=name), 300, least=0),
        )


_add_language_fields(TopicForm)
