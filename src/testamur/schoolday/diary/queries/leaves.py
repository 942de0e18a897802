"""Reading reports of absence and requests for leave."""

from __future__ import annotations

from collections.abc import Collection
from datetime import date
from uuid import UUID

from django.db.models import Q

from testamur.kernel.base.actor import Actor
from testamur.kernel.base.refused import NotFound
from testamur.register.people import queries as people
from testamur.register.people.queries import chunks
from testamur.register.schools import queries as schools
from testamur.schoolday.diary.models import Leave
from testamur.schoolday.diary.rules.leaves import LeaveView, may_decide
from testamur.schoolday.diary.rules.states import LeaveKind, LeaveState

OPEN = (LeaveState.WAITING, LeaveState.ASKED)
HOLD = (*OPEN, LeaveState.GRANTED)
DECIDE = "diary.leave.decide"


def known(*, pupils: Collection[UUID], on: date) -> dict[UUID, tuple[LeaveView, ...]]:
    """What is reported, asked for or granted for a day, by pupil; refused and withdrawn ones aside. One query.

    For whoever has a class before him or her: which pupils is the caller's to ask.
    """
    found: dict[UUID, list[LeaveView]] = {}
    for chunk in chunks(pupils):
        rows = Leave.objects.filter(pupil__in=chunk, first__lte=on, last__gte=on, state__in=HOLD)
        for row in rows.order_by("asked_at", "id"):
            found.setdefault(row.pupil_id, []).append(view(row))
    return {pupil: tuple(some) for pupil, some in found.items()}


def leaves_of(*, by: Actor, pupil: UUID, first: date, last: date) -> tuple[LeaveView, ...]:
    """A pupil's reports and requests that touch a period, the newest first, for the family. Two queries.

    Needs ``diary.family.see`` for the pupil.
    """
    path = people.paths([pupil]).get(pupil)
    if path is None:
        raise NotFound("There is no such pupil.", pupil=str(pupil))
    by.must("diary.family.see", path, person=pupil)
    rows = Leave.objects.filter(pupil=pupil, first__lte=last, last__gte=first)
    return tuple(map(view, rows.order_by("-first", "-asked_at", "id")))


def open_leaves(*, by: Actor, on: date) -> tuple[LeaveView, ...]:
    """What waits for a decision of `by`: of the classes of a class teacher, of the school of a principal; oldest first.

    A request that waits for the other guardian is among them, since it may be refused already.
    """
    wanted = _reach(by, on)
    if wanted is None:
        return ()
    rows = Leave.objects.filter(wanted, state__in=OPEN).order_by("asked_at", "id")
    return tuple(one for one in map(view, rows) if may_decide(one.approver, roles(by, one.path)))


def decided(*, by: Actor, on: date, since: date) -> tuple[LeaveView, ...]:
    """What was granted or refused and is not over before `since`, where `by` decides; the newest first."""
    wanted = _reach(by, on)
    if wanted is None:
        return ()
    rows = Leave.objects.filter(wanted, last__gte=since, state__in=(LeaveState.GRANTED, LeaveState.REFUSED))
    return tuple(map(view, rows.order_by("-decided_at", "id")[:50]))


def held(*, pupils: Collection[UUID], first: date, last: date) -> tuple[LeaveView, ...]:
    """What is reported, or was granted, for any day of a period; what waits for an answer is nobody's absence yet.

    For other systems, without the caller's own check: whose is the caller's to ask. One query for some hundred pupils.
    """
    found: list[LeaveView] = []
    for chunk in chunks(pupils):
        rows = Leave.objects.filter(pupil__in=chunk, first__lte=last, last__gte=first, state=LeaveState.GRANTED)
        found += map(view, rows.order_by("asked_at", "id"))
    return tuple(found)


def roles(by: Actor, path: str) -> frozenset[str]:
    """The roles in which `by` may decide leave at a place, whatever the class; the verb asks for the class."""
    covering = (g for g in by.grants if path.startswith(g.path) and not g.wards)
    return frozenset(g.role for g in covering if any(_reaches(verb) for verb in g.verbs))


def _reaches(verb: str) -> bool:
    return verb == DECIDE or (verb.endswith("*") and DECIDE.startswith(verb[:-1]))


def _reach(by: Actor, on: date) -> Q | None:
    """Which leaves `by` decides about: everything at a place, or the pupils of some classes."""
    wanted: Q | None = None
    for grant in by.grants:
        if grant.wards or not any(map(_reaches, grant.verbs)):
            continue
        part = Q(path__startswith=grant.path)
        if grant.groups:
            members = schools.members_of(groups=grant.groups, on=on)
            part &= Q(pupil__in=[one.person for some in members.values() for one in some])
        wanted = part if wanted is None else wanted | part
    return wanted


def view(row: Leave) -> LeaveView:
    """The row as a value; for this package's own files."""
    return LeaveView(
        id=row.id, pupil=row.pupil_id, school=row.school_id, path=row.path, kind=LeaveKind(row.kind),
        ground=row.ground, first=row.first, last=row.last, from_time=row.from_time, to_time=row.to_time,
        text=row.text, days=row.days, asked_by=row.asked_by, asked_at=row.asked_at,
        consents=tuple(UUID(one) for one in row.consents), approver=row.approver, state=LeaveState(row.state),
        decided_by=row.decided_by, decided_at=row.decided_at, why=row.why,
    )  # fmt: skip
