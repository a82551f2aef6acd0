"""A document as it is indexed: our terms, places, marks and numbers.

Marks are exact terms to filter by: `kind=post`, `by=rosa cuautle`. Every
backend stores these, so that all agree on what matches.
"""

from __future__ import annotations

import hashlib
from collections import Counter
from collections.abc import Iterator, Mapping
from dataclasses import dataclass

from brain.plugin.contribution import Document
from brain.search.analysis import branch_of, key_of, tag_key, tokens
from brain.search.ranking import ARCHIVED_FACTOR, CLOSED_FACTOR

#: Moves when the analysis changes: an index of another version is built anew.
VERSION = 2
#: Places of a body's words begin here, those of its title before.
BODY_PLACE = 1000
LAST_PLACE = 65_000
TITLE_KEY_LENGTH = 200


@dataclass(frozen=True)
class Indexed:
    """What a backend stores of one document."""

    kind: str
    id: int
    group: str
    at: int
    factor: float
    digest: int
    length: int
    marks: frozenset[str]
    title: Mapping[str, int]
    labels: Mapping[str, int]
    body: Mapping[str, int]
    places: Mapping[str, list[int]]


def key_mark(kind: str, id_: int) -> str:
    """Name a document by a mark that no other has."""
    return f"key={kind}:{id_}"


def analyse(document: Document) -> Indexed:
    """Make a document's terms, in its own language."""
    title: Counter[str] = Counter()
    body: Counter[str] = Counter()
    places: dict[str, list[int]] = {}
    for place, word, terms in _numbered(document.title, document.language, 0):
        title.update(terms)
        if place < BODY_PLACE:
            places.setdefault(word, []).append(place)
    length = 0
    for place, word, terms in _numbered(document.body, document.language, BODY_PLACE):
        if place > LAST_PLACE:
            break
        length += bool(terms)
        for term in terms:
            body[term] += 1
        places.setdefault(word, []).append(place)
    labels: Counter[str] = Counter()
    for label in (*document.tags, *document.facts.get("topic_slugs", "").split()):
        for token in tokens(label, document.language):
            labels.update(token.terms)
    return Indexed(
        kind=document.kind,
        id=document.id,
        group=document.group or f"{document.kind}:{document.id}",
        at=int(document.at.timestamp()),
        factor=_factor(document),
        digest=digest_of(document),
        length=length,
        marks=frozenset(_marks(document)),
        title=title,
        labels=labels,
        body=body,
        places=places,
    )


def _numbered(text: str, language: str, first: int) -> Iterator[tuple[int, str, tuple[str, ...]]]:
    for place, token in enumerate(tokens(text, language), first):
        yield place, token.word, token.terms


def digest_of(document: Document) -> int:
    """Give a signed 64-bit digest of all that is indexed of a document."""
    parts = [
        *(VERSION, document.kind, document.id, document.language, document.title, document.body),
        *(sorted(document.audience), int(document.at.timestamp()), document.tags, document.topics),
        *(document.author_id, document.author, document.group, sorted(document.facts.items())),
    ]
    digest = hashlib.blake2b(repr(parts).encode("utf-8", "surrogatepass"), digest_size=8).digest()
    return int.from_bytes(digest, "little", signed=True)


def _factor(document: Document) -> float:
    if document.facts.get("archived"):
        return ARCHIVED_FACTOR
    return CLOSED_FACTOR if document.facts.get("closed") else 1.0


def _marks(document: Document) -> Iterator[str]:
    yield key_mark(document.kind, document.id)
    yield f"kind={document.kind}"
    yield f"branch={branch_of(document.language)}"
    yield from (f"audience={token}" for token in document.audience)
    language = document.language.lower()
    yield from (f"lang={code}" for code in {language, language.partition("-")[0]})
    yield from (f"tag={tag_key(tag)}" for tag in document.tags)
    yield from (f"topic={topic}" for topic in document.topics)
    yield from (f"topic={key_of(slug)}" for slug in document.facts.get("topic_slugs", "").split())
    author = key_of(document.author)
    yield from (f"by={name}" for name in {author, *author.split()} if name)
    if document.author_id is not None:
        yield f"author={document.author_id}"
    if title := key_of(document.title):
        yield f"title={title[:TITLE_KEY_LENGTH]}"
    state = next((name for name in ("archived", "closed") if document.facts.get(name)), "open")
    yield f"status={state}"
