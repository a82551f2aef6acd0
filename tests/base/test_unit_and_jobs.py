"""The unit of work, the outbox and the worker, on the real database."""

from __future__ import annotations

from datetime import timedelta

import pytest
import sqlalchemy as sa

from brain.base import clock, events, jobs, pulse
from brain.base.db import db
from brain.base.events import Outbox, Subscriber
from brain.base.jobs import Job, delivering
from brain.base.pulse import Pulse
from brain.base.unit import ChangesWouldBeLost, unit_of_work


@pytest.fixture
def heard(app):
    """Subscribe a list to an event."""
    taken: list = []
    events.subscribe(Subscriber("test.hearing", ("test_happened",), taken.extend, batch=10))
    return taken


def outbox_size() -> int:
    size = db.session.scalar(
        sa.select(sa.func.count()).select_from(Outbox).where(Outbox.subscriber.startswith("test."))
    )
    db.session.rollback()
    return size or 0


def test_event_is_delivered_after_commit(heard):
    with unit_of_work():
        events.publish("test_happened", thing_id=7)
    jobs.run_due()
    assert heard == [{"thing_id": 7}]
    assert outbox_size() == 0


def test_event_of_a_failed_unit_is_never_heard(heard):
    with pytest.raises(RuntimeError), unit_of_work():
        events.publish("test_happened", thing_id=7)
        raise RuntimeError
    jobs.run_due()
    assert heard == []


def test_failing_delivery_is_retried_later_and_given_up_in_the_end(heard):
    def fail(many):
        raise RuntimeError("not today")

    events.subscribe(Subscriber("test.failing", ("test_happened",), fail, attempts=2))
    with unit_of_work():
        events.publish("test_happened", thing_id=7)
    jobs.run_due()
    assert heard == [{"thing_id": 7}], "another subscriber is not held up"
    assert jobs.failed_deliveries() == []
    with clock.at(timedelta(hours=2)):
        jobs.run_due()
    (failed,) = jobs.failed_deliveries()
    assert failed.last_error == "RuntimeError: not today"


def test_given_up_delivery_can_be_tried_again(heard):
    broken = True

    def sometimes(many):
        if broken:
            raise RuntimeError

    events.subscribe(Subscriber("test.sometimes", ("test_happened",), sometimes, attempts=1))
    with unit_of_work():
        events.publish("test_happened", thing_id=7)
    jobs.run_due()
    broken = False
    with unit_of_work():
        jobs.retry_delivery(jobs.failed_deliveries()[0].id)
    jobs.run_due()
    assert outbox_size() == 0


def test_one_bad_row_does_not_hold_up_its_batch(heard):
    taken = []

    def picky(many):
        if any(ids["thing_id"] == 2 for ids in many):
            raise RuntimeError
        taken.extend(ids["thing_id"] for ids in many)

    events.subscribe(Subscriber("test.picky", ("test_happened",), picky, batch=10, attempts=3))
    with unit_of_work():
        for number in (1, 2, 3):
            events.publish("test_happened", thing_id=number)
    jobs.run_due()
    with clock.at(timedelta(minutes=1)):
        jobs.run_due()
    assert sorted(taken) == [1, 3]


def test_delivery_that_takes_too_long_is_interrupted(heard):
    def endless(many):
        while True:
            sum(range(1000))

    events.subscribe(
        Subscriber("test.endless", ("test_happened",), endless, timeout=timedelta(seconds=0.1), attempts=1)
    )
    with unit_of_work():
        events.publish("test_happened", thing_id=7)
    jobs.run_due()
    assert "JobTimedOut" in jobs.failed_deliveries()[0].last_error


def test_job_by_the_clock_runs_once_when_due(heard):
    runs = []
    jobs.register_job(Job("test.hourly", lambda ids: runs.append(clock.now()), every=timedelta(hours=1)))
    jobs.run_due()
    jobs.run_due()
    assert len(runs) == 1
    with clock.at(timedelta(minutes=61)):
        jobs.run_due()
    assert len(runs) == 2


def test_switched_off_subscriber_hears_nothing_and_blocks_nothing(heard):
    events.subscribe(Subscriber("test.off", ("test_happened",), lambda many: 1 / 0, is_active=lambda: False))
    with unit_of_work():
        events.publish("test_happened", thing_id=7)
    jobs.run_due()
    assert outbox_size() == 0


def test_publishing_moves_the_content_pulse(app):
    before = pulse.beats("content")
    with unit_of_work():
        events.publish("test_happened", thing_id=7)
    pulse.forget()
    assert pulse.beats("content") == before + 1


def test_get_that_writes_is_an_error_and_writes_nothing(app, client):
    def writes():
        db.session.add(Pulse(name="from a read", beats=1))
        return "done"

    app.view_functions["static"], kept = writes_view(writes), app.view_functions["static"]
    try:
        assert client.get("/static/anything").status_code == 500
    finally:
        app.view_functions["static"] = kept
    assert db.session.get(Pulse, "from a read") is None


def writes_view(function):
    return lambda filename: function()


def test_unit_inside_a_unit_that_changed_something_is_an_error(app):
    with pytest.raises(ChangesWouldBeLost), unit_of_work():
        events.publish("test_happened", thing_id=7)
        with unit_of_work():
            pass


def test_changes_that_a_job_left_behind_end_neither_it_nor_the_worker(heard):
    def leave_behind(many):
        db.session.add(Pulse(name="test.left", beats=1))

    def leave_behind_and_fail(many):
        leave_behind(many)
        raise RuntimeError("not today")

    for name, deliver in (("test.careless", leave_behind), ("test.clumsy", leave_behind_and_fail)):
        events.subscribe(Subscriber(name, ("test_happened",), deliver, own_units=True, attempts=1))
    with unit_of_work():
        events.publish("test_happened", thing_id=7)
    jobs.run_due()
    assert heard == [{"thing_id": 7}]
    assert db.session.get(Pulse, "test.left") is None
    assert [failed.subscriber for failed in jobs.failed_deliveries()] == ["test.clumsy"]


def test_delivery_for_somebody_unknown_waits_for_two_weeks(heard):
    with unit_of_work():
        events.put("test_happened", ["test.of_a_plugin_elsewhere"], [{"thing_id": 7}])
    jobs.run_due()
    assert outbox_size() == 1
    with clock.at(timedelta(days=15)):
        jobs.run_due()
    assert outbox_size() == 0


def test_subscriber_is_told_of_each_attempt_that_failed(heard):
    told: list[str] = []

    def fail(many):
        raise RuntimeError("not today")

    events.subscribe(
        Subscriber("test.failing", ("test_happened",), fail, failed=lambda error: told.append(str(error)))
    )
    with unit_of_work():
        events.publish("test_happened", thing_id=7)
    jobs.run_due()
    assert told == ["not today"]


def test_delivery_whose_worker_died_is_an_attempt_and_given_up_in_the_end(heard):
    told = []
    events.subscribe(
        Subscriber("test.deadly", ("test_happened",), heard.extend, attempts=2, failed=told.append)
    )
    with unit_of_work():
        events.publish("test_happened", thing_id=7)
    deadly = Outbox.subscriber == "test.deadly"
    for attempt in range(2):
        with clock.at(timedelta(minutes=5 * attempt)):
            while taken := delivering.claim():  # and die over it
                if taken[0].subscriber == "test.deadly":
                    assert taken[0].attempts == attempt
                    break
                delivering.deliver(taken)
    heard.clear()
    with clock.at(timedelta(minutes=10)):
        jobs.run_due()
    row = db.session.scalars(sa.select(Outbox).where(deadly)).one()
    assert (row.failed, row.attempts) == (True, 2)
    assert heard == []
    assert [type(error).__name__ for error in told] == ["LeftUndone"]


def test_delivery_that_another_worker_took_meanwhile_is_not_done_twice(heard):
    with unit_of_work():
        events.publish("test_happened", thing_id=7)
    first = delivering.claim()
    while first[0].subscriber != "test.hearing":
        delivering.deliver(first)
        first = delivering.claim()
    with clock.at(timedelta(minutes=5)):  # the other worker's clock is ahead of ours
        second = delivering.claim()
    assert [one.id for one in first] == [one.id for one in second]
    delivering.deliver(second)
    delivering.deliver(first)
    assert heard == [{"thing_id": 7}]
    assert outbox_size() == 0


def test_clock_that_was_wrong_once_lets_no_job_rest_for_years(heard):
    runs = []
    jobs.register_job(Job("test.hourly", lambda ids: runs.append(clock.now()), every=timedelta(hours=1)))
    with clock.at(timedelta(days=3650)):
        jobs.run_due()
        with unit_of_work():
            events.publish("test_happened", thing_id=7)
    assert len(runs) == 1
    jobs.run_due()
    assert len(runs) == 2
    assert heard == [{"thing_id": 7}]
