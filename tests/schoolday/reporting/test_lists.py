"""Lists are opened, found by number, and arrive with the right students."""

from __future__ import annotations

from dataclasses import replace
from datetime import date, datetime
from uuid import UUID

import pytest

from testamur.kernel.base.ids import new_id
from testamur.kernel.base.refused import NotAllowed, NotFound
from testamur.register.people import queries as people
from testamur.register.studies import actions as studies
from testamur.schoolday.reporting import actions
from testamur.schoolday.reporting.queries import lists
from testamur.schoolday.reporting.rules.lists import (
    Anonymous,
    CorrectionsAlone,
    GraderInvalid,
    ListFrozen,
    NotGraded,
    TitleInvalid,
    WrongExam,
)
from testamur.schoolday.reporting.rules.order import collated, key
from testamur.schoolday.reporting.rules.states import ListKind, ListState, Source
from testamur.schoolday.reporting.rules.views import Entry, NewList, RowView
from testamur.schoolday.results import queries as results
from tests.schoolday.reporting.university import EXAM, MATHS_EXAM, RETAKEN, University


def module_list(u: University, course: str = "DV1574", module: str = "1405", **more: UUID | str) -> NewList:
    """A list of one module at the department that gives the course."""
    unit = u.units["ekonomi" if course == "IY1430" else "data"]
    return NewList(unit, u.course(course), u.module(course, module), **more)  # type: ignore[arg-type]


def course_list(u: University, course: str = "DV1574", occasion: UUID | None = None) -> NewList:
    """A list of the final grades of a course."""
    unit = u.units["ekonomi" if course == "IY1430" else "data"]
    return NewList(unit, u.course(course), occasion=occasion)


def opened(u: University, new: NewList, who: str = "teacher") -> UUID:
    return actions.open_list(by=u.actor(who), new=new, now=u.now)


def rows(u: University, result_list: UUID, who: str = "teacher") -> dict[UUID, RowView]:
    """The rows of a list by person."""
    return {row.person: row for row in lists.view(by=u.actor(who), list=result_list, now=u.now).rows}


@pytest.mark.feature("B30")
def test_every_list_has_its_own_number_that_opens_it_for_colleagues_too(university: University) -> None:
    teacher, colleague = university.actor("teacher"), university.actor("colleague")
    first, second = (opened(university, module_list(university)) for _ in range(2))
    numbers = [lists.head(by=teacher, list=one).number for one in (first, second)]
    assert len(set(numbers)) == 2
    assert lists.by_number(by=colleague, number=numbers[1]).id == second
    with pytest.raises(NotFound):
        lists.by_number(by=colleague, number=max(numbers) + 1)
    with pytest.raises(NotAllowed):
        lists.by_number(by=university.actor("economy_teacher"), number=numbers[0])


def test_a_student_opens_no_list_and_reads_none(university: University) -> None:
    student = university.actor("author")
    with pytest.raises(NotAllowed):
        actions.open_list(by=student, new=module_list(university), now=university.now)
    made = opened(university, module_list(university))
    with pytest.raises(NotAllowed):
        lists.view(by=student, list=made, now=university.now)


@pytest.mark.feature("B29")
def test_a_module_list_is_graded_on_the_scale_of_its_module(university: University) -> None:
    made = opened(university, module_list(university, module="1415"))
    view = lists.view(by=university.actor("teacher"), list=made, now=university.now)
    assert (view.head.kind, view.head.module_code, view.scale.id) == (ListKind.MODULE, "1415", "UG")
    assert view.rows == ()
    with pytest.raises(NotFound):
        opened(university, replace(module_list(university), module=university.module("MA1441", "2205")))


@pytest.mark.feature("B18")
def test_a_list_from_an_exam_has_its_date_and_a_list_from_elsewhere_has_none(university: University) -> None:
    exam = university.exams["DV1574"]
    made = opened(university, module_list(university, exam=exam))
    told = rows(university, made)
    assert set(university.students) <= set(told)
    assert {row.examined_on for row in told.values()} == {EXAM}
    assert {row.source for row in told.values()} == {Source.EXAM}
    assert {row.value for row in told.values()} == {""}

    other = opened(university, module_list(university))
    actions.fetch_registered(
        by=university.actor("teacher"), list=other, occasion=university.occasions["DV1574"], now=university.now
    )
    assert {row.examined_on for row in rows(university, other).values()} == {None}


def test_who_is_known_to_have_been_away_comes_into_no_list(university: University) -> None:
    u, exam = university, university.exams["DV1574"]
    came, away, unknown = u.students[:3]
    studies.note_attendance(by=u.by, exam=exam, attended={came: True, away: False}, now=u.now)
    told = rows(u, opened(u, module_list(u, exam=exam)))
    assert {came, unknown} <= set(told)
    assert away not in told


def test_an_exam_of_another_module_fills_no_list(university: University) -> None:
    exam = university.exams["DV1574"]
    with pytest.raises(WrongExam):
        opened(university, module_list(university, module="1415", exam=exam))
    made = opened(university, module_list(university, module="1415"))
    with pytest.raises(WrongExam):
        actions.fetch_exam(by=university.actor("teacher"), list=made, exam=exam, now=university.now)
    with pytest.raises(WrongExam):
        opened(university, module_list(university, occasion=university.occasions["MA1441"]))


def test_an_anonymous_list_shows_codes_until_everybody_is_graded_and_names_are_asked_for(
    university: University,
) -> None:
    teacher, now = university.actor("teacher"), university.now
    made = opened(university, module_list(university, "MA1441", "2205", exam=university.exams["MA1441"]))
    view = lists.view(by=teacher, list=made, now=now)
    assert {row.person for row in view.rows} == {UUID(int=0)}
    assert min(row.anonymous_code for row in view.rows) == "MA-101"
    assert {row.examined_on for row in view.rows} == {MATHS_EXAM}
    assert [row.anonymous_code for row in lists.ordered(by=teacher, rows=view.rows)] == [
        f"MA-{n}" for n in range(101, 111)
    ]
    told = str([entry.refs for entry in lists.history(by=teacher, list=made)])
    assert not any(str(student) in told for student in university.students)
    with pytest.raises(Anonymous):
        actions.add_student(by=teacher, list=made, person=university.students[12], now=now)
    with pytest.raises(NotGraded):
        actions.reveal(by=teacher, list=made, now=now)

    actions.save_rows(
        by=teacher, list=made, entries=[Entry(row.id, value="4") for row in view.rows], revision=1, now=now
    )
    actions.reveal(by=teacher, list=made, now=now)
    assert set(rows(university, made)) == set(university.students[:10])


def test_an_anonymous_exam_comes_into_an_empty_list_alone(university: University) -> None:
    teacher, now, exam = university.actor("teacher"), university.now, university.exams["MA1441"]
    made = opened(university, module_list(university, "MA1441", "2205"))
    actions.add_student(by=teacher, list=made, person=university.students[0], now=now)
    with pytest.raises(Anonymous):
        actions.fetch_exam(by=teacher, list=made, exam=exam, now=now)
    empty = opened(university, module_list(university, "MA1441", "2205"))
    assert actions.fetch_exam(by=teacher, list=empty, exam=exam, now=now).added == 10
    assert lists.head(by=teacher, list=empty).anonymous


@pytest.mark.feature("B38", "B39")
def test_a_whole_course_list_arrives_with_everybody_who_can_get_a_final_grade(university: University) -> None:
    p = university.persons
    made = opened(university, course_list(university), "examiner")
    told = rows(university, made, "examiner")
    assert set(told) == {p["ready"], p["ready_too"], p["graded"], p["credited"]}
    ready = told[p["ready"]]
    assert [(one.code, one.value, one.examined_on) for one in ready.finished] == [
        ("1405", "B", RETAKEN),
        ("1415", "G", date(2026, 4, 24)),
    ]


@pytest.mark.feature("B17", "B38")
def test_the_deciding_module_fills_in_the_final_grade_and_the_last_day(university: University) -> None:
    p = university.persons
    made = opened(university, course_list(university), "examiner")
    ready, credited = (rows(university, made, "examiner")[p[name]] for name in ("ready", "credited"))
    assert (ready.value, ready.examined_on, ready.automatic, ready.source) == ("B", RETAKEN, True, Source.FINAL)
    assert (credited.value, credited.automatic) == ("B", True)
    changed = actions.save_rows(
        by=university.actor("examiner"), list=made, entries=[Entry(ready.id, value="C")], revision=1,
        now=university.now,
    )  # fmt: skip
    assert changed.changed == 1
    assert not rows(university, made, "examiner")[p["ready"]].automatic


@pytest.mark.feature("B17")
def test_a_student_who_comes_later_gets_the_grade_of_the_rule_too(university: University) -> None:
    u, p = university, university.persons
    made = opened(u, course_list(u, occasion=u.occasions["DV1574"]), "examiner")
    assert p["ready"] not in rows(u, made, "examiner")
    actions.add_student(by=u.actor("examiner"), list=made, person=p["ready"], now=u.now)
    actions.add_student(by=u.actor("examiner"), list=made, person=u.students[0], now=u.now)
    told = rows(u, made, "examiner")
    assert (told[p["ready"]].value, told[p["ready"]].examined_on, told[p["ready"]].automatic) == ("B", RETAKEN, True)
    assert (told[u.students[0]].value, told[u.students[0]].automatic) == ("", False)


def test_a_whole_course_list_of_an_occasion_brings_its_own_students_alone(university: University) -> None:
    p = university.persons
    made = opened(university, course_list(university, occasion=university.occasions["DV1574 VT"]), "examiner")
    assert set(rows(university, made, "examiner")) == {p["ready"], p["ready_too"], p["graded"]}


@pytest.mark.feature("B5")
def test_a_degree_project_has_one_title_in_two_languages_for_all_its_authors(university: University) -> None:
    u, teacher = university, university.actor("teacher")
    made = opened(u, module_list(u, "PA2534", "4001", title="  Ett  arbete "))
    for name in ("author", "coauthor"):
        actions.add_student(by=teacher, list=made, person=u.persons[name], now=u.now)
    head = lists.head(by=teacher, list=made)
    assert (head.degree_project, head.title, head.rows) == (True, "Ett arbete", 2)
    actions.set_title(by=teacher, list=made, title="Ett arbete", title_en="A work", now=u.now)
    assert lists.head(by=teacher, list=made).title_en == "A work"
    with pytest.raises(TitleInvalid):
        actions.set_title(by=teacher, list=made, title="", title_en="A work", now=u.now)
    with pytest.raises(TitleInvalid):
        opened(u, module_list(u, title="No degree project"))


@pytest.mark.feature("B22")
@pytest.mark.parametrize(
    ("first", "second"),
    [
        ("Zetterexempel", "Ångexempel"),
        ("Ångexempel", "Ärexempel"),
        ("Ärexempel", "Öexempel"),
        ("eriksexempel", "Ésexempel"),
    ],
)
def test_swedish_letters_come_after_z_in_their_own_order(first: str, second: str) -> None:
    assert collated(first) < collated(second)


@pytest.mark.feature("B22")
def test_a_list_has_one_order_however_its_students_came(university: University) -> None:
    u, teacher = university, university.actor("teacher")
    made = opened(u, module_list(u))
    for student in (u.students[5], u.students[2]):
        actions.add_student(by=teacher, list=made, person=student, now=u.now)
    actions.fetch_exam(by=teacher, list=made, exam=u.exams["DV1574"], now=u.now)
    views = lists.view(by=teacher, list=made, now=u.now).rows
    ordered = lists.ordered(by=teacher, rows=views)
    names = people.people(by=teacher, ids=[row.person for row in ordered])
    places = [key(names[row.person].family, names[row.person].given, "family") for row in ordered]
    assert places == sorted(places)
    assert ordered == lists.ordered(by=teacher, rows=views[::-1])
    assert names[u.persons["protected"]].masked
    alias = names[u.persons["protected"]].family
    assert places[[row.person for row in ordered].index(u.persons["protected"])][0] == collated(alias)
    given = [names[row.person].given for row in lists.ordered(by=teacher, rows=views, sort="given")]
    assert [collated(name) for name in given] == sorted(collated(name) for name in given)


def test_a_grader_of_another_department_works_in_that_one_list_alone(university: University) -> None:
    u, teacher, guest = university, university.actor("teacher"), university.actor("economy_teacher")
    made, other = (opened(u, module_list(u)) for _ in range(2))
    actions.add_grader(by=teacher, list=made, person=u.persons["economy_teacher"], now=u.now)
    actions.add_student(by=guest, list=made, person=u.students[0], now=u.now)
    assert lists.mine(by=guest, person=guest.id)[0].id == made
    assert lists.view(by=guest, list=made, now=u.now).graders == (guest.id,)
    with pytest.raises(NotAllowed):
        actions.add_student(by=guest, list=other, person=u.students[0], now=u.now)
    with pytest.raises(NotAllowed):
        actions.discard(by=guest, list=made, now=u.now)
    actions.remove_grader(by=teacher, list=made, person=guest.id, now=u.now)
    with pytest.raises(NotAllowed):
        lists.view(by=guest, list=made, now=u.now)
    with pytest.raises(GraderInvalid):
        actions.add_grader(by=teacher, list=made, person=u.students[0], now=u.now)


def test_remarks_stand_in_the_list_and_not_in_the_journal(university: University) -> None:
    u, teacher = university, university.actor("teacher")
    made = opened(u, module_list(u, exam=u.exams["DV1574"]))
    row = lists.view(by=teacher, list=made, now=u.now).rows[0]
    actions.comment(by=teacher, list=made, row=row.id, text=" Se uppgift 3 ", now=u.now)
    told = lists.view(by=u.actor("examiner"), list=made, now=u.now).comments
    assert [(one.row, one.author, one.text) for one in told] == [(row.id, teacher.id, "Se uppgift 3")]
    assert "uppgift" not in str(lists.history(by=teacher, list=made))
    with pytest.raises(NotFound):
        actions.comment(by=teacher, list=made, row=new_id(), text="?", now=u.now)


def test_a_discarded_list_opens_by_its_number_and_takes_no_change(university: University) -> None:
    u, teacher = university, university.actor("teacher")
    made = opened(u, module_list(u))
    actions.discard(by=teacher, list=made, now=u.now)
    number = lists.head(by=teacher, list=made).number
    assert lists.by_number(by=teacher, number=number).state is ListState.DISCARDED
    assert lists.search(by=teacher, path=u.data) == ()
    assert [one.id for one in lists.search(by=teacher, path=u.data, states=[ListState.DISCARDED])] == [made]
    with pytest.raises(ListFrozen):
        actions.add_student(by=teacher, list=made, person=u.students[0], now=u.now)


def test_lists_are_found_by_course_and_by_who_opened_them(university: University, now: datetime) -> None:
    u, teacher = university, university.actor("teacher")
    made = opened(u, module_list(u))
    opened(u, module_list(u, "MA1441", "2205"), "colleague")
    assert [one.id for one in lists.search(by=teacher, path=u.data, course="dv15")] == [made]
    assert [one.id for one in lists.mine(by=teacher, person=teacher.id)] == [made]
    assert lists.mine(by=u.actor("economy_teacher"), person=teacher.id) == ()
    with pytest.raises(NotAllowed):
        lists.search(by=u.actor("economy_teacher"), path=u.data)


def test_a_list_of_corrections_shows_what_stood_and_takes_nobody_else(university: University) -> None:
    u, examiner = university, university.actor("examiner")
    lab = results.results_of(path=u.path, codes=["DV1574/1415"], pupils=[u.students[0]])[u.students[0]][0]
    made = actions.open_correction(
        by=u.by, decision=lab.id, reason="rectification", value="U", explanation="Skrivfel.", heard=["pupil"],
        grounds=["slip"], now=u.now,
    )  # fmt: skip
    (row,) = lists.view(by=examiner, list=made, now=u.now).rows
    assert (row.before, row.value, row.corrects) == ("G", "U", lab.id)
    with pytest.raises(CorrectionsAlone):
        actions.add_student(by=examiner, list=made, person=u.students[1], now=u.now)
