"""Years of diary that are loaded at once: they stand where the pages look, all or nothing, and nobody is told."""

from __future__ import annotations

from dataclasses import replace
from datetime import date, time

import pytest
from django.db import IntegrityError, transaction

from testamur.kernel.base.actor import operator
from testamur.kernel.base.ids import new_id
from testamur.kernel.base.refused import NotAllowed
from testamur.kernel.journal.models import Entry as JournalEntry
from testamur.schoolday.diary.actions import load_history
from testamur.schoolday.diary.models import Absence, Lesson, Mark
from testamur.schoolday.diary.queries import marks
from testamur.schoolday.diary.rules.history import Loaded, PastClass, PastColumn, PastLesson
from tests.schoolday.diary.school import NOW, TODAY, School, build

pytestmark = pytest.mark.django_db
DAY = date(2026, 2, 10)


def _past(school: School) -> PastClass:
    teacher = school.persons["teacher"]
    lesson = PastLesson(
        new_id(),
        "MAT",
        teacher,
        DAY,
        1,
        time(9),
        time(9, 45),
        absent=[(school.pupils[0], True), (school.pupils[1], None)],
    )
    column = PastColumn(
        new_id(), "MAT", teacher, school.terms[1], "test", DAY, marks=[(pupil, "5") for pupil in school.pupils]
    )
    return PastClass(school.school, school.group, school.group_path, [lesson], [column])


@pytest.mark.feature("E6")
def test_what_was_written_elsewhere_stands_in_the_grid_and_the_journal_says_how_much() -> None:
    school = build("bg.school")
    told = load_history(by=operator(), history=iter([_past(school)]), now=NOW)
    assert told == Loaded(lessons=1, absences=2, columns=1, marks=5)
    grid = marks.grid(by=school.actor("teacher"), group=school.group, subject="MAT", on=TODAY)
    (column,) = grid.columns
    assert {row.cells[column.task.id].value for row in grid.rows} == {"5"}
    assert Absence.objects.filter(lesson__state="taken", excused=True).get().pupil_id == school.pupils[0]
    entry = JournalEntry.objects.get(kind__startswith="diary.")
    assert (entry.kind, entry.path) == ("diary.history.loaded/1", school.group_path)
    assert {name: entry.refs[name] for name in ("lessons", "marks")} == {"lessons": 1, "marks": 5}


def test_a_row_that_cannot_be_leaves_nothing_behind() -> None:
    school = build("bg.school")
    good = _past(school)
    twice = replace(good.columns[0], id=new_id(), marks=[(school.pupils[0], "5"), (school.pupils[0], "6")])
    with pytest.raises(IntegrityError), transaction.atomic():
        load_history(by=operator(), history=[good, replace(good, lessons=[], columns=[twice])], now=NOW)
    assert not Lesson.objects.exists()
    assert not Mark.objects.exists()


def test_a_teacher_loads_nothing() -> None:
    school = build("bg.school")
    with pytest.raises(NotAllowed):
        load_history(by=school.actor("teacher"), history=[_past(school)], now=NOW)
