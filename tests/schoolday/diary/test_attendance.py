"""Attendance: everybody is there but those who are named; registering again, twice at once, undone, by a substitute."""

from __future__ import annotations

from datetime import date, time, timedelta
from decimal import Decimal
from typing import Any

import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext

from testamur.kernel.base.actor import operator
from testamur.kernel.base.refused import NotAllowed, NotFound
from testamur.kernel.journal.models import Entry
from testamur.register.schools import actions as schools
from testamur.register.schools.rules import NewHoliday
from testamur.schoolday.diary import actions
from testamur.schoolday.diary.actions.attendance import Taken
from testamur.schoolday.diary.actions.lessons import NoSuchTeacher
from testamur.schoolday.diary.models import Absence, AbsenceChange, Lesson
from testamur.schoolday.diary.queries import lessons as queries
from testamur.schoolday.diary.rules.lessons import (
    LessonChanged,
    LessonInvalid,
    LessonKey,
    LessonOff,
    LessonToCome,
    Missing,
    NewLesson,
    UndoLate,
    minutes_between,
)
from testamur.schoolday.diary.rules.remarks import NotInGroup
from testamur.schoolday.diary.rules.rooms import NotYourSubject
from testamur.schoolday.diary.rules.states import AbsenceKind, LessonState
from tests.schoolday.diary.school import NOW, TODAY, School, build

AWAY, LATE = AbsenceKind.ABSENT, AbsenceKind.LATE
SOON = NOW + timedelta(minutes=5)


def key(school: School, slot: int = 1, on: date = TODAY) -> LessonKey:
    """The lesson of that slot; 1 is the teacher's on Wednesdays, 3 the class teacher's."""
    return LessonKey(school.slots[slot], on)


def take(school: School, *missing: tuple[int, AbsenceKind, int | None], who: str = "teacher", **more: Any) -> Taken:
    """Register the teacher's lesson of today."""
    values: dict[str, Any] = {"lesson": key(school), "seen_version": 0, "now": NOW, **more}
    gone = [Missing(school.pupils[n], kind, minutes) for n, kind, minutes in missing]
    return actions.take_attendance(by=school.actor(who), missing=gone, **values)


def standing(school: School) -> dict[int, tuple[str, int | None]]:
    """Who is absent, as it stands: number of the pupil → kind and minutes."""
    rows = Absence.objects.filter(void=False).order_by("id")
    return {school.pupils.index(row.pupil_id): (row.kind, row.minutes) for row in rows}


@pytest.mark.feature("E7")
def test_only_those_who_were_not_there_are_written_down(bulgarian: School) -> None:
    took = take(bulgarian, (0, AWAY, None), (2, LATE, 10))
    assert took.first
    assert standing(bulgarian) == {0: ("absent", None), 2: ("late", 10)}
    row = Lesson.objects.get()
    assert (row.state, row.taken_by, row.version) == ("taken", bulgarian.persons["teacher"], took.version)
    entry = Entry.objects.get(kind="diary.attendance.taken/1")
    assert entry.refs["absences"] == [str(one) for one in took.absences]
    assert entry.refs["pupils"] == [str(bulgarian.pupils[0]), str(bulgarian.pupils[2])]
    assert (entry.refs["group"], entry.path) == (str(bulgarian.group), bulgarian.group_path)


@pytest.mark.feature("E7")
@pytest.mark.parametrize(
    ("pack", "weights"),
    [("bg.school", ["1", "0.5", "1"]), ("se.compulsory", ["0.75", "0.33", "0.42"]), ("vn.primary", ["1", "0", "0"])],
)
def test_an_absence_weighs_what_the_law_says(db: None, pack: str, weights: list[str]) -> None:
    school = build(pack)
    take(school, (0, AWAY, None), (1, LATE, 20), (3, LATE, 25))
    found = {row.pupil_id: row.weight for row in Absence.objects.all()}
    assert [found[school.pupils[n]] for n in (0, 1, 3)] == [Decimal(one) for one in weights]


@pytest.mark.feature("E7")
def test_registering_again_changes_only_what_differs_and_keeps_what_was(bulgarian: School) -> None:
    first = take(bulgarian, (0, AWAY, None), (1, AWAY, None), (3, LATE, 5))
    again = take(bulgarian, (0, LATE, 15), (3, LATE, 5), (4, AWAY, None), seen_version=first.version, now=SOON)
    assert not again.first
    assert standing(bulgarian) == {0: ("late", 15), 3: ("late", 5), 4: ("absent", None)}
    kept = {row.absence.pupil_id: row.before for row in AbsenceChange.objects.select_related("absence")}
    assert set(kept) == {bulgarian.pupils[0], bulgarian.pupils[1]}
    assert kept[bulgarian.pupils[0]]["kind"] == "absent"
    assert set(again.absences) == set(Absence.objects.exclude(pupil=bulgarian.pupils[3]).values_list("id", flat=True))
    once_more = take(
        bulgarian, (0, LATE, 15), (1, AWAY, None), (3, LATE, 5), (4, AWAY, None), seen_version=again.version
    )
    assert standing(bulgarian)[1] == ("absent", None)
    assert len(once_more.absences) == 1


@pytest.mark.feature("E7")
def test_whoever_saves_second_without_having_seen_the_first_is_told(bulgarian: School) -> None:
    take(bulgarian, (0, AWAY, None))
    with pytest.raises(LessonChanged):
        take(bulgarian, (1, AWAY, None), who="principal")
    assert standing(bulgarian) == {0: ("absent", None)}
    assert Entry.objects.filter(kind="diary.attendance.taken/1").count() == 1


def test_two_who_open_the_same_lesson_for_the_first_time_make_one_row(
    bulgarian: School, monkeypatch: pytest.MonkeyPatch
) -> None:
    """The second one looked before the first wrote: the database lets one row in, the other hears of it."""
    view = queries.lesson(id=bulgarian.slots[1], on=TODAY)
    take(bulgarian)
    monkeypatch.setattr(queries, "lesson", lambda *, id, on: view)  # noqa: A006, ARG005 - the query's own names
    with pytest.raises(LessonChanged):
        take(bulgarian, (0, AWAY, None))
    assert Lesson.objects.count() == 1
    assert standing(bulgarian) == {}


@pytest.mark.feature("E7")
def test_what_was_just_saved_can_be_undone(bulgarian: School) -> None:
    first = take(bulgarian, (0, AWAY, None))
    by = bulgarian.actor("teacher")
    again = take(bulgarian, (0, LATE, 5), (1, AWAY, None), seen_version=first.version, now=SOON)
    undone = actions.undo_attendance(
        by=by, lesson=key(bulgarian), whole=False, seen_version=again.version, now=SOON + timedelta(minutes=1)
    )
    assert standing(bulgarian) == {0: ("absent", None)}
    with pytest.raises(UndoLate):
        actions.undo_attendance(
            by=by, lesson=key(bulgarian), whole=True, seen_version=undone, now=SOON + timedelta(minutes=11)
        )
    actions.undo_attendance(
        by=by, lesson=key(bulgarian), whole=True, seen_version=undone, now=SOON + timedelta(minutes=2)
    )
    assert standing(bulgarian) == {}
    assert Lesson.objects.get().state == LessonState.PLANNED
    assert Entry.objects.filter(kind="diary.attendance.undone/1").count() == 2


@pytest.mark.feature("E7")
def test_who_may_register(bulgarian: School) -> None:
    for who in ("principal", "administrator", "class_teacher"):
        version = Lesson.objects.values_list("version", flat=True).first() or 0
        take(bulgarian, who=who, seen_version=version)
    with pytest.raises(NotAllowed):
        take(bulgarian, who="stranger")
    with pytest.raises(NotAllowed):
        take(bulgarian, who="guardian")
    with pytest.raises(NotYourSubject):  # a teacher of the class, but not of this lesson
        take(bulgarian, who="teacher", lesson=key(bulgarian, 3))


def test_what_makes_no_sense_is_refused(bulgarian: School) -> None:
    with pytest.raises(LessonToCome):
        take(bulgarian, lesson=key(bulgarian, 2, TODAY + timedelta(days=2)))
    with pytest.raises(NotFound):  # no lesson on a Thursday
        take(bulgarian, lesson=key(bulgarian, 1, TODAY - timedelta(days=6)))
    with pytest.raises(LessonInvalid):
        take(bulgarian, (0, LATE, None))
    with pytest.raises(LessonInvalid):
        take(bulgarian, (0, AWAY, None), (0, LATE, 3))
    elsewhere = [Missing(bulgarian.persons["guardian"], AWAY)]
    with pytest.raises(NotInGroup):
        actions.take_attendance(
            by=bulgarian.actor("teacher"), lesson=key(bulgarian), missing=elsewhere, seen_version=0, now=NOW
        )
    holiday = NewHoliday(bulgarian.authority, TODAY, TODAY, "Празник")
    schools.add_holidays(by=operator(), holidays=[holiday], now=NOW)
    with pytest.raises(LessonOff):
        take(bulgarian)
    assert not Lesson.objects.exists()


@pytest.mark.feature("E7")
def test_a_substitute_reaches_the_class_for_some_days_and_finds_the_note(bulgarian: School) -> None:
    with pytest.raises(NoSuchTeacher):
        actions.assign_substitute(
            by=bulgarian.actor("principal"), lesson=key(bulgarian), teacher=bulgarian.persons["guardian"],
            seen_version=0, now=NOW,
        )  # fmt: skip
    with pytest.raises(NotAllowed):  # a class is opened by those who lead the school
        actions.assign_substitute(
            by=bulgarian.actor("teacher"), lesson=key(bulgarian), teacher=bulgarian.persons["stranger"],
            seen_version=0, now=NOW,
        )  # fmt: skip
    version = actions.assign_substitute(
        by=bulgarian.actor("principal"), lesson=key(bulgarian), teacher=bulgarian.persons["stranger"],
        note="Упражнение 4", seen_version=0, now=NOW,
    )  # fmt: skip
    lines = queries.mine(by=bulgarian.actor("stranger"), first=TODAY, last=TODAY)
    assert [(one.lesson.note, one.code, one.lesson.substituted) for one in lines] == [("Упражнение 4", "8А", True)]
    usual = queries.mine(by=bulgarian.actor("teacher"), first=TODAY, last=TODAY)
    assert [one.lesson.substituted for one in usual] == [True]
    take(bulgarian, (0, AWAY, None), who="stranger", seen_version=version)
    with pytest.raises(NotYourSubject):  # that lesson, no other of the class
        take(bulgarian, who="stranger", lesson=key(bulgarian, 3))
    for day, reaches in ((-2, False), (-1, True), (7, True), (8, False)):
        hats = bulgarian.actor("stranger", on=TODAY + timedelta(days=day)).grants
        assert any(bulgarian.group in grant.groups for grant in hats) is reaches


@pytest.mark.feature("E7")
def test_topic_homework_and_a_lesson_beside_the_timetable(bulgarian: School) -> None:
    by = bulgarian.actor("teacher")
    due = TODAY + timedelta(days=2)
    version = actions.write_topic(
        by=by, lesson=key(bulgarian), topic=" Уравнения ", homework="Зад. 5", due=due, seen_version=0, now=NOW
    )
    told = Entry.objects.get(kind="diary.homework.set/1")
    assert told.refs == {"lesson": str(Lesson.objects.get().id), "group": str(bulgarian.group)}
    version = actions.write_topic(
        by=by, lesson=key(bulgarian), topic="Неравенства", homework="Зад. 5", due=due, seen_version=version, now=NOW
    )
    assert Entry.objects.filter(kind="diary.lesson.written/1").count() == 1
    found = queries.homework_due(groups=[bulgarian.group], on=due)
    assert [one.text for one in found[bulgarian.group, "MAT"]] == ["Зад. 5"]
    with pytest.raises(LessonInvalid):
        actions.write_topic(
            by=by, lesson=key(bulgarian), topic="", homework="x", due=TODAY - timedelta(days=1), seen_version=version,
            now=NOW,
        )  # fmt: skip
    new = NewLesson(bulgarian.group, "MAT", TODAY, time(13), time(13, 45))
    beside = actions.add_lesson(by=by, lesson=new, now=NOW)
    actions.take_attendance(by=by, lesson=beside, missing=[], seen_version=1, now=NOW)
    assert [(one.lesson.starts, one.lesson.taken) for one in queries.mine(by=by, first=TODAY, last=TODAY)] == [
        (time(9), False),
        (time(13), True),
    ]


def test_a_cancelled_lesson_is_not_registered_and_can_come_back(bulgarian: School) -> None:
    by = bulgarian.actor("teacher")
    version = actions.cancel_lesson(by=by, lesson=key(bulgarian), seen_version=0, now=NOW)
    with pytest.raises(LessonOff):
        take(bulgarian, seen_version=version)
    lines = queries.of_school(by=bulgarian.actor("principal"), school=bulgarian.school, on=TODAY)
    assert [one.lesson.slot for one in queries.not_taken(lines, on=TODAY)] == [bulgarian.slots[3]]
    version = actions.cancel_lesson(by=by, lesson=key(bulgarian), cancelled=False, seen_version=version, now=NOW)
    took = take(bulgarian, seen_version=version)
    with pytest.raises(LessonOff):
        actions.cancel_lesson(by=by, lesson=key(bulgarian), seen_version=took.version, now=NOW)


@pytest.mark.feature("E7", "C19")
def test_the_class_list_of_a_lesson_masks_and_takes_the_same_queries_for_any_class(db: None) -> None:
    counts = []
    for pack, size in (("bg.school", 5), ("se.compulsory", 30)):
        school = build(pack, pupils=size)
        take(school, (0, AWAY, None), (2, LATE, 7))
        by = school.actor("teacher")
        with CaptureQueriesContext(connection) as seen:
            found = queries.register(by=by, id=school.slots[1], on=TODAY)
        counts.append(len(seen))
        assert len(found.rows) == size
        rows = {row.pupil.id: row for row in found.rows}
        assert (rows[school.pupils[2]].kind, rows[school.pupils[2]].minutes) == (LATE, 7)
        assert rows[school.pupils[2]].pupil.masked
        assert "Ученик2" not in rows[school.pupils[2]].pupil.name
        assert found.next_days[0] == TODAY + timedelta(days=2)
    assert counts[0] == counts[1] <= 18


def test_the_class_list_tells_who_was_away_shortly_before(bulgarian: School) -> None:
    take(bulgarian, (1, AWAY, None), lesson=key(bulgarian, 0, TODAY - timedelta(days=2)))
    take(bulgarian, (0, LATE, 5))
    found = queries.register(by=bulgarian.actor("class_teacher"), id=bulgarian.slots[3], on=TODAY)
    before = {row.pupil.id: row.before for row in found.rows if row.before}
    assert {bulgarian.pupils.index(k): (one.on, one.kind) for k, one in before.items()} == {
        1: (TODAY - timedelta(days=2), AWAY),
        0: (TODAY, LATE),
    }


@pytest.mark.feature("E7")
def test_registering_thirty_takes_as_many_statements_as_five(db: None) -> None:
    counts = []
    for pack, size in (("bg.school", 5), ("se.compulsory", 30)):
        school = build(pack, pupils=size)
        by = school.actor("teacher")
        gone = [Missing(pupil, AWAY) for pupil in school.pupils]
        with CaptureQueriesContext(connection) as seen:
            actions.take_attendance(by=by, lesson=key(school), missing=gone, seen_version=0, now=NOW)
        counts.append(len([one for one in seen if "SAVEPOINT" not in one["sql"]]))
    assert counts[0] == counts[1] <= 18


@pytest.mark.parametrize(
    ("starts", "now", "late"), [(time(9), time(9, 7), 7), (time(9), time(8, 55), 1), (time(8, 50), time(9, 5), 15)]
)
def test_how_late_somebody_is_who_comes_now(starts: time, now: time, late: int) -> None:
    assert minutes_between(starts, now) == late
