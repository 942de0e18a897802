"""A new list: course by code or name, module or whole course, exam, titles of a degree project."""

from __future__ import annotations

from http import HTTPStatus

import pytest
from django.urls import reverse

from testamur.schoolday.reporting.queries import lists
from testamur.schoolday.reporting.rules.states import ListKind
from tests.schoolday.reporting.university import EXAM, University
from tests.surfaces.web.results.conftest import Enter, rows, text

pytestmark = pytest.mark.django_db
NEW = "results:new"


def course(u: University, code: str) -> dict[str, str]:
    return {"course": str(u.course(code)), "unit": str(u.units["ekonomi" if code == "IY1430" else "data"])}


def test_a_course_is_found_by_the_beginning_of_its_code_or_a_word_of_its_name(
    university: University, enter: Enter
) -> None:
    teacher = enter("teacher")
    for asked in ("dv15", "databas", "database tech"):
        page = text(teacher.get(reverse(NEW), {"q": asked}))
        assert str(university.course("DV1574")) in page
        assert str(university.course("MA1441")) not in page
    part = teacher.get(reverse(NEW), {"q": "dv15"}, headers={"HX-Request": "true", "HX-Target": "found"})
    assert text(part).lstrip().startswith('<div id="found"')
    assert "No course here is called" in text(teacher.get(reverse(NEW), {"q": "zzz"}))


@pytest.mark.feature("B29")
def test_a_list_is_opened_for_one_module_or_the_whole_course(university: University, enter: Enter) -> None:
    teacher = enter("teacher")
    page = text(teacher.get(reverse(NEW), course(university, "DV1574")))
    assert page.count('name="part"') == len(university.courses["DV1574"].modules) + 1
    module = str(university.module("DV1574", "1405"))
    for part, kind in ((module, ListKind.MODULE), ("course", ListKind.COURSE)):
        answer = teacher.post(reverse(NEW), {**course(university, "DV1574"), "part": part})
        assert answer.status_code == HTTPStatus.FOUND
        made = lists.mine(by=university.actor("teacher"), person=university.persons["teacher"])[0]
        assert made.kind is kind
        assert answer["Location"] == reverse("results:list", args=[made.id])


@pytest.mark.feature("B18", "B31")
def test_an_exam_brings_those_who_signed_up_with_its_day(university: University, enter: Enter) -> None:
    form = {
        **course(university, "DV1574"),
        "part": str(university.module("DV1574", "1405")),
        "exam": str(university.exams["DV1574"]),
    }
    enter("teacher").post(reverse(NEW), form)
    made = lists.mine(by=university.actor("teacher"), person=university.persons["teacher"])[0]
    found = rows(university, made.id)
    assert len(found) > 20
    assert {row.examined_on for row in found.values()} == {EXAM}


@pytest.mark.feature("B5")
def test_a_degree_project_asks_for_its_title_in_both_languages(university: University, enter: Enter) -> None:
    teacher = enter("teacher")
    module = str(university.courses["PA2534"].modules[0].id)
    form = {**course(university, "PA2534"), "part": module, "title": "Säkra journaler"}
    answer = teacher.post(reverse(NEW), form)
    assert answer.status_code == HTTPStatus.UNPROCESSABLE_ENTITY
    assert "Title in English" in text(answer)
    answer = teacher.post(reverse(NEW), {**form, "title_en": "Safe records"})
    made = lists.mine(by=university.actor("teacher"), person=university.persons["teacher"])[0]
    assert (made.title, made.title_en, made.degree_project) == ("Säkra journaler", "Safe records", True)
    assert 'name="title"' not in text(teacher.get(reverse(NEW), course(university, "DV1574")))


@pytest.mark.feature("B6")
def test_a_discontinued_course_may_be_chosen_and_says_that_it_is(university: University, enter: Enter) -> None:
    teacher = enter("teacher")
    page = text(teacher.get(reverse(NEW), course(university, "DV9999")))
    assert "This course was discontinued on" in page
    module = str(university.courses["DV9999"].modules[0].id)
    answer = teacher.post(reverse(NEW), {**course(university, "DV9999"), "part": module}, follow=True)
    assert "The course was discontinued on" in text(answer)


@pytest.mark.parametrize(
    "sent", [{}, {"part": "nothing"}, {"part": "course", "unit": "x"}, {"part": "course", "exam": "y"}]
)
def test_what_is_not_offered_is_not_opened(sent: dict[str, str], university: University, enter: Enter) -> None:
    answer = enter("teacher").post(reverse(NEW), {**course(university, "DV1574"), **sent})
    assert answer.status_code == HTTPStatus.UNPROCESSABLE_ENTITY
    assert not lists.mine(by=university.actor("teacher"), person=university.persons["teacher"])


def test_a_course_id_that_is_none_leads_back_to_the_search(university: University, enter: Enter) -> None:
    for wrong in ("x", "00000000-0000-0000-0000-000000000009"):
        assert 'name="q"' in text(enter("teacher").get(reverse(NEW), {"course": wrong}))
