"""Reasons of a match as sentences, in the language spoken now."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from flask_babel import gettext as _

from brain.base.i18n import language, language_name

from . import vocabulary


@dataclass(frozen=True)
class Why:
    """One part of a score as shown: points of how many, and sentences."""

    name: str
    points: int
    most: int
    sentences: tuple[str, ...]


def _name(code: str) -> str:
    return vocabulary.label(code, language())


def _same_theme(values: Sequence[str]) -> str:
    return _("Both concern %(theme)s.", theme=_name(values[0]))


def _short(code: str) -> str:
    """Name a pick in a few words: the text of a target fills a paragraph."""
    return _("target %(code)s", code=code) if "." in code else _name(code)


def _same_target(values: Sequence[str]) -> str:
    goal = _name(values[0].partition(".")[0])
    return _("Both work towards target %(code)s of the goal “%(goal)s”.", code=values[0], goal=goal)


def _same_goal(values: Sequence[str]) -> str:
    return _("Both serve Goal %(code)s: %(text)s.", code=values[0], text=_name(values[0]))


def _same_sector(values: Sequence[str]) -> str:
    return _("Both belong to the sector %(sector)s.", sector=_name(values[0]))


def _related(values: Sequence[str]) -> str:
    return _("%(asked)s is close to %(given)s.", asked=_short(values[0]), given=_short(values[1]))


def _same_modality(values: Sequence[str]) -> str:
    return _("Both want to work by this way: %(way)s.", way=_name(values[0]))


def _common_language(values: Sequence[str]) -> str:
    return _("Common language: %(language)s.", language=language_name(values[0]))


def _interpretation(values: Sequence[str]) -> str:
    if "covered" in values:
        return _("No common language, but interpretation is provided for.")
    return _("No common language, but interpretation is asked for.")


def _same_region(values: Sequence[str]) -> str:
    return _("Both are in %(region)s.", region=vocabulary.place_name(values[0], language()))


def _both_ldc(values: Sequence[str]) -> str:
    return _("Both countries are among the least developed.")


def _both_lldc(values: Sequence[str]) -> str:
    return _("Both countries have no coast.")


def _both_sids(values: Sequence[str]) -> str:
    return _("Both countries are among the small island developing States.")


def _covers(values: Sequence[str]) -> str:
    return _("What is lacking can be covered: %(what)s.", what=_name(values[0]))


def _open_focus(values: Sequence[str]) -> str:
    return _("Help is offered in any field.")


SENTENCES: Mapping[str, Callable[[Sequence[str]], str]] = {
    "same_theme": _same_theme,
    "same_target": _same_target,
    "same_goal": _same_goal,
    "same_sector": _same_sector,
    "related_theme": _related,
    "related_topic": _related,
    "same_modality": _same_modality,
    "common_language": _common_language,
    "interpretation": _interpretation,
    "same_region": _same_region,
    "both_ldc": _both_ldc,
    "both_lldc": _both_lldc,
    "both_sids": _both_sids,
    "covers": _covers,
    "open_focus": _open_focus,
}


def part_names() -> dict[str, str]:
    """Name the parts of a score."""
    return {
        "topic": _("Subject"),
        "modality": _("Way of working"),
        "language": _("Language"),
        "context": _("Place"),
        "covers": _("What is lacking"),
        "focus": _("Field"),
    }


def explain(parts: Sequence[Mapping[str, Any]]) -> list[Why]:
    """Turn stored parts into what a reader sees; parts without a reason are left out."""
    names = part_names()
    told = []
    for part in parts:
        sentences = tuple(
            SENTENCES[reason["message_id"]](reason["values"])
            for reason in part["reasons"]
            if reason["message_id"] in SENTENCES
        )
        if sentences:
            points = round(100 * part["score"] * part["weight"])
            told.append(
                Why(names.get(part["name"], part["name"]), points, round(100 * part["weight"]), sentences)
            )
    return told


def strength(score: float) -> str:
    """Say in a word how strong a match is."""
    if score >= 0.7:
        return _("strong")
    if score >= 0.45:
        return _("good")
    return _("possible")
