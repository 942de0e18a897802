"""Students come into a list from several sources, which add to each other."""

from __future__ import annotations

from http import HTTPStatus

import pytest
from django.core.files.uploadedfile import SimpleUploadedFile
from django.urls import reverse

from testamur.register.people import queries as people
from testamur.schoolday.reporting.rules.states import Source
from tests.schoolday.reporting.university import EXAM, University
from tests.surfaces.web.results.conftest import Enter, grade, module_list, rows, send, text

pytestmark = pytest.mark.django_db


@pytest.mark.feature("B23", "B31")
def test_registrations_an_exam_and_a_single_student_come_together_in_one_list(
    university: University, enter: Enter
) -> None:
    made, teacher = module_list(university), enter("teacher")
    address = reverse("results:fetch", args=[made])
    first = teacher.post(address, {"way": "occasion", "occasion": str(university.occasions["DV1574"])}, follow=True)
    assert "students came into the list" in text(first)
    registered = len(rows(university, made))
    second = teacher.post(address, {"way": "exam", "exam": str(university.exams["DV1574"])}, follow=True)
    assert "were there already" in text(second)
    both = rows(university, made)
    assert len(both) > registered
    assert {row.examined_on for row in both.values() if row.source is Source.EXAM} == {EXAM}
    found = teacher.get(address, {"q": university.names["graded"].split()[0]})
    assert str(university.persons["graded"]) in text(found)
    teacher.post(address, {"way": "person", "person": str(university.persons["graded"])})
    assert {row.source for row in rows(university, made).values()} == {
        Source.REGISTERED, Source.EXAM, Source.SINGLE,
    }  # fmt: skip
    twice = teacher.post(address, {"way": "person", "person": str(university.persons["graded"])}, follow=True)
    assert "1 was there already" in text(twice)


def test_all_registered_in_a_term_come_at_once(university: University, enter: Enter) -> None:
    made, teacher = module_list(university), enter("teacher")
    teacher.post(reverse("results:fetch", args=[made]), {"way": "term", "term": "2026 VT"})
    assert set(rows(university, made)) == {university.persons[name] for name in ("graded", "ready", "ready_too")}


@pytest.mark.feature("B31")
def test_one_student_is_found_by_number_in_any_usual_spelling(university: University, enter: Enter) -> None:
    made, teacher = module_list(university), enter("teacher")
    number = university.numbers["graded"]
    for typed in (number, f"{number[:8]}-{number[8:]}", f" {number} "):
        page = text(teacher.get(reverse("results:fetch", args=[made]), {"q": typed}))
        assert university.names["graded"] in page
    assert "Nobody was found" in text(teacher.get(reverse("results:fetch", args=[made]), {"q": "200001010000"}))
    staff = university.numbers["rector"]
    page = text(teacher.get(reverse("results:fetch", args=[made]), {"q": staff}))
    assert page.count('value="person"') <= 1


def test_a_protected_student_is_found_by_number_alone_and_stays_without_a_name(
    university: University, enter: Enter
) -> None:
    made, teacher = module_list(university), enter("teacher")
    address = reverse("results:fetch", args=[made])
    family = university.names["protected"].split()[-1]
    assert str(university.persons["protected"]) not in text(teacher.get(address, {"q": family}))
    page = text(teacher.get(address, {"q": university.numbers["protected"]}))
    assert str(university.persons["protected"]) in page
    assert university.names["protected"] not in page


def test_a_file_brings_students_and_grades_and_names_whom_nobody_knows(university: University, enter: Enter) -> None:
    made, teacher = module_list(university), enter("teacher")
    known, unknown = university.numbers["graded"], "199001019999"
    table = f"personnummer,grade,points\n{known},C,31\n{unknown},A,40\n".encode()
    form = {"way": "file", "file": SimpleUploadedFile("grades.csv", table)}
    answer = teacher.post(reverse("results:fetch", args=[made]), form)
    assert answer.status_code == HTTPStatus.OK
    page = text(answer)
    assert "1 student came into the list" in page
    assert "One could not be found in the register" in page
    row = rows(university, made)[university.persons["graded"]]
    assert (row.value, row.points, row.examined_on) == ("C", "31", None)
    nothing = teacher.post(reverse("results:fetch", args=[made]), {"way": "file"})
    assert nothing.status_code == HTTPStatus.UNPROCESSABLE_ENTITY


def test_a_grade_that_stands_is_not_overwritten_by_a_file(university: University, enter: Enter) -> None:
    made, teacher = module_list(university, exam=university.exams["DV1574"]), enter("teacher")
    grade(university, made)
    student = university.students[0]
    found = people.person(by=university.actor("teacher"), id=student)
    assert found is not None
    assert found.identifier is not None
    number = found.identifier.value
    form = {"way": "file", "file": SimpleUploadedFile("grades.csv", f"personnummer,grade\n{number},E\n".encode())}
    answer = text(teacher.post(reverse("results:fetch", args=[made]), form))
    assert "differs from the one that was fetched and was left alone" in answer
    assert rows(university, made)[student].value == "B"


@pytest.mark.parametrize("sent", [{}, {"way": "nothing"}, {"way": "exam", "exam": "x"}, {"way": "person"}])
def test_what_is_no_way_is_not_found(sent: dict[str, str], university: University, enter: Enter) -> None:
    made = module_list(university)
    answer = enter("teacher").post(reverse("results:fetch", args=[made]), sent)
    assert answer.status_code == HTTPStatus.NOT_FOUND
    assert not rows(university, made)


def test_an_exam_of_another_course_is_refused_in_words(university: University, enter: Enter) -> None:
    made = module_list(university)
    form = {"way": "exam", "exam": str(university.exams["MA1441"])}
    answer = enter("teacher").post(reverse("results:fetch", args=[made]), form)
    assert answer.status_code == HTTPStatus.UNPROCESSABLE_ENTITY
    assert "belongs to another course or module" in text(answer)


def test_nobody_comes_into_a_sent_list_and_strangers_fetch_nothing(university: University, enter: Enter) -> None:
    made = module_list(university, exam=university.exams["DV1574"])
    address = reverse("results:fetch", args=[made])
    assert enter("economy_teacher").get(address).status_code == HTTPStatus.FORBIDDEN
    grade(university, made)
    send(university, made)
    assert enter("teacher").get(address).status_code == HTTPStatus.FOUND
