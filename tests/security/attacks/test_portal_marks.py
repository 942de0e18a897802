"""A protected mark that comes late: programs that were told of somebody before are told to forget."""

from __future__ import annotations

import json
from collections.abc import Callable
from datetime import timedelta

import pytest
import time_machine

from testamur.access.accounts.rules import clients as scopes
from testamur.exchange.connectors.roster import tracking
from testamur.exchange.connectors.roster.rules import Kind
from testamur.kernel.base import clock
from testamur.kernel.base.actor import operator
from testamur.register.people import actions as people
from testamur.register.people.rules import Protection
from tests.schoolday.reporting.university import TODAY as EXAMS
from tests.schoolday.reporting.university import University
from tests.shipping import own_acts_are_seen
from tests.surfaces.api.conftest import program, university
from tests.surfaces.api.roster.conftest import Taught, _on_a_fixed_day, _sees_its_own_acts, later, taught

__all__ = ["_on_a_fixed_day", "_sees_its_own_acts", "later", "taught", "university"]
pytestmark = [pytest.mark.django_db, pytest.mark.feature("C19", "C25")]
SS, ONE = "/ss12000/v2", "/ims/oneroster/rostering/v1p2"


def hide(taught: Taught) -> str:
    """The pupil's identity is protected from now on; a minute before that moment."""
    before = clock.now().isoformat()
    level = Protection.PROTECTED_REGISTRATION
    people.set_protection(by=operator(), person=taught.world.persons["pupil"], level=level, now=clock.now())
    return before


def test_programs_that_polled_are_told_that_guardians_of_a_hidden_child_are_gone(
    taught: Taught, later: Callable[[], None]
) -> None:
    world = taught.world
    key = str(world.persons["guardian"])
    ours = program(world.school_path, scopes.PERSONS, scopes.GUARDIANS)
    roster = program(world.school_path, scopes.ROSTER)
    seeing = program(world.school_path, scopes.PERSONS, scopes.GUARDIANS, scopes.PROTECTED)
    assert ours.get(f"{SS}/persons/{key}").status_code == 200
    assert roster.read(f"{ONE}/users/{key}")["user"]["status"] == "active"
    before = hide(taught)
    later()
    assert ours.get(f"{SS}/persons/{key}").status_code == 404
    assert ours.read(f"{SS}/deletedEntities", after=before)["data"]["persons"] == [key]
    assert seeing.read(f"{SS}/deletedEntities", after=before)["data"]["persons"] == []
    without = program(world.school_path, scopes.PERSONS)
    assert without.read(f"{SS}/deletedEntities", after=before)["data"]["persons"] == []
    gone = roster.read(f"{ONE}/users", filter=f"dateLastModified>'{before}' AND status='tobedeleted'")["users"]
    assert [one["sourcedId"] for one in gone] == [key]
    given = world.names["guardian"].split()[0]
    assert given not in json.dumps(gone, ensure_ascii=False)
    assert "@" not in json.dumps(gone)
    later()
    assert ours.read(f"{SS}/deletedEntities", after=clock.now().isoformat())["data"]["persons"] == []


def test_the_hidden_pupil_comes_as_changed_with_the_alias_and_nothing_else(
    taught: Taught, later: Callable[[], None]
) -> None:
    """The pupil goes to the school still, and stands in its classes; what was known of the name is overwritten."""
    world = taught.world
    ours = program(world.school_path, scopes.PERSONS)
    ours.read(f"{SS}/persons")
    before = hide(taught)
    later()
    changed = ours.read(f"{SS}/persons", **{"meta.modified.after": before})["data"]
    (found,) = [one for one in changed if one["id"] == str(world.persons["pupil"])]
    assert world.names["pupil"].split()[0] not in json.dumps(found, ensure_ascii=False)
    assert found["emails"] == []
    assert "civicNo" not in found


def test_a_guardian_who_teaches_there_is_there_still(taught: Taught, later: Callable[[], None]) -> None:
    """The mark of a child does not make a teacher of the school vanish."""
    found = {one.id for one in tracking.page(path=taught.world.school_path, kinds=[Kind.PERSON])}
    assert taught.world.persons["guardian"] not in found
    before = hide(taught)
    later()
    ours = program(taught.world.school_path, scopes.PERSONS, scopes.GUARDIANS)
    told = ours.read(f"{SS}/deletedEntities", after=before)["data"]["persons"]
    assert str(taught.world.persons["teacher"]) not in told


def test_the_grades_of_a_hidden_student_are_told_as_gone(university: University) -> None:
    """The addresses of grades leave the student out from now on, so what was fetched has to be forgotten."""
    u = university
    student = u.persons["graded"]
    with own_acts_are_seen(), time_machine.travel(EXAMS, tick=True):
        ours = program(u.path, scopes.GRADES, scopes.PERSONS)
        ours.read(f"{SS}/persons")
        mine = {one["id"] for one in ours.read(f"{SS}/grades", student=str(student))["data"]}
        assert mine
        before = clock.now().isoformat()
        people.set_protection(by=operator(), person=student, level=Protection.CONFIDENTIALITY_MARK, now=clock.now())
        with time_machine.travel(clock.now() + timedelta(minutes=1), tick=True):
            assert ours.read(f"{SS}/grades", student=str(student))["data"] == []
            assert set(ours.read(f"{SS}/deletedEntities", after=before)["data"]["grades"]) == mine
            other = program(u.path, scopes.PERSONS)
            assert "grades" not in other.read(f"{SS}/deletedEntities", after=before)["data"]
