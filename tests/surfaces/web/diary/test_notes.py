"""Remarks, health notes and the pupil's page in the teacher's hands."""

from __future__ import annotations

from typing import Any

import pytest
from django.http import HttpResponse
from django.test import Client
from django.urls import reverse

from testamur.kernel.base import clock
from testamur.kernel.journal.models import Entry
from testamur.schoolday.diary import actions
from testamur.schoolday.diary.models import HealthNote, Remark
from testamur.schoolday.diary.rules.states import Circle, HealthKind
from tests.schoolday.diary.school import School
from tests.surfaces.web.diary.conftest import Enter

TRUE_NAME = "Ученик2"


def get(browser: Client, name: str, **arguments: object) -> str:
    """A page as text."""
    answer = browser.get(reverse(name, kwargs=arguments))
    assert answer.status_code == 200, answer.content.decode()[:500]
    return answer.content.decode()


def send(browser: Client, name: str, arguments: dict[str, object], **form: Any) -> HttpResponse:
    """A form."""
    return browser.post(reverse(name, kwargs=arguments), form)  # type: ignore[return-value]


@pytest.mark.feature("E9")
def test_a_teacher_writes_a_remark_about_two_pupils_and_takes_one_back(bulgarian: School, enter: Enter) -> None:
    teacher, group = enter(bulgarian, "teacher"), {"group": bulgarian.group}
    form = {
        "kind": "remark",
        "pupils": [str(p) for p in bulgarian.pupils[:2]],
        "text": "Говори в час",
        "on": "2026-06-09",
    }
    assert send(teacher, "diary:remarks", dict(group), **form).status_code == 303
    page = get(teacher, "diary:remarks", **group)
    assert page.count("Говори в час") == 4, "two remarks, and the words once again for the next time"
    first = Remark.objects.order_by("id").first()
    assert first is not None
    assert send(teacher, "diary:withdraw_remark", {"remark": first.id}, why="").status_code == 409
    assert send(teacher, "diary:withdraw_remark", {"remark": first.id}, why="Друг ученик").status_code == 303
    assert get(teacher, "diary:remarks", **group).count("note-text") == 1
    every = teacher.get(reverse("diary:remarks", kwargs=group), {"all": "1"}).content.decode()
    assert "Друг ученик" in every


@pytest.mark.parametrize(
    ("wrong", "said"),
    [({"pupils": []}, "required"), ({"kind": "threat"}, "valid choice"), ({"on": "2026-06-11"}, "still to come"),
     ({"text": " "}, "required")],
)  # fmt: skip
def test_what_is_wrong_stands_at_its_field_and_nothing_is_lost(
    bulgarian: School, enter: Enter, wrong: dict[str, Any], said: str
) -> None:
    teacher = enter(bulgarian, "teacher")
    form = {"kind": "praise", "pupils": [str(bulgarian.pupils[0])], "text": "Помогна", "on": "2026-06-10", **wrong}
    answer = send(teacher, "diary:remarks", {"group": bulgarian.group}, **form)
    assert answer.status_code == 422
    assert said in answer.content.decode()
    assert not Remark.objects.exists()


@pytest.mark.feature("E9", "C19")
def test_pages_of_a_class_show_the_alias_to_teachers_and_note_who_saw_the_name(bulgarian: School, enter: Enter) -> None:
    masked = bulgarian.pupils[2]
    actions.write_remark(
        by=bulgarian.actor("teacher"), group=bulgarian.group, pupils=[masked], kind="praise", text="Браво",
        now=clock.now(), on=clock.now().date(),
    )  # fmt: skip
    for name, arguments in (("diary:remarks", {}), ("diary:health", {}), ("diary:pupil", {"pupil": masked})):
        page = get(enter(bulgarian, "class_teacher"), name, group=bulgarian.group, **arguments)
        assert TRUE_NAME not in page
        if name != "diary:health":
            assert "Person " in page
    assert not Entry.objects.filter(kind="people.protected_seen/1").exists()
    assert TRUE_NAME in get(enter(bulgarian, "principal"), "diary:pupil", group=bulgarian.group, pupil=masked)
    assert Entry.objects.filter(kind="people.protected_seen/1").count() == 1


@pytest.mark.feature("E8")
def test_health_is_written_by_the_class_teacher_and_read_by_who_needs_it(bulgarian: School, enter: Enter) -> None:
    keeper, group = enter(bulgarian, "class_teacher"), {"group": bulgarian.group}
    form = {
        "pupil": str(bulgarian.pupils[0]),
        "kind": "allergy",
        "text": "Ядки: инжекция в кабинета",
        "starts": "2026-06-10",
    }
    refused = send(keeper, "diary:health", dict(group), **form, circle=Circle.HEAD.value)
    assert refused.status_code == 422
    assert send(keeper, "diary:health", dict(group), **form, circle=Circle.TEACHERS.value).status_code == 303
    teacher = enter(bulgarian, "teacher")
    assert "инжекция" in get(teacher, "diary:health", **group)
    assert "инжекция" in get(teacher, "diary:pupil", **group, pupil=bulgarian.pupils[0])
    assert "инжекция" not in get(teacher, "diary:pupil", **group, pupil=bulgarian.pupils[1])
    seen = Entry.objects.filter(kind="diary.health.seen/1", actor=bulgarian.persons["teacher"])
    assert seen.count() == 2, "once for each page that showed it"
    for name in ("administrator", "stranger", "guardian"):
        answer = enter(bulgarian, name).get(reverse("diary:health", kwargs=group))
        assert answer.status_code in {302, 403}
        assert "инжекция" not in answer.content.decode()
    assert send(teacher, "diary:health", dict(group), **form, circle=Circle.TEACHERS.value).status_code == 403
    note = HealthNote.objects.get()
    assert send(teacher, "diary:end_health", {**group, "note": note.id}).status_code == 403
    assert send(keeper, "diary:end_health", {**group, "note": note.id}).status_code == 303
    assert "инжекция" not in get(teacher, "diary:health", **group)


def test_the_administrator_sees_remarks_but_writes_none_and_reads_no_health(bulgarian: School, enter: Enter) -> None:
    actions.note_health(
        by=bulgarian.actor("principal"), group=bulgarian.group, pupil=bulgarian.pupils[0], kind=HealthKind.OTHER,
        text="Тайна", circle=Circle.TEACHERS, starts=clock.now().date(), now=clock.now(), on=clock.now().date(),
    )  # fmt: skip
    office = enter(bulgarian, "administrator")
    assert "write-h" not in get(office, "diary:remarks", group=bulgarian.group)
    assert "Тайна" not in get(office, "diary:pupil", group=bulgarian.group, pupil=bulgarian.pupils[0])


@pytest.mark.parametrize("name", ["diary:pupil", "diary:remarks", "diary:health"])
def test_pages_ask_as_much_for_thirty_pupils_as_for_five(
    db: None, enter: Enter, django_assert_max_num_queries: Any, name: str
) -> None:
    from tests.schoolday.diary.school import build

    large = build("bg.school", now=clock.now(), pupils=30)
    for pupils in (large.pupils[:1], large.pupils):
        actions.write_remark(
            by=large.actor("teacher"), group=large.group, pupils=pupils, kind="praise", text="Браво", now=clock.now(),
            on=clock.now().date(),
        )  # fmt: skip
    teacher = enter(large, "teacher")
    arguments = {"group": large.group, **({"pupil": large.pupils[0]} if name == "diary:pupil" else {})}
    with django_assert_max_num_queries(26 if name == "diary:pupil" else 21):
        get(teacher, name, **arguments)
