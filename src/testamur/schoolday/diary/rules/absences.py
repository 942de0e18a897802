"""Absences as values: what was missed, whether it is excused, and sums as the law counts them."""

from __future__ import annotations

from collections.abc import Collection, Iterable
from dataclasses import dataclass
from datetime import date, datetime, time
from decimal import Decimal
from uuid import UUID

from testamur.kernel.base.refused import Refused
from testamur.law.diary import Diary, Ground
from testamur.schoolday.diary.rules.leaves import ACTS_FOR_ALL
from testamur.schoolday.diary.rules.states import AbsenceKind


class AbsenceGround(Refused):
    """The law knows no such ground, or another post has to state it."""

    code = "diary.absence.ground"


class AbsenceChanged(Refused):
    """Some of these absences are no longer there."""

    code = "diary.absence.changed"


@dataclass(frozen=True, slots=True)
class AbsenceView:
    """One absence from one lesson. `excused` is None until somebody says so, or a rule does."""

    id: UUID
    lesson: UUID
    pupil: UUID
    group: UUID
    subject: str
    on: date
    starts: time
    number: int | None
    kind: AbsenceKind
    minutes: int | None
    weight: Decimal
    excused: bool | None
    ground: str
    leave: UUID | None
    changed_at: datetime


@dataclass(frozen=True, slots=True)
class Sums:
    """The absences of one pupil in a period, added up as the law counts them; `late` is a number of times."""

    excused: Decimal
    unexcused: Decimal
    undecided: Decimal
    late: int
    open: int


def may_state(ground: Ground, roles: Collection[str]) -> bool:
    """Whether somebody with these roles may excuse on that ground; the office writes down what others stated."""
    return bool((ACTS_FOR_ALL | {"administrator"}) & set(roles)) or bool(set(roles) & set(ground.by))


def summed(diary: Diary, rows: Iterable[tuple[Decimal, bool | None, str]]) -> Sums:
    """The sums of rows (weight, excused, kind)."""
    weights: dict[bool | None, list[Decimal]] = {True: [], False: [], None: []}
    late = 0
    for weight, excused, kind in rows:
        weights[excused].append(weight)
        late += kind == AbsenceKind.LATE
    counted = {key: diary.count(some) for key, some in weights.items()}
    return Sums(counted[True], counted[False], counted[None], late, len(weights[None]))
