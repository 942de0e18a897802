"""Two teachers write the same cells in the same moment, on two connections of a real server."""

from __future__ import annotations

from collections.abc import Sequence
from concurrent.futures import ThreadPoolExecutor
from threading import Barrier, local
from uuid import UUID

import pytest
from django.db import connection

from testamur.kernel.journal.models import Entry as Journal
from testamur.schoolday.diary.actions import add_task, enter_marks
from testamur.schoolday.diary.models import Mark
from testamur.schoolday.diary.queries import marks as queries
from testamur.schoolday.diary.rules.marks import Entry, State
from tests.schoolday.diary.school import NOW, TODAY, build

pytestmark = [
    pytest.mark.django_db(transaction=True, databases=["default", "log"]),
    pytest.mark.skipif(connection.vendor != "postgresql", reason="SQLite has one writer at a time"),
]


@pytest.mark.feature("E6")
def test_each_cell_has_one_winner_and_the_other_is_told(monkeypatch: pytest.MonkeyPatch) -> None:
    school = build()
    task = add_task(by=school.actor("teacher"), group=school.group, subject="MAT", kind="current", on=TODAY, now=NOW)
    both, mine, look = Barrier(2, timeout=20), local(), queries.standing_cells

    def look_together(tasks: Sequence[UUID], *, pupils: Sequence[UUID]) -> object:
        """Nobody writes before both have looked."""
        seen = look(tasks, pupils=pupils)
        if not hasattr(mine, "looked"):
            mine.looked = True
            both.wait()
        return seen

    monkeypatch.setattr("testamur.schoolday.diary.actions.marks.standing_cells", look_together)
    cells = school.pupils[:4]

    def write(who: str, value: str, pupils: Sequence[UUID]) -> list[State]:
        try:
            entries = [Entry(pupil, value) for pupil in pupils]
            done = enter_marks(by=school.actor(who), task=task, entries=entries, now=NOW)
        finally:
            connection.close()
        return [one.state for one in done]

    with ThreadPoolExecutor(2) as pool:
        first = pool.submit(write, "teacher", "6", cells)
        second = pool.submit(write, "principal", "2", cells[::-1])  # the other way round: they do not wait in a ring
    found = sorted([set(first.result()), set(second.result())], key=sorted)
    assert found == [{State.CONFLICT}, {State.STORED}]
    assert Mark.objects.count() == len(cells)
    assert Journal.objects.filter(kind="diary.marks.entered/1").count() == 1
