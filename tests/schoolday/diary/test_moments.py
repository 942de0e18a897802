"""Moments of the year: their columns, who writes in which, and days of absence from the attendance."""

from __future__ import annotations

from datetime import timedelta
from decimal import Decimal

import pytest

from testamur.kernel.base.refused import NotAllowed, NotFound
from testamur.schoolday.diary import actions
from testamur.schoolday.diary.models import Task
from testamur.schoolday.diary.queries import moments
from testamur.schoolday.diary.queries.marks import standing_marks
from testamur.schoolday.diary.queries.rooms import room
from testamur.schoolday.diary.rules.marks import Entry, State
from testamur.schoolday.diary.rules.moments import Missed, NoMoments, Part, at, days_absent, moment_of, moments_of
from testamur.schoolday.diary.rules.rooms import NotYourSubject
from tests.schoolday.diary.school import NOW, TODAY, School, build


@pytest.fixture
def vietnamese(db: None) -> School:
    """Class 3A; Toán is the teacher's."""
    return build("vn.primary")


@pytest.mark.parametrize(
    ("missed", "lessons", "days"),
    [
        ([], {}, ("0", "0")),
        ([True, True], {0: 2}, ("1", "0")),
        ([True], {0: 4}, ("0.5", "0")),
        ([True, False], {0: 2}, ("0", "1")),
    ],
)
def test_a_day_missed_is_one_and_a_part_of_it_a_half(
    missed: list[bool], lessons: dict[int, int], days: tuple[str, str]
) -> None:
    given = {TODAY + timedelta(days=n): count for n, count in lessons.items()}
    told = days_absent([Missed(TODAY, excused) for excused in missed], given)
    assert told == (Decimal(days[0]), Decimal(days[1]))


@pytest.mark.feature("D13")
@pytest.mark.django_db
def test_a_moment_has_the_columns_of_its_grade_and_opens_once(vietnamese: School) -> None:
    heads = vietnamese.actor("class_teacher")
    first = actions.open_moment(by=heads, group=vietnamese.group, moment="HK2", now=NOW)
    assert first == 9 + 4 + 5 + 10 + 5
    assert actions.open_moment(by=heads, group=vietnamese.group, moment="HK2", now=NOW) == 0
    mid = actions.open_moment(by=heads, group=vietnamese.group, moment="HK2-mid", now=NOW)
    assert mid == 9 + 5 + 10
    place = room(group=vietnamese.group, on=TODAY)
    assert at(moments_of(place), TODAY) == moment_of(place, "HK2-mid")
    with pytest.raises(NotFound):
        actions.open_moment(by=heads, group=vietnamese.group, moment="HK9", now=NOW)
    with pytest.raises(NotAllowed):
        actions.open_moment(by=vietnamese.actor("stranger"), group=vietnamese.group, moment="HK1", now=NOW)


@pytest.mark.feature("D13", "D18")
@pytest.mark.django_db
def test_each_writes_in_the_own_subjects_and_the_class_teacher_about_the_pupils(vietnamese: School) -> None:
    heads, teacher = vietnamese.actor("class_teacher"), vietnamese.actor("teacher")
    actions.open_moment(by=heads, group=vietnamese.group, moment="HK2", now=NOW)
    sheet = moments.sheet(by=teacher, group=vietnamese.group, moment="HK2", part="subjects", on=TODAY)
    assert {one.task.subject for one in sheet.columns} == {"TOAN"}
    assert sheet.parts == (Part.SUBJECTS,)
    whole = moments.sheet(by=heads, group=vietnamese.group, moment="HK2", part="subjects", on=TODAY)
    assert [one.task.subject for one in whole.columns if one.readonly] == ["TOAN", "TOAN"]
    ids = {(row.subject, row.kind): row.id for row in Task.objects.all()}
    entry = [Entry(vietnamese.pupils[0], "d")]
    for by, column in ((teacher, ("yeu_nuoc", "quality")), (teacher, ("DD", "level")), (heads, ("TOAN", "level"))):
        with pytest.raises(NotYourSubject):
            actions.enter_marks(by=by, task=ids[column], entries=entry, now=NOW)
    (outcome,) = actions.enter_marks(by=heads, task=ids["yeu_nuoc", "quality"], entries=entry, now=NOW)
    assert (outcome.state, outcome.value) == (State.STORED, "Đ")
    high = [Entry(vietnamese.pupils[0], "125,5"), Entry(vietnamese.pupils[1], "999")]
    good, bad = actions.enter_marks(by=heads, task=ids["height_cm", "height_cm"], entries=high, now=NOW)
    assert (good.value, bad.state, bad.accepted) == ("125.5", State.REFUSED, ("50–230",))
    assert standing_marks(pupils=vietnamese.pupils) == ()


@pytest.mark.django_db
def test_other_laws_know_no_moments() -> None:
    bulgarian = build("bg.school")
    with pytest.raises(NoMoments):
        moments.sheet(by=bulgarian.actor("principal"), group=bulgarian.group, moment="", part="", on=TODAY)
