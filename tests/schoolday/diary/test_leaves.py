"""Reports of absence and leave: limits of the law, both guardians, who decides, and what is excused by it."""

from __future__ import annotations

from datetime import date, time, timedelta
from decimal import Decimal
from typing import Any
from uuid import UUID

import pytest

from testamur.kernel.base.refused import NotAllowed, NotFound
from testamur.kernel.journal.models import Entry
from testamur.law.tables import PACKS
from testamur.schoolday.diary import actions
from testamur.schoolday.diary.models import Absence, AbsenceChange, Leave
from testamur.schoolday.diary.queries import absences as absence_queries
from testamur.schoolday.diary.queries import leaves as queries
from testamur.schoolday.diary.queries import lessons
from testamur.schoolday.diary.rules.absences import AbsenceChanged, AbsenceGround
from testamur.schoolday.diary.rules.leaves import (
    LeaveGround,
    LeaveInvalid,
    LeaveMoved,
    LeaveNoDays,
    LeavePast,
    LeaveRow,
    LeaveTwice,
    LeaveWhy,
    LeaveYear,
    NewLeave,
    NotApprover,
    longest_run,
)
from testamur.schoolday.diary.rules.lessons import LessonKey, Missing
from testamur.schoolday.diary.rules.states import AbsenceKind, LeaveKind, LeaveState
from tests.schoolday.diary.school import NOW, TODAY, School, build

REPORT, LEAVE = LeaveKind.REPORT, LeaveKind.LEAVE
DAY = timedelta(days=1)


def ask(
    school: School, kind: LeaveKind, ground: str, first: date = TODAY, last: date | None = None, **more: Any
) -> UUID:
    """A guardian asks for pupil 0."""
    who, now = more.pop("who", "guardian"), more.pop("now", NOW)
    new = NewLeave(more.pop("pupil", school.pupils[0]), kind, ground, first, last or first, **more)
    return actions.ask_leave(by=school.actor(who, on=now.date()), leave=new, now=now)


def away(school: School, on: date = TODAY, slot: int = 1, pupil: int = 0, seen: int = 0) -> None:
    """The teacher registers pupil 0 as absent."""
    actions.take_attendance(
        by=school.actor("principal"), lesson=LessonKey(school.slots[slot], on),
        missing=[Missing(school.pupils[pupil], AbsenceKind.ABSENT)], seen_version=seen, now=NOW + 14 * DAY,
    )  # fmt: skip


def state(leave: UUID) -> LeaveState:
    """Where it stands."""
    return LeaveState(Leave.objects.get(id=leave).state)


@pytest.mark.feature("E7")
def test_a_report_of_illness_holds_at_once_and_is_known_to_the_teacher(swedish: School) -> None:
    away(swedish)
    made = ask(swedish, REPORT, "illness")
    assert state(made) is LeaveState.GRANTED
    assert Absence.objects.get().excused is True  # what was registered already
    row = next(
        row
        for row in lessons.register(by=swedish.actor("class_teacher"), id=swedish.slots[3], on=TODAY).rows
        if row.pupil.id == swedish.pupils[0]
    )
    assert row.leave is not None
    assert (row.leave.ground, row.leave.state) == ("illness", LeaveState.GRANTED)
    away(swedish, slot=3)  # and what is registered afterwards
    assert set(Absence.objects.values_list("excused", "ground", "leave")) == {(True, "illness", made)}
    entry = Entry.objects.get(kind="diary.leave.asked/1")
    assert (entry.refs["leave"], entry.refs["pupil"]) == (str(made), str(swedish.pupils[0]))


@pytest.mark.feature("E7")
def test_a_report_of_a_day_that_is_over_is_for_the_class_teacher_to_accept(swedish: School) -> None:
    made = ask(swedish, REPORT, "illness", TODAY - 2 * DAY)
    assert state(made) is LeaveState.ASKED
    ask(swedish, REPORT, "other", pupil=swedish.pupils[1])  # a ground that guardians may not state
    assert {one.state for one in queries.open_leaves(by=swedish.actor("class_teacher"), on=TODAY)} == {LeaveState.ASKED}
    with pytest.raises(LeaveInvalid):
        ask(swedish, REPORT, "illness", TODAY - 40 * DAY)


@pytest.mark.feature("E7")
def test_swedish_leave_waits_for_both_guardians_then_for_the_post_that_decides_so_many_days(swedish: School) -> None:
    friday = TODAY + 2 * DAY
    made = ask(swedish, LEAVE, "leave", friday, friday + 7 * DAY)  # Friday, Monday, Wednesday, Friday have lessons
    row = Leave.objects.get(id=made)
    assert (row.state, row.days, row.approver) == ("waiting", 4, "principal")
    with pytest.raises(LeaveMoved):
        actions.decide_leave(by=swedish.actor("principal"), leave=made, granted=True, now=NOW)
    with pytest.raises(NotAllowed):
        actions.consent_leave(by=swedish.actor("far_guardian"), leave=made, now=NOW)
    assert actions.consent_leave(by=swedish.actor("other_guardian"), leave=made, now=NOW) is LeaveState.ASKED
    assert queries.open_leaves(by=swedish.actor("class_teacher"), on=TODAY) == ()
    with pytest.raises(NotApprover):
        actions.decide_leave(by=swedish.actor("class_teacher"), leave=made, granted=True, now=NOW)
    away(swedish, friday, slot=2)
    actions.decide_leave(by=swedish.actor("principal"), leave=made, granted=True, now=NOW)
    assert Absence.objects.get().excused is True
    decided = Entry.objects.get(kind="diary.leave.decided/1")
    assert decided.refs["absences"] == [str(Absence.objects.get().id)]


@pytest.mark.feature("E7")
def test_one_guardian_with_custody_is_enough_and_the_class_teacher_decides_a_day(swedish: School) -> None:
    made = ask(swedish, LEAVE, "leave", pupil=swedish.pupils[1])
    assert state(made) is LeaveState.ASKED
    with pytest.raises(LeaveWhy):
        actions.decide_leave(by=swedish.actor("class_teacher"), leave=made, granted=False, why=" ", now=NOW)
    actions.decide_leave(by=swedish.actor("class_teacher"), leave=made, granted=False, why="Nationellt prov", now=NOW)
    assert state(made) is LeaveState.REFUSED
    with pytest.raises(LeaveMoved):
        actions.decide_leave(by=swedish.actor("principal"), leave=made, granted=True, now=NOW)
    with pytest.raises(NotAllowed):
        actions.decide_leave(by=swedish.actor("teacher"), leave=made, granted=True, now=NOW)


@pytest.mark.feature("E7")
def test_withdrawn_leave_opens_again_what_it_had_excused(bulgarian: School) -> None:
    made = ask(bulgarian, LEAVE, "family")
    actions.decide_leave(by=bulgarian.actor("class_teacher"), leave=made, granted=True, now=NOW)
    away(bulgarian)
    assert Absence.objects.get().leave_id == made
    with pytest.raises(NotAllowed):
        actions.withdraw_leave(by=bulgarian.actor("far_guardian"), leave=made, now=NOW)
    with pytest.raises(LeavePast):
        actions.withdraw_leave(by=bulgarian.actor("guardian"), leave=made, now=NOW + 2 * DAY)
    actions.withdraw_leave(by=bulgarian.actor("guardian"), leave=made, now=NOW)
    row = Absence.objects.get()
    assert (row.excused, row.ground, row.leave_id) == (None, "", None)
    assert AbsenceChange.objects.get().before["ground"] == "family"
    assert state(made) is LeaveState.WITHDRAWN
    assert state(ask(bulgarian, LEAVE, "family")) is LeaveState.ASKED  # the day is free again


@pytest.mark.feature("E7")
def test_bulgarian_guardians_excuse_five_days_in_a_row_and_fifteen_a_year(bulgarian: School) -> None:
    monday = TODAY + 5 * DAY
    with pytest.raises(LeaveRow):  # three school days a week: six in two weeks, the week-end between does not help
        ask(bulgarian, LEAVE, "family", monday, monday + 11 * DAY)
    ask(bulgarian, LEAVE, "family", monday, monday + 4 * DAY)
    with pytest.raises(LeaveRow):  # nor do two requests, one after the other
        ask(bulgarian, LEAVE, "family", monday + 7 * DAY, monday + 11 * DAY)
    ask(bulgarian, LEAVE, "medical", monday + 7 * DAY, monday + 11 * DAY)  # not on the guardians' word: not counted
    start = monday + 21 * DAY
    for week in (0, 2, 4, 6):
        ask(bulgarian, LEAVE, "family", start + 7 * week * DAY, start + (7 * week + 4) * DAY)
    with pytest.raises(LeaveYear) as refused:
        ask(bulgarian, LEAVE, "family", start + 56 * DAY)
    assert (refused.value.found["most"], refused.value.found["left"]) == (15, 0)
    ask(bulgarian, LEAVE, "family", start + 56 * DAY, pupil=bulgarian.pupils[1])  # each child has its own


@pytest.mark.parametrize(("taken", "run"), [({1, 2, 3}, 2), ({2, 3}, 1), (set(), 0), ({0, 2, 4, 5}, 3)])
def test_a_row_is_of_school_days_and_days_without_school_do_not_break_it(taken: set[int], run: int) -> None:
    days = [TODAY + n * DAY for n in (1, 2, 4, 5)]
    assert longest_run({TODAY + n * DAY for n in taken}, days) == run


def test_what_cannot_be_asked(bulgarian: School) -> None:
    thursday = TODAY + DAY
    with pytest.raises(LeaveNoDays):  # no lesson of this class on Thursdays
        ask(bulgarian, LEAVE, "family", thursday)
    with pytest.raises(LeaveGround):
        ask(bulgarian, LEAVE, "illness")
    with pytest.raises(LeaveInvalid):
        ask(bulgarian, LEAVE, "family", TODAY - DAY)
    with pytest.raises(LeaveInvalid):
        ask(bulgarian, LEAVE, "family", TODAY, TODAY + DAY, from_time=time(9))
    with pytest.raises(NotAllowed):
        ask(bulgarian, LEAVE, "family", who="far_guardian")
    with pytest.raises(NotFound):
        ask(bulgarian, LEAVE, "family", pupil=bulgarian.persons["stranger"])
    ask(bulgarian, LEAVE, "family", from_time=time(9), to_time=time(10))
    with pytest.raises(LeaveTwice):
        ask(bulgarian, REPORT, "family", from_time=time(9, 30))
    ask(bulgarian, REPORT, "family", from_time=time(10))  # the rest of the day


@pytest.mark.feature("E7")
def test_leave_of_some_hours_excuses_the_lessons_of_these_hours(bulgarian: School) -> None:
    away(bulgarian)
    away(bulgarian, slot=3)
    ask(bulgarian, REPORT, "family", from_time=time(9, 50))
    assert dict(Absence.objects.values_list("subject", "excused")) == {"MAT": None, "BEL": True}


@pytest.mark.feature("E7")
def test_the_class_teacher_excuses_on_grounds_of_the_law_and_can_undo_it(bulgarian: School) -> None:
    away(bulgarian)
    away(bulgarian, slot=3, pupil=1)
    by = bulgarian.actor("class_teacher")
    found = absence_queries.of_class(by=by, group=bulgarian.group, on=TODAY, first=TODAY, last=TODAY, undecided=True)
    ids = [one.id for some in found.values() for one in some]
    assert len(ids) == 2
    with pytest.raises(AbsenceGround):
        actions.excuse_absences(by=by, group=bulgarian.group, absences=ids, excused=True, ground="sleep", now=NOW)
    with pytest.raises(NotAllowed):
        actions.excuse_absences(
            by=bulgarian.actor("teacher"), group=bulgarian.group, absences=ids, excused=True, ground="medical", now=NOW
        )
    actions.excuse_absences(by=by, group=bulgarian.group, absences=ids, excused=True, ground="medical", now=NOW)
    entry = Entry.objects.get(kind="diary.absence.excused/1")
    assert sorted(entry.refs["absences"]) == sorted(map(str, ids))
    actions.excuse_absences(by=by, group=bulgarian.group, absences=ids[:1], excused=False, now=NOW)
    actions.excuse_absences(by=by, group=bulgarian.group, absences=ids[1:], excused=None, now=NOW)
    assert dict(Absence.objects.values_list("id", "excused")) == {ids[0]: False, ids[1]: None}
    with pytest.raises(AbsenceChanged):
        actions.excuse_absences(by=by, group=bulgarian.group, absences=[*ids, bulgarian.group], excused=None, now=NOW)


@pytest.mark.feature("E7")
@pytest.mark.parametrize(("pack", "undecided"), [("bg.school", "2"), ("se.compulsory", "1.50"), ("vn.primary", "2")])
def test_sums_are_counted_as_the_law_counts(db: None, pack: str, undecided: str) -> None:
    school = build(pack)
    away(school)
    away(school, slot=3)
    sums = absence_queries.sums(pack=PACKS[pack], pupils=school.pupils, first=TODAY, last=TODAY)
    mine = sums[school.pupils[0]]
    assert (mine.undecided, mine.excused, mine.unexcused) == (Decimal(undecided), Decimal(0), Decimal(0))
    assert (mine.open, mine.late, sums[school.pupils[3]].open) == (2, 0, 0)
