"""The timetable: weekly lessons, odd and even weeks, holidays, and who teaches whom on a day."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date, datetime, time
from typing import Any
from uuid import UUID

import pytest
from django.db import IntegrityError, transaction

from testamur.kernel.base.actor import Actor
from testamur.kernel.base.ids import new_id
from testamur.kernel.base.refused import NotAllowed, NotFound, Refused
from testamur.kernel.journal.models import Entry
from testamur.register.schools import actions, models, queries
from testamur.register.schools.rules import (
    GroupKind,
    NewEnrolment,
    NewGroup,
    NewHoliday,
    NewPost,
    NewSlot,
    Role,
    Week,
    week_of,
)
from tests.register.conftest import House, actor, invented, register

pytestmark = pytest.mark.django_db

MONDAY = date(2026, 5, 4)  # week 19: odd
TUESDAY, NEXT_MONDAY = date(2026, 5, 5), date(2026, 5, 11)
EIGHT, NINE, TEN = time(8, 0), time(9, 0), time(10, 0)


@dataclass(frozen=True, slots=True)
class Plan:
    """Class 9A with a teaching group in mathematics and two teachers."""

    house: House
    maths: UUID
    anna: UUID
    bo: UUID


@pytest.fixture
def plan(house: House, by: Actor, now: datetime) -> Plan:
    """Anna has mathematics with MA9A on Mondays; Bo has Swedish with 9A, history in odd and music in even weeks."""
    (maths,) = actions.add_groups(
        by=by, groups=[NewGroup(house.school, house.year, GroupKind.TEACHING, "MA9A", subject="MA")], now=now
    )
    anna, bo = register(by, now, invented("Anna", "Lärarsson", serial=980), invented("Bo", "Lärarsson", serial=981))
    actions.add_slots(
        by=by,
        slots=[
            NewSlot(maths, 1, NINE, TEN, teacher=anna, number=2, room="A1"),
            NewSlot(house.class_9a, 1, EIGHT, NINE, "SV", bo, number=1),
            NewSlot(house.class_9a, 2, EIGHT, NINE, "HI", bo, Week.ODD),
            NewSlot(house.class_9a, 2, EIGHT, NINE, "MU", bo, Week.EVEN),
        ],
        now=now,
    )
    return Plan(house, maths, anna, bo)


@pytest.mark.feature("E29")
def test_the_lessons_of_a_day_come_in_order_of_time_with_their_groups(plan: Plan, django_assert_num_queries: Any):
    with django_assert_num_queries(2):
        found = queries.planned(on=MONDAY, school=plan.house.school)
    assert [(p.slot.subject, p.group.code, p.slot.teacher, p.slot.number, p.on) for p in found] == [
        ("SV", "9A", plan.bo, 1, MONDAY),
        ("MA", "MA9A", plan.anna, 2, MONDAY),  # the subject is that of the teaching group
    ]
    assert queries.planned(on=MONDAY, teacher=plan.anna) == found[1:]
    assert queries.planned(on=MONDAY, groups=[plan.house.class_9a, plan.maths]) == found
    assert queries.planned(on=MONDAY, groups=[]) == ()
    assert queries.planned(on=MONDAY, teacher=plan.anna, group=plan.house.class_9a) == ()
    assert queries.slots_by_id([found[0].slot.id, new_id()]) == {found[0].slot.id: found[0].slot}
    with pytest.raises(ValueError, match="nobody's question"):
        queries.planned(on=MONDAY)


@pytest.mark.feature("E29")
def test_odd_and_even_weeks_alternate(plan: Plan, django_assert_num_queries: Any):
    with django_assert_num_queries(2):
        found = queries.planned(on=(MONDAY, date(2026, 5, 31)), group=plan.house.class_9a)
    tuesdays = [(p.on.day, p.slot.subject) for p in found if p.slot.weekday == 2]
    assert tuesdays == [(5, "HI"), (12, "MU"), (19, "HI"), (26, "MU")]
    assert len([p for p in found if p.slot.weekday == 1]) == 4
    assert [s.subject for s in queries.slots(on=MONDAY, group=plan.house.class_9a)] == ["SV"]
    assert [s.subject for s in queries.slots(on=(MONDAY, NEXT_MONDAY), group=plan.house.class_9a)][:1] == ["SV"]
    assert week_of(date(2026, 12, 31)) is week_of(date(2027, 1, 4)) is Week.ODD  # week 53, then week 1


@pytest.mark.feature("E29")
def test_holidays_of_the_school_and_of_the_body_above_it_have_no_lessons(plan: Plan, by: Actor, now: datetime):
    house = plan.house
    whole, own, elsewhere = actions.add_holidays(
        by=by,
        holidays=[
            NewHoliday(house.authority, MONDAY, MONDAY, "Lov"),
            NewHoliday(house.school, NEXT_MONDAY, date(2026, 5, 12), "Studiedag"),
            NewHoliday(house.other_school, TUESDAY, TUESDAY, "Studiedag"),
        ],
        now=now,
    )
    period = (MONDAY, date(2026, 5, 17))
    assert [p.on for p in queries.planned(on=period, school=house.school)] == [TUESDAY]
    there = queries.holidays(path="/testkoping/skolan-1/", first=period[0], last=period[1])
    assert [(h.id, h.path) for h in there] == [(whole, "/testkoping/"), (own, "/testkoping/skolan-1/")]
    everywhere = queries.holidays_under(path="/testkoping/", first=period[0], last=period[1])
    assert [h.id for h in everywhere] == [whole, elsewhere, own]
    with pytest.raises(Refused) as no:
        actions.add_holidays(by=by, holidays=[NewHoliday(house.school, NEXT_MONDAY, NEXT_MONDAY, "x")], now=now)
    assert (no.value.code, no.value.found["index"]) == ("schools.holiday.taken", 0)
    actions.remove_holidays(by=by, holidays=[whole], now=now)
    assert MONDAY in {p.on for p in queries.planned(on=period, school=house.school)}
    with pytest.raises(NotFound):
        actions.remove_holidays(by=by, holidays=[whole], now=now)


def test_a_lesson_is_on_within_its_validity_and_its_groups_school_year(plan: Plan, by: Actor, now: datetime):
    (swedish,) = queries.slots(on=MONDAY, group=plan.house.class_9a)
    assert (swedish.valid_from, swedish.valid_to) == (date(2025, 7, 1), date(2026, 6, 30))
    actions.end_slots(by=by, ends={swedish.id: MONDAY}, now=now)
    assert queries.planned(on=MONDAY, teacher=plan.bo)
    assert queries.planned(on=NEXT_MONDAY, teacher=plan.bo) == ()
    assert queries.planned(on=date(2026, 8, 24), school=plan.house.school) == ()
    actions.end_slots(by=by, ends={swedish.id: date(2024, 1, 1)}, now=now)
    whole = queries.planned(on=(date(2025, 7, 1), date(2026, 6, 30)), teacher=plan.bo)
    assert {p.slot.subject for p in whole} == {"HI", "MU"}  # the Swedish lesson never was
    assert queries.slots_by_id([swedish.id])[swedish.id].valid_to == date(2025, 6, 30)
    actions.end_slots(by=by, ends={swedish.id: date(2027, 1, 1)}, now=now)
    assert queries.slots_by_id([swedish.id])[swedish.id].valid_to == date(2026, 6, 30)
    with pytest.raises(NotFound):
        actions.end_slots(by=by, ends={new_id(): MONDAY}, now=now)


@pytest.mark.parametrize(
    ("changed", "code", "field"),
    [
        ({"weekday": 8}, "schools.timetable.invalid", "weekday"),
        ({"ends": EIGHT}, "schools.timetable.invalid", "ends"),
        ({"teacher": UUID(int=9)}, "not_found", "teacher"),
        ({"group": UUID(int=9)}, "not_found", "group"),
        ({"valid_from": date(2024, 1, 1)}, "schools.period.outside", "valid_from"),
        ({"valid_from": MONDAY, "valid_to": date(2026, 5, 1)}, "schools.period.invalid", "valid_to"),
    ],
)
def test_a_wrong_lesson_is_refused_by_its_number(
    plan: Plan, by: Actor, now: datetime, changed: dict[str, Any], code: str, field: str
):
    good: dict[str, Any] = {"group": plan.maths, "weekday": 3, "starts": EIGHT, "ends": NINE}
    with pytest.raises(Refused) as no:
        actions.add_slots(by=by, slots=[NewSlot(**good), NewSlot(**{**good, **changed})], now=now)
    assert (no.value.code, no.value.field, no.value.found["index"]) == (code, field, 1)
    assert queries.planned(on=date(2026, 5, 6), school=plan.house.school) == ()


def test_the_timetable_is_written_by_those_who_may_and_journalled_without_names(plan: Plan, by: Actor, now: datetime):
    slot = NewSlot(plan.maths, 3, EIGHT, NINE)
    with pytest.raises(NotAllowed):
        actions.add_slots(by=actor("schools.timetable.end"), slots=[slot], now=now)
    with pytest.raises(NotAllowed):
        actions.add_holidays(
            by=actor("schools.timetable.*"), holidays=[NewHoliday(plan.house.authority, MONDAY, MONDAY, "x")], now=now
        )
    ids = actions.add_slots(by=actor("schools.timetable.*"), slots=[slot], now=now)
    entry = Entry.objects.latest("id")
    assert (entry.kind, entry.path) == ("schools.timetable.added/1", "/testkoping/skolan-1/")
    assert set(entry.refs) == {"count", "digest"}
    with pytest.raises(NotAllowed):
        actions.end_slots(by=actor("schools.timetable.add"), ends={ids[0]: MONDAY}, now=now)


def test_the_table_itself_refuses_hours_that_run_backwards(plan: Plan):
    with pytest.raises(IntegrityError), transaction.atomic():
        models.Slot.objects.filter(group=plan.maths).update(ends=EIGHT)
    with pytest.raises(IntegrityError), transaction.atomic():
        models.Slot.objects.filter(group=plan.maths).update(weekday=0)


@pytest.mark.feature("E29")
def test_who_teaches_whom_follows_from_posts_and_timetable(
    plan: Plan, by: Actor, now: datetime, django_assert_num_queries: Any
):
    house = plan.house
    (cia,) = register(by, now, invented("Cia", "Lärarsson", serial=982))
    actions.add_posts(
        by=by,
        posts=[
            NewPost(plan.bo, house.school, Role.CLASS_TEACHER, date(2025, 8, 1), group=house.class_9a),
            NewPost(plan.anna, house.school, Role.TEACHER, date(2025, 8, 1), group=plan.maths),
            NewPost(cia, house.school, Role.TEACHER, date(2025, 8, 1), date(2026, 1, 31), plan.maths),
            NewPost(cia, house.school, Role.TEACHER, date(2025, 8, 1)),  # of the school, of no group
        ],
        now=now,
    )
    with django_assert_num_queries(3):
        bo = queries.teaching(person=plan.bo, on=MONDAY)
    assert [(t.group, t.subject, t.role) for t in bo] == [
        (house.class_9a, "", Role.CLASS_TEACHER),
        (house.class_9a, "HI", Role.TEACHER),
        (house.class_9a, "MU", Role.TEACHER),
        (house.class_9a, "SV", Role.TEACHER),
    ]
    also = [NewPost(cia, house.school, Role.TEACHER, date(2025, 8, 1), group=house.class_9a, subject="KE")]
    actions.add_posts(by=by, posts=also, now=now)
    shared = [t.subject for t in queries.teaching(person=plan.bo, on=MONDAY)]
    assert shared == ["HI", "MU", "SV"], "where somebody else teaches too, a class teacher does not teach everything"
    # post and lesson are one row: a post without a subject is for that of the teaching group
    assert [(t.group, t.subject) for t in queries.teaching(person=plan.anna, on=MONDAY)] == [(plan.maths, "MA")]
    assert [(t.group, t.subject) for t in queries.teaching(person=cia, on=MONDAY)] == [(house.class_9a, "KE")]
    with django_assert_num_queries(2):
        both = queries.teachers_of(groups=[house.class_9a, plan.maths], on=MONDAY)
    assert {(t.person, t.group) for t in both} == {
        (plan.bo, house.class_9a), (cia, house.class_9a), (plan.anna, plan.maths),
    }  # fmt: skip
    assert {t.person for t in queries.teachers_of(groups=[plan.maths], on=date(2026, 1, 30))} == {plan.anna, cia}


def test_the_groups_of_pupils_come_in_one_query(plan: Plan, by: Actor, now: datetime, django_assert_num_queries: Any):
    house = plan.house
    one, two = register(by, now, invented("Ada", "Provsson", serial=983), invented("Ben", "Provsson", serial=984))
    actions.add_enrolments(
        by=by,
        enrolments=[
            NewEnrolment(one, house.school, date(2025, 8, 18)),
            NewEnrolment(one, house.school, date(2025, 8, 18), house.class_9a),
            NewEnrolment(one, house.school, date(2025, 8, 18), plan.maths),
            NewEnrolment(two, house.school, date(2025, 8, 18), plan.maths, date(2025, 12, 1)),
        ],
        now=now,
    )
    with django_assert_num_queries(1):
        found = queries.groups_of(persons=[one, two], on=MONDAY)
    assert {person: [g.code for g in groups] for person, groups in found.items()} == {one: ["9A", "MA9A"], two: []}
