"""Students come from every source, and what is typed is saved cell by cell."""

from __future__ import annotations

from datetime import date, timedelta
from uuid import UUID

import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext
from hypothesis import given
from hypothesis import strategies as st

from testamur.kernel.base.ids import new_id
from testamur.kernel.journal.models import Entry as Act
from testamur.register.people import actions as people
from testamur.register.people.rules import NewPerson
from testamur.schoolday.reporting import actions
from testamur.schoolday.reporting.queries import lists
from testamur.schoolday.reporting.rules.cells import DateAhead, DateSpelling, PointsSpelling, parse_date, parse_points
from testamur.schoolday.reporting.rules.states import Source
from testamur.schoolday.reporting.rules.views import Entry, Incoming, RowView
from tests.schoolday.reporting.test_lists import course_list, module_list, opened, rows
from tests.schoolday.reporting.university import EXAM, University

TODAY = date(2026, 11, 30)


@pytest.mark.feature("B18", "B19")
@pytest.mark.parametrize(
    "typed", ["28/10/2026", "2026-10-8", "20261028", "2026-13-01", "28 oktober", "2026-10-28T10:00", "２０２６-10-28"]
)
def test_a_date_has_one_spelling_and_the_refusal_shows_it(typed: str) -> None:
    with pytest.raises(DateSpelling) as refused:
        parse_date(typed, TODAY)
    assert refused.value.found["accepted"] == "2026-10-28"


@pytest.mark.feature("B19")
def test_nobody_was_examined_tomorrow() -> None:
    assert parse_date(" 2026-11-30 ", TODAY) == TODAY
    assert parse_date("", TODAY) is None
    with pytest.raises(DateAhead):
        parse_date("2026-12-01", TODAY)


@given(st.dates(max_value=TODAY))
def test_every_iso_date_until_today_is_read(on: date) -> None:
    assert parse_date(on.isoformat(), TODAY) == on


@pytest.mark.feature("B32")
@pytest.mark.parametrize(
    ("typed", "kept"), [("", ""), ("12", "12"), ("12,5", "12.5"), ("12.50", "12.5"), ("40,00", "40"), ("0", "0")]
)
def test_points_have_a_comma_or_a_point(typed: str, kept: str) -> None:
    assert parse_points(typed) == kept


@pytest.mark.feature("B32")
@pytest.mark.parametrize("typed", ["-1", "12,5,1", "tolv", "12.345", "1e3", "10000", "½", "١٢"])
def test_other_points_are_refused(typed: str) -> None:
    with pytest.raises(PointsSpelling):
        parse_points(typed)


@pytest.mark.feature("B23", "B31")
def test_sources_combine_and_a_student_stands_there_once(university: University) -> None:
    u, teacher = university, university.actor("teacher")
    made = opened(u, module_list(u))
    p = u.persons
    single = actions.add_student(by=teacher, list=made, person=u.students[0], now=u.now)
    exam = actions.fetch_exam(by=teacher, list=made, exam=u.exams["DV1574"], now=u.now)
    term = actions.fetch_registered(by=teacher, list=made, term="2026 HT", now=u.now)
    lms = actions.add_students(
        by=teacher, list=made, incoming=[Incoming(u.students[1]), Incoming(p["graded"])], source=Source.LMS, now=u.now
    )
    assert (single.added, exam.there, lms.added, lms.there) == (1, 1, 1, 1)
    assert term.there > 0
    told = rows(u, made)
    assert len(told) == single.added + exam.added + term.added + lms.added
    sources = {person: row.source for person, row in told.items()}
    assert sources[u.students[0]] is Source.SINGLE
    assert sources[u.students[1]] is Source.EXAM
    assert sources[p["credited"]] is Source.REGISTERED
    assert sources[p["graded"]] is Source.LMS


def test_who_is_known_elsewhere_or_nowhere_is_told_and_stays_out(university: University) -> None:
    u, teacher = university, university.actor("teacher")
    elsewhere = people.register_persons(
        by=u.by, path="/annan/", persons=[NewPerson(given="Elev", family="Annanstansexempel")], now=u.now
    )[0]
    made, nobody = opened(u, module_list(u)), new_id()
    told = actions.add_students(
        by=teacher, list=made, incoming=[Incoming(elsewhere), Incoming(nobody)], source=Source.LMS, now=u.now
    )
    assert told.unknown == (str(elsewhere), str(nobody))
    assert rows(u, made) == {}


def test_fetched_grades_fill_empty_cells_and_leave_others_alone(university: University) -> None:
    u, teacher = university, university.actor("teacher")
    made = opened(u, module_list(u, exam=u.exams["DV1574"]))
    a, b, c, d = u.students[:4]
    before = rows(u, made)
    actions.save_rows(by=teacher, list=made, entries=[Entry(before[a].id, value="B")], revision=1, now=u.now)
    told = actions.add_students(
        by=teacher,
        list=made,
        incoming=[
            Incoming(a, value="C", points="10"),
            Incoming(b, value="fx", examined_on=date(2026, 10, 1), points="31,5"),
            Incoming(c, value="78 %"),
            Incoming(d),
        ],
        source=Source.LMS,
        now=u.now,
    )
    assert (told.filled, told.kept, told.there, told.notes) == (1, 1, 4, ("off_scale:78 %",))
    after = rows(u, made)
    assert (after[a].value, after[a].points) == ("B", "")
    assert (after[b].value, after[b].examined_on, after[b].points) == ("Fx", EXAM, "31.5")
    assert after[c].value == ""


@pytest.mark.feature("B18", "B32")
def test_one_bad_cell_keeps_no_other_from_being_saved(university: University) -> None:
    u, teacher = university, university.actor("teacher")
    made = opened(u, module_list(u, exam=u.exams["DV1574"]))
    told = rows(u, made)
    a, b, c = (told[one] for one in u.students[:3])
    saved = actions.save_rows(
        by=teacher,
        list=made,
        entries=[
            Entry(a.id, value="b", examined_on="2026-10-27", points="41,5"),
            Entry(b.id, value="VG", examined_on="27/10 2026", points="40"),
            Entry(c.id, value="A", examined_on="2026-12-24"),
            Entry(new_id(), value="A"),
        ],
        revision=1,
        now=u.now,
    )
    assert (saved.changed, saved.left) == (3, 0)
    faults = {(one.row, one.field): one for one in saved.faulty}
    assert set(faults) >= {(b.id, "value"), (b.id, "examined_on"), (c.id, "examined_on")}
    assert "Fx" in faults[b.id, "value"].accepted
    assert faults[b.id, "examined_on"].accepted == ("2026-10-28",)
    assert faults[c.id, "examined_on"].code == "reporting.row.date_ahead"
    assert {one.code for one in saved.faulty if one.field == "row"} == {"reporting.row.gone"}
    after = rows(u, made)
    assert (after[u.students[0]].value, after[u.students[0]].examined_on) == ("B", date(2026, 10, 27))
    assert after[u.students[0]].points == "41.5"
    assert (after[u.students[1]].value, after[u.students[1]].examined_on) == ("", EXAM)
    assert after[u.students[1]].points == "40"
    assert after[u.students[2]].value == "A"


def test_a_colleague_who_was_faster_is_not_written_over(university: University) -> None:
    u, teacher, colleague = university, university.actor("teacher"), university.actor("colleague")
    made = opened(u, module_list(u, exam=u.exams["DV1574"]))
    a, b, c = (rows(u, made)[one] for one in u.students[:3])
    seen = lists.head(by=teacher, list=made).revision
    actions.save_rows(
        by=colleague, list=made, entries=[Entry(a.id, value="D"), Entry(c.id, value="E")], revision=seen, now=u.now
    )
    saved = actions.save_rows(
        by=teacher,
        list=made,
        entries=[Entry(a.id, value="A"), Entry(b.id, value="B"), Entry(c.id, value="E")],
        revision=seen,
        now=u.now,
    )
    (fault,) = saved.faulty
    assert (fault.row, fault.field, fault.code) == (a.id, "value", "reporting.row.changed")
    assert (fault.by, fault.stands) == (colleague.id, ("D", EXAM.isoformat(), ""))
    assert saved.changed == 1
    after = rows(u, made)
    assert [after[one].value for one in u.students[:3]] == ["D", "B", "E"]
    again = actions.save_rows(
        by=teacher, list=made, entries=[Entry(a.id, value="A")], revision=saved.revision, now=u.now
    )
    assert again.faulty == ()
    once_more = actions.save_rows(by=teacher, list=made, entries=[Entry(a.id, value="B")], revision=seen, now=u.now)
    assert once_more.faulty == ()


@pytest.mark.feature("B40")
def test_marked_students_leave_at_the_next_save(university: University) -> None:
    u, examiner = university, university.actor("examiner")
    made = opened(u, course_list(u), "examiner")
    told = rows(u, made, "examiner")
    gone = told[u.persons["ready_too"]]
    saved = actions.save_rows(by=examiner, list=made, entries=[Entry(gone.id, leaves=True)], revision=1, now=u.now)
    assert (saved.changed, saved.left) == (0, 1)
    assert set(rows(u, made, "examiner")) == set(told) - {u.persons["ready_too"]}
    act = Act.objects.filter(kind="reporting.list.saved/1").get()
    assert act.refs["left"] == [[str(gone.id), str(gone.person)]]


@pytest.mark.feature("B26")
def test_the_journal_alone_tells_every_entry(university: University) -> None:
    u, teacher = university, university.actor("teacher")
    made = opened(u, module_list(u, exam=u.exams["DV1574"]))
    a = rows(u, made)[u.students[0]]
    actions.save_rows(by=teacher, list=made, entries=[Entry(a.id, value="C", points="30")], revision=1, now=u.now)
    actions.save_rows(by=teacher, list=made, entries=[Entry(a.id, value="")], revision=2, now=u.now)
    nothing = actions.save_rows(by=teacher, list=made, entries=[Entry(a.id, value="")], revision=3, now=u.now)
    assert nothing.changed == 0
    acts = lists.history(by=teacher, list=made)
    assert [act.kind for act in acts] == ["reporting.list.opened/1", *["reporting.list.saved/1"] * 2]
    assert [str(a.id), str(u.students[0])] in acts[0].refs["rows"]
    assert acts[1].refs["cells"] == [[str(a.id), "C", EXAM.isoformat(), "30"]]
    assert acts[2].refs["cells"] == [[str(a.id), "", EXAM.isoformat(), "30"]]


def many(u: University, count: int) -> tuple[UUID, tuple[RowView, ...]]:
    """A draft of `count` students and its rows."""
    new = [NewPerson(given="Student", family=f"Mängdexempel {n:03}") for n in range(count)]
    ids = people.register_persons(by=u.by, path=u.path, persons=new, now=u.now)
    made = opened(u, module_list(u))
    teacher = u.actor("teacher")
    actions.add_students(by=teacher, list=made, incoming=[Incoming(one) for one in ids], source=Source.LMS, now=u.now)
    return made, lists.view(by=teacher, list=made, now=u.now).rows


def test_the_number_of_queries_does_not_grow_with_the_list(university: University) -> None:
    u, teacher = university, university.actor("teacher")
    counted = {}
    for count in (10, 400):
        made, told = many(u, count)
        days = [date(2026, 10, 1) + timedelta(days=n % 28) for n in range(count)]
        entries = [
            Entry(row.id, value="C", examined_on=on.isoformat(), points=str(n))
            for n, (row, on) in enumerate(zip(told, days, strict=True))
        ]
        with CaptureQueriesContext(connection) as saving:
            saved = actions.save_rows(by=teacher, list=made, entries=entries, revision=1, now=u.now)
        assert (saved.changed, saved.faulty) == (count, ())
        with CaptureQueriesContext(connection) as viewing:
            view = lists.view(by=teacher, list=made, now=u.now)
        assert view.head.graded == count
        counted[count] = (len(saving), len(viewing))
    assert counted[10] == counted[400]
    assert counted[400][0] <= 8
    assert counted[400][1] <= 16
