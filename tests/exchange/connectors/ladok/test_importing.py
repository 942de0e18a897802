"""Courses, occasions and registrations come from the registry by the register's own verbs; nothing here is changed."""

from __future__ import annotations

from decimal import Decimal

import pytest

from testamur.exchange.connectors.ladok import importing, links, steps
from testamur.exchange.connectors.ladok.links import NotLinked
from testamur.exchange.connectors.ladok.messages import Grade, RegistryScale
from testamur.exchange.connectors.models import RegistryLink
from testamur.kernel.base.actor import Actor, operator
from testamur.kernel.base.refused import NotAllowed
from testamur.register.curriculum import queries as curriculum
from testamur.register.people import queries as people
from testamur.register.studies import queries as studies
from testamur.register.studies.rules import Ended
from tests.exchange.connectors.ladok.world import World

AF, UG = 131657, 131001


def test_a_course_comes_with_its_modules_scales_and_occasions(world: World) -> None:
    state = world.registry.state
    parts = [("1405", "Tentamen", "4.5", AF, False), ("1406", "Laboration", "3,0", UG, False)]
    course = state.add_course("DV2000", "Nätverk", AF, parts)
    state.add_occasion(course, "H4777", "2026-08-31", "2027-01-17")
    state.add_occasion(course, "V4777", "2027-01-18", "2027-06-06")
    unit = world.u.units["data"]
    done = steps.sync_courses(by=operator(), client=world.client, unit=unit, codes=["DV2000", "XX0000"], now=world.now)
    assert (done.courses, done.occasions, done.unknown, done.notes) == (1, 2, ["XX0000"], [])
    made = curriculum.course(code="DV2000", path=world.u.path)
    assert made is not None
    assert (made.name, made.credits, made.scale) == ("Nätverk", Decimal("7.5"), "AF")
    assert [(m.code, m.credits, m.scale) for m in made.modules] == [
        ("1405", Decimal("4.5"), "AF"), ("1406", Decimal("3.0"), "UG"),
    ]  # fmt: skip
    terms = {o.code: o.term for o in studies.occasions_of(course=made.id)}
    assert terms == {"H4777": "2026 HT", "V4777": "2027 VT"}
    again = steps.sync_courses(by=operator(), client=world.client, unit=unit, codes=["DV2000"], now=world.now)
    assert (again.courses, again.occasions, again.notes) == (0, 0, [])


def test_where_the_registry_says_otherwise_a_note_says_so_and_nothing_changes(world: World) -> None:
    state = world.registry.state
    course = next(c for c in state.courses.values() if c.code == "DV1574")
    course.modules[0].credits = "9.0"
    course.modules = course.modules[:1]
    before = curriculum.course(code="DV1574", path=world.u.path)
    done = steps.sync_courses(
        by=operator(), client=world.client, unit=world.u.units["data"], codes=["DV1574"], now=world.now
    )
    assert len(done.notes) == 2
    assert curriculum.course(code="DV1574", path=world.u.path) == before


def test_registrations_come_by_the_registrys_own_id_and_unknown_students_are_told(world: World) -> None:
    state = world.registry.state
    occasion = world.u.occasions["MA1441"]
    there = state.occasions[links.known("occasion", [str(occasion)])[str(occasion)]]
    known = state.students[world.student(world.u.students[15])]
    stranger = state.add_student("19990909T123", "Okänd", "Person")
    for student in (known, stranger):
        state.register(student, there)
    before = set(studies.registered(occasion=occasion))
    done = steps.sync_students(by=operator(), client=world.client, occasion=occasion, now=world.now)
    assert (done.registrations, done.persons, done.unknown) == (1, 0, ["19990909T123"])
    assert set(studies.registered(occasion=occasion)) - before == {world.u.students[15]}
    again = steps.sync_students(by=operator(), client=world.client, occasion=occasion, now=world.now, add_missing=True)
    assert (again.registrations, again.persons, again.unknown) == (1, 1, [])
    [new] = set(studies.registered(occasion=occasion)) - before - {world.u.students[15]}
    [number] = people.identifiers(by=operator(), persons=[new])[new]
    assert (number.scheme.value, number.value, number.context) == ("local", "19990909T123", "ladok")
    last = steps.sync_students(by=operator(), client=world.client, occasion=occasion, now=world.now)
    assert (last.registrations, last.persons, last.unknown) == (0, 0, [])


def test_a_student_with_a_new_number_is_still_the_same_one(world: World) -> None:
    occasion = world.u.occasions["MA1441"]
    steps.sync_students(by=operator(), client=world.client, occasion=occasion, now=world.now)
    student = world.registry.state.students[world.student(world.u.students[0])]
    student.number = "20011231T999"
    done = steps.sync_students(by=operator(), client=world.client, occasion=occasion, now=world.now)
    assert (done.unknown, done.registrations) == ([], 0)


def test_who_gave_the_course_up_there_is_ended_here(world: World) -> None:
    occasion = world.u.occasions["MA1441"]
    uid = world.student(world.u.students[0])
    there = links.known("occasion", [str(occasion)])[str(occasion)]
    held = next(r for r in world.registry.state.results.values() if (r.student, r.occasion) == (uid, there))
    held.interrupted_on = "2026-10-05"
    assert steps.sync_students(by=operator(), client=world.client, occasion=occasion, now=world.now).ended == 1
    course = world.u.course("MA1441")
    [view] = studies.registrations(course=course, persons=[world.u.students[0]])[world.u.students[0]]
    assert (view.ended, str(view.ended_on)) == (Ended.INTERRUPTED, "2026-10-05")
    assert steps.sync_students(by=operator(), client=world.client, occasion=occasion, now=world.now).ended == 0


def test_an_occasion_that_was_never_fetched_and_an_actor_without_the_verb_are_refused(world: World) -> None:
    occasion = world.u.occasions["MA1441"]
    with pytest.raises(NotAllowed):
        steps.sync_students(by=world.u.actor("teacher"), client=world.client, occasion=occasion, now=world.now)
    with pytest.raises(NotAllowed):
        steps.sync_courses(
            by=Actor(world.u.by.id, "x"), client=world.client, unit=world.u.units["data"], codes=[], now=world.now
        )
    RegistryLink.objects.filter(kind="occasion").delete()
    with pytest.raises(NotLinked):
        steps.sync_students(by=operator(), client=world.client, occasion=occasion, now=world.now)


def test_scales_are_known_by_their_grades_and_never_by_an_id() -> None:
    def scale(*codes: str) -> RegistryScale:
        return RegistryScale(7, "Z9", tuple(Grade(n, code, passed=True) for n, code in enumerate(codes)))

    assert importing.our_scale(scale("A", "B", "C", "D", "E", "Fx", "F")) == "AF"
    assert importing.our_scale(scale("G", "U")) == "UG"
    assert importing.our_scale(scale("VG", "U", "G")) == "UV"
    assert importing.our_scale(scale("A", "B", "F")) == ""
