"""Health notes: read by those who need to know, and every reading is written down."""

from __future__ import annotations

from datetime import timedelta
from uuid import UUID

import pytest

from testamur.kernel.base.refused import NotAllowed, NotFound
from testamur.kernel.journal.models import Entry
from testamur.schoolday.diary import actions
from testamur.schoolday.diary.queries import health as queries
from testamur.schoolday.diary.queries.rooms import room
from testamur.schoolday.diary.rules.health import HealthCircle, HealthDates, HealthOver, HealthTextMissing
from testamur.schoolday.diary.rules.remarks import NotInGroup
from testamur.schoolday.diary.rules.states import Circle, HealthKind
from tests.schoolday.diary.school import NOW, TODAY, School

WEEK = timedelta(days=7)


def note(
    school: School,
    circle: Circle,
    who: str = "principal",
    pupil: int = 0,
    text: str = "Алергия към ядки",
    **more: object,
) -> UUID:
    """A note about a pupil."""
    values = {"starts": TODAY, **more}
    return actions.note_health(
        by=school.actor(who), group=school.group, pupil=school.pupils[pupil], kind=HealthKind.ALLERGY, text=text,
        circle=circle, now=NOW, on=TODAY, **values,  # type: ignore[arg-type]  # dates by name
    )  # fmt: skip


def read(school: School, who: str) -> set[Circle]:
    """The circles whose notes somebody is shown of the whole class."""
    place = room(group=school.group, on=TODAY)
    found = actions.read_health(by=school.actor(who), room=place, pupils=school.pupils, now=NOW, on=TODAY)
    return {one.circle for one in found}


@pytest.mark.feature("E8")
def test_each_reads_what_he_or_she_needs_to_know(bulgarian: School) -> None:
    for circle in Circle:
        note(bulgarian, circle)
    assert read(bulgarian, "teacher") == {Circle.TEACHERS}
    assert read(bulgarian, "class_teacher") == {Circle.TEACHERS, Circle.CLASS_TEACHER}
    assert read(bulgarian, "principal") == set(Circle)
    for outside in ("administrator", "stranger", "guardian"):
        with pytest.raises(NotAllowed):
            read(bulgarian, outside)
    place = room(group=bulgarian.group, on=TODAY)
    counted = {
        who: queries.marked(by=bulgarian.actor(who), room=place, pupils=bulgarian.pupils, on=TODAY)
        for who in ("teacher", "principal", "administrator")
    }
    first = bulgarian.pupils[0]
    assert counted == {"teacher": {first: 1}, "principal": {first: 3}, "administrator": {}}


@pytest.mark.feature("E8")
def test_every_reading_by_staff_is_written_down_with_what_was_read_and_no_word_of_it(bulgarian: School) -> None:
    mine, hidden = note(bulgarian, Circle.TEACHERS), note(bulgarian, Circle.HEAD)
    read(bulgarian, "teacher")
    entry = Entry.objects.get(kind="diary.health.seen/1")
    assert entry.actor == bulgarian.persons["teacher"]
    assert entry.refs == {
        "group": str(bulgarian.group), "notes": [str(mine)], "pupils": [str(bulgarian.pupils[0])],
    }  # fmt: skip
    assert str(hidden) not in str(entry.refs)
    place = room(group=bulgarian.group, on=TODAY)
    actions.read_health(by=bulgarian.actor("teacher"), room=place, pupils=bulgarian.pupils[3:], now=NOW, on=TODAY)
    assert Entry.objects.filter(kind="diary.health.seen/1").count() == 1, "nothing was read the second time"
    assert "ядки" not in str(list(Entry.objects.values_list("refs", flat=True)))


@pytest.mark.feature("E8")
def test_the_family_reads_all_about_its_own_child_and_nothing_about_others(bulgarian: School) -> None:
    for circle in Circle:
        note(bulgarian, circle)
    guardian = bulgarian.actor("guardian")
    assert {one.circle for one in queries.health_of_ward(by=guardian, pupil=bulgarian.pupils[0])} == set(Circle)
    assert len(queries.health_of_ward(by=bulgarian.actor("0"), pupil=bulgarian.pupils[0])) == 3
    for who in ("far_guardian", "teacher", "principal", "1"):
        with pytest.raises(NotAllowed):
            queries.health_of_ward(by=bulgarian.actor(who), pupil=bulgarian.pupils[0])


@pytest.mark.feature("E8")
def test_the_class_teacher_and_the_head_write_notes_and_end_them(bulgarian: School) -> None:
    made = note(bulgarian, Circle.CLASS_TEACHER, "class_teacher")
    with pytest.raises(HealthCircle):
        note(bulgarian, Circle.HEAD, "class_teacher")
    for who in ("teacher", "administrator", "guardian"):
        with pytest.raises(NotAllowed):
            note(bulgarian, Circle.TEACHERS, who)
        with pytest.raises(NotAllowed):
            actions.end_health(by=bulgarian.actor(who), group=bulgarian.group, note=made, now=NOW, on=TODAY)
    head = note(bulgarian, Circle.HEAD)
    with pytest.raises(NotFound):
        actions.end_health(
            by=bulgarian.actor("class_teacher"), group=bulgarian.group, note=head, now=NOW, on=TODAY
        )  # fmt: skip
    actions.end_health(by=bulgarian.actor("class_teacher"), group=bulgarian.group, note=made, now=NOW, on=TODAY)
    with pytest.raises(HealthOver):
        actions.end_health(by=bulgarian.actor("principal"), group=bulgarian.group, note=made, now=NOW, on=TODAY)
    assert read(bulgarian, "class_teacher") == set()


def test_a_note_says_something_about_a_pupil_of_the_class_for_a_time_that_is_one(
    bulgarian: School, swedish: School
) -> None:
    with pytest.raises(HealthTextMissing):
        note(bulgarian, Circle.TEACHERS, text=" ")
    with pytest.raises(HealthDates):
        note(bulgarian, Circle.TEACHERS, ends=TODAY - WEEK)
    place = room(group=bulgarian.group, on=TODAY)
    with pytest.raises(NotInGroup):
        actions.read_health(by=bulgarian.actor("teacher"), room=place, pupils=swedish.pupils, now=NOW, on=TODAY)
    note(bulgarian, Circle.TEACHERS, starts=TODAY - 2 * WEEK, ends=TODAY - WEEK)
    assert read(bulgarian, "principal") == set(), "it is over"
    note(bulgarian, Circle.TEACHERS, starts=TODAY + WEEK)
    assert queries.marked(by=bulgarian.actor("teacher"), room=place, pupils=bulgarian.pupils, on=TODAY) == {}
    assert read(bulgarian, "teacher") == {Circle.TEACHERS}, "what is to come is told before"
