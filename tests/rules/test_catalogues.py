"""Every text is translated into every language, and says the same things."""

from __future__ import annotations

import re
from collections import Counter
from collections.abc import Callable
from functools import cache
from gettext import c2py
from itertools import groupby
from pathlib import Path

import pytest
from babel import Locale
from babel.messages.catalog import Catalog, Message

from tests.rules.messages import LOCALES, Home, extract, homes, message_ids, read
from tests.rules.sources import ROOT

PLACEHOLDER = re.compile(r"%(?:\((?P<name>\w+)\))?(?P<kind>[#0 +-]*\d*(?:\.\d+)?[a-zA-Z%])")
TAG = re.compile(r"</?[a-zA-Z][^<>]*>|&\w+;")
#: A form for one, or none, may say it in words.
COUNTS = {"num", "count", "number"}
#: Larger numbers than these do not occur; some languages count millions apart.
NUMBERS = range(1000)


#: What each room has to translate, read from its sources.
TEXTS = {home: ids for home in homes() if (ids := message_ids(extract(home)))}
CATALOGUES = [pytest.param(home, locale, id=f"{home.name}-{locale}") for home in TEXTS for locale in LOCALES]


@pytest.mark.parametrize("home", TEXTS, ids=lambda home: home.name)
def test_list_of_texts_is_up_to_date(home: Home) -> None:
    written = message_ids(read(home.template)) if home.template.exists() else set()
    assert written == TEXTS[home], "run: make catalogues"


def test_arabic_has_six_forms() -> None:
    assert len(_cldr_groups("ar")) == 6


@pytest.mark.parametrize(("home", "locale"), CATALOGUES)
def test_every_text_is_translated(home: Home, locale: str) -> None:
    messages = _messages(home, locale)
    translated = {(message.id, message.context) for message in messages if all(_forms(message))}
    missing = sorted(str(text) for text, _context in TEXTS[home] - translated)
    assert not missing, f"{len(missing)} texts: " + " | ".join(missing[:20])


@pytest.mark.parametrize(("home", "locale"), CATALOGUES)
def test_no_translation_is_a_guess(home: Home, locale: str) -> None:
    assert [message.id for message in _messages(home, locale) if message.fuzzy] == []


@pytest.mark.parametrize(("home", "locale"), CATALOGUES)
def test_translations_keep_what_the_text_holds(home: Home, locale: str) -> None:
    wrong = [
        fault for message in _messages(home, locale) if all(_forms(message)) for fault in faults(message)
    ]
    assert not wrong, "\n".join(wrong)


@pytest.mark.parametrize(("home", "locale"), CATALOGUES)
def test_plurals_have_as_many_forms_as_the_language(home: Home, locale: str) -> None:
    count = len(_cldr_groups(locale))
    assert _catalogue(home.catalogue(locale), locale).num_plurals == count
    for message in _messages(home, locale):
        if message.pluralizable:
            assert len(_forms(message)) == count, message.id


@pytest.mark.parametrize(("home", "locale"), CATALOGUES)
def test_plurals_divide_numbers_as_the_language_does(home: Home, locale: str) -> None:
    rule = _catalogue(home.catalogue(locale), locale).plural_expr
    assert _groups(c2py(rule)) == _cldr_groups(locale)


def faults(message: Message) -> list[str]:
    """Say where a translation lost, or made up, a placeholder or a tag."""
    sources = message.id if isinstance(message.id, tuple | list) else (message.id,)
    full = sources[-1]
    found = []
    for form in _forms(message):
        wanted, given = _placeholders(full), _placeholders(form)
        lost = {mark for mark in wanted - given if not (len(sources) > 1 and mark[0] in COUNTS)}
        if lost or given - wanted:
            found.append(f"{full!r}: placeholders of {form!r} differ")
        if Counter(TAG.findall(full)) != Counter(TAG.findall(form)):
            found.append(f"{full!r}: tags of {form!r} differ")
        if (full[:1].isspace(), full[-1:].isspace()) != (form[:1].isspace(), form[-1:].isspace()):
            found.append(f"{full!r}: spaces at the ends of {form!r} differ")
    return found


FAULTY = [
    ("%(name)s replied", "contestó"),
    ("%(name)s replied", "%(nombre)s contestó"),
    ("%(size)d bytes", "%(size)s bytes"),
    ("Read <b>this</b>", "Lee esto"),
    ('<a href="%(url)s">Here</a>', "<a>Aquí</a> %(url)s"),
    (("%(name)s, one", "%(name)s, %(num)s"), ("uno", "%(name)s, %(num)s")),
]
SOUND = [
    ("%(name)s replied to %(title)s", "A %(title)s contestó %(name)s"),
    (("One reply", "%(num)s replies"), ("Una respuesta", "%(num)s respuestas")),
]


@pytest.mark.parametrize(("source", "translation"), FAULTY)
def test_fault_in_a_translation_is_found(
    source: str | tuple[str, str], translation: str | tuple[str, str]
) -> None:
    assert faults(Message(source, translation))


@pytest.mark.parametrize(("source", "translation"), SOUND)
def test_sound_translation_is_let_pass(
    source: str | tuple[str, str], translation: str | tuple[str, str]
) -> None:
    assert faults(Message(source, translation)) == []


def test_wrong_plural_rule_is_found() -> None:
    assert _groups(c2py("n > 1")) == _cldr_groups("pt")
    assert _groups(c2py("n != 1")) != _cldr_groups("pt")


@cache
def _catalogue(file: Path, locale: str) -> Catalog:
    if not file.exists():
        pytest.fail(f"{file.relative_to(ROOT)} is missing: make catalogues", pytrace=False)
    return read(file, locale)


def _messages(home: Home, locale: str) -> list[Message]:
    return [message for message in _catalogue(home.catalogue(locale), locale) if message.id]


def _forms(message: Message) -> tuple[str, ...]:
    return tuple(message.string) if isinstance(message.string, tuple | list) else (message.string or "",)


def _placeholders(text: str) -> set[tuple[str | None, str]]:
    return {(found["name"], found["kind"]) for found in PLACEHOLDER.finditer(text)}


def _groups(choose: Callable[[int], object]) -> set[frozenset[int]]:
    """Put the numbers together that take the same form."""
    keyed = sorted(NUMBERS, key=lambda number: str(choose(number)))
    return {frozenset(group) for _form, group in groupby(keyed, key=choose)}


def _cldr_groups(locale: str) -> set[frozenset[int]]:
    return _groups(Locale.parse(locale).plural_form)
