"""What a signer's own ceremonies came to: how far the documents are, what failed, what was signed before."""

from __future__ import annotations

from collections import Counter, defaultdict
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from enum import StrEnum
from typing import Any
from uuid import UUID

from django.db.models import Count, Max, Q, QuerySet

from testamur.kernel.base.actor import Actor
from testamur.kernel.base.refused import NotFound
from testamur.trust.records.models import Issue, IssueBatch, Record, RecordSigner
from testamur.trust.records.queries.finding import Signature
from testamur.trust.records.queries.listing import RecordView, view
from testamur.trust.records.rules import State


class Stage(StrEnum):
    """Where a document of a ceremony is on its way."""

    OPEN = "open"
    """In the ceremony, not signed yet."""
    PASSED_ON = "passed_on"
    """Signed here; another signer is next."""
    SIGNED = "signed"
    SEALED = "sealed"
    LOGGED = "logged"
    PUBLISHED = "published"
    FAILED = "failed"
    """Held back, or in a batch that rests with an error: somebody has to look."""


WAY = (Stage.SIGNED, Stage.SEALED, Stage.LOGGED, Stage.PUBLISHED)
"""The stages that follow the last signature, in order."""


@dataclass(frozen=True, slots=True)
class Hand:
    """One ceremony of a signer and where its documents are.

    Attributes:
        signed_at: None while the ceremony is not signed (or over and not yet settled).
        stages: how many documents are at each stage now.
    """

    ceremony: UUID
    role: str
    path: str
    signed_at: datetime | None
    stages: Mapping[Stage, int]

    @property
    def count(self) -> int:
        """All its documents."""
        return sum(self.stages.values())

    @property
    def on_the_way(self) -> int:
        """How many are neither published nor passed on nor failed."""
        return sum(self.stages.get(stage, 0) for stage in (Stage.SIGNED, Stage.SEALED, Stage.LOGGED))

    @property
    def published(self) -> int:
        """How many are published."""
        return self.stages.get(Stage.PUBLISHED, 0)

    @property
    def failed(self) -> int:
        """How many wait for somebody to look."""
        return self.stages.get(Stage.FAILED, 0)

    def reached(self, stage: Stage) -> int:
        """How many have come to `stage` of `WAY` or beyond; a failed one was signed."""
        far = sum(self.stages.get(one, 0) for one in WAY[WAY.index(stage) :])
        return far + (self.failed if stage is Stage.SIGNED else 0)


@dataclass(frozen=True, slots=True)
class Failure:
    """A document that could not go on, and the code of the reason. Names nobody."""

    record: UUID
    title: str
    period: str
    group: str
    subject_kind: str
    subject: UUID
    why: str


@dataclass(frozen=True, slots=True)
class Course:
    """How far the documents of one signed ceremony have come.

    Attributes:
        ended: when the last of them was published so far.
    """

    hand: Hand
    failures: tuple[Failure, ...]
    ended: datetime | None


@dataclass(frozen=True, slots=True)
class SignedDocument:
    """One document that a person signed; `signed_at` is what the e-ID said."""

    record: UUID
    title: str
    document_type: str
    unit: UUID
    path: str
    period: str
    group: str
    subject_kind: str
    subject: UUID
    state: State
    role: str
    order: int
    ceremony: UUID
    signed_at: datetime


@dataclass(frozen=True, slots=True)
class Named:
    """A document that names somebody as a signer, its class, and all its signers in order."""

    record: RecordView
    group: str
    signatures: tuple[Signature, ...]


_STAGE_FIELDS = ("record__state", "record__batch__stage")


def hands(*, by: Actor, since: datetime) -> list[Hand]:
    """The actor's own ceremonies that are open, on their way, stuck, or were signed after `since`; newest first.

    One query, whatever the number of documents.
    """
    under_way = Q(signed_at__isnull=True) | Q(signed_at__gte=since) | Q(record__state__in=[State.SIGNED, State.SEALED])
    return list(_hands(RecordSigner.objects.filter(under_way, person=by.id, ceremony__isnull=False)))


def course(*, by: Actor, ceremony: UUID) -> Course:
    """How far one of the actor's own ceremonies has come, and what failed. Raises NotFound for any other."""
    mine = RecordSigner.objects.filter(person=by.id, ceremony=ceremony)
    hand = next(_hands(mine), None)
    if hand is None:
        raise NotFound("There is no such ceremony.", ceremony=str(ceremony))
    stuck = Record.objects.filter(id__in=mine.values("record")).filter(_STUCK).select_related("batch")
    failures = tuple(
        Failure(
            r.id,
            r.title,
            r.period,
            r.group_code,
            r.subject_kind,
            r.subject,
            r.held or (r.batch.error if r.batch else ""),
        )
        for r in stuck.order_by("group_code", "id")[:500]
    )
    issues = Issue.objects.filter(record__in=mine.values("record"))
    return Course(hand, failures, issues.aggregate(last=Max("published_at"))["last"])


def in_ceremony(*, by: Actor, ceremony: UUID) -> tuple[UUID, ...]:
    """The documents that are in one of the actor's own ceremonies, or were signed by it."""
    rows = RecordSigner.objects.filter(person=by.id, ceremony=ceremony)
    return tuple(rows.order_by("record").values_list("record", flat=True))


def signed(*, by: Actor, start: int = 0, limit: int = 50) -> tuple[list[SignedDocument], int]:
    """What the actor has signed, newest first: one page of it, and how many there are in all. Two queries."""
    rows = RecordSigner.objects.filter(person=by.id, signed_at__isnull=False)
    page = rows.select_related("record").order_by("-signed_at", "record__path", "record__group_code", "record")
    return [_signed(row) for row in page[start : start + limit]], rows.count()


def for_signer(*, by: Actor, record: UUID) -> Named:
    """A document that names the actor as a signer, with everybody who signs it. Raises NotFound for any other."""
    row = _named(by, record)
    signers = RecordSigner.objects.filter(record=row).order_by("order")
    return Named(view(row), row.group_code, tuple(Signature(s.order, s.role, s.person, s.signed_at) for s in signers))


def _named(by: Actor, record: UUID) -> Record:
    named = RecordSigner.objects.filter(person=by.id, record=record).exclude(record__state=State.DISPOSED)
    row = named.select_related("record").first()
    if row is None:
        raise NotFound("There is no such document.", record=str(record))
    return row.record


_STUCK = (~Q(held="") & Q(state=State.SIGNED)) | (
    Q(batch__isnull=False) & ~Q(batch__error="") & ~Q(batch__stage=IssueBatch.Stage.DONE)
)
_STUCK_ROW = (~Q(record__held="") & Q(record__state=State.SIGNED)) | (
    Q(record__batch__isnull=False) & ~Q(record__batch__error="") & ~Q(record__batch__stage=IssueBatch.Stage.DONE)
)


def _hands(rows: QuerySet[RecordSigner]) -> Iterator[Hand]:
    counted: Sequence[dict[str, Any]] = (
        rows.values("ceremony", "role", "signed_at", *_STAGE_FIELDS)
        .annotate(n=Count("id"), stuck=Count("id", filter=_STUCK_ROW), path=Max("record__path"))
        .order_by("-signed_at", "ceremony")
    )
    stages: dict[UUID, Counter[Stage]] = defaultdict(Counter)
    about: dict[UUID, dict[str, Any]] = {}
    for row in counted:
        about.setdefault(row["ceremony"], row)
        found = stages[row["ceremony"]]
        found[Stage.FAILED] += row["stuck"]
        found[_stage(row)] += row["n"] - row["stuck"]
    opened = sorted(about, key=lambda ceremony: about[ceremony]["signed_at"] is not None)
    for ceremony in opened:
        row = about[ceremony]
        yield Hand(ceremony, row["role"], row["path"], row["signed_at"], +stages[ceremony])


def _stage(row: Mapping[str, Any]) -> Stage:
    state, batch = row["record__state"], row["record__batch__stage"]
    if row["signed_at"] is None:
        return Stage.OPEN
    if state in {State.DRAFTED, State.READY, State.SIGNING}:
        return Stage.PASSED_ON
    if state == State.SIGNED:
        return Stage.SIGNED
    if state == State.SEALED:
        return Stage.LOGGED if batch == IssueBatch.Stage.LOGGED else Stage.SEALED
    return Stage.PUBLISHED


def _signed(row: RecordSigner) -> SignedDocument:
    r = row.record
    assert row.ceremony is not None
    assert row.signed_at is not None
    return SignedDocument(
        record=r.id,
        title=r.title,
        document_type=r.document_type,
        unit=r.unit,
        path=r.path,
        period=r.period,
        group=r.group_code,
        subject_kind=r.subject_kind,
        subject=r.subject,
        state=State(r.state),
        role=row.role,
        order=row.order,
        ceremony=row.ceremony,
        signed_at=row.signed_at,
    )
