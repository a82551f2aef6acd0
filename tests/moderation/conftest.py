"""A garden whose plants can be reported: content that the engine has never heard of."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, field

import pytest
import sqlalchemy as sa

from brain.base import events
from brain.base.access import Viewer
from brain.base.db import db
from brain.base.errors import NotFound
from brain.base.unit import unit_of_work
from brain.moderation import actions
from brain.moderation.models import Case
from brain.plugin.contribution import Contribution, FlagSubject, FlagTarget
from tests.notifications.declaring import declared


@dataclass
class Plant:
    """A thing that can be reported."""

    author_id: int | None = None
    language: str = "en"
    audience: str = "public"
    withdrawn: bool = False
    ground: str = ""


@dataclass
class Garden:
    """Plants by id, and what was done to them by whom."""

    plants: dict[int, Plant] = field(default_factory=dict)

    def plant(self, author: int | None = None, **facts) -> int:
        """Put a plant in; returns its id."""
        number = len(self.plants) + 1
        self.plants[number] = Plant(author, **facts)
        return number

    def uproot(self, number: int) -> None:
        """Let its gardener take a plant away."""
        self.plants[number].withdrawn = True
        with unit_of_work():
            events.publish("garden.uprooted", plant_id=number)

    def subjects(self, ids: Sequence[int], viewer: Viewer) -> Mapping[int, FlagSubject]:
        """Show plants to who may see them."""
        return {
            number: FlagSubject(
                id=number,
                title=f"Plant {number}",
                url=f"/garden/{number}",
                html=f"<p>Leaves of {number}</p>",
                language=plant.language,
                author_id=plant.author_id,
                audience=plant.audience,
                is_withdrawn=plant.withdrawn,
            )
            for number in ids
            if (plant := self.plants.get(number)) is not None
            and viewer.sees(plant.audience)
            and (viewer.is_staff or not plant.withdrawn)
        }

    def withdraw(self, viewer: Viewer, number: int, ground: str) -> None:
        """Hide a plant."""
        self._open(viewer, number)
        self.plants[number].withdrawn = True
        self.plants[number].ground = ground

    def restore(self, viewer: Viewer, number: int) -> None:
        """Show a plant again."""
        self._open(viewer, number)
        self.plants[number].withdrawn = False
        self.plants[number].ground = ""

    def _open(self, viewer: Viewer, number: int) -> None:
        if not self.subjects([number], viewer):
            raise NotFound

    def contribution(self) -> Contribution:
        """Declare plants as a kind of thing that can be reported."""
        target = FlagTarget(
            "garden.plant",
            "Plant",
            self.subjects,
            self.withdraw,
            self.restore,
            withdrawn_by={"garden.uprooted": lambda ids: [ids["plant_id"]]},
        )
        return Contribution(flag_targets=[target])


@pytest.fixture
def garden(app) -> Iterator[Garden]:
    """Give a garden that is declared like a slice."""
    planted = Garden()
    with declared(app, "garden", planted.contribution()):
        yield planted


@pytest.fixture
def flag(make):
    """Report a plant as somebody; says whether the report is new."""

    def report(who: int, number: int, reason: str = "spam", note: str = "") -> bool:
        viewer = make.viewer(who)
        with unit_of_work():
            return actions.raise_flag(viewer, "garden.plant", number, actions.FlagDraft(reason, note))

    return report


@pytest.fixture
def settle(make):
    """Settle a case as somebody."""

    def decide(who: int, case_id: int, decision: str = "agree", **more) -> None:
        viewer = make.viewer(who)
        more.setdefault("ground", "advertising" if decision == "agree" else "")
        more.setdefault("version", 1)
        with unit_of_work():
            actions.settle_case(viewer, case_id, actions.SettleDraft(decision, **more))

    return decide


@pytest.fixture
def cases(app):
    """List the cases there are, oldest first."""

    def read() -> list[Case]:
        db.session.rollback()
        return list(db.session.scalars(sa.select(Case).order_by(Case.id)))

    return read
