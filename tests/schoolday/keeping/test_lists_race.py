"""Two people at one list in the same moment, on two connections of a real server."""

from __future__ import annotations

from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor
from threading import Barrier
from uuid import UUID

import pytest
from django.db import connection

from testamur.kernel.base.refused import Refused
from testamur.kernel.journal.models import Entry
from testamur.schoolday.diary.models import Remark
from testamur.schoolday.keeping import actions, owners, queries, steps
from testamur.schoolday.keeping.models import DeletionList
from testamur.schoolday.keeping.rules import Category
from tests.schoolday.diary import pages
from tests.schoolday.diary.school import NOW, School, build
from tests.schoolday.keeping.shelves import OLD
from tests.schoolday.keeping.test_lists import archivist

pytestmark = [
    pytest.mark.django_db(transaction=True, databases=["default", "log"]),
    pytest.mark.skipif(connection.vendor != "postgresql", reason="SQLite has one writer at a time"),
    pytest.mark.feature("A20"),
]


def old_remarks(count: int) -> School:
    """A school with remarks of long ago."""
    school = build()
    for n in range(count):
        pages.remark(school, school.pupils[0], f"Забележка {n}", at=OLD, on=OLD.date())
    return school


def together(*acts: Callable[[], object]) -> list[object]:
    """What each answers, begun in the same moment: its value, or the code of its refusal."""
    ready = Barrier(len(acts), timeout=20)

    def one(act: Callable[[], object]) -> object:
        try:
            ready.wait()
            return act()
        except Refused as refused:
            return refused.code
        finally:
            connection.close()

    with ThreadPoolExecutor(len(acts)) as pool:
        return list(pool.map(one, acts))


def propose(school: School, who: int = 1) -> UUID:
    """A list of remarks."""
    return actions.propose_list(by=archivist(school, who), unit=school.school, category=Category.REMARKS, now=NOW)


def test_of_two_who_propose_one_makes_the_list(monkeypatch: pytest.MonkeyPatch) -> None:
    school, both, look = old_remarks(2), Barrier(2, timeout=20), owners.old

    def look_together(**told: object) -> list[UUID]:
        """Neither writes before both have looked."""
        both.wait()
        return look(**told)  # type: ignore[arg-type]

    monkeypatch.setattr(owners, "old", look_together)
    found = together(lambda: propose(school, 1), lambda: propose(school, 2))
    assert "keeping.list.stands" in found
    assert DeletionList.objects.count() == 1
    assert Entry.objects.filter(kind="keeping.list.proposed/1").count() == 1


def test_of_two_who_approve_or_carry_out_one_does(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(steps, "BATCH", 3)
    school = old_remarks(10)
    made = propose(school)
    digest = queries.the_list(by=archivist(school), id=made).digest
    approve = [
        lambda who=who: actions.approve_list(by=archivist(school, who), list=made, digest=digest, now=NOW)
        for who in (1, 2)
    ]
    assert sorted(map(str, together(*approve))) == ["None", "keeping.list.state"]
    carry = [lambda who=who: actions.carry_out(by=archivist(school, who), list=made, now=NOW) for who in (3, 4)]
    assert sorted(map(str, together(*carry))) == ["None", "keeping.list.state"]

    def work() -> None:
        while steps.erase_listed(list=made, now=NOW):
            pass

    together(work, work, work)
    view = queries.the_list(by=archivist(school), id=made)
    assert (view.gone, view.kept) == (10, 0)
    assert not Remark.objects.exists()
    assert Entry.objects.filter(kind="diary.rows.erased/1").count() == 4
    assert Entry.objects.filter(kind="keeping.list.carried/1").count() == 1
