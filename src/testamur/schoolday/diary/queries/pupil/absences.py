"""A pupil's absences, and what the family reported or asked for."""

from __future__ import annotations

from collections import Counter, defaultdict
from collections.abc import Collection, Mapping
from datetime import date
from uuid import UUID

from testamur.kernel.base.actor import Actor
from testamur.schoolday.diary.models import Absence, Leave
from testamur.schoolday.diary.queries.schooling import schoolings
from testamur.schoolday.diary.rules.pupil import (
    AbsenceLine,
    LeaveLine,
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


def undecided(*, by: Actor, pupils: Collection[UUID], first: date, last: date) -> dict[UUID, int]:
    """How many absences of each pupil nobody has excused or refused to excuse yet; one query.

    Raises NotAllowed without ``diary.family.see`` for every pupil, wherever he or she is.
    """
    for pupil in pupils:
        by.must("diary.family.see", person=pupil)
    rows = Absence.objects.filter(pupil__in=list(pupils), on__range=(first, last), void=False, excused=None)
    counted = Counter(rows.values_list("pupil_id", flat=True))
    return {pupil: counted[pupil] for pupil in pupils}


def leaves(
    *, by: Actor, pupils: Collection[UUID], on: date, of: Mapping[UUID, Schooling] | None = None
) -> dict[UUID, tuple[LeaveLine, ...]]:
    """What was reported and asked for each pupil in the school year of that day, the latest first; five queries."""
    known = of if of is not None else schoolings(by=by, pupils=pupils, on=on)
    found: dict[UUID, list[LeaveLine]] = {pupil: [] for pupil in pupils}
    for row in Leave.objects.filter(pupil__in=list(pupils)).order_by("-first", "-asked_at", "id"):
        schooling = known[row.pupil_id]
        if row.last >= schooling.period(on)[0]:
            found[row.pupil_id].append(
                LeaveLine(
                    id=row.id,
                    kind=row.kind,
                    ground=ground_name(schooling, row.ground),
                    first=row.first,
                    last=row.last,
                    text=row.text,
                    days=row.days,
                    asked_by=row.asked_by,
                    asked_at=row.asked_at,
                    consents=tuple(UUID(text) for text in row.consents),
                    state=row.state,
                    decided_at=row.decided_at,
                    why=row.why,
                )
            )
    return {pupil: tuple(lines) for pupil, lines in found.items()}


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
