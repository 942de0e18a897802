"""The roster as SS 12000 has it: who is where, since when it is so, what is gone, and who is told."""

from __future__ import annotations

import json
from collections.abc import Callable
from datetime import date
from pathlib import Path
from typing import Any

import pytest

from testamur.access.accounts.rules import clients as scopes
from testamur.kernel.base import clock
from testamur.kernel.base.actor import operator
from testamur.kernel.journal.models import Entry
from testamur.register.people import actions as people
from testamur.register.people.rules import PersonUpdate
from testamur.register.schools import actions as schools
from testamur.register.schools.models import Enrolment
from testamur.register.schools.rules import NewEnrolment
from tests.surfaces.api.conftest import Program, program
from tests.surfaces.api.roster.conftest import Taught
from tests.surfaces.api.roster.published import Published

pytestmark = pytest.mark.django_db
BASE = "/ss12000/v2"
READS = (scopes.ORGANISATIONS, scopes.PERSONS, scopes.GROUPS, scopes.DUTIES, scopes.ACTIVITIES)
SCHEMAS = {"organisations": "Organisation", "persons": "Person", "groups": "Group", "duties": "Duty",
           "activities": "Activity"}  # fmt: skip


@pytest.fixture
def reader(taught: Taught) -> Program:
    """A program that reads the school."""
    return program(taught.world.school_path, *READS)


def everything(reader: Program, name: str, **query: str) -> list[dict[str, Any]]:
    """A whole list, by its page tokens."""
    found: list[dict[str, Any]] = []
    told = reader.read(f"{BASE}/{name}", limit="2", **query)
    while True:
        assert len(told["data"]) <= 2
        found += told["data"]
        if told["pageToken"] is None:
            return found
        told = reader.read(f"{BASE}/{name}", limit="2", pageToken=told["pageToken"])


@pytest.mark.parametrize("name", sorted(SCHEMAS))
def test_every_list_is_what_the_published_description_says(taught: Taught, reader: Program, samples: Path, name: str):
    published = Published(samples)
    found = everything(reader, name)
    assert found
    assert len({one["id"] for one in found}) == len(found)
    for one in found:
        faults = published.faults(one, SCHEMAS[name])
        # who has no Swedish number has none to tell, or it is hidden; the public subset wants one of everybody
        assert [fault for fault in faults if "'civicNo' is a required property" not in fault] == []
        again = reader.read(f"{BASE}/{name}/{one['id']}")
        assert again == one
    ids = [one["id"] for one in found]
    looked = json.loads(reader.post(f"{BASE}/{name}/lookup", {"ids": ids}).content)
    assert sorted(one["id"] for one in looked) == sorted(ids)


def test_a_pupil_is_told_with_number_school_and_class_and_a_protected_one_by_alias_alone(
    taught: Taught, reader: Program
):
    world = taught.world
    persons = {one["id"]: one for one in everything(reader, "persons")}
    pupil = persons[str(world.persons["pupil"])]
    assert f"{pupil['givenName']} {pupil['familyName']}" == world.names["pupil"]
    assert pupil["civicNo"] == {"value": world.numbers["pupil"], "nationality": "SE"}
    assert pupil["securityMarking"] == "Ingen"
    assert pupil["enrolments"][0]["enroledAt"] == {"id": str(world.school)}
    assert (pupil["enrolments"][0]["schoolYear"], pupil["enrolments"][0]["schoolType"]) == (8, "GR")
    hidden = persons[str(world.persons["protected"])]
    text = json.dumps(hidden, ensure_ascii=False)
    given, _space, family = world.names["protected"].partition(" ")
    assert given not in text
    assert family not in text
    assert world.numbers["protected"] not in text
    assert "protected@example.org" not in text
    assert hidden["securityMarking"] == "Sekretessmarkering"
    assert "civicNo" not in hidden
    assert str(world.persons["guardian"]) not in persons
    assert str(world.persons["other_pupil"]) not in persons


def test_a_program_that_may_see_protected_persons_is_told_names_and_the_marking(taught: Taught):
    world = taught.world
    reader = program(world.school_path, scopes.PERSONS, scopes.PROTECTED)
    hidden = reader.read(f"{BASE}/persons/{world.persons['protected']}")
    assert f"{hidden['givenName']} {hidden['familyName']}" == world.names["protected"]
    assert hidden["securityMarking"] == "Skyddad folkbokföring"


def test_guardians_are_told_to_those_alone_who_have_the_scope(taught: Taught, reader: Program):
    world = taught.world
    assert "responsibles" not in reader.read(f"{BASE}/persons/{world.persons['pupil']}")
    assert reader.get(f"{BASE}/persons/{world.persons['guardian']}").status_code == 404
    further = program(world.school_path, scopes.PERSONS, scopes.GUARDIANS)
    told = further.read(f"{BASE}/persons/{world.persons['pupil']}")["responsibles"]
    assert told == [{"person": {"id": str(world.persons["guardian"])}, "relationType": "Vårdnadshavare"}]
    assert "responsibles" not in further.read(f"{BASE}/persons/{world.persons['protected']}")
    seeing = program(world.school_path, scopes.PERSONS, scopes.GUARDIANS, scopes.PROTECTED)
    asked = {"relationship.entity.type": "responsibleFor.enrolment"}
    for one, names in (
        (further, ("guardian",)),
        (seeing, ("guardian", "second_guardian")),
    ):
        some = everything(one, "persons", **asked)
        assert {person["id"] for person in some} == {str(world.persons[name]) for name in names}


def test_groups_tell_members_and_activities_tell_who_teaches(taught: Taught, reader: Program):
    world = taught.world
    groups = {one["id"]: one for one in everything(reader, "groups")}
    room, maths = groups[str(world.group)], groups[str(taught.maths)]
    assert (room["groupType"], maths["groupType"]) == ("Klass", "Undervisning")
    assert {one["person"]["id"] for one in room["groupMemberships"]} == {
        str(world.persons[name]) for name in ("pupil", "protected", "third", "fourth")
    }
    duties = {one["id"]: one for one in everything(reader, "duties")}
    teacher = next(one for one in duties.values() if one["dutyRole"] == "Lärare")
    assert teacher["person"]["id"] == str(world.persons["teacher"])
    activity = next(one for one in everything(reader, "activities") if one["groups"][0]["id"] == str(taught.maths))
    assert activity["teachers"] == [{"duty": {"id": teacher["id"]}}]
    expanded = reader.read(f"{BASE}/activities/{activity['id']}", expand="groups,teachers")["_embedded"]
    assert expanded["groups"][0]["id"] == str(taught.maths)
    assert expanded["teachers"][0]["id"] == teacher["id"]
    assert reader.read(f"{BASE}/duties/{teacher['id']}", expand="person")["_embedded"]["person"]["id"] == str(
        world.persons["teacher"]
    )


def test_what_changed_since_is_told_and_nothing_else(taught: Taught, reader: Program, later: Callable[[], None]):
    world = taught.world
    newest = everything(reader, "persons")[-1]["meta"]["modified"]
    assert everything(reader, "persons", **{"meta.modified.after": newest}) == []
    later()
    update = PersonUpdate(world.persons["third"], given="Ändrad")
    people.update_persons(by=operator(), updates=[update], now=clock.now())
    changed = everything(reader, "persons", **{"meta.modified.after": newest})
    assert [one["id"] for one in changed] == [str(world.persons["third"])]
    assert changed[0]["meta"]["created"] <= newest < changed[0]["meta"]["modified"]
    assert everything(reader, "persons", **{"meta.created.after": newest}) == []


def test_who_leaves_is_told_as_gone_and_who_comes_back_is_there_again(
    taught: Taught, reader: Program, later: Callable[[], None]
):
    world = taught.world
    before = everything(reader, "persons")[-1]["meta"]["modified"]
    fourth = world.persons["fourth"]
    rows = Enrolment.objects.filter(person=fourth, ends=None)
    schools.end_enrolments(by=operator(), ends={row.id: date(2026, 6, 9) for row in rows}, now=clock.now())
    later()
    gone = reader.read(f"{BASE}/deletedEntities", after=before)["data"]
    assert gone["persons"] == [str(fourth)]
    assert gone["groups"] == []
    assert reader.get(f"{BASE}/persons/{fourth}").status_code == 404
    only = program(world.school_path, scopes.GROUPS)
    assert "persons" not in only.read(f"{BASE}/deletedEntities", after=before)["data"]
    back = NewEnrolment(fourth, world.school, date(2026, 6, 10), group=world.group)
    schools.add_enrolments(by=operator(), enrolments=[back], now=clock.now())
    later()
    assert reader.read(f"{BASE}/deletedEntities", after=before)["data"]["persons"] == []
    assert reader.read(f"{BASE}/persons/{fourth}")["id"] == str(fourth)


def test_a_scope_is_needed_for_each_resource_and_each_answer_about_persons_is_written_down(taught: Taught):
    reader = program(taught.world.school_path, scopes.ORGANISATIONS)
    assert [one["schoolUnitCode"] for one in everything(reader, "organisations")] == ["99990001"]
    for name in ("persons", "groups", "duties", "activities", "calendarEvents", "attendances", "subscriptions"):
        assert reader.get(f"{BASE}/{name}").status_code == 403, name
    assert not Entry.objects.filter(kind="accounts.client.read/1").exists()
    persons = program(taught.world.school_path, scopes.PERSONS)
    persons.read(f"{BASE}/persons")
    assert Entry.objects.get(kind="accounts.client.read/1").refs["what"] == "ss12000.persons"


@pytest.mark.parametrize(
    ("address", "query"),
    [
        ("persons", {"sortkey": "Shoe"}),
        ("persons", {"expand": "everything"}),
        ("persons", {"meta.modified.after": "yesterday"}),
        ("persons", {"relationship.entity.type": "friend"}),
        ("persons", {"pageToken": "x"}),
        ("groups", {"organisation": "somewhere"}),
        ("calendarEvents", {}),
        ("calendarEvents", {"startTime.onOrAfter": "2026-01-01", "startTime.onOrBefore": "2026-12-01"}),
    ],
)
def test_what_cannot_be_asked_is_refused(taught: Taught, samples: Path, address: str, query: dict[str, str]):
    reader = program(taught.world.school_path, *READS, scopes.CALENDAR)
    answer = reader.get(f"{BASE}/{address}", **query)
    assert answer.status_code == 400
    assert Published(samples).faults(json.loads(answer.content), "Error") == []


def test_what_is_not_kept_here_is_said_to_be_so(taught: Taught, reader: Program):
    answer = reader.get(f"{BASE}/studyplans")
    assert (answer.status_code, json.loads(answer.content)["code"]) == (501, "NOT_IMPLEMENTED")


def test_lessons_and_rooms_are_told_from_the_timetable(taught: Taught):
    reader = program(taught.world.school_path, scopes.CALENDAR)
    span = {"startTime.onOrAfter": "2026-06-08T00:00:00Z", "startTime.onOrBefore": "2026-06-14T00:00:00Z"}
    (lesson,) = everything(reader, "calendarEvents", **span)
    assert (lesson["startTime"], lesson["endTime"]) == ("2026-06-10T06:20:00.000000Z", "2026-06-10T07:10:00.000000Z")
    assert lesson["rooms"][0]["displayName"] == "B12"
    (room,) = everything(reader, "rooms")
    assert room == {**lesson["rooms"][0], "owner": {"id": str(taught.world.school)}}
    assert everything(reader, "calendarEvents", **span, student=str(taught.world.persons["pupil"])) == [lesson]
    assert everything(reader, "calendarEvents", **span, student=str(taught.world.persons["third"])) == []
    assert everything(reader, "calendarEvents", **span, student=str(taught.world.persons["protected"])) == []
