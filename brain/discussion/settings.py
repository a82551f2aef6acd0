"""What admins may tune about discussions, with the defaults of the field."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

from flask_babel import lazy_gettext
from flask_babel.speaklater import LazyString

from brain.base.settings import Setting

#: Posts on one page of a thread: post n stands on page (n - 1) // PAGE_SIZE + 1.
PAGE_SIZE = 20
#: Threads on one page of a list.
LIST_SIZE = 30
TITLE_MOST = 255
TAGS_MOST = 5
TAG_MOST = 40
DEPTH_MOST = 5


def _between(least: int, most: int) -> Callable[[Any], str | LazyString | None]:
    sentence = lazy_gettext("Enter a number from %(least)s to %(most)s.", least=least, most=most)
    return lambda value: None if least <= value <= most else sentence


SETTINGS = (
    Setting(
        "discussion.post_least",
        int,
        2,
        lazy_gettext("Shortest post"),
        unit=lazy_gettext("characters"),
        hint=lazy_gettext("A short thanks is human: keep this low."),
        check=_between(1, 1000),
    ),
    Setting(
        "discussion.title_least",
        int,
        8,
        lazy_gettext("Shortest title of a thread"),
        unit=lazy_gettext("characters"),
        check=_between(1, 200),
    ),
    Setting(
        "discussion.seconds_between_posts",
        int,
        5,
        lazy_gettext("Pause between two posts of a member"),
        unit=lazy_gettext("seconds"),
        check=_between(0, 3600),
    ),
    Setting(
        "discussion.seconds_between_threads",
        int,
        15,
        lazy_gettext("Pause between two threads of a member"),
        unit=lazy_gettext("seconds"),
        check=_between(0, 86_400),
    ),
    Setting(
        "discussion.same_text_minutes",
        int,
        5,
        lazy_gettext("Time in which the same text is refused"),
        unit=lazy_gettext("minutes"),
        check=_between(0, 1440),
    ),
    Setting(
        "discussion.edit_days",
        int,
        30,
        lazy_gettext("How long authors may edit their posts"),
        unit=lazy_gettext("days"),
        check=_between(0, 36_500),
    ),
    Setting(
        "discussion.delete_hours",
        int,
        24,
        lazy_gettext("How long authors may delete and restore their posts"),
        unit=lazy_gettext("hours"),
        check=_between(0, 876_000),
    ),
    Setting(
        "discussion.new_days",
        int,
        14,
        lazy_gettext("How long a thread that a member never opened counts as new"),
        unit=lazy_gettext("days"),
        check=_between(0, 365),
    ),
    Setting(
        "discussion.posts_most",
        int,
        10_000,
        lazy_gettext("Posts after which a thread closes"),
        check=_between(10, 100_000),
    ),
)
