"""A Vietnamese class whose year is entered, and browsers of those who enter it."""

from __future__ import annotations

from uuid import UUID

import pytest

from testamur.kernel.base import clock
from testamur.law.diary import MarkKind
from testamur.law.tables import PACKS
from testamur.schoolday.diary import actions
from testamur.schoolday.diary.queries.moments import columns_there
from testamur.schoolday.diary.queries.rooms import room
from testamur.schoolday.diary.rules.marks import Entry
from testamur.schoolday.diary.rules.moments import moment_of
from tests.schoolday.diary.school import School, build
from tests.surfaces.web.diary.conftest import enter

__all__ = ["enter"]

BEST = {"test": "9", "level": "T", "quality": "T", "competence": "T"}


@pytest.fixture
def vietnamese(db: None) -> School:
    """Class 3A; Toán is the teacher's, everything else the class teacher's."""
    return build("vn.primary", now=clock.now(), pupils=3)


def fill(
    school: School, moment: str = "HK2", *, values: dict[tuple[int, str, str], str] | None = None, skip: str = ""
) -> None:
    """Everybody enters everything of a moment: the best of each, but for `values` by (pupil, kind, subject).

    `skip`: a subject that nobody enters.
    """
    now, other = clock.now(), values or {}
    heads, teacher = school.actor("class_teacher", on=now.date()), school.actor("teacher", on=now.date())
    actions.open_moment(by=heads, group=school.group, moment=moment, now=now)
    place = room(group=school.group, on=now.date())
    kinds = {k.code: k for k in (*_kinds(place.pack.id), *place.pack.diary.class_kinds(3, now.date()))}
    for (subject, kind), task in columns_there(place, moment_of(place, moment)).items():
        decides = kinds[kind].decides
        if subject == skip or decides == "fact":
            continue
        entries = [
            Entry(pupil, other.get((n, decides, subject), BEST[decides])) for n, pupil in enumerate(school.pupils)
        ]
        by = teacher if subject == school.subjects[0] else heads
        outcomes = actions.enter_marks(by=by, task=task.id, entries=entries, now=now)
        assert {one.state.value for one in outcomes} <= {"stored", "unchanged", "conflict"}, outcomes


def again(school: School, n: int, subject: str, kind: str, value: str, who: str, moment: str = "HK2") -> None:
    """Somebody enters one value anew, having seen the former one."""
    now = clock.now()
    place = room(group=school.group, on=now.date())
    task = columns_there(place, moment_of(place, moment))[subject, kind].id
    seen = _seen(task, school.pupils[n])
    by = school.actor(who, on=now.date())
    (outcome,) = actions.enter_marks(by=by, task=task, entries=[Entry(school.pupils[n], value, seen=seen)], now=now)
    assert outcome.state.value == "stored", outcome


def _seen(task: UUID, pupil: UUID) -> UUID:
    from testamur.schoolday.diary.queries.marks import standing_cells

    return standing_cells([task])[pupil][task].id


def _kinds(pack: str) -> tuple[MarkKind, ...]:
    return PACKS[pack].diary.mark_kinds(3, clock.now().date())
