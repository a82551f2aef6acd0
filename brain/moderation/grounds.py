"""Closed lists: why members report, and why moderators hide."""

from __future__ import annotations

from flask_babel import gettext as _
from flask_babel import lazy_gettext
from flask_babel.speaklater import LazyString

#: Why something is reported: key, label, explanation.
REASONS: tuple[tuple[str, LazyString, LazyString], ...] = (
    ("off_topic", lazy_gettext("Off topic"), lazy_gettext("It does not belong to what is discussed here.")),
    (
        "inappropriate",
        lazy_gettext("Inappropriate"),
        lazy_gettext("It attacks people, tells private things about somebody, or breaks the house rules."),
    ),
    ("spam", lazy_gettext("Advertising"), lazy_gettext("It advertises, or says the same in many places.")),
    ("illegal", lazy_gettext("Illegal"), lazy_gettext("It breaks a law. Say which one, and why.")),
    ("other", lazy_gettext("Something else"), lazy_gettext("Say in your own words what is wrong.")),
)
REASON_LABELS = {key: label for key, label, _hint in REASONS}
#: With these a report needs words.
NEEDS_NOTE = frozenset({"illegal", "other"})

#: Why something is hidden: key, label for moderators, sentence for everybody.
GROUNDS: tuple[tuple[str, LazyString, LazyString], ...] = (
    (
        "advertising",
        lazy_gettext("Advertising or repetition"),
        lazy_gettext("It advertises, or says the same in many places."),
    ),
    ("off_topic", lazy_gettext("Off topic"), lazy_gettext("It does not belong to what is discussed here.")),
    (
        "attack",
        lazy_gettext("Attack on a person or a group"),
        lazy_gettext("It attacks a person or a group of people."),
    ),
    (
        "private",
        lazy_gettext("Private facts about somebody"),
        lazy_gettext("It tells private things about somebody who has not agreed to it."),
    ),
    (
        "deceit",
        lazy_gettext("Deceit"),
        lazy_gettext("It misleads about money, about who is writing, or about facts."),
    ),
    ("illegal", lazy_gettext("Illegal"), lazy_gettext("It breaks a law.")),
    ("other", lazy_gettext("Another house rule"), lazy_gettext("It goes against the house rules.")),
)
GROUND_KEYS = frozenset(key for key, _label, _sentence in GROUNDS)
#: With this ground the moderator's own words are needed.
NEEDS_WORDS = "other"
#: Grounds that only the house gives.
HELD = "held"
WITHDRAWN = "withdrawn"
ELSEWHERE = "elsewhere"

CHOOSE = lazy_gettext("Choose one of the list.")
TOO_LONG = lazy_gettext("This is too long.")
SAY_WHAT = lazy_gettext("Say in a few words what is wrong.")
SAY_WHY = lazy_gettext("Say in a few words which rule it goes against.")

_SENTENCES = {key: sentence for key, _label, sentence in GROUNDS} | {
    HELD: lazy_gettext("Several members reported it. It is hidden until a moderator has looked at it."),
    WITHDRAWN: lazy_gettext("Its author or a moderator had withdrawn it already."),
    ELSEWHERE: lazy_gettext("It was hidden already on the site that it came from."),
}


def ground_sentence(ground: str) -> str:
    """Say a ground in the language spoken now; an unknown one is given as it is."""
    sentence = _SENTENCES.get(ground)
    return ground if sentence is None else str(sentence)


def reason_label(reason: str) -> str:
    """Name a reason in the language spoken now."""
    label = REASON_LABELS.get(reason)
    return _("Something else") if label is None else str(label)
