"""One topic of Discourse as JSON, turned into a thread of ours."""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field, replace
from datetime import datetime
from typing import Any

from .addresses import OldSite, mask_mail
from .archive import (
    ArchivedCategory,
    ArchivedMember,
    ArchivedPost,
    ArchivedThread,
    PostKind,
    Reason,
    Tally,
)
from .emoji import set_emoji
from .escapes import clean
from .html_to_markdown import html_to_markdown
from .raw_markdown import raw_to_markdown
from .topic_values import (
    Values,
    is_private,
    is_set,
    line_of,
    listed_posts,
    number_of,
    object_of,
    objects_of,
    seems_set,
    stream_of,
    text_of,
    thread_id_of,
    time_of,
)

#: What the head of a thread has, and a list of posts has not.
_HEAD = ("title", "slug", "archetype")
_LIKE = 2
_EVENT = 3
_WHISPER = 4
_KINDS = {2: PostKind.MODERATOR, _EVENT: PostKind.EVENT}
_UPLOADED = re.compile(
    r'(?:<a class="lightbox" href="([^"]{1,2000})"[^<>]{0,2000}>)?'
    r'<img\b([^<>]{0,4000}?)\bdata-base62-sha1="([A-Za-z0-9]{1,64})"'
)
_SOURCE = re.compile(r'\bsrc="([^"]{1,2000})"')


@dataclass(frozen=True)
class Reading:
    """What is the same for all records of an archive.

    `slugs` holds all names a thread was found under, `tally` is added to.
    """

    site: OldSite
    read_at: datetime
    categories: Mapping[int, ArchivedCategory]
    slugs: Mapping[int, tuple[str, ...]]
    tally: Tally


@dataclass
class _Writing:
    """What is known while the posts of one thread are read in order."""

    reading: Reading
    site: OldSite
    raws: Mapping[int, str]
    numbers: frozenset[int]
    last_at: datetime | None = field(default=None)


def number_posts(values: Values, tally: Tally) -> list[tuple[int, dict[str, Any]]]:
    """Choose the posts to keep, by number; a number taken twice is given anew."""
    numbered: dict[int, dict[str, Any]] = {}
    unnumbered: list[dict[str, Any]] = []
    seen: set[int] = set()
    thread = thread_id_of(values)
    for post in listed_posts(values):
        reason = _refuse(post, seen, thread)
        if reason:
            tally[reason] += 1
            continue
        post_id, number = number_of(post, "id", 1), number_of(post, "post_number", 1)
        if post_id is not None:
            seen.add(post_id)
        if number is None or number in numbered:
            unnumbered.append(post)
        else:
            numbered[number] = post
    highest = max(numbered, default=0)
    tally[Reason.RENUMBERED] += len(unnumbered)
    return sorted(numbered.items()) + list(enumerate(unnumbered, highest + 1))


def _refuse(post: object, seen: set[int], thread: int | None) -> Reason | None:
    if not isinstance(post, dict):
        return Reason.NOT_A_POST
    if number_of(post, "topic_id", 1) not in (None, thread):
        return Reason.OTHER_THREAD
    if str(post.get("post_type")).strip() == str(_WHISPER):
        return Reason.WHISPER
    if number_of(post, "id", 1) in seen:
        return Reason.DUPLICATE_POST
    is_event = number_of(post, "post_type") == _EVENT
    if is_event and not (line_of(post, "action_code") or text_of(post, "cooked") or text_of(post, "raw")):
        return Reason.EMPTY_EVENT
    return None


def author_of(post: Values) -> ArchivedMember | None:
    """Name who wrote a post; None if the archive does not know."""
    name = _without_mail(line_of(post, "username") or line_of(post, "name"))
    if not name:
        return None
    return ArchivedMember(
        old_id=number_of(post, "user_id", -1_000),
        name=name,
        display_name=_without_mail(line_of(post, "name") or line_of(post, "display_username")) or name,
        is_staff=any(is_set(post, role) for role in ("staff", "admin", "moderator")),
    )


def _without_mail(name: str) -> str:
    """Keep of a name that is a mail address what stands before its @: the rest is nobody's business."""
    return name.partition("@")[0] if name != mask_mail(name) else name


def read_head(values: Values, reading: Reading) -> ArchivedThread:
    """Read what is said about the thread as a whole, without its posts.

    The record must have an id and at least one post.
    """
    thread = thread_id_of(values) or 0
    first = next((post for post in listed_posts(values) if isinstance(post, dict)), {})
    begun = (time_of(values, "created_at", reading.read_at), time_of(first, "created_at", reading.read_at))
    slugs = tuple(dict.fromkeys(filter(None, (line_of(values, "slug"), *reading.slugs.get(thread, ())))))
    slug = slugs[0] if slugs else ""
    category = number_of(values, "category_id", 1)
    pinned_until = time_of(values, "pinned_until", reading.read_at)
    is_pinned = is_set(values, "pinned") or is_set(values, "pinned_globally")
    return ArchivedThread(
        old_id=thread,
        title=set_emoji(mask_mail(line_of(values, "title")))
        or slug.replace("-", " ").strip().capitalize()
        or f"{thread}",
        slug=slug,
        category=None if category is None else reading.categories.get(category, ArchivedCategory(category)),
        tags=_tags_of(values),
        created_at=begun[0] or begun[1] or time_of(values, "date", reading.read_at) or reading.read_at,
        views=number_of(values, "views") or 0,
        is_closed=is_set(values, "closed"),
        is_pinned=is_pinned and (pinned_until is None or pinned_until > reading.read_at),
        is_archived=is_set(values, "archived"),
        # posts alone do not say whether the thread was for everybody
        is_visible=not _is_unlisted(values) and any(line_of(values, name) for name in _HEAD),
        is_deleted=bool(values.get("deleted_at")),
        archetype=line_of(values, "archetype") or "regular",
        old_urls=(*(f"/t/{name}/{thread}" for name in slugs), f"/t/{thread}"),
        participants=_participants_of(values) if is_private(values) else (),
        posts=(),
    )


def _is_unlisted(values: Values) -> bool:
    return values.get("visible") is not None and not seems_set(values, "visible")


def _tags_of(values: Values) -> tuple[str, ...]:
    tags = values.get("tags")
    found: list[str] = []
    for tag in tags if isinstance(tags, list) else ():
        name = tag if isinstance(tag, str) else line_of(tag, "name") if isinstance(tag, dict) else ""
        found.append(" ".join(mask_mail(clean(name)).split()))
    return tuple(dict.fromkeys(filter(None, found)))


def _participants_of(values: Values) -> tuple[str, ...]:
    """Name who could read a private thread: those invited and those who wrote."""
    details = object_of(values, "details")
    invited = [*objects_of(details, "allowed_users"), *objects_of(details, "participants")]
    wrote = [post for post in listed_posts(values) if isinstance(post, dict)]
    return tuple(
        dict.fromkeys(name for person in (*invited, *wrote) if (name := line_of(person, "username")))
    )


def read_thread(values: Values, raws: Mapping[int, str], reading: Reading) -> ArchivedThread:
    """Read a thread with its posts; `raws` holds Markdown by post number."""
    head = read_head(values, reading)
    numbered = number_posts(values, reading.tally)
    present = {number_of(post, "id", 1) for post in listed_posts(values) if isinstance(post, dict)}
    reading.tally[Reason.NOT_IN_ARCHIVE] += sum(post_id not in present for post_id in stream_of(values))
    site = reading.site
    if any("upload://" in raw for raw in raws.values()):
        site = replace(site, uploads=dict(_uploads_of(post for _number, post in numbered)))
    writing = _Writing(reading, site, raws, frozenset(number for number, _post in numbered), head.created_at)
    return replace(head, posts=tuple(_read_post(number, post, writing) for number, post in numbered))


def _uploads_of(posts: Iterator[dict[str, Any]]) -> Iterator[tuple[str, str]]:
    """Find which address an uploaded image has, by the short name of its file."""
    for post in posts:
        for box, attributes, name in _UPLOADED.findall(text_of(post, "cooked")):
            source = _SOURCE.search(attributes)
            if box or source:
                yield name, box or (source[1] if source else "")


def _read_post(number: int, post: dict[str, Any], writing: _Writing) -> ArchivedPost:
    tally, read_at = writing.reading.tally, writing.reading.read_at
    created_at = time_of(post, "created_at", read_at)
    if created_at is None:
        tally[Reason.DATE_MENDED] += 1
        created_at = writing.last_at or read_at
    writing.last_at = created_at
    author = author_of(post)
    tally[Reason.AUTHOR_MISSING] += author is None
    return ArchivedPost(
        old_id=number_of(post, "id", 1),
        number=number,
        author=author,
        created_at=created_at,
        edited_at=_edited_at(post, created_at, read_at),
        kind=_KINDS.get(number_of(post, "post_type") or 1, PostKind.REGULAR),
        action_code=line_of(post, "action_code") or None,
        source=_source_of(number, post, writing),
        reply_to_number=_reply_to(number, post, writing),
        likes=_likes_of(post),
        is_hidden=seems_set(post, "hidden"),
        is_deleted=bool(post.get("deleted_at")) or seems_set(post, "user_deleted"),
        is_deleted_by_author=seems_set(post, "user_deleted"),
    )


def _edited_at(post: Values, created_at: datetime, read_at: datetime) -> datetime | None:
    """Say when the text last changed.

    A later `updated_at` alone says nothing: moves between programs set it too.
    Only a second version is an edit.
    """
    updated_at = time_of(post, "updated_at", read_at)
    if updated_at is None or updated_at <= created_at or (number_of(post, "version") or 1) < 2:
        return None
    return updated_at


def _source_of(number: int, post: Values, writing: _Writing) -> str:
    raw = text_of(post, "raw") or writing.raws.get(number, "")
    if raw.strip():
        return raw_to_markdown(raw, writing.site)
    cooked = text_of(post, "cooked")
    if not cooked.strip():
        return ""
    writing.reading.tally[Reason.MARKDOWN_FROM_HTML] += 1
    return html_to_markdown(cooked, writing.site)


def _reply_to(number: int, post: Values, writing: _Writing) -> int | None:
    """Keep the link to an earlier post that came along."""
    answered = number_of(post, "reply_to_post_number", 1)
    if answered is None or (answered in writing.numbers and answered < number):
        return answered
    writing.reading.tally[Reason.REPLY_TARGET_MISSING] += 1
    return None


def _likes_of(post: Values) -> int:
    actions = objects_of(post, "actions_summary")
    return sum(number_of(action, "count") or 0 for action in actions if number_of(action, "id") == _LIKE)
