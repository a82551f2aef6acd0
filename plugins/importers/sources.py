"""Where topics are read from: a file of JSON lines, or a folder of pages of a site."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any, Protocol

from .archive import ArchivedCategory, Reason, Skipped
from .errors import NothingToImport
from .json_lines import Limits, Record, parse_record, read_records
from .raw_posts import RawPosts, thread_of_name
from .topic_values import (
    PRIVATE,
    Values,
    is_private,
    line_of,
    listed_posts,
    number_of,
    object_of,
    objects_of,
    seems_set,
    stream_of,
    text_of,
    thread_id_of,
)

_CATEGORY_FILES = ("categories.json", "site.json")


class Source(Protocol):
    """Something that topics can be read from, as often as wanted."""

    def records(self) -> Iterator[Record | Skipped]:
        """Read all topics, a record each, in the same order every time."""

    def keep_raws(self, raws: RawPosts) -> Iterator[Skipped]:
        """Put the Markdown that came along where it is found by thread."""

    def categories(self) -> dict[int, ArchivedCategory]:
        """Read what the archive says about its categories."""


def find_source(path: Path, limits: Limits) -> Source:
    """Tell what kind of archive stands at a path.

    Raises NothingToImport if there is none.
    """
    if path.is_file() and path.suffix.lower() == ".json" and "jsonl" not in path.name:
        return SiteFolder(path.parent, limits, [path])
    if path.is_file():
        return LineFiles([path], [file for file in _line_files(path.parent) if _is_raw(file)], limits)
    if path.is_dir():
        files = _line_files(path)
        topics = [file for file in files if not _is_raw(file)]
        if topics:
            named = [file for file in topics if file.name.lower().startswith("topics")] or topics[:1]
            return LineFiles(named, [file for file in files if _is_raw(file)], limits)
        pages = [file for file in _files_in(path) if file.suffix.lower() == ".json"]
        if pages:
            return SiteFolder(path, limits, pages)
    raise NothingToImport


def _line_files(folder: Path) -> list[Path]:
    """List the files of JSON lines, those that name topics first."""
    found = [file for file in folder.iterdir() if ".jsonl" in file.name.lower() and _is_plain(file)]
    return sorted(found, key=lambda file: (not file.name.startswith("topics"), file.name))


def _is_raw(file: Path) -> bool:
    return file.name.lower().startswith("raw")


def _is_plain(file: Path) -> bool:
    """Tell whether it is a file of this folder: a link could lead anywhere."""
    return file.is_file() and not file.is_symlink()


def _files_in(folder: Path) -> list[Path]:
    found: list[Path] = []
    for item in sorted(folder.iterdir()):
        if item.is_symlink():
            continue
        found += _files_in(item) if item.is_dir() else [item]
    return found


@dataclass(frozen=True)
class LineFiles:
    """One topic a line, and beside it raw texts, one thread a line."""

    topics: list[Path]
    raws: list[Path]
    limits: Limits

    def records(self) -> Iterator[Record | Skipped]:
        """Read the lines of all files in order."""
        for file in self.topics:
            yield from read_records(file, self.limits)

    def keep_raws(self, raws: RawPosts) -> Iterator[Skipped]:
        """Keep the raw texts of all files beside."""
        for file in self.raws:
            yield from raws.add_file(file, self.limits)

    def categories(self) -> dict[int, ArchivedCategory]:
        """Read the categories from a page of the site that lies beside."""
        beside = [self.topics[0].parent / name for name in _CATEGORY_FILES]
        return _categories_in([file for file in beside if _is_plain(file)], self.limits)


@dataclass
class SiteFolder:
    """Pages of a live site: `/t/ID.json`, further posts of it, `/raw/ID` beside.

    A page holds 20 posts; the others come as `/t/ID/posts.json` or as the same
    topic again. All pages of a topic are put together, whatever they are called.
    """

    folder: Path
    limits: Limits
    pages: list[Path]
    bad: list[Skipped] = field(default_factory=list)
    _topics: dict[int, list[Path]] = field(default_factory=dict)

    def __post_init__(self) -> None:
        for page in self.pages:
            record = self._read(page)
            if isinstance(record, Skipped):
                self.bad.append(record)
            elif listed_posts(record.values) and (thread := thread_id_of(record.values)) is not None:
                self._topics.setdefault(thread, []).append(page)

    def records(self) -> Iterator[Record | Skipped]:
        """Read the topics by id, each put together from its pages."""
        yield from self.bad
        for thread in sorted(self._topics):
            read = map(self._read, self._topics[thread])
            records = [record for record in read if isinstance(record, Record)]
            if records:
                yield Record(records[0].file, 1, merge_pages([record.values for record in records]))

    def keep_raws(self, raws: RawPosts) -> Iterator[Skipped]:
        """Keep the texts of `raw/ID` or `…ID.md`."""
        for file in _files_in(self.folder):
            thread = thread_of_name(file.name)
            is_raw = file.suffix.lower() in (".md", ".txt") or file.parent.name == "raw"
            if thread not in self._topics or thread is None or not is_raw or file.suffix == ".json":
                continue
            if file.stat().st_size > self.limits.line:
                yield Skipped(self._name(file), 1, Reason.TOO_LONG)
            else:
                raws.add(thread, file.read_text("utf-8", errors="replace"))

    def categories(self) -> dict[int, ArchivedCategory]:
        """Read the categories from the pages that list them."""
        return _categories_in([page for page in self.pages if page.name in _CATEGORY_FILES], self.limits)

    def _read(self, page: Path) -> Record | Skipped:
        return _read_page(page, self._name(page), self.limits)

    def _name(self, file: Path) -> str:
        return file.relative_to(self.folder).as_posix()


def _read_page(page: Path, name: str, limits: Limits) -> Record | Skipped:
    try:
        if page.stat().st_size > limits.line:
            return Skipped(name, 1, Reason.TOO_LONG)
        return parse_record(page.read_bytes(), name, 1)
    except OSError as problem:
        return Skipped(name, 1, Reason.BROKEN_FILE, str(problem)[:200])


def merge_pages(pages: list[dict[str, Any]]) -> dict[str, Any]:
    """Put the pages of one topic together: the fullest head, every post once."""
    head = max(pages, key=lambda page: (bool(line_of(page, "title")), text_of(page, "last_posted_at")))
    private = {"archetype": PRIVATE} if any(is_private(page) for page in pages) else {}
    posts: dict[object, Any] = {}
    for place, post in enumerate(post for page in pages for post in listed_posts(page)):
        key = number_of(post, "id", 1) if isinstance(post, dict) else None
        kept = posts.setdefault(place * -1 if key is None else key, post)
        if key is not None and _fullness(post) > _fullness(kept):
            posts[key] = post
    stream = dict.fromkeys(post_id for page in pages for post_id in stream_of(page))
    return {**head, **private, "post_stream": {"posts": list(posts.values()), "stream": list(stream)}}


def _fullness(post: Values) -> tuple[bool, str]:
    """Rank two copies of a post: one with its text, the later one."""
    return bool(text_of(post, "cooked") or text_of(post, "raw")), text_of(post, "updated_at")


def _categories_in(files: list[Path], limits: Limits) -> dict[int, ArchivedCategory]:
    found: dict[int, ArchivedCategory] = {}
    for file in files:
        record = _read_page(file, file.name, limits)
        if isinstance(record, Record):
            lists = (record.values, object_of(record.values, "category_list"))
            found.update(
                _read_categories([item for listed in lists for item in objects_of(listed, "categories")])
            )
    return found


def _read_categories(listed: list[dict[str, Any]]) -> dict[int, ArchivedCategory]:
    found: dict[int, ArchivedCategory] = {}
    for values in listed:
        category = _read_category(values)
        if category is not None:
            found[category.old_id] = category
            found.update(_read_categories(objects_of(values, "subcategory_list")))
    return found


def _read_category(values: Values) -> ArchivedCategory | None:
    old_id = number_of(values, "id", 1)
    if old_id is None:
        return None
    return ArchivedCategory(
        old_id=old_id,
        name=line_of(values, "name") or None,
        slug=line_of(values, "slug") or None,
        parent_id=number_of(values, "parent_category_id", 1),
        is_restricted=seems_set(values, "read_restricted"),
    )
