"""Read people: as shown beside what they write, as viewers, on their own pages."""

from brain.members.queries.people import (
    Person,
    group_names,
    link_holder,
    member_count,
    people,
    person_named,
    staff_ids,
)
from brain.members.queries.profiles import (
    Device,
    Directory,
    Fact,
    ListedMember,
    OwnSettings,
    Profile,
    Wanted,
    directory,
    own_devices,
    own_settings,
    profile,
)
from brain.members.queries.viewers import viewer_of, viewer_of_session, viewers_of

__all__ = [
    "Device",
    "Directory",
    "Fact",
    "ListedMember",
    "OwnSettings",
    "Person",
    "Profile",
    "Wanted",
    "directory",
    "group_names",
    "link_holder",
    "member_count",
    "own_devices",
    "own_settings",
    "people",
    "person_named",
    "profile",
    "staff_ids",
    "viewer_of",
    "viewer_of_session",
    "viewers_of",
]
