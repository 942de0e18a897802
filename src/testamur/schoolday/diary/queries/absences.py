"""Reading absences of pupils, and their sums as the law counts them."""

from __future__ import annotations

from collections.abc import Collection
from datetime import date
from decimal import Decimal
from uuid import UUID

from testamur.kernel.base.actor import Actor
from testamur.kernel.base.refused import NotFound
from testamur.law.contract import Pack
from testamur.register.people.queries import chunks
from testamur.register.schools import queries as schools
from testamur.schoolday.diary.models import Absence
from testamur.schoolday.diary.rules.absences import AbsenceView, Sums, summed
from testamur.schoolday.diary.rules.states import AbsenceKind


def of_class(
    *, by: Actor, group: UUID, on: date, first: date, last: date, undecided: bool = False
) -> dict[UUID, tuple[AbsenceView, ...]]:
    """The absences of the pupils who are in a class on that day, in whatever group they were missed; in order of time.

    Everybody in the class is there, with or without. With `undecided` only those that nobody has decided about. Needs
    ``diary.absence.see`` at the class. Three queries.
    """
    one = schools.group(group)
    if one is None:
        raise NotFound("There is no such group.", group=str(group))
    by.must("diary.absence.see", one.path, group=group)
    pupils = [member.person for member in schools.members(group=group, on=on)]
    return absences_of(pupils=pupils, first=first, last=last, undecided=undecided)


def absences_of(
    *, pupils: Collection[UUID], first: date, last: date, undecided: bool = False
) -> dict[UUID, tuple[AbsenceView, ...]]:
    """The absences of pupils from one day to another, in order of time. One query; whose is the caller's to ask."""
    found: dict[UUID, list[AbsenceView]] = {pupil: [] for pupil in pupils}
    for chunk in chunks(found):
        rows = Absence.objects.filter(pupil__in=chunk, on__range=(first, last), void=False)
        if undecided:
            rows = rows.filter(excused=None)
        for row in rows.select_related("lesson").order_by("on", "lesson__starts", "id"):
            found[row.pupil_id].append(view(row))
    return {pupil: tuple(some) for pupil, some in found.items()}


def absences_by_id(ids: Collection[UUID]) -> tuple[AbsenceView, ...]:
    """Absences by id; void and unknown ones are left out. Whose they are is the caller's to ask."""
    return tuple(
        view(row)
        for chunk in chunks(ids)
        for row in Absence.objects.filter(id__in=chunk, void=False).select_related("lesson").order_by("id")
    )


def sums(*, pack: Pack, pupils: Collection[UUID], first: date, last: date) -> dict[UUID, Sums]:
    """The absences of pupils in a period, added up as `pack` counts them. One query; whose is the caller's to ask."""
    found: dict[UUID, list[tuple[Decimal, bool | None, str]]] = {pupil: [] for pupil in pupils}
    for chunk in chunks(found):
        rows = Absence.objects.filter(pupil__in=chunk, on__range=(first, last), void=False)
        for pupil, weight, excused, kind in rows.values_list("pupil_id", "weight", "excused", "kind"):
            found[pupil].append((weight, excused, kind))
    return {pupil: summed(pack.diary, some) for pupil, some in found.items()}


def view(row: Absence) -> AbsenceView:
    """The row, read together with its lesson, as a value; for this package's own files."""
    return AbsenceView(
        id=row.id, lesson=row.lesson_id, pupil=row.pupil_id, group=row.group_id, subject=row.subject, on=row.on,
        starts=row.lesson.starts, number=row.lesson.number, kind=AbsenceKind(row.kind), minutes=row.minutes,
        weight=row.weight, excused=row.excused, ground=row.ground, leave=row.leave_id, changed_at=row.changed_at,
    )  # fmt: skip
