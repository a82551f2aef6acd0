"""Bring a community along: people, threads, posts, in this order.

Each step is divided into transactions that may be repeated: begin an import
again after it was cut off, or with a newer archive, and what is missing comes.
"""

from __future__ import annotations

import time

from brain.base.i18n import is_language
from brain.base.unit import unit_of_work

from .discourse import DiscourseArchive
from .errors import LanguageUnknown
from .heads import Wishes, bring_heads
from .outcome import Outcome
from .people import bring_people
from .posts import Watch, bring_posts
from .sites import remember_site, site_key


def check_wishes(wishes: Wishes) -> None:
    """Refuse before anything is written what cannot be done.

    Raises SiteUnknown, LanguageUnknown.
    """
    site_key(wishes.base_url)
    if not is_language(wishes.language):
        raise LanguageUnknown


def bring_community(archive: DiscourseArchive, wishes: Wishes, watch: Watch) -> Outcome:
    """Bring all of an archive that is not here yet; says what it did.

    Raises SiteUnknown, LanguageUnknown, TopicUnclear.
    """
    check_wishes(wishes)
    began = time.monotonic()
    outcome = Outcome(base_url=wishes.base_url)
    with unit_of_work():
        source_id = remember_site(wishes.base_url)
        outcome.new_members = bring_people(source_id, archive.survey, wishes.language)
    bring_heads(archive, wishes, outcome)
    bring_posts(archive, wishes, outcome, watch)
    outcome.seconds = time.monotonic() - began
    return outcome
