"""The school that the grid is measured with is a real one: its teachers see their classes, and it is found again."""

from __future__ import annotations

from collections.abc import Callable
from datetime import UTC, datetime

import pytest

from testamur.access.accounts import queries as accounts
from testamur.kernel.base.actor import operator
from testamur.schoolday.diary.queries import marks
from testamur.surfaces.cli import bench_school

pytestmark = pytest.mark.django_db
NOW = datetime(2026, 3, 11, 8, 0, tzinfo=UTC)


def _nobody(_title: str, _total: int) -> Callable[[int], None]:
    return lambda _count: None


def test_a_teacher_of_the_large_school_sees_the_class_and_a_second_run_finds_it() -> None:
    school = bench_school.build(operator(), 50, 2, NOW, _nobody)
    group = school.classes[0]
    teacher = school.teachers[group.id, "MAT"]
    hat = next(one for one in accounts.hats(person=teacher, on=NOW.date()) if one.role == "teacher")
    by = accounts.actor(hat, person=teacher, identified_by="simulated")
    grid = marks.grid(by=by, group=group.id, subject="MAT", on=NOW.date())
    assert (len(grid.rows), len(school.classes)) == (bench_school.CLASS, 2)
    assert all(row.cells for row in grid.rows)
    assert bench_school.find(50, 2, NOW.date()) == school
    assert bench_school.find(75, 2, NOW.date()) is None
