"""When published records become visible to those whom they are about: planned, released, told."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from datetime import datetime
from uuid import UUID

from django.db import transaction
from django.db.models import Q, QuerySet

from testamur.kernel.base.actor import Actor
from testamur.kernel.base.clock import stamp
from testamur.kernel.base.ids import new_id
from testamur.kernel.base.refused import NotFound, Refused
from testamur.kernel.journal.actions import append
from testamur.register.schools import queries as schools
from testamur.trust.records.actions.common import chunks, refs
from testamur.trust.records.models import Record, ReleasePlan
from testamur.trust.records.rules import ReleaseMode, State


class PlanInvalid(Refused):
    """A release at a minute names one that is to come; the other kinds name none."""

    code = "records.release.plan"


@transaction.atomic
def plan_release(
    *,
    by: Actor,
    path: str,
    unit: UUID,
    document_type: str,
    period: str,
    mode: ReleaseMode,
    at: datetime | None = None,
    now: datetime,
) -> int:
    """Say when the documents of one kind, school and period become visible: at once, at a minute, or after review.

    Published ones that are not visible yet follow the new plan; what is visible stays so. Returns how many followed.
    Needs ``records.record.release`` at `path`, where the school lies. Raises NotFound, PlanInvalid. Journal:
    ``records.release_planned/1``.
    """
    by.must("records.record.release", path)
    school = schools.unit(unit)
    if school is None or not school.path.startswith(path):
        raise NotFound("There is no such school here.", field="unit")
    mode = ReleaseMode(mode)
    if (mode is ReleaseMode.AT) != (at is not None) or (at is not None and at <= now):
        raise PlanInvalid("Choose a minute that is to come.", field="at")
    kept = ReleasePlan.objects.select_for_update().filter(unit=unit, document_type=document_type, period=period).first()
    if kept is None:
        kept = ReleasePlan(id=new_id(), unit=unit, path=school.path, document_type=document_type, period=period)
    kept.mode, kept.at = mode, at
    kept.save()
    unseen = _unseen(now).filter(unit=unit, document_type=document_type, period=period)
    moved = unseen.update(released_at=now if mode is ReleaseMode.AT_ONCE else at)
    append(
        by=by,
        kind="records.release_planned/1",
        path=school.path,
        refs={
            "unit": str(unit),
            "document_type": document_type,
            "period": period,
            "mode": mode.value,
            "at": stamp(at) if at else None,
            "moved": moved,
        },
        now=now,
    )
    return moved


@transaction.atomic
def release(
    *,
    by: Actor,
    path: str,
    records: Sequence[UUID] = (),
    unit: UUID | None = None,
    document_type: str = "",
    period: str = "",
    now: datetime,
) -> int:
    """Make published records visible now: those named, or all of one kind, school and period; returns how many.

    What is visible already is left as it is. Needs ``records.record.release`` at `path`; records at another place are
    not touched. Raises NotFound when neither records nor a group is named. Journal: ``records.release_ordered/1``.
    """
    by.must("records.record.release", path)
    unseen = _unseen(now).filter(path__startswith=path)
    if records:
        count = sum(unseen.filter(id__in=some).update(released_at=now) for some in chunks(records))
    elif unit is None or not document_type or not period:
        raise NotFound("Name the documents to release.", field="records")
    else:
        count = unseen.filter(unit=unit, document_type=document_type, period=period).update(released_at=now)
    told = refs(records) if records else {"unit": str(unit), "document_type": document_type, "period": period}
    append(by=by, kind="records.release_ordered/1", path=path, refs={**told, "released": count}, now=now)
    return count


@transaction.atomic
def announce_release(*, by: Actor, unit: UUID, document_type: str, period: str, now: datetime) -> int:
    """Tell of the records of one kind, school and period whose minute has passed, once; returns how many.

    Journal: ``records.released/1`` with unit, document_type, period, count and ``at``, by which
    `queries.announced` finds them. None when nothing is left to tell. Needs ``records.release.announce``.
    """
    by.must("records.release.announce")
    due = Record.objects.filter(
        unit=unit,
        document_type=document_type,
        period=period,
        state=State.PUBLISHED,
        released_at__lte=now,
        announced_at__isnull=True,
    )
    path = due.values_list("path", flat=True).first()
    count = due.update(announced_at=now)
    if path is None or not count:
        return 0
    told = {"unit": str(unit), "document_type": document_type, "period": period}
    append(by=by, kind="records.released/1", path=path, refs={**told, "count": count, "at": now.isoformat()}, now=now)
    return count


def release_published(*, batch: UUID, now: datetime) -> None:
    """Give the records of a batch that was just published their minute; part of `publish`, which writes the journal.

    A correction is visible at once when what it corrects was; what is replaced before anybody saw it stays unseen.
    """
    rows = list(
        Record.objects.filter(batch=batch, state=State.PUBLISHED).values_list(
            "id", "unit", "document_type", "period", "replaces", "replaces__released_at"
        )
    )
    plans = {
        (plan.unit, plan.document_type, plan.period): plan
        for plan in ReleasePlan.objects.select_for_update().filter(unit__in={row[1] for row in rows})
    }
    minutes: dict[datetime | None, list[UUID]] = {}
    for record, unit, document_type, period, replaces, former in rows:
        seen = replaces is not None and former is not None and former <= now
        minutes.setdefault(now if seen else _minute(plans.get((unit, document_type, period)), now), []).append(record)
    for minute, some in minutes.items():
        if minute is not None:
            for part in chunks(some):
                Record.objects.filter(id__in=part).update(released_at=minute)
    _hide(filter(None, (row[4] for row in rows)), now)


def _minute(plan: ReleasePlan | None, now: datetime) -> datetime | None:
    if plan is None or plan.mode == ReleaseMode.AT_ONCE:
        return now
    return max(plan.at, now) if plan.at is not None else None


def _hide(replaced: Iterable[UUID], now: datetime) -> None:
    for some in chunks(list(replaced)):
        Record.objects.filter(id__in=some, released_at__gt=now).update(released_at=None)


def _unseen(now: datetime) -> QuerySet[Record]:
    """Published records that those whom they are about do not see."""
    return Record.objects.filter(Q(released_at__isnull=True) | Q(released_at__gt=now), state=State.PUBLISHED)
