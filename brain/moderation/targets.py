"""What can be reported: asked of the kinds that content declares."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import replace
from typing import TYPE_CHECKING

from brain.base.access import HOUSE, Viewer
from brain.base.errors import NotFound
from brain.moderation.grounds import HELD
from brain.plugin import registry
from brain.plugin.containment import guarded
from brain.plugin.contribution import FlagSubject, FlagTarget

if TYPE_CHECKING:
    from brain.moderation.queries.cases import CaseRow


def kinds() -> dict[str, FlagTarget]:
    """Give the kinds that can be reported now."""
    return registry.flag_targets()


def target_of(kind: str) -> FlagTarget:
    """Give a kind. Raises NotFound when nobody declares it (any more)."""
    found = kinds().get(kind)
    if found is None:
        raise NotFound
    return found


def owner_of(kind: str) -> str:
    """Name the slice or plugin that declares a kind; empty when nobody does now."""
    return next((owner for owner, target in registry.declared("flag_targets") if target.kind == kind), "")


def subjects(viewer: Viewer, kind: str, ids: Sequence[int]) -> Mapping[int, FlagSubject]:
    """Give things of a kind that the viewer may see; none if their plugin failed."""
    for owner, target in registry.declared("flag_targets"):
        if target.kind == kind and ids:
            with guarded(owner, f"reported {kind}"):
                found: Mapping[int, FlagSubject] = target.subjects(ids, viewer)
                return found
    return {}


def open_subject(viewer: Viewer, kind: str, subject_id: int) -> FlagSubject:
    """Give one thing that the viewer may see. Raises NotFound."""
    found = subjects(viewer, kind, [subject_id]).get(subject_id)
    if found is None:
        raise NotFound
    return found


def house_for(audience: str) -> Viewer:
    """Give the house as a viewer of what has this audience, however small."""
    return replace(HOUSE, tokens=HOUSE.tokens | {audience})


def reader_of(viewer: Viewer, case: CaseRow) -> Viewer:
    """Give the viewer as a reader of what a case is about.

    An administrator outside its audience reads it once they took the case.
    """
    if viewer.is_admin and viewer.id is not None and case.claimed_by == viewer.id:
        return replace(viewer, tokens=viewer.tokens | {case.audience})
    return viewer


def hold(case_kind: str, subject_id: int, audience: str) -> bool:
    """Have the house hide a thing for now; False if its plugin failed."""
    for owner, target in registry.declared("flag_targets"):
        if target.kind == case_kind:
            with guarded(owner, f"hold {case_kind}"):
                target.withdraw(house_for(audience), subject_id, HELD)
                return True
    return False


def restore(viewer: Viewer, kind: str, subject_id: int) -> bool:
    """Show a hidden thing again; False when there is nothing left to show."""
    target = target_of(kind)
    if subject_id not in target.subjects([subject_id], viewer):
        return False
    target.restore(viewer, subject_id)
    return True
