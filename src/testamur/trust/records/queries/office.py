"""What the office follows: who has not signed, what failed, what was declined, long work under way."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime
from typing import Any
from uuid import UUID

from django.db.models import Count, Exists, Min, OuterRef, Q

from testamur.kernel.base.actor import Actor
from testamur.kernel.base.refused import NotFound
from testamur.trust.records.models import Decline, IssueBatch, Record, RecordSigner, ReleasePlan, Sight, Work
from testamur.trust.records.rules import ReleaseMode, State, WorkState


@dataclass(frozen=True, slots=True)
class Unsigned:
    """Somebody whose signature is missing.

    Attributes:
        count: documents of this kind that need this person's signature.
        turn: how many of them wait for this person now, no earlier signer left.
        since: when the first of them was marked ready.
    """

    person: UUID
    role: str
    unit: UUID
    path: str
    document_type: str
    title: str
    period: str
    count: int
    turn: int
    since: datetime | None


@dataclass(frozen=True, slots=True)
class Held:
    """A signed record that cannot be sealed, and the code of why."""

    record: UUID
    title: str
    document_type: str
    unit: UUID
    path: str
    period: str
    group: str
    subject: UUID
    why: str


@dataclass(frozen=True, slots=True)
class Resting:
    """A batch that was tried too often and rests with its error; its records wait."""

    batch: UUID
    path: str
    stage: str
    error: str
    tries: int
    count: int
    claimed_at: datetime


@dataclass(frozen=True, slots=True)
class Follow:
    """What is not done below a place."""

    unsigned: tuple[Unsigned, ...]
    held: tuple[Held, ...]
    resting: tuple[Resting, ...]


@dataclass(frozen=True, slots=True)
class Declined:
    """A refusal to sign. `open` while the record is a draft that nobody marked ready since."""

    record: UUID
    title: str
    document_type: str
    unit: UUID
    path: str
    period: str
    group: str
    subject: UUID
    person: UUID
    role: str
    why: str
    at: datetime
    open: bool


@dataclass(frozen=True, slots=True)
class WorkView:
    """Long work and how far it has come. `errors` are codes with ids."""

    id: UUID
    kind: str
    unit: UUID
    path: str
    person: UUID
    asked: Mapping[str, Any]
    total: int
    done: int
    failed: int
    state: WorkState
    errors: tuple[Mapping[str, Any], ...]
    asked_at: datetime
    started: datetime | None
    ended: datetime | None


@dataclass(frozen=True, slots=True)
class ReleaseView:
    """A plan of release, and how many published documents of the group are visible or not yet."""

    unit: UUID
    path: str
    document_type: str
    period: str
    mode: ReleaseMode
    at: datetime | None
    released: int
    waiting: int


@dataclass(frozen=True, slots=True)
class SightView:
    """Somebody saw a person with protected identity by the true name."""

    person: UUID
    actor: UUID
    where: str
    path: str
    at: datetime


def follow(*, by: Actor, path: str) -> Follow:
    """Who has not signed, and what cannot go on by itself, below `path`. Needs ``records.record.read`` there."""
    by.must("records.record.read", path)
    return Follow(_unsigned(path), _held(path), _resting(path))


def _unsigned(path: str) -> tuple[Unsigned, ...]:
    earlier = RecordSigner.objects.filter(
        record=OuterRef("record"), order__lt=OuterRef("order"), signed_at__isnull=True
    )
    rows = (
        RecordSigner.objects.filter(
            signed_at__isnull=True, record__state__in=[State.READY, State.SIGNING], record__path__startswith=path
        )
        .annotate(later=Exists(earlier))
        .values("person", "role", "record__unit", "record__path", "record__document_type", "record__period")
        .annotate(
            count=Count("id"), turn=Count("id", filter=Q(later=False)), since=Min("record__ready_at"),
            title=Min("record__title"),
        )
        .order_by("since", "record__path", "record__document_type", "person")
    )  # fmt: skip
    return tuple(
        Unsigned(
            row["person"], row["role"], row["record__unit"], row["record__path"], row["record__document_type"],
            row["title"], row["record__period"], row["count"], row["turn"], row["since"],
        )
        for row in rows
    )  # fmt: skip


def _held(path: str) -> tuple[Held, ...]:
    rows = Record.objects.filter(path__startswith=path).exclude(held="").order_by("path", "document_type", "id")
    return tuple(
        Held(r.id, r.title, r.document_type, r.unit, r.path, r.period, r.group_code, r.subject, r.held) for r in rows
    )


def _resting(path: str) -> tuple[Resting, ...]:
    rows = IssueBatch.objects.exclude(stage=IssueBatch.Stage.DONE).exclude(error="").filter(path__startswith=path)
    counts = dict(
        Record.objects.filter(batch__in=rows.values("id"))
        .values("batch")
        .annotate(n=Count("id"))
        .values_list("batch", "n")
    )
    return tuple(
        Resting(r.id, r.path, r.stage, r.error, r.tries, counts.get(r.id, 0), r.claimed_at)
        for r in rows.order_by("claimed_at", "id")
    )


def declines(*, by: Actor, path: str, limit: int = 500) -> tuple[Declined, ...]:
    """Refusals to sign below `path`, newest first, with their reasons. Needs ``records.record.read`` there."""
    by.must("records.record.read", path)
    rows = Decline.objects.filter(record__path__startswith=path).select_related("record").order_by("-at", "id")
    return tuple(
        Declined(
            r.record_id, r.record.title, r.record.document_type, r.record.unit, r.record.path, r.record.period,
            r.record.group_code, r.record.subject, r.person, r.role, r.why, r.at,
            r.record.state == State.DRAFTED and r.record.declined_at == r.at,
        )
        for r in rows[:limit]
    )  # fmt: skip


def work(*, by: Actor, work: UUID) -> WorkView:
    """One long work, for whoever asked for it and those with ``records.record.read`` there. Raises NotFound."""
    row = Work.objects.filter(id=work).first()
    if row is None or not (row.person == by.id or by.may("records.record.read", row.path)):
        raise NotFound("There is no such work.", work=str(work))
    return _work(row)


def works(*, by: Actor, path: str, limit: int = 50) -> tuple[WorkView, ...]:
    """Long work below `path`, newest first. Needs ``records.record.read`` there."""
    by.must("records.record.read", path)
    rows = Work.objects.filter(path__startswith=path).order_by("-asked_at", "id")
    return tuple(map(_work, rows[:limit]))


def _work(row: Work) -> WorkView:
    return WorkView(
        row.id, row.kind, row.unit, row.path, row.person, row.asked, row.total, row.done, row.failed,
        WorkState(row.state), tuple(row.errors), row.asked_at, row.started, row.ended,
    )  # fmt: skip


def releases(*, by: Actor, path: str, now: datetime) -> tuple[ReleaseView, ...]:
    """Plans of release below `path`, and groups of published documents that citizens do not see yet.

    A group without a plan is released at once. Needs ``records.record.read`` there.
    """
    by.must("records.record.read", path)
    seen = Q(released_at__isnull=False, released_at__lte=now)
    counted = {
        (row["unit"], row["path"], row["document_type"], row["period"]): (row["released"], row["waiting"])
        for row in Record.objects.filter(path__startswith=path, state=State.PUBLISHED)
        .values("unit", "path", "document_type", "period")
        .annotate(released=Count("id", filter=seen), waiting=Count("id", filter=~seen))
    }
    plans = {
        (p.unit, p.path, p.document_type, p.period): (ReleaseMode(p.mode), p.at)
        for p in ReleasePlan.objects.filter(path__startswith=path)
    }
    wanted = {key for key, (_released, waits) in counted.items() if waits} | set(plans)
    return tuple(
        ReleaseView(*key, *plans.get(key, (ReleaseMode.AT_ONCE, None)), *counted.get(key, (0, 0)))
        for key in sorted(wanted, key=lambda k: (k[1], k[2], k[3]))
    )


def announced(*, unit: UUID, document_type: str, period: str, at: datetime) -> tuple[tuple[UUID, UUID], ...]:
    """(record, subject) of the records that one journal entry ``records.released/1`` told of; for notices.

    The arguments are the entry's refs (``at`` with `datetime.fromisoformat`).
    """
    rows = Record.objects.filter(unit=unit, document_type=document_type, period=period, announced_at=at)
    return tuple(rows.order_by("id").values_list("id", "subject"))


def sights(*, by: Actor, path: str, since: datetime | None = None, limit: int = 500) -> tuple[SightView, ...]:
    """Who saw persons with protected identity below `path`, newest first. Needs ``people.protected.review`` there."""
    by.must("people.protected.review", path)
    rows = Sight.objects.filter(path__startswith=path)
    if since is not None:
        rows = rows.filter(at__gte=since)
    return tuple(SightView(r.person, r.actor, r.where, r.path, r.at) for r in rows.order_by("-at", "id")[:limit])
