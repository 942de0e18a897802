"""Marks: each entry alone, corrections as a chain, nobody written over, columns and what they propose."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import date, timedelta
from decimal import Decimal
from typing import Any
from uuid import UUID

import pytest
from django.db import IntegrityError, connection, transaction
from django.test.utils import CaptureQueriesContext

from testamur.kernel.base.actor import operator
from testamur.kernel.base.ids import new_id
from testamur.kernel.base.refused import NotAllowed
from testamur.kernel.journal.models import Entry as Journal
from testamur.register.people.actions import register_persons
from testamur.register.people.rules import NewPerson
from testamur.register.schools import actions as schools
from testamur.register.schools import queries as school_queries
from testamur.register.schools.rules import NewEnrolment, NewPost, Role
from testamur.schoolday.diary.actions import add_task, change_task, ensure_closing, enter_marks, retire_task, show_task
from testamur.schoolday.diary.models import Mark, Task
from testamur.schoolday.diary.queries import marks as queries
from testamur.schoolday.diary.rules.marks import Entry, Grid, KindUnknown, State, TaskDayOutside, TaskRetired, WhyNeeded
from testamur.schoolday.diary.rules.rooms import NotYourSubject
from tests.schoolday.diary.school import NOW, TODAY, School, build

pytestmark = pytest.mark.django_db


def add(school: School, **further: Any) -> UUID:
    """A column for current marks."""
    values: dict[str, Any] = {"kind": "current", "on": TODAY, "subject": school.subjects[0], "now": NOW, **further}
    return add_task(by=school.actor("teacher"), group=school.group, **values)


def enter(school: School, task: UUID, *entries: Entry, who: str = "teacher") -> list[State]:
    """What became of each."""
    return [one.state for one in enter_marks(by=school.actor(who), task=task, entries=entries, now=NOW)]


def grid(school: School, who: str = "teacher", **further: Any) -> Grid:
    """As somebody sees it."""
    return queries.grid(by=school.actor(who), group=school.group, subject=school.subjects[0], on=TODAY, **further)


def values(school: School, task: UUID) -> list[str]:
    """What stands for the pupils, in order."""
    cells = queries.standing_cells([task])
    return [cells[p][task].value if task in cells.get(p, {}) else "" for p in school.pupils]


def kinds() -> list[str]:
    """What the journal says of the diary."""
    return list(Journal.objects.filter(kind__startswith="diary.").order_by("id").values_list("kind", flat=True))


@pytest.mark.feature("E6")
def test_a_column_of_marks_is_one_call_and_one_entry_of_the_journal(bulgarian: School) -> None:
    task = add(bulgarian)
    typed = ["6", "отличен 6", "мн. добър 5", "3", ""]
    entries = [Entry(p, v) for p, v in zip(bulgarian.pupils, typed, strict=True)]
    assert enter(bulgarian, task, *entries) == [State.STORED] * 4 + [State.UNCHANGED]
    assert values(bulgarian, task) == ["6", "6", "5", "3", ""]
    last = Journal.objects.latest("id")
    assert last.kind == "diary.marks.entered/1"
    assert last.path == bulgarian.group_path
    marks = {str(m.id): str(m.pupil_id) for m in Mark.objects.all()}
    assert dict(zip(last.refs["marks"], last.refs["pupils"], strict=True)) == marks
    assert (last.refs["shown"], last.refs["subject"], last.refs["task"]) == (True, "MAT", str(task))
    assert kinds() == ["diary.task.added/1", "diary.marks.entered/1"]


@pytest.mark.feature("E6")
def test_an_entry_off_the_scale_says_what_is_taken_and_spares_the_others(bulgarian: School) -> None:
    task, pupils = add(bulgarian), bulgarian.pupils
    entries = [
        Entry(pupils[0], "abc"),
        Entry(pupils[1], "5"),
        Entry(new_id(), "5"),
        Entry(pupils[1], "4"),
        Entry(pupils[3], "5", "x" * 401),
    ]
    found = enter_marks(by=bulgarian.actor("teacher"), task=task, now=NOW, entries=entries)
    assert [one.code for one in found] == [
        "bg.school.mark.off_scale", "", "diary.mark.not_in_group", "diary.mark.not_in_group", "diary.mark.comment",
    ]  # fmt: skip
    assert set(found[0].accepted) == {"2", "3", "4", "5", "6"}
    assert values(bulgarian, task) == ["", "5", "", "", ""]


@pytest.mark.feature("E6")
def test_a_correction_is_a_new_row_that_names_the_old_one_and_undo_is_another(bulgarian: School) -> None:
    task, pupil, by = add(bulgarian), bulgarian.pupils[0], bulgarian.actor("teacher")

    def write(value: str, seen: UUID | None) -> UUID:
        found = enter_marks(by=by, task=task, entries=[Entry(pupil, value, seen=seen)], now=NOW)[0]
        assert found.state is State.STORED
        assert found.mark is not None
        return found.mark

    first = write("4", None)
    second = write("5", first)
    third = write("", second)
    fourth = write("4", third)
    chain = queries.cell_history(by=by, task=task, pupil=pupil, on=TODAY)
    assert [(one.id, one.value) for one in chain] == [(fourth, "4"), (third, ""), (second, "5"), (first, "4")]
    assert next(r for r in grid(bulgarian).rows if r.pupil.id == pupil).cells[task].changed
    with pytest.raises(IntegrityError), transaction.atomic():  # one mark is replaced once, whoever asks
        Mark.objects.create(
            task_id=task, pupil_id=pupil, value="6", made_by=by.id, made_at=NOW, replaces_id=first
        )  # fmt: skip


@pytest.mark.feature("E6")
def test_nobody_writes_over_what_was_not_seen(bulgarian: School) -> None:
    task, pupil = add(bulgarian), bulgarian.pupils[0]
    assert enter(bulgarian, task, Entry(pupil, "4")) == [State.STORED]
    later = NOW + timedelta(minutes=1)
    (found,) = enter_marks(by=bulgarian.actor("principal"), task=task, entries=[Entry(pupil, "6")], now=later)
    assert found.state is State.CONFLICT
    assert (found.value, found.by, found.at) == ("4", bulgarian.persons["teacher"], NOW)
    assert values(bulgarian, task)[0] == "4"
    assert kinds().count("diary.marks.entered/1") == 1
    assert enter(bulgarian, task, Entry(pupil, "4")) == [State.UNCHANGED]  # both meant the same
    assert enter(bulgarian, task, Entry(pupil, "6", seen=found.mark), who="principal") == [State.STORED]
    assert enter(bulgarian, task, Entry(pupil, "5", seen=found.mark)) == [State.CONFLICT]


@pytest.mark.feature("E6")
def test_the_database_decides_who_was_first_in_the_same_moment(
    bulgarian: School, monkeypatch: pytest.MonkeyPatch
) -> None:
    task, look = add(bulgarian), queries.standing_cells
    colleague: list[Sequence[State]] = []

    def look_too_early(tasks: Sequence[UUID], *, pupils: Sequence[UUID]) -> object:
        seen = look(tasks, pupils=pupils)
        if not colleague:
            colleague.append([])
            colleague[0] = enter(bulgarian, task, Entry(bulgarian.pupils[0], "2"), who="principal")
        return seen

    monkeypatch.setattr("testamur.schoolday.diary.actions.marks.standing_cells", look_too_early)
    entries = [Entry(bulgarian.pupils[0], "6"), Entry(bulgarian.pupils[1], "6")]
    assert enter(bulgarian, task, *entries) == [State.CONFLICT, State.STORED]
    assert colleague == [[State.STORED]]
    assert values(bulgarian, task)[:2] == ["2", "6"]


def test_who_does_not_teach_the_subject_may_not_write_and_may_not_look(bulgarian: School) -> None:
    task, one = add(bulgarian), Entry(bulgarian.pupils[0], "6")
    other = NewPost(
        bulgarian.persons["stranger"], bulgarian.school, Role.TEACHER, TODAY, group=bulgarian.group, subject="BEL"
    )
    schools.add_posts(by=operator(), posts=[other], now=NOW)
    with pytest.raises(NotYourSubject):
        enter(bulgarian, task, one, who="stranger")
    with pytest.raises(NotYourSubject):
        grid(bulgarian, "stranger")
    for who in ("administrator", "guardian"):
        with pytest.raises(NotAllowed):
            enter(bulgarian, task, one, who=who)
    assert not grid(bulgarian, "administrator").writable
    with pytest.raises(NotAllowed):
        grid(bulgarian, "guardian")
    with pytest.raises(NotAllowed):
        queries.family_marks(by=bulgarian.actor("guardian"), pupil=bulgarian.pupils[3], path=bulgarian.path)
    assert not Mark.objects.exists()


@pytest.mark.feature("E6", "E28")
def test_the_grid_has_averages_and_proposals_by_the_rules_of_the_place(bulgarian: School) -> None:
    early, test = add(bulgarian, on=date(2025, 11, 3)), add(bulgarian, kind="test", title="Тест", weight=Decimal(2))
    current, pupil, by = add(bulgarian), bulgarian.pupils[0], bulgarian.actor("teacher")
    enter(bulgarian, early, Entry(pupil, "2"))
    enter(bulgarian, test, *(Entry(p, "6") for p in bulgarian.pupils))
    enter(bulgarian, current, Entry(pupil, "4"))
    closing: dict[str, Any] = {"group": bulgarian.group, "subject": "MAT", "term": bulgarian.terms[1], "kind": "term"}
    term = ensure_closing(by=by, now=NOW, **closing)
    assert term == ensure_closing(by=by, now=NOW, **closing)
    seen = grid(bulgarian)
    row = next(r for r in seen.rows if r.pupil.id == pupil)
    assert {c.task.id for c in seen.columns[:2]} == {test, current}
    assert seen.columns[2].task.id == term
    assert (row.average, row.word) == (Decimal("5.33"), "много добър")
    assert row.proposals[term].value == "5"
    assert term not in row.cells  # proposed, never set
    assert next(r for r in grid(bulgarian, year=True).rows if r.pupil.id == pupil).average == Decimal("4.50")
    masked = next(r for r in seen.rows if r.pupil.id == bulgarian.pupils[2])
    assert masked.pupil.masked
    assert "Ученик" not in masked.pupil.name
    assert seen.latest == NOW


def test_where_the_law_knows_no_average_there_is_none(swedish: School) -> None:
    task = add(swedish)
    enter(swedish, task, Entry(swedish.pupils[0], "a"))
    row = next(r for r in grid(swedish).rows if r.pupil.id == swedish.pupils[0])
    assert (row.cells[task].value, row.average, row.word, dict(row.proposals)) == ("A", None, "", {})


@pytest.mark.feature("E6")
def test_hidden_marks_reach_families_at_once_when_the_column_is_shown(bulgarian: School) -> None:
    task, family, by = add(bulgarian, hidden=True), bulgarian.actor("guardian"), bulgarian.actor("teacher")
    mine: dict[str, Any] = {"by": family, "pupil": bulgarian.pupils[0], "path": bulgarian.path}
    enter(bulgarian, task, *(Entry(p, "5") for p in bulgarian.pupils[:2]))
    assert Journal.objects.latest("id").refs["shown"] is False
    assert queries.family_marks(**mine) == ()
    assert show_task(by=by, task=task, now=NOW) == 2
    last = Journal.objects.latest("id")
    assert (last.kind, set(last.refs["pupils"])) == ("diary.task.shown/1", {str(p) for p in bulgarian.pupils[:2]})
    assert [m.value for m in queries.family_marks(**mine)] == ["5"]
    assert show_task(by=by, task=task, now=NOW) == 0
    change_task(by=by, task=task, hide=True, title="  Устно  изпитване ", now=NOW)
    assert queries.family_marks(**mine) == ()
    assert Task.objects.get().title == "Устно изпитване"


def test_a_column_with_marks_is_taken_out_with_a_reason_and_its_marks_are_taken_back(bulgarian: School) -> None:
    task, by = add(bulgarian), bulgarian.actor("teacher")
    enter(bulgarian, task, Entry(bulgarian.pupils[0], "5"))
    with pytest.raises(WhyNeeded):
        retire_task(by=by, task=task, now=NOW)
    retire_task(by=by, task=task, why="Класът не е държал този тест.", now=NOW)
    assert queries.standing_marks(groups=[bulgarian.group]) == ()
    history = queries.cell_history(by=by, task=task, pupil=bulgarian.pupils[0], on=TODAY)
    assert [one.value for one in history] == ["", "5"]
    assert history[0].comment.startswith("Класът")
    assert grid(bulgarian).columns == ()
    with pytest.raises(TaskRetired):
        enter(bulgarian, task, Entry(bulgarian.pupils[0], "5"))
    assert kinds()[-1] == "diary.task.retired/1"


def test_columns_stand_in_the_year_and_are_of_a_kind_of_the_rules(bulgarian: School) -> None:
    with pytest.raises(TaskDayOutside):
        add(bulgarian, on=date(2026, 8, 1))
    for kind in ("term", "homework"):
        with pytest.raises(KindUnknown):
            add(bulgarian, kind=kind)


def test_who_came_late_and_who_left_can_be_marked(bulgarian: School) -> None:
    by, gone = operator(), bulgarian.pupils[1]
    (late,) = register_persons(by=by, path=bulgarian.path, persons=[NewPerson(given="Явор", family="Нов")], now=NOW)
    new = NewEnrolment(late, bulgarian.school, TODAY, group=bulgarian.group, year_level=8)
    schools.add_enrolments(by=by, enrolments=[new], now=NOW)
    stay = next(m for m in school_queries.members(group=bulgarian.group, on=TODAY) if m.person == gone)
    task = add(bulgarian, on=date(2026, 3, 2))
    schools.end_enrolments(by=by, ends={stay.id: date(2026, 3, 4)}, now=NOW)
    assert enter(bulgarian, task, Entry(late, "5"), Entry(gone, "4")) == [State.STORED] * 2
    rows = grid(bulgarian).rows
    assert [r.left for r in rows if r.pupil.id == late] == [None]
    assert (rows[-1].pupil.id, rows[-1].left) == (gone, date(2026, 3, 4))


@pytest.mark.feature("E5")
def test_a_class_of_thirty_costs_as_many_queries_as_one_of_five(db: None) -> None:
    counts: dict[int, list[int]] = {}
    for size in (5, 30):
        with transaction.atomic():
            school = build(pupils=size)
            tasks = [add(school) for _ in range(10)]
            by = school.actor("teacher")
            with CaptureQueriesContext(connection) as save:
                enter_marks(by=by, task=tasks[0], entries=[Entry(p, "5") for p in school.pupils], now=NOW)
            with CaptureQueriesContext(connection) as look:
                found = queries.grid(by=by, group=school.group, subject="MAT", on=TODAY)
            assert (len(found.rows), len(found.columns)) == (size, 10)
            counts[size] = [len(save), len(look)]
            transaction.set_rollback(True)
    assert counts[5] == counts[30]
    assert counts[30][1] <= 10
