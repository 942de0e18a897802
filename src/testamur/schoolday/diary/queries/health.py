"""Reading health notes, each only by who needs to know. Staff read them through the verb that writes it down."""

from __future__ import annotations

from collections import Counter
from collections.abc import Collection
from datetime import date
from uuid import UUID

from django.db.models import Q

from testamur.kernel.base.actor import Actor
from testamur.schoolday.diary.models import HealthNote
from testamur.schoolday.diary.rules.health import HealthView, circles
from testamur.schoolday.diary.rules.rooms import Room
from testamur.schoolday.diary.rules.states import Circle, HealthKind


def running(on: date) -> Q:
    """Notes that hold on that day; one that was ended holds no longer."""
    return Q(starts__lte=on, ended_at__isnull=True) & (Q(ends__isnull=True) | Q(ends__gte=on))


def marked(*, by: Actor, room: Room, pupils: Collection[UUID], on: date) -> dict[UUID, int]:
    """How many notes that `by` may read hold for each of these pupils of a group; says nothing else. One query.

    A pupil without any is left out; so is everybody for who has no need to know.
    """
    seen = circles(by, path=room.path, group=room.group.id)
    if not seen or not pupils:
        return {}
    rows = HealthNote.objects.filter(running(on), _at(room, pupils, seen))
    return dict(Counter(rows.values_list("pupil_id", flat=True)))


def notes_of(room: Room, pupils: Collection[UUID], seen: Collection[Circle], on: date) -> tuple[HealthView, ...]:
    """The notes of some circles that hold on a day, or will; for this package's own verb, which asks and journals."""
    wanted = Q(ended_at__isnull=True) & (Q(ends__isnull=True) | Q(ends__gte=on))
    rows = HealthNote.objects.filter(wanted, _at(room, pupils, seen))
    return tuple(map(view, rows.order_by("starts", "made_at", "id")))


def health_of_ward(*, by: Actor, pupil: UUID, on: date | None = None) -> tuple[HealthView, ...]:
    """All notes about a pupil for the family, whatever the circle, the newest first; those that hold `on` a day only.

    Needs ``diary.family.see`` for the pupil wherever it goes to school, which families hold and a head does not: staff
    read through the verb that writes it down. One query.
    """
    by.must("diary.family.see", person=pupil)
    wanted = Q(pupil=pupil) if on is None else running(on) & Q(pupil=pupil)
    return tuple(map(view, HealthNote.objects.filter(wanted).order_by("-starts", "-made_at", "-id")))


def view(row: HealthNote) -> HealthView:
    """The row as a value; for this package's own queries."""
    return HealthView(
        id=row.id,
        pupil=row.pupil_id,
        kind=HealthKind(row.kind),
        text=row.text,
        circle=Circle(row.circle),
        starts=row.starts,
        ends=row.ends,
        made_by=row.made_by,
        made_at=row.made_at,
        ended_at=row.ended_at,
    )


def _at(room: Room, pupils: Collection[UUID], seen: Collection[Circle]) -> Q:
    return Q(pupil__in=list(pupils), school=room.school.id, circle__in=list(seen))
