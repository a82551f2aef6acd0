"""Say how two concepts stand to each other."""

from collections.abc import Iterable, Mapping
from functools import cache
from typing import Literal

from .. import vocabulary

Relation = Literal["same", "narrower", "broader", "related"]


def relation(code: str, other: str) -> Relation | None:
    """Say what `other` is to `code`: the same, narrower, broader or related."""
    if code == other:
        return "same"
    return _relations().get(code, {}).get(other)


def broader_of(code: str) -> tuple[str, ...]:
    """List what a concept belongs to: the goal of a target, nothing for a theme."""
    return _broader().get(code, ())


def common_broader(code: str, other: str) -> str | None:
    """Name the goal or section that holds both concepts (or is one of them)."""
    shared = {code, *broader_of(code)} & {other, *broader_of(other)}
    return min(shared, default=None)


def kind_of(code: str) -> str:
    """Say what a code stands for: theme, sector, goal, target or other."""
    return _kinds().get(code, "other")


@cache
def _kinds() -> Mapping[str, str]:
    return {
        **{concept.code: "theme" for concept in vocabulary.themes()},
        **{concept.code: "sector" for concept in vocabulary.sectors()},
        **{concept.code: "target" if concept.broader else "goal" for concept in vocabulary.sdgs()},
    }


@cache
def _broader() -> Mapping[str, tuple[str, ...]]:
    return {concept.code: concept.broader for concept in _subjects()}


@cache
def _relations() -> Mapping[str, Mapping[str, Relation]]:
    """Tabulate relations; the nearest wins where two hold.

    A narrower concept inherits what its broader one is related to, and two of
    one parent are related.
    """
    table: dict[str, dict[str, Relation]] = {}
    for concept in _subjects():
        row: dict[str, Relation] = {}
        for code in _related(concept):
            row.setdefault(code, "related")
        row |= dict.fromkeys(concept.broader, "broader")
        row |= dict.fromkeys(concept.narrower, "narrower")
        row.pop(concept.code, None)
        table[concept.code] = row
    return table


def _related(concept: vocabulary.Concept) -> Iterable[str]:
    parents = [vocabulary.concept(code) for code in concept.broader]
    own = [*concept.related, *(code for parent in parents for code in parent.related)]
    for code in own:
        yield code
        yield from vocabulary.concept(code).narrower
    for parent in parents:
        yield from parent.narrower


def _subjects() -> tuple[vocabulary.Concept, ...]:
    return vocabulary.themes() + vocabulary.sectors() + vocabulary.sdgs()
