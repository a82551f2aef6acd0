"""Adding people: the demo, commands and imports."""

import pytest
import sqlalchemy as sa

from brain.base.db import db
from brain.base.errors import Unfit
from brain.base.unit import unit_of_work
from brain.members.actions import StagedMember, add_group, add_staged_members, join_group
from brain.members.models import Member
from brain.members.queries import member_count, people, person_named, staff_ids, viewer_of, viewers_of


def test_names_that_look_the_same_are_one_name(make):
    make.member("Rosa Cuautle")
    with pytest.raises(Unfit) as refused:
        make.member("Rоsа Cuautlе")  # Cyrillic о, а, е
    assert "name" in refused.value.problems


def test_an_address_belongs_to_one_member(make):
    make.member("Rosa", email="rosa@example.org")
    with pytest.raises(Unfit) as refused:
        make.member("Grace", email="Rosa@Example.org")
    assert "email" in refused.value.problems


def test_people_are_found_in_one_query(make, queries):
    ids = [make.member(f"Writer {number}", country="KE") for number in range(3)]
    with queries(most=1):
        found = people([*ids, None, 999_999])
    assert {person.country for person in found.values()} == {"KE"}
    assert set(found) == set(ids)


def test_somebody_is_found_by_a_name_that_looks_the_same(make):
    member_id = make.member("Grace Achieng")
    found = person_named("grace ACHIENG")
    assert found is not None
    assert (found.id, found.name, found.initials) == (member_id, "Grace Achieng", "GA")
    assert person_named("") is None
    assert person_named("x" * 10_000) is None


def test_a_viewer_holds_the_tokens_of_role_and_groups(make):
    with unit_of_work():
        group = add_group("agadir-2013", {"en": "Agadir 2013", "fr": "Agadir 2013"})
    member_id, moderator_id = make.member(), make.moderator()
    with unit_of_work():
        join_group(member_id, group)
        join_group(member_id, group)
    found = viewers_of([member_id, moderator_id])
    assert found[member_id].tokens == {"public", "members", f"member:{member_id}", f"group:{group}"}
    assert found[moderator_id].tokens == {"public", "members", "staff", f"member:{moderator_id}"}
    assert staff_ids() == [moderator_id]
    assert member_count() == 2


def test_staged_members_get_fit_and_free_names(make):
    make.member("Rosa")
    with unit_of_work():
        ids = add_staged_members(
            [
                StagedMember("1", "rosa"),
                StagedMember("2", "ROSA"),
                StagedMember("3", "<b>admin</b>"),
                StagedMember("4", "admin"),
                StagedMember("5", "12345"),
                StagedMember("6", "x" * 90),
                StagedMember("7", "\u202egnp.exe"),
                StagedMember("8", ""),
                StagedMember("9", "Ann", email="Ann@example.org"),
                StagedMember("10", "Ann again", email="ann@example.org"),
            ]
        )
    found = {key: people([member_id])[member_id].name for key, member_id in ids.items()}
    assert found["1"] == "rosa 2"
    assert found["2"] == "ROSA 3"
    assert found["4"] == "Writer 2", "a number makes admin no less an office"
    assert found["5"] == "Writer 12345"
    assert len(found["6"]) == 40
    assert found["7"] == "gnp.exe"
    assert found["8"]
    assert ids["9"] == ids["10"]
    assert len(set(ids.values())) == 9
    assert not viewer_of(ids["9"]).confirmed


def test_the_same_import_again_adds_nobody_with_an_address(make):
    people_there = [StagedMember(str(n), f"Writer {n}", email=f"w{n}@example.org") for n in range(5)]
    with unit_of_work():
        first = add_staged_members(people_there)
    with unit_of_work():
        assert add_staged_members(people_there) == first
    assert db.session.scalar(sa.select(sa.func.count()).select_from(Member)) == 5


def test_authors_with_the_same_name_stay_apart(app):
    newcomers = [StagedMember(str(n), f"author{n % 600}") for n in range(1200)]
    with unit_of_work():
        ids = add_staged_members(newcomers)
    assert len(set(ids.values())) == 1200
