"""Occasions, registrations, exams and credits: written in bulk, said again without effect, refused by number."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass, replace
from datetime import date, datetime
from decimal import Decimal
from uuid import UUID

import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext

from testamur.kernel.base.actor import Actor
from testamur.kernel.base.ids import new_id
from testamur.kernel.base.refused import NotAllowed, NotFound, Refused
from testamur.kernel.journal.models import Entry
from testamur.register.curriculum import actions as curriculum
from testamur.register.curriculum import queries as courses
from testamur.register.curriculum.rules import NewCourse, NewModule
from testamur.register.people import actions as people
from testamur.register.people.rules import NewPerson
from testamur.register.schools import actions as schools
from testamur.register.schools.rules import Form, NewUnit, UnitKind
from testamur.register.studies import actions, queries
from testamur.register.studies.rules import (
    Ended,
    NewCredit,
    NewExam,
    NewOccasion,
    NewRegistration,
    NewSignUp,
    RegistrationEnd,
)
from tests.register.conftest import actor

pytestmark = pytest.mark.django_db

UNIVERSITY, DEPARTMENT = "/provhogskolan/", "/provhogskolan/data/"
SEPTEMBER = date(2026, 9, 1)


@dataclass(frozen=True, slots=True)
class Place:
    """A department with a course of two modules, another course, and four students."""

    unit: UUID
    course: UUID
    exam_module: UUID
    lab_module: UUID
    other: UUID
    students: tuple[UUID, ...]


@pytest.fixture
def place(db: None, by: Actor, now: datetime) -> Place:
    """The invented university."""
    root, unit = new_id(), new_id()
    schools.add_units(
        by=by,
        units=[
            NewUnit(UnitKind.AUTHORITY, "P", "Provhögskolan", country="SE", slug="provhogskolan", id=root),
            NewUnit(UnitKind.SCHOOL, "D", "Data", root, slug="data", form=Form.UNIVERSITY, id=unit),
        ],
        now=now,
    )
    parts = (NewModule("1405", "Tentamen", Decimal(4)), NewModule("1415", "Laborationer", Decimal("3.5")))
    course, other = curriculum.add_courses(
        by=by,
        courses=[
            NewCourse("DV1574", "Databaser", Decimal("7.5"), UNIVERSITY, modules=parts),
            NewCourse("MA1441", "Matematik", Decimal(6), UNIVERSITY),
        ],
        now=now,
    )
    exam_module, lab_module = (part.id for part in courses.courses([course])[course].modules)
    new = [NewPerson("Student", f"Exempel {n}") for n in range(4)]
    students = people.register_persons(by=by, path=UNIVERSITY, persons=new, now=now)
    return Place(unit, course, exam_module, lab_module, other, tuple(students))


def occasion(place: Place, code: str = "H1574", term: str = "2026 HT", course: UUID | None = None) -> NewOccasion:
    """An occasion of the autumn."""
    return NewOccasion(place.unit, course or place.course, code, term, SEPTEMBER, date(2027, 1, 17))


def an_exam(place: Place, *, anonymous: bool = True) -> NewExam:
    """An exam of October."""
    return NewExam(place.unit, place.course, place.exam_module, "T1", "Tentamen", date(2026, 10, 28), anonymous)


def entries(kind: str) -> int:
    """How many entries of a kind the journal has."""
    return Entry.objects.filter(kind=kind).count()


# --- occasions ---------------------------------------------------------------------------------


def test_an_occasion_keeps_its_id_when_it_is_told_again(place: Place, by: Actor, now: datetime):
    first, second = actions.add_occasions(by=by, occasions=[occasion(place), occasion(place, "H2")], now=now)
    again = actions.add_occasions(by=by, occasions=[occasion(place, "H2"), occasion(place)], now=now)
    assert again == [second, first]
    assert entries("studies.occasions.added/1") == 1
    assert {one.code for one in queries.occasions(path=UNIVERSITY, term="2026 HT")} == {"H1574", "H2"}
    assert queries.occasions(path=DEPARTMENT, course=place.other) == ()
    assert queries.occasions(path="/annan/") == ()
    view = queries.occasion(first)
    assert view is not None
    assert (view.path, view.course, view.pace) == (DEPARTMENT, place.course, 100)


def test_an_occasion_that_cannot_be_is_refused_by_number(place: Place, by: Actor, now: datetime):
    good = occasion(place)
    actions.add_occasions(by=by, occasions=[good], now=now)
    for bad, error in (
        (replace(good, ends=date(2026, 8, 31)), actions.OccasionInvalid),
        (replace(good, code=" "), actions.OccasionInvalid),
        (replace(good, pace=0), actions.OccasionInvalid),
        (replace(good, starts=date(2026, 9, 2)), actions.OccasionDiffers),
        (replace(good, unit=new_id()), NotFound),
        (replace(good, course=new_id()), NotFound),
    ):
        with pytest.raises(error) as no:
            actions.add_occasions(by=by, occasions=[occasion(place, "NEW"), bad], now=now)
        assert no.value.found["index"] == 1
    assert len(queries.occasions(path=UNIVERSITY)) == 1


# --- registrations -----------------------------------------------------------------------------


@pytest.mark.feature("B31")
def test_those_registered_a_term_are_those_whose_registration_stands(place: Place, by: Actor, now: datetime):
    autumn, spring = actions.add_occasions(
        by=by, occasions=[occasion(place), occasion(place, "V1", "2027 VT")], now=now
    )
    one, two, three, four = place.students
    rows = [NewRegistration(person, autumn, SEPTEMBER) for person in (one, two, three)]
    assert actions.register_students(by=by, registrations=rows, now=now) == 3
    assert actions.register_students(by=by, registrations=[NewRegistration(four, spring, SEPTEMBER)], now=now) == 1
    ends = [
        RegistrationEnd(two, autumn, date(2026, 10, 1), Ended.INTERRUPTED),
        RegistrationEnd(three, autumn, SEPTEMBER, Ended.WITHDRAWN),
    ]
    assert actions.end_registration(by=by, ends=ends, now=now) == 2
    assert queries.registered(occasion=autumn) == (one,)
    assert queries.registered_in(course=place.course, term="2026 HT") == (one,)
    assert queries.registered_in(course=place.course, term="2027 VT") == (four,)
    assert set(queries.registered_ever(course=place.course)) == {one, two, four}
    assert set(queries.registrations(course=place.course)) == set(place.students)
    assert queries.registrations(course=place.course, persons=[two])[two][0].ended is Ended.INTERRUPTED
    assert queries.registrations(course=place.other) == {}
    assert [view.occasion for view in queries.courses_of(person=four)] == [spring]


def test_registrations_told_again_change_nothing(place: Place, by: Actor, now: datetime):
    (autumn,) = actions.add_occasions(by=by, occasions=[occasion(place)], now=now)
    rows = [NewRegistration(person, autumn, SEPTEMBER) for person in place.students]
    ends = [RegistrationEnd(place.students[0], autumn, date(2026, 10, 1), Ended.INTERRUPTED)]
    for expected in ((4, 1), (0, 0)):
        added = actions.register_students(by=by, registrations=[*rows, rows[0]], now=now)
        assert (added, actions.end_registration(by=by, ends=ends, now=now)) == expected
    assert entries("studies.registrations.added/1") == 1
    assert entries("studies.registrations.ended/1") == 1


def test_a_registration_that_contradicts_another_is_refused_by_number(place: Place, by: Actor, now: datetime):
    (autumn,) = actions.add_occasions(by=by, occasions=[occasion(place)], now=now)
    one, two = place.students[:2]
    good = NewRegistration(two, autumn, SEPTEMBER)
    actions.register_students(by=by, registrations=[NewRegistration(one, autumn, SEPTEMBER)], now=now)
    for bad, error in (
        (NewRegistration(one, autumn, date(2026, 9, 2)), actions.RegistrationDiffers),
        (NewRegistration(new_id(), autumn, SEPTEMBER), NotFound),
        (NewRegistration(one, new_id(), SEPTEMBER), NotFound),
    ):
        with pytest.raises(error) as no:
            actions.register_students(by=by, registrations=[good, bad], now=now)
        assert no.value.found["index"] == 1
    assert queries.registered(occasion=autumn) == (one,)


def test_a_registration_ends_once_for_a_reason_and_not_before_it_begins(place: Place, by: Actor, now: datetime):
    (autumn,) = actions.add_occasions(by=by, occasions=[occasion(place)], now=now)
    one, two = place.students[:2]
    actions.register_students(by=by, registrations=[NewRegistration(one, autumn, SEPTEMBER)], now=now)
    october = date(2026, 10, 1)
    for bad, error in (
        (RegistrationEnd(two, autumn, october, Ended.INTERRUPTED), actions.NotRegistered),
        (RegistrationEnd(one, autumn, october, Ended.NOT), actions.RegistrationInvalid),
        (RegistrationEnd(one, autumn, date(2026, 8, 31), Ended.WITHDRAWN), actions.RegistrationInvalid),
    ):
        with pytest.raises(error):
            actions.end_registration(by=by, ends=[bad], now=now)
    actions.end_registration(by=by, ends=[RegistrationEnd(one, autumn, october, Ended.INTERRUPTED)], now=now)
    with pytest.raises(actions.RegistrationDiffers):
        actions.end_registration(by=by, ends=[RegistrationEnd(one, autumn, october, Ended.WITHDRAWN)], now=now)


def test_two_thousand_registrations_are_a_handful_of_statements(place: Place, by: Actor, now: datetime):
    (autumn,) = actions.add_occasions(by=by, occasions=[occasion(place)], now=now)
    new = [NewPerson("Student", f"Exempel {n}") for n in range(2000)]
    students = people.register_persons(by=by, path=UNIVERSITY, persons=new, now=now)
    rows = [NewRegistration(person, autumn, SEPTEMBER) for person in students]
    with CaptureQueriesContext(connection) as asked:
        assert actions.register_students(by=by, registrations=rows, now=now) == 2000
    assert len(asked) < 30
    with CaptureQueriesContext(connection) as asked:
        assert len(queries.registrations(course=place.course)) == 2000
    assert len(asked) == 1


# --- exams -------------------------------------------------------------------------------------


@pytest.mark.feature("B31")
def test_those_signed_up_for_an_exam_have_their_codes_and_come_once(place: Place, by: Actor, now: datetime):
    exam, other = actions.add_exams(by=by, exams=[an_exam(place), replace(an_exam(place), code="T2")], now=now)
    one, two, three, _ = place.students
    rows = [NewSignUp(exam, one, "A-1"), NewSignUp(exam, two), NewSignUp(other, three, "A-1")]
    assert actions.sign_up(by=by, signups=rows, now=now) == 3
    assert actions.sign_up(by=by, signups=[*rows, NewSignUp(exam, one)], now=now) == 0
    assert actions.sign_up(by=by, signups=[NewSignUp(exam, two, "A-2")], now=now) == 1
    assert [(row.person, row.anonymous_code) for row in queries.signups(exam=exam)] == [(one, "A-1"), (two, "A-2")]
    assert queries.coded(exam=exam, codes=["A-2", "A-9"]) == {"A-2": two}
    assert actions.note_attendance(by=by, exam=exam, attended={one: True, two: False}, now=now) == 2
    assert actions.note_attendance(by=by, exam=exam, attended={one: True}, now=now) == 0
    assert [row.attended for row in queries.signups(exam=exam)] == [True, False]
    assert [(view.code, view.signed_up) for view in queries.exams(path=UNIVERSITY)] == [("T1", 2), ("T2", 1)]
    assert queries.exams(path=UNIVERSITY, module=place.lab_module) == ()
    assert entries("studies.signups.added/1") == 2
    assert entries("studies.attendance.noted/1") == 1


def test_an_exam_and_its_codes_are_refused_where_they_contradict(place: Place, by: Actor, now: datetime):
    (exam,) = actions.add_exams(by=by, exams=[an_exam(place)], now=now)
    one, two = place.students[:2]
    actions.sign_up(by=by, signups=[NewSignUp(exam, one, "A-1")], now=now)
    for bad, error in (
        (replace(an_exam(place), module=place.lab_module), actions.ExamDiffers),
        (replace(an_exam(place), code="T3", name=""), actions.ExamDiffers),
        (replace(an_exam(place), code="T3", course=place.other), NotFound),
    ):
        with pytest.raises(error) as no:
            actions.add_exams(by=by, exams=[an_exam(place), bad], now=now)
        assert no.value.found["index"] == 1
    for wrong, refusal in (
        (NewSignUp(exam, one, "A-7"), actions.SignUpDiffers),
        (NewSignUp(exam, two, "A-1"), actions.CodeTaken),
        (NewSignUp(exam, new_id()), NotFound),
        (NewSignUp(new_id(), two), NotFound),
    ):
        with pytest.raises(refusal) as no:
            actions.sign_up(by=by, signups=[NewSignUp(exam, one), wrong], now=now)
        assert no.value.found["index"] == 1
    with pytest.raises(NotFound):
        actions.note_attendance(by=by, exam=exam, attended={two: True}, now=now)


# --- credits -----------------------------------------------------------------------------------


def test_credits_stand_once_for_a_module_or_for_the_whole(place: Place, by: Actor, now: datetime):
    one, two = place.students[:2]
    whole = NewCredit(one, place.course, None, Decimal("7.5"), SEPTEMBER)
    part = NewCredit(two, place.course, place.lab_module, Decimal("3.5"), SEPTEMBER)
    assert actions.note_credits(by=by, credits=[whole, part], now=now) == 2
    assert actions.note_credits(by=by, credits=[part, whole], now=now) == 0
    assert queries.credits(persons=place.students, course=place.course)[two][0].module == place.lab_module
    assert queries.credits(persons=place.students, course=place.other) == {}
    assert queries.credited(course=place.course) == {one, two}
    for bad, error in (
        (replace(part, decided_on=date(2026, 9, 2)), actions.CreditDiffers),
        (replace(part, person=one, credits=Decimal(4)), actions.CreditInvalid),
        (replace(part, person=one, credits=Decimal("1.25")), actions.CreditInvalid),
        (replace(part, person=one, credits=Decimal(0)), actions.CreditInvalid),
        (replace(part, course=place.other), NotFound),
        (replace(part, person=new_id()), NotFound),
    ):
        with pytest.raises(error) as no:
            actions.note_credits(by=by, credits=[whole, bad], now=now)
        assert no.value.found["index"] == 1
    assert entries("studies.credits.added/1") == 1


# --- who may -----------------------------------------------------------------------------------


def test_each_verb_asks_for_its_own_permission_at_its_place(place: Place, by: Actor, now: datetime):
    (autumn,) = actions.add_occasions(by=by, occasions=[occasion(place)], now=now)
    (exam,) = actions.add_exams(by=by, exams=[an_exam(place)], now=now)
    one = place.students[0]
    actions.register_students(by=by, registrations=[NewRegistration(one, autumn, SEPTEMBER)], now=now)
    actions.sign_up(by=by, signups=[NewSignUp(exam, one)], now=now)
    end = RegistrationEnd(one, autumn, SEPTEMBER, Ended.WITHDRAWN)
    credit = NewCredit(one, place.course, None, Decimal(1), SEPTEMBER)

    rows, signups = [NewRegistration(one, autumn, SEPTEMBER)], [NewSignUp(exam, one)]
    calls: dict[str, Callable[[Actor], object]] = {
        "studies.occasion.add": lambda who: actions.add_occasions(by=who, occasions=[occasion(place)], now=now),
        "studies.registration.add": lambda who: actions.register_students(by=who, registrations=rows, now=now),
        "studies.registration.end": lambda who: actions.end_registration(by=who, ends=[end], now=now),
        "studies.exam.add": lambda who: actions.add_exams(by=who, exams=[an_exam(place)], now=now),
        "studies.signup.add": lambda who: actions.sign_up(by=who, signups=signups, now=now),
        "studies.signup.note": lambda who: actions.note_attendance(by=who, exam=exam, attended={one: True}, now=now),
        "studies.credit.add": lambda who: actions.note_credits(by=who, credits=[credit], now=now),
    }
    for verb, call in calls.items():
        where = UNIVERSITY if verb == "studies.credit.add" else DEPARTMENT
        for who in (actor(*(set(calls) - {verb}), path=where), actor(verb, path="/provhogskolan/annan/")):
            with pytest.raises(NotAllowed):
                call(who)
        call(actor(verb, path=where))


def test_refusals_of_studies_have_codes_of_their_own():
    codes = [getattr(actions, name).code for name in actions.__all__ if isinstance(getattr(actions, name), type)]
    assert all(code.startswith("studies.") for code in codes)
    assert len(set(codes)) == len(codes)
    assert all(issubclass(getattr(actions, n), Refused) for n in actions.__all__ if n[0].isupper())
