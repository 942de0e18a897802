"""Lists of deletion: proposed by the plan, approved by one person, carried out by another; nothing else ever goes."""

from __future__ import annotations

from datetime import UTC, date, datetime, timedelta
from uuid import UUID

import pytest
from django.db import DatabaseError, transaction

from testamur.kernel.base.actor import Actor, Grant, operator
from testamur.kernel.base.ids import new_id
from testamur.kernel.base.refused import NotAllowed, NotFound
from testamur.kernel.journal.models import Entry
from testamur.schoolday.diary.models import Absence, AbsenceChange, Mark, Remark
from testamur.schoolday.keeping import actions, queries, steps
from testamur.schoolday.keeping.actions.lists import digest_of
from testamur.schoolday.keeping.models import DeletionList, ListItem
from testamur.schoolday.keeping.rules import (
    Category,
    ListChanged,
    ListStands,
    ListState,
    NoDeletion,
    NothingToDelete,
    SamePerson,
    WrongState,
)
from tests.schoolday.diary import pages
from tests.schoolday.diary.school import NOW, School

pytestmark = pytest.mark.django_db
OLD = datetime(2019, 3, 6, 9, tzinfo=UTC)
LATER = NOW + timedelta(minutes=1)


def archivist(school: School, number: int = 1) -> Actor:
    """Somebody who keeps the school's papers."""
    return Actor(UUID(int=900 + number), "simulated", (Grant("archivist", school.path, ("keeping.list.*",)),))


def absence(school: School, on: date, pupil: int = 0) -> UUID:
    """An absence with a change in its history."""
    made = pages.absence(pages.lesson(school, on), school.pupils[pupil], at=OLD)
    AbsenceChange.objects.create(absence=made, at=OLD, by=school.persons["teacher"], before={"kind": "late"})
    return made.id


def go(school: School, category: Category = Category.ATTENDANCE) -> UUID:
    """A list through all its steps."""
    made = actions.propose_list(by=archivist(school), unit=school.school, category=category, now=NOW)
    digest = queries.the_list(by=archivist(school), id=made).digest
    actions.approve_list(by=archivist(school), list=made, digest=digest, now=NOW)
    actions.carry_out(by=archivist(school, 2), list=made, now=NOW)
    while steps.erase_listed(list=made, now=LATER):
        pass
    return made


@pytest.mark.feature("A20")
def test_what_was_kept_long_enough_goes_and_what_is_younger_stays(bulgarian: School) -> None:
    gone, kept = absence(bulgarian, date(2019, 3, 6)), absence(bulgarian, date(2025, 10, 1))
    made = go(bulgarian)
    assert list(Absence.objects.values_list("id", flat=True)) == [kept]
    assert list(AbsenceChange.objects.values_list("absence", flat=True)) == [kept]
    view = queries.the_list(by=archivist(bulgarian), id=made)
    assert (view.state, view.count, view.gone) == (ListState.DONE, 1, 1)
    told = Entry.objects.get(kind="keeping.list.carried/1").refs
    assert told["count"] == 1
    assert told["digest"] == digest_of([gone.hex])
    assert told["approved_by"] != told["carried_by"]


def test_a_long_list_goes_in_batches_and_a_second_run_deletes_nothing_more(
    bulgarian: School, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(steps, "BATCH", 2)
    for n in range(5):
        absence(bulgarian, date(2019, 3, 6) + timedelta(days=n))
    made = go(bulgarian)
    assert not Absence.objects.exists()
    assert Entry.objects.filter(kind="diary.rows.erased/1").count() == 3
    assert steps.erase_listed(list=made, now=LATER) == 0
    assert Entry.objects.filter(kind="keeping.list.carried/1").count() == 1


def test_a_corrected_mark_goes_with_the_one_that_it_replaced(
    bulgarian: School, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(steps, "BATCH", 1)
    column = pages.column(bulgarian, on=OLD.date(), made_at=OLD)
    first = pages.mark(column, bulgarian.pupils[0], "4", at=OLD)
    pages.mark(column, bulgarian.pupils[0], "5", at=OLD + timedelta(days=1), replaces=first)
    late = pages.column(bulgarian, on=OLD.date(), made_at=OLD)
    kept = pages.mark(late, bulgarian.pupils[0], "6", at=NOW)
    go(bulgarian, Category.MARKS)
    assert [row.id for row in Mark.objects.all()] == [kept.id]


def test_remarks_of_other_schools_stay(bulgarian: School) -> None:
    pages.remark(bulgarian, bulgarian.pupils[0], "Стара забележка", at=OLD)
    go(bulgarian, Category.REMARKS)
    assert not Remark.objects.exists()


@pytest.mark.feature("A20")
def test_the_database_lets_no_mark_go_that_no_list_names(bulgarian: School) -> None:
    column = pages.column(bulgarian, on=OLD.date(), made_at=OLD)
    mark = pages.mark(column, bulgarian.pupils[0], "4", at=OLD)
    made = actions.propose_list(by=archivist(bulgarian), unit=bulgarian.school, category=Category.MARKS, now=NOW)
    for change in (
        lambda: Mark.objects.filter(id=mark.id).delete(),  # listed, but nobody has approved it
        lambda: Mark.objects.filter(id=mark.id).update(value="6"),
        lambda: DeletionList.objects.filter(id=made).update(state="running"),
        lambda: DeletionList.objects.filter(id=made).update(state="done"),
    ):
        with pytest.raises(DatabaseError), transaction.atomic():
            change()
    assert Mark.objects.get().value == "4"


def test_a_list_that_was_approved_changes_no_more(bulgarian: School) -> None:
    absence(bulgarian, date(2019, 3, 6))
    me = archivist(bulgarian)
    made = actions.propose_list(by=me, unit=bulgarian.school, category=Category.ATTENDANCE, now=NOW)
    actions.approve_list(by=me, list=made, digest=queries.the_list(by=me, id=made).digest, now=NOW)
    for change in (
        lambda: ListItem.objects.create(list_id=made, row=new_id().hex),
        lambda: ListItem.objects.filter(list=made).delete(),
        lambda: DeletionList.objects.filter(id=made).update(count=7),
        lambda: DeletionList.objects.filter(id=made).update(approved_by=UUID(int=902)),
    ):
        with pytest.raises(DatabaseError), transaction.atomic():
            change()


def test_whoever_approved_may_not_carry_out_and_the_database_agrees(bulgarian: School) -> None:
    absence(bulgarian, date(2019, 3, 6))
    me = archivist(bulgarian)
    made = actions.propose_list(by=me, unit=bulgarian.school, category=Category.ATTENDANCE, now=NOW)
    with pytest.raises(WrongState):
        actions.carry_out(by=archivist(bulgarian, 2), list=made, now=NOW)
    with pytest.raises(ListChanged):
        actions.approve_list(by=me, list=made, digest="", now=NOW)
    actions.approve_list(by=me, list=made, digest=queries.the_list(by=me, id=made).digest, now=NOW)
    with pytest.raises(SamePerson):
        actions.carry_out(by=me, list=made, now=NOW)
    with pytest.raises(DatabaseError), transaction.atomic():
        DeletionList.objects.filter(id=made).update(state="running", carried_by=me.id, started_at=NOW)
    actions.drop_list(by=me, list=made, now=NOW)
    assert steps.erase_listed(list=made, now=LATER) == 0
    assert Absence.objects.count() == 1


def test_one_open_list_of_a_kind_at_a_school_and_none_without_rows(bulgarian: School) -> None:
    me = archivist(bulgarian)
    with pytest.raises(NothingToDelete):
        actions.propose_list(by=me, unit=bulgarian.school, category=Category.LEAVES, now=NOW)
    with pytest.raises(NoDeletion):
        actions.propose_list(by=me, unit=bulgarian.school, category=Category.GRADES, now=NOW)
    absence(bulgarian, date(2019, 3, 6))
    actions.propose_list(by=me, unit=bulgarian.school, category=Category.ATTENDANCE, now=NOW)
    with pytest.raises(ListStands):
        actions.propose_list(by=me, unit=bulgarian.school, category=Category.ATTENDANCE, now=NOW)


def test_a_principal_and_a_teacher_see_no_list(bulgarian: School) -> None:
    absence(bulgarian, date(2019, 3, 6))
    for who in ("principal", "administrator", "teacher", "guardian"):
        by = bulgarian.actor(who)
        with pytest.raises(NotAllowed):
            actions.propose_list(by=by, unit=bulgarian.school, category=Category.ATTENDANCE, now=NOW)
    made = actions.propose_list(by=operator(), unit=bulgarian.school, category=Category.ATTENDANCE, now=NOW)
    with pytest.raises(NotFound):
        queries.the_list(by=bulgarian.actor("principal"), id=made)
