"""Cases that wait: moderators are reminded once, then the case closes itself."""

from __future__ import annotations

from datetime import timedelta

from brain.base import clock, jobs
from tests.moderation.test_telling import told


def test_moderators_who_read_the_language_are_reminded_once(garden, make, flag, sign_in):
    reads, other = make.moderator(language="fr"), make.moderator(language="en", reads=("en",))
    flag(make.member(), garden.plant(make.member(), language="fr"))
    make.work()
    for hours, heard in ((47, 0), (49, 1), (51, 1)):
        with clock.at(timedelta(hours=hours)):
            jobs.run_until_idle()
            assert len(told(sign_in(reads))) == heard
    assert told(sign_in(other)) == []


def test_everybody_is_reminded_where_nobody_reads_the_language(garden, make, flag, sign_in):
    moderators = [make.moderator(), make.moderator()]
    flag(make.member(), garden.plant(make.member(), language="ar"))
    with clock.at(timedelta(hours=49)):
        jobs.run_until_idle()
        assert [len(told(sign_in(moderator))) for moderator in moderators] == [1, 1]


def test_reminder_is_gone_when_the_case_is_settled(garden, make, flag, settle, cases, sign_in):
    moderator, other = make.moderator(), make.moderator()
    flag(make.member(), garden.plant(make.member()))
    with clock.at(timedelta(hours=49)):
        jobs.run_until_idle()
        settle(other, cases()[0].id, "ignore")
        jobs.run_until_idle()
        page = sign_in(moderator).get("/notifications").text
    assert 'aria-label="Notifications"' in page
    assert "waits for a moderator" not in page


def test_case_that_waits_too_long_closes_and_what_was_held_is_shown(garden, make, flag, cases, sign_in):
    author = make.member()
    number = garden.plant(author)
    for _ in range(2):
        flag(make.moderator(), number)
    with clock.at(timedelta(days=61)):
        jobs.run_until_idle()
        assert told(sign_in(author))[0] == "Something you wrote is shown again: Plant 1"
    case = cases()[0]
    assert (case.status, case.decision, case.is_hidden) == ("settled", "ignore", False)
    assert not garden.plants[number].withdrawn


def test_case_about_a_thing_that_is_gone_closes_too(garden, make, flag, cases):
    number = garden.plant(make.member())
    for _ in range(2):
        flag(make.moderator(), number)
    del garden.plants[number]
    with clock.at(timedelta(days=61)):
        jobs.run_until_idle()
    assert cases()[0].decision == "ignore"
