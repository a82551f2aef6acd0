"""A small site that has one of everything, and the pages that show it to each role."""

from __future__ import annotations

import re
from dataclasses import dataclass, field

import sqlalchemy as sa

from brain.base.db import db
from brain.base.unit import unit_of_work
from brain.config import ROOT
from brain.discussion import actions
from brain.discussion.models import Post
from brain.plugin.testing import switch

HAS_MEETING_POINT = (ROOT / "plugins" / "meeting_point").is_dir()
LONG_TITLE = "Gemeinschaftsunterstützungsgenossenschaftsversammlung " + "W" * 120
LONG_NAME = "M" * 30
EVERYTHING = (
    """We keep **books** *together*, see [the visit](https://example.org/a/very/long/address).

> What is written is not forgotten.

- the first box
- the second box

| Year | Members | Loans |
|------|--------:|------:|
| 2024 | 1,230   | 310   |
| 2025 | 1,510   | 402   |

```python
share = sum(loan.amount for loan in loans) / len(members) if members else 0  # nobody has paid yet
```

@Karim said `so`: """
    + "W" * 90
)
ARABIC = "نحن نتقاسم التكاليف بين **الأعضاء** كل شهر، ونكتب ذلك في دفتر واحد."
LISTING = {
    "title": "Two trainers and a printed method",
    "summary": "Used by a cooperative of one hundred and thirty members.",
    "body": "We come for a week, bring the method and stay in touch for a year afterwards.",
    "themes": ["T3"],
    "modalities": ["training"],
    "sdgs": ["8.10"],
    "country": "SN",
    "languages": ["fr", "en"],
    "language": "fr",
    "audience": "public",
}


@dataclass
class Village:
    """Who lives here, and which addresses each role is shown."""

    member: int = 0
    moderator: int = 0
    admin: int = 0
    pages: dict[str, list[str]] = field(default_factory=dict)


def build(make, sign_in) -> Village:
    """Fill an empty site with one of everything."""
    village = Village(make.member(LONG_NAME), make.moderator("Lucía"), make.admin("Nadia"))
    karim = make.member("Karim", country="MA", about="I keep **bees** and books.", reads=("fr", "ar"))
    topic = make.topic("Savings and credit")
    make.topic("Community currencies, complementary currencies and time banks", parent=topic)
    thread = _thread(make, topic, village, karim)
    empty = make.topic("Nobody has written here")
    _moderate(make, sign_in, village, thread)
    listings = _meet(sign_in, village.member, karim) if HAS_MEETING_POINT else []
    make.work()
    place, post = f"/thread/{thread}/x", f"/thread/{thread}/post/4"
    shown = ["/", "/topics", f"/topic/{topic}/x", f"/topic/{empty}/x", place, f"{place}?page=2", "/tag/loans"]
    shown += ["/search", "/search?q=answer", "/search?q=nothingofthekind", "/member/Karim"]
    shown += ["/nowhere", *listings]
    own = [
        "/unread",
        "/members",
        "/new",
        f"/topic/{topic}/new",
        f"/thread/{thread}/reply?to=1&quote=1",
        f"{post}/edit",
    ]
    own += [f"{post}/history", f"{post}/delete", f"/report/post/{_post(thread, 1)}", "/report/thanks"]
    own += ["/notifications", "/statement/1", f"/member/{LONG_NAME}", "/settings"]
    own += ["/settings/sessions", "/settings/address", "/settings/password"]
    if HAS_MEETING_POINT:
        own += [f"/meeting-point/new/{side}" for side in ("offer", "need", "facilitate")]
        own += ["/meeting-point/new", f"{listings[-1]}/edit"]
    staff = ["/", place, "/review", "/review/1", "/review/2", f"/thread/{thread}/post/5/withdrawn"]
    admin = ["/admin", "/admin/plugins", "/admin/settings", "/admin/settings/discussion"]
    admin += ["/admin/settings/log", "/admin/jobs", "/topic/new", f"/topic/{topic}/edit"]
    if HAS_MEETING_POINT:
        admin += ["/admin/plugins/meeting_point", "/admin/settings/meeting_point"]
    village.pages = {
        "visitor": [*shown, "/sign-in", "/register", "/reset", "/claim", "/dev/mail"],
        "member": [*shown, *own],
        "moderator": staff,
        "admin": admin,
    }
    return village


def _thread(make, topic: int, village: Village, karim: int) -> int:
    """Open a thread of two pages in which posts have been edited, deleted and answered."""
    make.thread(topic, karim, title="كيف نتقاسم تكاليف الزيارة؟", text=ARABIC, language="ar")
    for act in (actions.pin_thread, actions.close_thread):
        with unit_of_work():
            act(make.viewer(village.moderator), make.thread(topic, tags=("loans",)))
    thread = make.thread(topic, karim, posts=21, title=LONG_TITLE, text=EVERYTHING, tags=("loans", "books"))
    make.thread(topic, village.member, title="Short of everything, again")
    return thread


def _post(thread: int, number: int) -> int:
    return db.session.scalar(sa.select(Post.id).where(Post.thread_id == thread, Post.number == number))


def _moderate(make, sign_in, village: Village, thread: int) -> None:
    """Write as the member, edit, have a post hidden, and leave another case open."""
    member, moderator = sign_in(village.member), sign_in(village.moderator)
    with unit_of_work():
        db.session.execute(
            sa.update(Post)
            .where(Post.thread_id == thread, Post.number.in_((4, 5)))
            .values(author_id=village.member)
        )
    db.session.rollback()
    reporter = sign_in(make.member())
    for number in (5, 2):
        answer = reporter.submit(
            f"/report/post/{_post(thread, number)}", {"reason": "other", "note": "It calls people fools."}
        )
        assert answer.status_code == 303
    seen = re.search(r'name="version"[^>]*value="(\d+)"', moderator.get("/review/1").text)[1]
    decision = {"decision": "agree", "ground": "attack", "words": "Say it kindly.", "version": seen}
    assert moderator.submit("/review/1", decision).status_code == 303
    edit = f"/thread/{thread}/post/4/edit"
    stamp = re.search(r'name="seen"[^>]*value="([^"]+)"', member.get(edit).text)[1]
    fields = {"text": EVERYTHING + " Edited.", "language": "en", "reason": "more to say", "seen": stamp}
    assert member.submit(edit, fields).status_code == 303


def _meet(sign_in, member: int, karim: int) -> list[str]:
    """Publish an offer and a need that fit each other; gives the pages."""
    switch("meeting_point", True)
    pages = ["/meeting-point/", "/meeting-point/?side=need&theme=T3", "/meeting-point/?side=facilitate"]
    for who, side in ((karim, "offer"), (member, "need")):
        form = f"/meeting-point/new/{side}"
        answer = sign_in(who).submit(form, {**LISTING, "draft_key": side})
        assert answer.status_code == 303, answer.text
        pages.append(answer.location)
    return pages
