"""How PostgreSQL finds rows in a diary of many years: by an index, never by reading the whole table."""

from __future__ import annotations

from typing import Any
from uuid import UUID, uuid4

import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext

from testamur.schoolday.diary.queries import absences, lessons, marks
from tests.schoolday.diary.school import BEGINS, TODAY, School, build

pytestmark = [
    pytest.mark.django_db,
    pytest.mark.skipif(connection.vendor != "postgresql", reason="SQLite's plans are other plans"),
]
ROWS = 50_000
LARGE = ("diary_mark", "diary_absence", "diary_task", "diary_lesson")
_FILL = (
    """INSERT INTO diary_lesson (id, school_id, path, group_id, subject, teacher, "on", number, starts, ends, topic,
         homework, note, state, version, room)
       SELECT gen_random_uuid(), %(school)s, '/x/', %(other)s, 'BEL', gen_random_uuid(), date '2016-09-01' + n %% 3000,
         1, '08:00', '08:45', '', '', '', 'planned', 1, '' FROM generate_series(1, %(rows)s) AS n""",
    """INSERT INTO diary_task (id, school_id, path, group_id, subject, term_id, kind, closes, title, "on", weight,
         hidden, retired, made_by, made_at)
       SELECT gen_random_uuid(), %(school)s, '/x/', %(other)s, 'BEL', %(term)s, 'current', '', '',
         date '2016-09-01' + n %% 3000, 1, false, false, gen_random_uuid(), now()
       FROM generate_series(1, %(rows)s) AS n""",
    """INSERT INTO diary_mark (id, task_id, pupil_id, value, comment, made_by, made_at)
       SELECT gen_random_uuid(), id, %(pupil)s, '5', '', gen_random_uuid(), now() FROM diary_task""",
    """INSERT INTO diary_absence (id, lesson_id, pupil_id, school_id, group_id, subject, "on", kind, weight, void,
         ground, made_at, made_by, changed_at)
       SELECT gen_random_uuid(), id, %(pupil)s, school_id, group_id, subject, "on", 'absent', 1, false, '', now(),
         gen_random_uuid(), now() FROM diary_lesson""",
)


def _fill(school: School, other: School) -> None:
    """Another class of the same database has written fifty thousand of everything."""
    values: dict[str, Any] = {
        "school": other.school,
        "other": other.group,
        "term": other.terms[0],
        "pupil": other.pupils[0],
        "rows": ROWS,
    }
    with connection.cursor() as cursor:
        for statement in _FILL:
            cursor.execute(statement, values)
        for name in LARGE:
            cursor.execute(f"ANALYZE {name}")


def _plans(asked: list[str]) -> str:
    with connection.cursor() as cursor:
        told = []
        for sql in asked:
            cursor.execute(f"EXPLAIN {sql}")
            told += [row[0] for row in cursor.fetchall()]
    return "\n".join(told)


@pytest.mark.feature("E6", "E7")
def test_a_class_of_a_large_diary_is_found_by_an_index() -> None:
    school, other = build("bg.school"), build("se.compulsory")
    _fill(school, other)
    teacher = school.actor("teacher")
    pupil: UUID = school.pupils[0]
    with CaptureQueriesContext(connection) as seen:
        marks.grid(by=teacher, group=school.group, subject="MAT", on=TODAY)
        marks.latest(group=school.group, subject="MAT")
        marks.standing_cells([uuid4()], pupils=[pupil])
        marks.standing_marks(pupils=[pupil], shown_only=True)
        lessons.mine(by=teacher, first=TODAY, last=TODAY)
        lessons.substitutions(person=teacher.id, on=TODAY)
        absences.absences_of(pupils=[pupil], first=BEGINS, last=TODAY)
    asked = [one["sql"] for one in seen.captured_queries if any(name in one["sql"] for name in LARGE)]
    assert len(asked) >= 6
    plans = _plans(asked)
    assert "Index" in plans
    assert not [name for name in LARGE if f"Seq Scan on {name}" in plans], plans
