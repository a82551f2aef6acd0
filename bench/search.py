"""`python -m bench.search`: measure the embedded index alone, on a real amount of text.

Documents come from a file with one JSON object a line (`file`, `text`: the
posts of a thread, as Discourse's raw pages hold them), or are generated. The
database has no part in this: it is the engine that is measured.
"""

from __future__ import annotations

import argparse
import json
import lzma
import random
import re
import resource
import shutil
import sys
import tempfile
import time
from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from itertools import islice
from pathlib import Path

from brain.plugin.contribution import Document
from brain.search.backend import Fetched, Key, Reach, Window
from brain.search.query import parse
from brain.search.whoosh_backend.backend import WhooshBackend

COMMIT = 2500
REACH = Reach(frozenset({"public", "members", "member:7"}), ("post",))
_HEAD = re.compile(r"(.+?) \| (\d{4}-\d\d-\d\d \d\d:\d\d:\d\d) UTC \| #(\d+)\n\n")
_LINE = "\n-------------------------\n"


@dataclass(frozen=True)
class Measured:
    """Milliseconds of a kind of question: of processor time, and as somebody waits."""

    name: str
    cpu_p50: float
    cpu_p95: float
    wall_p50: float
    wall_p95: float
    found: float


def posts_of(path: Path) -> Iterator[Document]:
    """Read posts from raw pages, plain or packed with xz."""
    number = 0
    opened = lzma.open if path.suffix == ".xz" else open
    with opened(path, "rt", encoding="utf-8") as lines:
        for line in lines:
            thread = json.loads(line)
            name, _, thread_id = thread["file"].removesuffix(".md").rpartition(".")
            for part in thread["text"].split(_LINE):
                head = _HEAD.match(part.lstrip("\n"))
                if head is None:
                    continue
                number += 1
                yield Document(
                    kind="post",
                    id=number,
                    language="en",
                    title=name.replace("-", " "),
                    body=part.lstrip("\n")[head.end() :],
                    audience=frozenset({"public"}),
                    at=datetime.strptime(head[2], "%Y-%m-%d %H:%M:%S").replace(tzinfo=UTC),
                    author=head[1],
                    group=f"thread:{thread_id}",
                    number=int(head[3]),
                )


def posts_made(count: int, seed: int = 7) -> Iterator[Document]:
    """Make posts of words as unevenly frequent as in real prose, in four languages."""
    chance = random.Random(seed)
    words = [
        f"{a}{b}{c}"
        for a in "bdfglmnprst"
        for b in ("a", "ei", "o", "u")
        for c in ("ma", "ren", "sto", "l", "vic")
    ]
    words = [w + end for w in words for end in ("", "s", "ing", "tion", "able", "o", "ente", "eur")]
    weights = [1 / rank for rank in range(1, len(words) + 1)]
    start = datetime(2014, 1, 1, tzinfo=UTC)
    for number in range(1, count + 1):
        yield Document(
            kind="post",
            id=number,
            language=chance.choice(("en", "es", "fr", "pt")),
            title=" ".join(chance.choices(words, weights, k=6)),
            body=" ".join(chance.choices(words, weights, k=chance.randint(20, 160))),
            audience=frozenset({"public"}),
            at=start + timedelta(hours=number),
            author=f"Member {number % 1000}",
            group=f"thread:{number // 8}",
            number=number % 8,
        )


def build(backend: WhooshBackend, documents: Sequence[Document]) -> float:
    """Build an index; returns seconds of processor time."""
    began = time.process_time()
    with backend.building(fresh=True) as making:
        assert making is not None
        for start in range(0, len(documents), COMMIT):
            some = documents[start : start + COMMIT]
            making.add(some, {"post": some[-1].id})
        making.finish(["post"], lambda keys: Fetched())
    return time.process_time() - began


def questions(documents: Sequence[Document], each: int, seed: int = 3) -> dict[str, list[str]]:
    """Take words from the texts themselves: rare, middling and common ones, phrases."""
    chance = random.Random(seed)
    posts: dict[str, int] = {}
    for document in documents:
        for word in set(re.findall(r"[a-z]{3,}", document.body.lower())):
            posts[word] = posts.get(word, 0) + 1
    size = len(documents)

    def between(low: float, high: float) -> list[str]:
        return sorted(word for word, count in posts.items() if low * size <= count <= high * size)

    rare, middling, common = between(2e-4, 2e-3), between(0.005, 0.03), between(0.08, 1)
    texts = [words for d in chance.sample(documents, each) if len(words := re.findall(r"\w+", d.body)) > 8]
    starts = [chance.randrange(len(words) - 4) for words in texts]
    return {
        "rare word": chance.sample(rare, min(each, len(rare))),
        "middling word": chance.sample(middling, min(each, len(middling))),
        "common word": chance.sample(common, min(each, len(common))),
        "three words": [" ".join(chance.sample(middling, 3)) for _ in range(each)],
        "common and rare": [f"{chance.choice(common)} {chance.choice(rare)}" for _ in range(each)],
        "phrase of two": [f'"{" ".join(w[s : s + 2])}"' for w, s in zip(texts, starts, strict=True)],
        "phrase of four": [f'"{" ".join(w[s : s + 4])}"' for w, s in zip(texts, starts, strict=True)],
        "common, since a day": [f"{chance.choice(common)} after:2019" for _ in range(each)],
        "common, newest first": [f"{chance.choice(common)} order:latest" for _ in range(each)],
    }


def ask(backend: WhooshBackend, name: str, texts: Sequence[str]) -> Measured:
    """Ask each question once."""
    cpu, wall, found = [], [], 0
    for text in texts:
        before = time.thread_time(), time.perf_counter()
        hits = backend.search(parse(text), REACH, Window()).hits.get("post", ())
        cpu.append((time.thread_time() - before[0]) * 1000)
        wall.append((time.perf_counter() - before[1]) * 1000)
        found += len(hits)
    return Measured(name, _at(cpu, 0.5), _at(cpu, 0.95), _at(wall, 0.5), _at(wall, 0.95), found / len(texts))


def change(backend: WhooshBackend, documents: Sequence[Document], times: int) -> list[float]:
    """Bring single posts up to date; milliseconds of each, and of being found again."""
    took = []
    for document in documents[:times]:
        began = time.perf_counter()
        backend.replace([Key("post", document.id)], lambda keys, d=document: Fetched(keys, [d]))
        backend.search(parse("zunzun"), REACH, Window())
        took.append((time.perf_counter() - began) * 1000)
    return took


def _at(values: Sequence[float], share: float) -> float:
    return sorted(values)[min(len(values) - 1, round(share * (len(values) - 1)))]


def main() -> int:
    """Build, ask, change, and print a table."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument(
        "--posts", type=Path, help="raw pages of Discourse, one thread a line (.jsonl, .jsonl.xz)"
    )
    parser.add_argument("--count", type=int, default=20_000)
    parser.add_argument("--each", type=int, default=60, help="questions of each kind")
    given = parser.parse_args()
    source: Callable[[], Iterator[Document]]
    source = (lambda: posts_of(given.posts)) if given.posts else (lambda: posts_made(given.count))
    documents = list(islice(source(), given.count))
    folder = Path(tempfile.mkdtemp(prefix="search-"))
    try:
        measure(WhooshBackend(folder / "search"), documents, given.each)
    finally:
        shutil.rmtree(folder)
    return 0


def measure(backend: WhooshBackend, documents: Sequence[Document], each: int) -> None:
    """Print what building, asking and changing cost."""
    took = build(backend, documents)
    size = sum(path.stat().st_size for path in backend._root.rglob("*") if path.is_file())
    peak = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss / 1024
    print(f"{len(documents)} posts, {sum(len(d.body) for d in documents) / 1e6:.1f} million characters")
    print(f"built in {took:.1f} s of processor time: {len(documents) / took:.0f} posts a second,", end=" ")
    print(f"{size / 1e6:.0f} MB on disk, peak {peak:.0f} MB with all texts in memory\n")
    backend.search(parse("warm"), REACH, Window())
    print(
        "| question | cpu p50 ms | cpu p95 ms | wall p50 ms | wall p95 ms | rows |\n|---|---|---|---|---|---|"
    )
    for name, texts in questions(documents, each).items():
        row = ask(backend, name, texts)
        cells = (row.cpu_p50, row.cpu_p95, row.wall_p50, row.wall_p95, row.found)
        print(f"| {name} | {' | '.join(f'{cell:.1f}' for cell in cells)} |")
    changes = change(backend, documents, each)
    print(f"\none post changed and asked for: {_at(changes, 0.5):.0f} ms, p95 {_at(changes, 0.95):.0f} ms")


if __name__ == "__main__":
    sys.exit(main())
