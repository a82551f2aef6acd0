"""The demo is a community in miniature: many countries, five languages, something to decide."""

from __future__ import annotations

import pytest
import sqlalchemy as sa

from brain.base import clock
from brain.base.db import db
from brain.base.i18n import LANGUAGES
from brain.cli import brain
from brain.demo.loader import plant_demo
from brain.discussion import counters
from brain.discussion.models import Post, Thread
from brain.members.models import Member

pytestmark = pytest.mark.slow


def count(*conditions) -> int:
    return db.session.scalar(sa.select(sa.func.count()).where(*conditions))


def test_demo_is_a_community_in_miniature(app, sign_in, client):
    planted = plant_demo()
    assert planted.members == count(Member.id > 0) >= 40
    assert planted.threads == count(Thread.id > 0) >= 60
    assert planted.posts == count(Post.id > 0) >= 400
    assert len(set(db.session.scalars(sa.select(Member.country)))) >= 30
    assert set(db.session.scalars(sa.select(Post.language))) >= set(LANGUAGES)
    assert db.session.scalar(sa.select(sa.func.max(Post.created_at))) <= clock.now()
    assert counters.wrong_counters() == []
    leila = db.session.scalar(sa.select(Member.id).where(Member.role == "moderator").limit(1))
    assert "Off topic" in sign_in(leila).get("/review?lang=en").text
    assert client.get("/").status_code == 200


def test_demo_stays_out_of_a_site_with_members(app, make):
    make.member()
    db.session.rollback()
    answer = app.test_cli_runner().invoke(brain, ["demo"])
    assert answer.exit_code == 1
    assert "this one has members" in answer.output
