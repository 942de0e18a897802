"""What waits for a signer."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from datetime import date, datetime
from uuid import UUID

from django.db.models import Exists, Max, OuterRef, QuerySet, Subquery

from testamur.kernel.base.actor import Actor
from testamur.register.schools import queries as schools
from testamur.trust.records.models import Record, RecordSigner
from testamur.trust.records.queries.listing import RecordView, view
from testamur.trust.records.rules import DELEGATE, State


@dataclass(frozen=True, slots=True)
class WaitingDocument:
    """A document that waits for somebody's signature. Names nobody: whoever shows a name asks `people.queries`.

    Attributes:
        title: the document's legal name (for a group's document with the group).
        unit_name: the school.
        group: code of the class; empty where none is known.
        subject: the pupil's id (of a group's document an id of its own).
        order: which signer of the document this is, from 1.
        role: as it stands in the document; ``delegate`` signs by delegation, then `delegated` is true.
        since: when it became this signer's turn.
        size: bytes of the document.
    """

    record: UUID
    title: str
    document_type: str
    organisation: UUID
    unit: UUID
    unit_name: str
    path: str
    period: str
    group: str
    subject_kind: str
    subject: UUID
    order: int
    role: str
    since: datetime | None
    size: int
    delegated: bool
    issued_on: date
    version: int


_FIELDS = (
    "record__id",
    "record__title",
    "record__document_type",
    "record__organisation",
    "record__unit",
    "record__path",
    "record__period",
    "record__group_code",
    "record__subject_kind",
    "record__subject",
    "order",
    "role",
    "record__ready_at",
    "before",
    "record__size",
    "record__issued_on",
    "record__version",
)


def waiting(
    *,
    by: Actor,
    person: UUID,
    document_type: str = "",
    unit: UUID | None = None,
    period: str = "",
    group: str | None = None,
    role: str = "",
) -> list[WaitingDocument]:
    """Every document whose next signer is `person`, filtered, by school, document, class and age (A9). Two queries.

    A person may ask for oneself; anyone else needs ``records.record.read`` everywhere.
    """
    _must_be_own(by, person)
    rows = _turns(person)
    if document_type:
        rows = rows.filter(record__document_type=document_type)
    if unit is not None:
        rows = rows.filter(record__unit=unit)
    if period:
        rows = rows.filter(record__period=period)
    if group is not None:
        rows = rows.filter(record__group_code=group)
    if role:
        rows = rows.filter(role=role)
    former = RecordSigner.objects.filter(record=OuterRef("record"), order__lt=OuterRef("order"))
    rows = rows.annotate(before=Subquery(former.values("record").annotate(last=Max("signed_at")).values("last")))
    found = list(
        rows.order_by("record__path", "record__document_type", "record__group_code", "record").values_list(*_FIELDS)
    )
    names = {key: one.name for key, one in schools.units({row[4] for row in found}).items()}
    return [
        WaitingDocument(
            record=record,
            title=title,
            document_type=kind,
            organisation=organisation,
            unit=unit_id,
            unit_name=names.get(unit_id, ""),
            path=path,
            period=of_period,
            group=of_group,
            subject_kind=subject_kind,
            subject=subject,
            order=order,
            role=as_role,
            since=max(filter(None, (ready, before)), default=None),
            size=size,
            delegated=as_role == DELEGATE,
            issued_on=issued_on,
            version=version,
        )
        for (
            record,
            title,
            kind,
            organisation,
            unit_id,
            path,
            of_period,
            of_group,
            subject_kind,
            subject,
            order,
            as_role,
            ready,
            before,
            size,
            issued_on,
            version,
        ) in found
    ]


def waiting_for(*, by: Actor, person: UUID) -> list[RecordView]:
    """Every document that waits for this person's signature now (A9): ready, and no earlier signer left.

    A person may ask for oneself; anyone else needs ``records.record.read`` everywhere.
    """
    _must_be_own(by, person)
    return [view(r) for r in next_for(person)]


def next_for(person: UUID) -> Iterator[Record]:
    """Records whose next signer is `person` and that are in no ceremony of theirs."""
    rows = _turns(person).select_related("record").order_by("record__path", "record__document_type", "record")
    for row in rows.iterator(chunk_size=2000):
        yield row.record


def unsettled() -> list[UUID]:
    """Ceremonies in which records are, signed or not: those that are over are to be noted."""
    rows = RecordSigner.objects.filter(signed_at__isnull=True, ceremony__isnull=False)
    return [c for c in rows.values_list("ceremony", flat=True).distinct().order_by("ceremony") if c is not None]


def is_unsettled(ceremony: UUID) -> bool:
    """True while records are in that ceremony and its end is not noted on them."""
    return RecordSigner.objects.filter(ceremony=ceremony, signed_at__isnull=True).exists()


def to_announce(*, now: datetime) -> list[tuple[UUID, str, str]]:
    """(school, document type, period) of records whose minute of release has passed untold."""
    due = Record.objects.filter(state=State.PUBLISHED, released_at__lte=now, announced_at__isnull=True)
    return list(
        due.order_by("path", "document_type", "period").values_list("unit", "document_type", "period").distinct()
    )


def _turns(person: UUID) -> QuerySet[RecordSigner]:
    """The signatures that this person can give now."""
    earlier = RecordSigner.objects.filter(
        record=OuterRef("record"), order__lt=OuterRef("order"), signed_at__isnull=True
    )
    return RecordSigner.objects.filter(
        ~Exists(earlier),
        person=person,
        signed_at__isnull=True,
        ceremony__isnull=True,
        record__state__in=[State.READY, State.SIGNING],
    )


def _must_be_own(by: Actor, person: UUID) -> None:
    if by.id != person:
        by.must("records.record.read")
