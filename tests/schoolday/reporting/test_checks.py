"""Checks name the true cause, and stop what may not be sent."""

from __future__ import annotations

from dataclasses import replace
from datetime import date

import pytest
from hypothesis import given
from hypothesis import strategies as st

from testamur.kernel.base.ids import new_id
from testamur.law.results import FinalGrade
from testamur.register.studies.rules import Ended, RegistrationView
from testamur.schoolday.reporting import actions
from testamur.schoolday.reporting.models import ProcessRule
from testamur.schoolday.reporting.queries import checks, lists
from testamur.schoolday.reporting.rules.checks import (
    UNREGISTERED,
    ListFacts,
    RowFacts,
    find,
    stopping,
    unregistered,
)
from testamur.schoolday.reporting.rules.states import ListKind, Source
from testamur.schoolday.reporting.rules.views import Entry, Incoming, Severity
from tests.schoolday.reporting.test_lists import course_list, module_list, opened, rows
from tests.schoolday.reporting.university import EXAM, LAB, RETAKEN, University

TODAY = date(2026, 11, 30)
BEGAN = date(2026, 8, 31)
PERSON, OCCASION, COURSE, ROW = (new_id() for _ in range(4))
REGISTERED = RegistrationView(PERSON, OCCASION, COURSE, BEGAN, None, Ended.NOT)


def facts(*some: RowFacts, **more: object) -> ListFacts:
    """A module list without a fault, but for what is told."""
    plain = ListFacts(
        kind=ListKind.MODULE, module=None, degree_project=False, title="", title_en="", anonymous=False,
        discontinued_on=None, today=TODAY, rows=some, starts={OCCASION: BEGAN},
    )  # fmt: skip
    return replace(plain, **more)  # type: ignore[arg-type]


def a_row(**more: object) -> RowFacts:
    """A student with a grade and a date, registered in time."""
    return replace(RowFacts(ROW, "G", EXAM, (REGISTERED,)), **more)  # type: ignore[arg-type]


def codes(told: ListFacts) -> dict[str, Severity]:
    return {check.code: check.severity for check in find(told)}


def test_a_list_without_a_fault_has_no_remark() -> None:
    assert find(facts(a_row())) == ()


@pytest.mark.feature("B20")
@pytest.mark.parametrize("registrations", [(), (REGISTERED,), (replace(REGISTERED, registered_on=TODAY),)])
def test_a_grade_without_a_date_asks_for_the_date_and_says_nothing_of_registration(
    registrations: tuple[RegistrationView, ...],
) -> None:
    told = codes(facts(a_row(examined_on=None, registrations=registrations)))
    assert told == {"date_missing": Severity.STOP}


@given(
    st.sampled_from(["", "G"]),
    st.one_of(st.none(), st.dates(date(2026, 1, 1), date(2027, 1, 31))),
    st.lists(
        st.builds(
            RegistrationView,
            st.just(PERSON),
            st.just(OCCASION),
            st.just(COURSE),
            st.dates(date(2026, 1, 1), date(2027, 1, 31)),
            st.none(),
            st.sampled_from([Ended.NOT, Ended.WITHDRAWN]),
        ),
        max_size=3,
    ),
)
def test_a_missing_date_never_reads_as_a_missing_registration(
    value: str, on: date | None, registrations: list[RegistrationView]
) -> None:
    told = codes(facts(a_row(value=value, examined_on=on, registrations=tuple(registrations))))
    assert not (UNREGISTERED & set(told) and "date_missing" in told)
    assert ("date_missing" in told) == (bool(value) and on is None)
    if not value:
        assert Severity.STOP not in {s for c, s in told.items() if c != "empty_list"}


@pytest.mark.feature("B20")
@pytest.mark.parametrize(
    ("registration", "code", "since"),
    [
        (None, "not_registered", None),
        (replace(REGISTERED, ended=Ended.WITHDRAWN, ended_on=date(2026, 9, 10)), "not_registered", None),
        (replace(REGISTERED, registered_on=date(2026, 11, 10)), "registered_later", "2026-11-10"),
        (replace(REGISTERED, ended=Ended.INTERRUPTED, ended_on=date(2026, 10, 1)), "interrupted", "2026-10-01"),
    ],
)
def test_registration_is_checked_at_the_day_of_examination(
    registration: RegistrationView | None, code: str, since: str | None
) -> None:
    (found,) = find(facts(a_row(registrations=(registration,) if registration else ())))
    assert (found.code, found.severity, found.row) == (code, Severity.STOP, ROW)
    assert dict(found.found).get("date") == EXAM.isoformat()
    assert dict(found.found).get("from") == since


def test_who_interrupted_after_the_exam_keeps_the_grade() -> None:
    assert find(facts(a_row(registrations=(replace(REGISTERED, ended=Ended.INTERRUPTED, ended_on=TODAY),)))) == ()


def test_what_would_stop_a_grade_is_a_warning_where_there_is_none() -> None:
    told = codes(facts(a_row(), a_row(value="", registrations=())))
    assert told == {"value_missing": Severity.WARN, "not_registered": Severity.WARN}
    told = codes(facts(a_row(), a_row(value="", examined_on=None, registrations=())))
    assert told == {"value_missing": Severity.WARN, "not_registered": Severity.WARN}


@pytest.mark.parametrize(("on", "code"), [(date(2026, 12, 1), "date_ahead"), (date(2026, 8, 30), "registered_later")])
def test_days_that_cannot_be_stop(on: date, code: str) -> None:
    assert codes(facts(a_row(examined_on=on))) == {code: Severity.STOP}


def test_nobody_was_examined_before_the_course_began() -> None:
    early = replace(REGISTERED, registered_on=date(2026, 8, 17))
    told = codes(facts(a_row(examined_on=date(2026, 8, 20), registrations=(early,))))
    assert told == {"date_before_course": Severity.STOP}


@pytest.mark.feature("B6")
def test_a_course_that_is_no_longer_given_is_a_warning() -> None:
    assert codes(facts(a_row(), discontinued_on=date(2026, 7, 1))) == {"course_discontinued": Severity.WARN}
    assert codes(facts(a_row(), discontinued_on=date(2027, 7, 1))) == {}


@pytest.mark.feature("B5")
def test_a_degree_project_is_not_sent_without_both_titles() -> None:
    told = codes(facts(a_row(), degree_project=True))
    assert told == {"title_missing": Severity.STOP, "title_en_missing": Severity.STOP}
    assert codes(facts(a_row(), degree_project=True, title="Ett", title_en="One")) == {}


def test_lists_without_grades_without_names_or_without_an_examiner_are_stopped() -> None:
    assert codes(facts())["empty_list"] is Severity.STOP
    assert codes(facts(a_row(), anonymous=True)) == {"still_anonymous": Severity.STOP}
    assert codes(facts(a_row(), examiners=0)) == {"not_examiner": Severity.STOP}


@pytest.mark.feature("B38")
def test_a_final_grade_needs_all_modules_and_another_than_the_rules_is_pointed_out() -> None:
    missing = FinalGrade(ready=False, value="", examined_on=None, reason="modules_missing", missing=("1405", "1415"))
    (found,) = find(facts(a_row(final=missing), kind=ListKind.COURSE))
    assert (found.code, found.severity) == ("modules_missing", Severity.STOP)
    assert dict(found.found)["modules"] == "1405, 1415"
    other = FinalGrade(ready=True, value="VG", examined_on=EXAM, reason="deciding_module")
    (found,) = find(facts(a_row(final=other), kind=ListKind.COURSE))
    assert (found.code, found.severity, dict(found.found)["value"]) == ("final_differs", Severity.WARN, "VG")


def test_the_invented_university_has_every_kind_of_unregistered_student(university: University) -> None:
    u, teacher, p = university, university.actor("teacher"), university.persons
    made = opened(u, module_list(u, exam=u.exams["DV1574"]))
    told = rows(u, made)
    entries = [Entry(row.id, value="C") for row in told.values()]
    actions.save_rows(by=teacher, list=made, entries=entries, revision=1, now=u.now)
    found = checks.of(by=teacher, list=made, now=u.now)
    by_person = {person: {c.code for c in found if c.row == row.id} for person, row in told.items()}
    wrong = {person: some for person, some in by_person.items() if some}
    assert wrong == {
        p["unregistered"]: {"not_registered"},
        p["unregistered_too"]: {"not_registered"},
        p["late"]: {"registered_later"},
        p["interrupted"]: {"interrupted"},
    }
    assert set(unregistered(found)) == {told[p].id for p in wrong}
    assert {c.code for c in stopping(found)} == UNREGISTERED


def test_who_has_a_passed_grade_or_a_credit_is_not_graded_again(university: University) -> None:
    u, teacher, p = university, university.actor("teacher"), university.persons
    for module, day in (("1415", LAB), ("1405", EXAM)):
        made = opened(u, module_list(u, module=module))
        some = [Incoming(p[name], "G" if module == "1415" else "C", day) for name in
                ("graded", "credited", "course_credited")]  # fmt: skip
        actions.add_students(by=teacher, list=made, incoming=some, source=Source.LMS, now=u.now)
        told = {row.id: person for person, row in rows(u, made).items()}
        found = {(told[c.row], c.code) for c in checks.of(by=teacher, list=made, now=u.now) if c.row}
        expected = {(p["graded"], "already_graded"), (p["course_credited"], "course_credited")}
        expected.add((p["credited"], "credited" if module == "1415" else "already_graded"))
        assert expected <= found
        codes_of = {code for person, code in found if person == p["credited"]}
        assert ("credited" in codes_of) == (module == "1415")  # a credit of one module says nothing of another


def test_who_failed_is_tried_again_on_another_day_alone(university: University) -> None:
    u, teacher, p = university, university.actor("teacher"), university.persons
    made = opened(u, course_list(u), "examiner")
    assert p["graded"] in rows(u, made, "examiner")  # a failed course grade would not stand in the way either
    again = opened(u, module_list(u))
    actions.add_students(
        by=teacher, list=again, incoming=[Incoming(p["graded"], "A", RETAKEN)], source=Source.LMS, now=u.now
    )
    (found,) = (c for c in checks.of(by=teacher, list=again, now=u.now) if c.code == "already_graded")
    assert dict(found.found) == {"value": "C", "date": RETAKEN.isoformat()}


@pytest.mark.feature("B6")
def test_results_of_a_discontinued_course_are_reported_with_a_warning(university: University) -> None:
    u, teacher = university, university.actor("teacher")
    made = opened(u, module_list(u, "DV9999", "9001"))
    actions.add_students(
        by=teacher,
        list=made,
        incoming=[Incoming(u.students[0], "G", date(2026, 1, 16))],
        source=Source.LMS,
        now=u.now,
    )
    view = lists.view(by=teacher, list=made, now=u.now)
    assert [(c.code, c.severity) for c in view.checks] == [("course_discontinued", Severity.WARN)]
    assert view.may_be_sent


@pytest.mark.feature("B24")
def test_the_way_of_paper_is_told_for_the_days_that_go_it(university: University) -> None:
    u, teacher = university, university.actor("teacher")
    for way, since in (("paper", date(2000, 1, 1)), ("electronic", date(2026, 10, 1))):
        ProcessRule.objects.create(
            path=u.path, way=way, grade_from=since, decided_by=new_id(), made_at=u.now, in_force_at=u.now
        )
    made = opened(u, module_list(u))
    days = [date(2026, 9, 28), date(2026, 9, 30), date(2026, 10, 1), EXAM]
    some = [Incoming(one, "C", day) for one, day in zip(u.students, days, strict=False)]
    actions.add_students(by=teacher, list=made, incoming=some, source=Source.LMS, now=u.now)
    (found,) = (c for c in checks.of(by=teacher, list=made, now=u.now) if c.code == "paper_way")
    assert (found.severity, dict(found.found)) == (Severity.WARN, {"date": "2026-09-28"})
