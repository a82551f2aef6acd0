"""A garden whose plants bloom: content that the engine has never heard of."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any

import pytest
from flask_babel import gettext as _

from brain.base import events, i18n
from brain.base.unit import unit_of_work
from brain.plugin.contribution import Contribution, Line, Notice, NotificationType
from tests.notifications.declaring import declared


@dataclass
class Garden:
    """Who wants to know of blooming, who gardens, and which plants are hidden."""

    neighbours: list[int] = field(default_factory=list)
    gardeners: list[int] = field(default_factory=list)
    actor: int | None = None
    hidden: set[int] = field(default_factory=set)
    group: str = ""

    def bloom(self, plant: int) -> None:
        """Let a plant bloom and have everybody told."""
        with unit_of_work():
            events.publish("garden.bloomed", plant_id=plant)

    def hide(self, plant: int) -> None:
        """Put a plant behind a wall."""
        self.hidden.add(plant)
        with unit_of_work():
            events.publish("garden.walled", plant_id=plant)

    def _notices(self, members: list[int], ids: Mapping[str, Any]) -> list[Notice]:
        return [Notice(who, "plant", ids["plant_id"], self.actor, self.group) for who in members]

    def _lines(self, rows: Sequence[Any], viewer: Any, what: str) -> dict[int, Line]:
        return {
            row.id: Line(
                f"{what} {row.subject_id} blooms for {viewer.name} ({row.count})",
                f"/garden/{row.subject_id}",
                excerpt=f"{i18n.language()}: {_('Notifications')}",
            )
            for row in rows
            if row.subject_id not in self.hidden
        }

    def contribution(self) -> Contribution:
        """Declare two reasons to be told: gardeners come first."""
        return Contribution(
            notification_types=[
                NotificationType(
                    "garden.neighbour",
                    "Neighbour",
                    "garden.bloomed",
                    lambda ids: self._notices(self.neighbours, ids),
                    lambda rows, viewer: self._lines(rows, viewer, "Plant"),
                    order=20,
                    changed_by={"garden.walled": lambda ids: [ids["plant_id"]]},
                ),
                NotificationType(
                    "garden.gardener",
                    "Gardener",
                    "garden.bloomed",
                    lambda ids: self._notices(self.gardeners, ids),
                    lambda rows, viewer: self._lines(rows, viewer, "Your plant"),
                    order=10,
                ),
            ]
        )


@pytest.fixture
def garden(app) -> Iterator[Garden]:
    """Give a garden that is declared like a slice."""
    planted = Garden()
    with declared(app, "garden", planted.contribution()):
        yield planted
