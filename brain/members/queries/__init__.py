"""Read people: as shown beside what they write, and as viewers."""

from brain.members.queries.people import Person, group_names, member_count, people, person_named, staff_ids
from brain.members.queries.viewers import viewer_of, viewer_of_session, viewers_of

__all__ = [
    "Person",
    "group_names",
    "member_count",
    "people",
    "person_named",
    "staff_ids",
    "viewer_of",
    "viewer_of_session",
    "viewers_of",
]
