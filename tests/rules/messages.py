"""Collect the texts to translate, and bring the catalogues up to date.

    python -m tests.rules.messages

The core has its catalogues in translations/, a plugin in its own folder. What
is read, and how, stands in setup.cfg, in the sections that start `babel:`.
"""

from __future__ import annotations

import configparser
import io
import tomllib
from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import click
from babel import Locale
from babel.messages.catalog import Catalog
from babel.messages.extract import DEFAULT_KEYWORDS, extract_from_dir
from babel.messages.frontend import parse_mapping_cfg
from babel.messages.pofile import read_po, write_po

from brain.base.i18n import LANGUAGES
from tests.rules.sources import ROOT

SECTION = "babel:"
KEYWORDS: Mapping[str, Any] = DEFAULT_KEYWORDS | {"lazy_gettext": None, "lazy_ngettext": (1, 2)}
#: What a plugin says of itself to admins.
MANIFEST, MANIFEST_TEXTS = "plugin.toml", ("title", "summary", "data_note")
#: A comment that starts so is shown to translators.
COMMENT = "Translators:"
SKIPPED_FOLDERS = {"tests", "migrations", "__pycache__"}
#: Babel differs here from CLDR, which puts 0 with the singular.
PLURALS = {"pt": "nplurals=2; plural=(n > 1);", "hi": "nplurals=2; plural=(n > 1);"}
LOCALES = [language for language in LANGUAGES if language != "en"]


@dataclass(frozen=True)
class Home:
    """A room with catalogues of its own: the core, or one plugin."""

    name: str
    sources: Path
    catalogues: Path

    @property
    def template(self) -> Path:
        """Say where the texts in English are listed."""
        return self.catalogues / "messages.pot"

    def catalogue(self, locale: str) -> Path:
        """Say where one language's texts are."""
        return self.catalogues / locale / "LC_MESSAGES" / "messages.po"


def homes() -> list[Home]:
    """List the core and the plugins."""
    plugins = sorted(file.parent for file in (ROOT / "plugins").glob("*/plugin.toml"))
    return [
        Home("brain", ROOT / "brain", ROOT / "translations"),
        *(Home(folder.name, folder, folder / "translations") for folder in plugins),
    ]


def extract(home: Home) -> Catalog:
    """Read all texts out of one room's sources and templates."""
    methods, options = _mapping()
    catalogue = Catalog(**_head("# The texts of the Collective Brain, in English."))
    found = extract_from_dir(
        home.sources,
        methods,
        options,
        keywords=KEYWORDS,
        comment_tags=(COMMENT,),
        strip_comment_tags=True,
        directory_filter=lambda folder: Path(folder).name not in SKIPPED_FOLDERS,
    )
    for file, line, message, comments, context in found:
        place = (home.sources / file).relative_to(ROOT).as_posix()
        catalogue.add(message, None, [(place, line)], auto_comments=comments, context=context)
    if (manifest := home.sources / MANIFEST).exists():
        said = tomllib.loads(manifest.read_text("utf-8"))
        for text in filter(None, (said.get(name) for name in MANIFEST_TEXTS)):
            catalogue.add(text, None, [(manifest.relative_to(ROOT).as_posix(), 1)])
    return catalogue


def read(file: Path, locale: str | None = None) -> Catalog:
    """Read a catalogue or a list of texts. Raises on a line that is none."""
    with file.open("rb") as source:
        return read_po(source, locale=locale, abort_invalid=True)


def message_ids(catalogue: Catalog) -> set[tuple[str | tuple[str, ...], str | None]]:
    """Give every text with its context; one with plurals is a tuple."""
    return {(_hashable(message.id), message.context) for message in catalogue if message.id}


def main() -> None:
    """Write each list of texts and carry it into each language."""
    for home in homes():
        texts = extract(home)
        if not message_ids(texts):
            continue
        if home.template.exists():
            texts.creation_date = read(home.template).creation_date
        _write(home.template, texts)
        for locale in LOCALES:
            file = home.catalogue(locale)
            known = read(file, locale) if file.exists() else _new(locale)
            known.update(texts, no_fuzzy_matching=True)
            _write(file, known)
            missing = sum(not all(_strings(message)) for message in known if message.id)
            click.echo(f"{home.name} {locale}: {len(known)} texts, {missing} to translate")


def _mapping() -> tuple[list[tuple[str, str]], dict[str, dict[str, Any]]]:
    """Read from setup.cfg which files are read by which method."""
    whole = configparser.RawConfigParser()
    whole.read(ROOT / "setup.cfg", encoding="utf-8")
    ours = configparser.RawConfigParser()
    for section in whole.sections():
        if section.startswith(SECTION):
            ours[section.removeprefix(SECTION)] = whole[section]
    text = io.StringIO()
    ours.write(text)
    text.seek(0)
    methods, options = parse_mapping_cfg(text)
    if not methods:
        raise LookupError(f"setup.cfg has no section that starts with {SECTION!r}")
    return methods, options


def _head(comment: str) -> dict[str, Any]:
    return {
        "header_comment": f"{comment}\n# Under the same licence as the program, BSD-3-Clause.",
        "project": "Collective Brain",
        "version": "1",
        "msgid_bugs_address": "see CONTRIBUTING.md",
        "last_translator": "the Collective Brain contributors",
        "language_team": "the Collective Brain contributors",
        "fuzzy": False,
    }


def _new(locale: str) -> Catalog:
    name = Locale.parse(locale).english_name
    catalogue = Catalog(locale, **_head(f"# The texts of the Collective Brain, in {name}."))
    if locale in PLURALS:
        others = [header for header in catalogue.mime_headers if header[0] != "Plural-Forms"]
        catalogue.mime_headers = [*others, ("Plural-Forms", PLURALS[locale])]
    return catalogue


def _write(file: Path, catalogue: Catalog) -> None:
    file.parent.mkdir(parents=True, exist_ok=True)
    with file.open("wb") as target:
        write_po(target, catalogue, width=100, include_lineno=False, ignore_obsolete=True)


def _strings(message: Any) -> tuple[str, ...]:
    return message.string if isinstance(message.string, tuple) else (message.string,)


def _hashable(text: Any) -> Any:
    return tuple(text) if isinstance(text, list | tuple) else text


if __name__ == "__main__":
    main()
