"""Remarks and praise: who writes them, who takes them back, what stays."""

from __future__ import annotations

from datetime import timedelta
from typing import Any
from uuid import UUID

import pytest

from testamur.kernel.base.refused import NotAllowed, NotFound
from testamur.kernel.journal.models import Entry
from testamur.schoolday.diary import actions
from testamur.schoolday.diary.queries import remarks as queries
from testamur.schoolday.diary.queries.rooms import room
from testamur.schoolday.diary.rules.remarks import (
    NobodyChosen,
    NotInGroup,
    RemarkKindUnknown,
    RemarkOver,
    RemarkTextMissing,
    RemarkTooOld,
    WhyMissing,
)
from testamur.schoolday.diary.rules.rooms import NotYourSubject
from tests.schoolday.diary.school import NOW, TODAY, School

LATER = NOW + timedelta(hours=25)


def write(school: School, who: str = "teacher", pupils: tuple[int, ...] = (0,), **more: Any) -> tuple[UUID, ...]:
    """A remark by somebody about some of the pupils."""
    values: dict[str, Any] = {"kind": "remark", "text": " Без домашна работа. ", "now": NOW, "on": TODAY, **more}
    about = [school.pupils[n] for n in pupils]
    return actions.write_remark(by=school.actor(who), group=school.group, pupils=about, **values)


@pytest.mark.feature("E9")
def test_one_remark_about_several_pupils_is_each_pupils_own_and_is_told_once_each(bulgarian: School) -> None:
    made = write(bulgarian, pupils=(0, 2, 0), subject="MAT")
    assert len(made) == 2
    place = room(group=bulgarian.group, on=TODAY)
    found = queries.remarks_of(by=bulgarian.actor("class_teacher"), room=place, pupils=bulgarian.pupils)
    assert {one.pupil for one in found} == {bulgarian.pupils[0], bulgarian.pupils[2]}
    assert {(one.text, one.kind, one.positive, one.subject) for one in found} == {
        ("Без домашна работа.", "remark", False, "MAT")
    }
    told = Entry.objects.filter(kind="diary.remark.written/1").order_by("id")
    assert {(one.refs["remark"], one.refs["pupil"]) for one in told} == {(str(r.id), str(r.pupil)) for r in found}
    assert "домашна" not in str([one.refs for one in told])


@pytest.mark.feature("E9")
def test_praise_is_a_kind_of_every_pack(bulgarian: School) -> None:
    (made,) = write(bulgarian, kind="praise", text="Отлична работа")
    seen = queries.remark(by=bulgarian.actor("principal"), remark=made)
    assert seen is not None
    assert seen.positive


def test_what_no_remark_can_be_is_refused(bulgarian: School, swedish: School) -> None:
    with pytest.raises(RemarkKindUnknown) as off:
        write(bulgarian, kind="threat")
    assert off.value.found["accepted"] == ["remark", "praise"]
    with pytest.raises(RemarkTextMissing):
        write(bulgarian, text="  ")
    with pytest.raises(NobodyChosen):
        write(bulgarian, pupils=())
    with pytest.raises(NotYourSubject):
        write(bulgarian, subject="BEL")
    with pytest.raises(NotFound):
        write(bulgarian, lesson=bulgarian.group)
    for who in ("administrator", "stranger", "guardian"):
        with pytest.raises(NotAllowed):
            write(bulgarian, who)
    with pytest.raises(NotInGroup):
        actions.write_remark(
            by=bulgarian.actor("teacher"), group=bulgarian.group, pupils=[swedish.pupils[0]], kind="remark", text="x",
            now=NOW, on=TODAY,
        )  # fmt: skip
    assert not Entry.objects.filter(kind="diary.remark.written/1").exists()


@pytest.mark.feature("E9")
def test_ones_own_is_taken_back_within_a_day_with_a_reason(bulgarian: School) -> None:
    mine, other = write(bulgarian, pupils=(0, 1))
    teacher = bulgarian.actor("teacher")
    with pytest.raises(WhyMissing):
        actions.withdraw_remark(by=teacher, remark=mine, why=" ", now=NOW)
    actions.withdraw_remark(by=teacher, remark=mine, why="Сгрешен ученик", now=NOW)
    with pytest.raises(RemarkOver):
        actions.withdraw_remark(by=teacher, remark=mine, why="again", now=NOW)
    with pytest.raises(RemarkTooOld):
        actions.withdraw_remark(by=teacher, remark=other, why="later", now=LATER)
    place = room(group=bulgarian.group, on=TODAY)
    assert [one.id for one in queries.remarks_of(by=teacher, room=place, pupils=bulgarian.pupils)] == [other]
    every = queries.remarks_of(by=teacher, room=place, pupils=bulgarian.pupils, withdrawn=True)
    assert {one.why for one in every} == {"", "Сгрешен ученик"}


@pytest.mark.feature("E9")
@pytest.mark.parametrize("who", ["class_teacher", "principal"])
def test_class_teacher_and_head_take_back_anybodys_at_any_time_and_colleagues_do_not(
    bulgarian: School, who: str
) -> None:
    (made,) = write(bulgarian)
    (second,) = write(bulgarian, "class_teacher")
    with pytest.raises(NotAllowed):
        actions.withdraw_remark(by=bulgarian.actor("teacher"), remark=second, why="x", now=NOW)
    for outside in ("stranger", "guardian"):
        with pytest.raises(NotFound):
            actions.withdraw_remark(by=bulgarian.actor(outside), remark=made, why="x", now=NOW)
    actions.withdraw_remark(by=bulgarian.actor(who), remark=made, why="Недоразумение", now=LATER)
    assert Entry.objects.filter(kind="diary.remark.withdrawn/1").count() == 1


def test_ones_own_words_come_back_once_each_the_newest_first(bulgarian: School) -> None:
    for n, text in enumerate(("Шумен", "Без учебник", "Шумен")):
        write(bulgarian, text=text, now=NOW + timedelta(minutes=n))
    write(bulgarian, "class_teacher", text="Чужд")
    found = queries.snippets(by=bulgarian.actor("teacher"), on=TODAY)
    assert [one.text for one in found] == ["Шумен", "Без учебник"]
