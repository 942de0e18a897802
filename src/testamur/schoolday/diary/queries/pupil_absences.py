"""A pupil's absences."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Collection, Mapping
from datetime import date
from uuid import UUID

from testamur.kernel.base.actor import Actor
from testamur.schoolday.diary.models import Absence
from testamur.schoolday.diary.queries.schooling import schoolings
from testamur.schoolday.diary.rules.pupil import (
    AbsenceLine,
    PupilAbsences,
    Schooling,
    ground_name,
    summed,
)


def absences(
    *,
    by: Actor,
    pupils: Collection[UUID],
    first: date,
    last: date,
    on: date | None = None,
    of: Mapping[UUID, Schooling] | None = None,
) -> dict[UUID, PupilAbsences]:
    """The absences of each pupil from `first` to `last` (both included), with their sums; five queries.

    `on`: the day whose rules count, else the last one.
    """
    known = of if of is not None else schoolings(by=by, pupils=pupils, on=on or last)
    rows = Absence.objects.filter(pupil__in=list(pupils), on__range=(first, last), void=False)
    found: dict[UUID, list[AbsenceLine]] = defaultdict(list)
    for row in rows.select_related("lesson"):
        found[row.pupil_id].append(_line(known[row.pupil_id], row))
    return {pupil: summed(known[pupil], found[pupil]) for pupil in pupils}


def _line(schooling: Schooling, row: Absence) -> AbsenceLine:
    names = schooling.pack.diary.absence_name if schooling.pack is not None else {}
    return AbsenceLine(
        id=row.id,
        lesson=row.lesson_id,
        on=row.on,
        number=row.lesson.number,
        starts=row.lesson.starts,
        subject=row.subject,
        subject_name=schooling.subject(row.subject),
        kind=row.kind,
        kind_name=names.get(row.kind, row.kind),
        minutes=row.minutes,
        weight=row.weight,
        excused=row.excused,
        ground=ground_name(schooling, row.ground) if row.ground else "",
        leave=row.leave_id,
        at=row.made_at,
    )
