"""Read the closed vocabularies that ship with the Meeting Point.

Sources, licences and changes: `vocabularies/ATTRIBUTION.md`. Files are read
once a process. Codes are unique over all vocabularies but countries, so one
`concept(code)` finds a theme (T3), a sector (K, K64), a goal (8), a target
(8.10), a way of working together (training) or a kind of organisation (OS60).
"""

import json
from collections import defaultdict
from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field
from functools import cache
from pathlib import Path
from types import MappingProxyType
from typing import Any, Literal

from babel import Locale, UnknownLocaleError

Bloc = Literal["south", "north", "unset"]

FOLDER = Path(__file__).with_name("vocabularies")
SOUTHERN_GROUPS = frozenset({"g77", "ldc", "lldc", "sids"})
NORTHERN_GROUPS = frozenset({"dac", "eu"})


class UnknownConcept(LookupError):
    """Say that a code is in none of the vocabularies."""


@dataclass(frozen=True)
class Concept:
    """Hold one entry of a vocabulary.

    `labels` maps a language (BCP 47) to a name; English is always there.
    `origin` names the languages whose label is not the source's own.
    """

    code: str
    labels: Mapping[str, str] = field(hash=False)
    broader: tuple[str, ...] = ()
    narrower: tuple[str, ...] = ()
    related: tuple[str, ...] = ()
    origin: Mapping[str, str] = field(default_factory=dict, hash=False)


@dataclass(frozen=True)
class Country:
    """Hold what the matching needs of a country or territory.

    `code` is ISO 3166-1 alpha-2; regions are M49 codes of three digits.
    `bloc` is the default of the table that moderators may edit.
    """

    code: str
    region: str | None
    subregion: str | None
    intermediate: str | None
    groups: frozenset[str]
    bloc: Bloc

    @property
    def places(self) -> frozenset[str]:
        """List every code that stands for this country, widest included."""
        codes = (self.code, self.region, self.subregion, self.intermediate)
        return frozenset(code for code in codes if code)

    @property
    def nearest_region(self) -> str | None:
        """Name the smallest M49 region around the country."""
        return self.intermediate or self.subregion


def themes() -> tuple[Concept, ...]:
    """List the 19 themes of the social and solidarity economy."""
    return _vocabulary("themes")


def sectors() -> tuple[Concept, ...]:
    """List the 21 sections of ISIC, then its 88 divisions (K64 under K)."""
    return _vocabulary("sectors")


def sdgs() -> tuple[Concept, ...]:
    """List the 17 goals, each followed by its targets (169 in all)."""
    return _vocabulary("sdgs")


def modalities() -> tuple[Concept, ...]:
    """List the 12 ways of working together; the list is closed."""
    return _vocabulary("modalities")


def lacks() -> tuple[Concept, ...]:
    """List what a party may lack and a facilitator may cover."""
    return _vocabulary("lacks")


def organisation_kinds() -> tuple[Concept, ...]:
    """List the kinds of organisations that members belong to."""
    return _vocabulary("organisation_kinds")


@cache
def countries() -> tuple[Country, ...]:
    """List countries and territories by code; names come from CLDR."""
    content = _read("countries")
    decided: Mapping[str, Bloc] = content["blocs_decided"]
    return tuple(_country(row, decided) for row in content["concepts"])


def concept(code: str) -> Concept:
    """Find a concept of any vocabulary by its code.

    Raises UnknownConcept.
    """
    try:
        return _by_code()[code]
    except KeyError:
        raise UnknownConcept(code) from None


def country(code: str) -> Country | None:
    """Find a country by its ISO code; None when the table lacks it."""
    return _countries_by_code().get(code)


def label(code: str, language: str) -> str:
    """Name a concept in a language, or in English where that is missing."""
    names = concept(code).labels
    return names.get(language) or names.get(_primary(language)) or names["en"]


def place_name(code: str, language: str) -> str:
    """Name a country or an M49 region as CLDR does; the code if it has none."""
    try:
        locale = Locale.parse(language.replace("-", "_"))
    except (UnknownLocaleError, ValueError):
        locale = Locale("en")
    return str(locale.territories.get(code, code))


def _primary(language: str) -> str:
    """Cut a language tag down to its first part: pt-BR becomes pt."""
    return language.replace("_", "-").split("-")[0]


def _read(name: str) -> Any:
    return json.loads((FOLDER / f"{name}.json").read_text("utf-8"))


@cache
def _vocabulary(name: str) -> tuple[Concept, ...]:
    rows = _read(name)["concepts"]
    narrower: dict[str, list[str]] = defaultdict(list)
    for row in rows:
        if "broader" in row:
            narrower[row["broader"]].append(row["code"])
    return tuple(
        Concept(
            code=row["code"],
            labels=MappingProxyType(row["labels"]),
            broader=tuple(filter(None, [row.get("broader")])),
            narrower=tuple(narrower[row["code"]]),
            related=_related().get(row["code"], ()),
            origin=MappingProxyType(row.get("origin", {})),
        )
        for row in rows
    )


@cache
def _related() -> Mapping[str, tuple[str, ...]]:
    """Read our table of related concepts, made to hold both ways."""
    pairs: dict[str, dict[str, None]] = defaultdict(dict)
    for row in _read("related")["related"]:
        for other in row["to"]:
            pairs[row["code"]][other] = None
            pairs[other][row["code"]] = None
    return {code: tuple(others) for code, others in pairs.items()}


@cache
def _by_code() -> Mapping[str, Concept]:
    every: Iterable[tuple[Concept, ...]] = (
        themes(),
        sectors(),
        sdgs(),
        modalities(),
        lacks(),
        organisation_kinds(),
    )
    return {entry.code: entry for vocabulary in every for entry in vocabulary}


@cache
def _countries_by_code() -> Mapping[str, Country]:
    return {entry.code: entry for entry in countries()}


def _country(row: Mapping[str, Any], decided: Mapping[str, Bloc]) -> Country:
    groups = frozenset(row.get("groups", ()))
    return Country(
        code=row["code"],
        region=row.get("region"),
        subregion=row.get("subregion"),
        intermediate=row.get("intermediate"),
        groups=groups,
        bloc=decided.get(row["code"]) or _default_bloc(groups),
    )


def _default_bloc(groups: frozenset[str]) -> Bloc:
    """Apply the rule: South by G77 or special situation, North by DAC or EU.

    Membership of the OECD is not asked: several members belong to the South.
    """
    if groups & SOUTHERN_GROUPS:
        return "south"
    return "north" if groups & NORTHERN_GROUPS else "unset"
