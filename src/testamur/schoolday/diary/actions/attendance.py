"""Registering attendance: everybody was there but those who are named."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from decimal import Decimal
from typing import Any
from uuid import UUID

from django.db import transaction

from testamur.kernel.base.actor import Actor
from testamur.kernel.base.clock import latest_day
from testamur.kernel.base.ids import new_id
from testamur.kernel.journal import actions as journal
from testamur.law.contract import Pack
from testamur.law.tables import PACKS
from testamur.register.schools import queries as schools
from testamur.schoolday.diary.actions.changes import change_each
from testamur.schoolday.diary.actions.lessons import opened, refs
from testamur.schoolday.diary.models import Absence, AbsenceChange, Lesson
from testamur.schoolday.diary.queries import leaves
from testamur.schoolday.diary.queries.pupils import must_be_in
from testamur.schoolday.diary.rules.leaves import LeaveView
from testamur.schoolday.diary.rules.lessons import (
    UNDO_FOR,
    LessonKey,
    LessonToCome,
    Missing,
    UndoLate,
    check_missing,
    minutes_between,
)
from testamur.schoolday.diary.rules.rooms import NoPack
from testamur.schoolday.diary.rules.states import LeaveState, LessonState

_CENT = Decimal("0.01")
TAKE = "diary.attendance.take"


@dataclass(frozen=True, slots=True)
class Taken:
    """What registering did. `first`: it was not registered before; `absences`: those that are new or changed."""

    lesson: UUID
    version: int
    first: bool
    absences: tuple[UUID, ...]


@transaction.atomic
def take_attendance(
    *, by: Actor, lesson: LessonKey, missing: Sequence[Missing], seen_version: int, now: datetime
) -> Taken:
    """Register who was not there in a lesson; everybody else of the group was. Journal: ``diary.attendance.taken/1``.

    Registering again changes only what differs: what an absence was before is kept, and one that is no longer named is
    void. An absence within a granted leave is excused at once. `seen_version` is the one that was looked at, 0 for a
    lesson without a row. Needs ``diary.attendance.take`` and to give the lesson. Raises not_found,
    ``diary.not_your_subject``, ``diary.not_in_group``, ``diary.lesson.changed``, ``.to_come``, ``.off``, ``.invalid``.
    """
    wanted = check_missing(missing)
    row = opened(by=by, verb=TAKE, key=lesson, seen_version=seen_version)
    if row.on > latest_day(now):
        raise LessonToCome("The lesson is still to come.")
    must_be_in(group=row.group_id, pupils=list(wanted), on=row.on)
    pack = _pack(row)
    stand = {one.pupil_id: one for one in Absence.objects.select_for_update().filter(lesson=row.id).order_by("id")}
    granted = _granted(row, [p for p, one in wanted.items() if not _same(stand.get(p), one)])
    new, changed = [], []
    for pupil, one in wanted.items():
        known, values = stand.get(pupil), _values(row, one, pack, granted.get(pupil))
        if known is None:
            new.append(
                Absence(
                    id=new_id(), lesson=row, pupil_id=pupil, school_id=row.school_id, group_id=row.group_id,
                    subject=row.subject, on=row.on, made_at=now, made_by=by.id, changed_at=now, **values,
                )
            )  # fmt: skip
        elif not _same(known, one):
            if values["excused"] is None and not known.void:  # what somebody said of it stays said
                values |= {"excused": known.excused, "ground": known.ground, "leave_id": known.leave_id}
            changed.append((known, values))
    changed += [(one, {"void": True}) for pupil, one in stand.items() if pupil not in wanted and not one.void]
    Absence.objects.bulk_create(new)
    change_each(changed, by=by, now=now)
    first = row.state != LessonState.TAKEN
    _close(row, by, now)
    touched = [*new, *(one for one, _values in changed)]
    _enter(by, "diary.attendance.taken/1", row, touched, now)
    return Taken(row.id, row.version, first, tuple(one.id for one in touched))


@transaction.atomic
def undo_attendance(*, by: Actor, lesson: LessonKey, whole: bool, seen_version: int, now: datetime) -> int:
    """Take back what `by` registered within ten minutes and return the lesson's new version.

    What the last registering changed is as before; with `whole` the lesson is not registered at all any more. Journal:
    ``diary.attendance.undone/1``. Needs and raises as `take_attendance`, and ``diary.lesson.undo_late``.
    """
    row = opened(by=by, verb=TAKE, key=lesson, seen_version=seen_version)
    at = row.taken_at
    if at is None or row.taken_by != by.id or now - at > UNDO_FOR:
        raise UndoLate("It is too late to undo this. Register it again as it was.")
    rows = list(Absence.objects.select_for_update().filter(lesson=row.id).order_by("id"))
    former = {
        one.absence_id: one.before for one in AbsenceChange.objects.filter(absence__lesson=row.id, at=at).order_by("id")
    }
    back: list[tuple[Absence, dict[str, Any]]] = []
    for one in rows:
        if whole or (one.made_at == at and one.id not in former):
            back += [(one, {"void": True})] if not one.void else []
        elif one.id in former:
            back.append((one, _as_before(former[one.id])))
    change_each(back, by=by, now=now)
    if whole:
        row.state, row.taken_at, row.taken_by = LessonState.PLANNED, None, None
    row.version += 1
    row.save(update_fields=["state", "taken_at", "taken_by", "version"])
    _enter(by, "diary.attendance.undone/1", row, [one for one, _values in back], now)
    return row.version


def _pack(row: Lesson) -> Pack:
    pack = PACKS.get(schools.pack_of(row.school_id, on=row.on))
    if pack is None:
        raise NoPack("No rule pack is in force at this school.", school=str(row.school_id))
    return pack


def _same(known: Absence | None, one: Missing) -> bool:
    return known is not None and not known.void and (known.kind, known.minutes) == (one.kind, one.minutes)


def _granted(row: Lesson, pupils: Sequence[UUID]) -> dict[UUID, LeaveView]:
    """The granted leave in which the lesson lies, of those pupils who have one."""
    if not pupils:
        return {}
    found = leaves.known(pupils=pupils, on=row.on)
    return {
        pupil: one
        for pupil, some in found.items()
        for one in some
        if one.state is LeaveState.GRANTED and one.covers(row.on, row.starts, row.ends)
    }


def _values(row: Lesson, one: Missing, pack: Pack, leave: LeaveView | None) -> dict[str, Any]:
    """What an absence is when it is registered; a lesson missed altogether is as long as the lesson."""
    minutes = one.minutes if one.minutes is not None else minutes_between(row.starts, row.ends)
    return {
        "kind": one.kind,
        "minutes": one.minutes,
        "weight": pack.diary.absence_weight(one.kind, minutes, row.on).quantize(_CENT),
        "excused": True if leave else None,
        "ground": leave.ground if leave else "",
        "leave_id": leave.id if leave else None,
        "void": False,
    }


def _as_before(kept: Mapping[str, Any]) -> dict[str, Any]:
    leave = kept["leave_id"]
    return {**kept, "weight": Decimal(kept["weight"]), "leave_id": UUID(leave) if leave else None}


def _close(row: Lesson, by: Actor, now: datetime) -> None:
    row.state, row.taken_at, row.taken_by = LessonState.TAKEN, now, by.id
    row.version += 1
    row.save(update_fields=["state", "taken_at", "taken_by", "version"])


def _enter(by: Actor, kind: str, row: Lesson, absences: Sequence[Absence], now: datetime) -> None:
    told = {
        **refs(row),
        "absences": [str(one.id) for one in absences],
        "pupils": [str(one.pupil_id) for one in absences],
    }
    journal.append(by=by, kind=kind, path=row.path, refs=told, now=now)
