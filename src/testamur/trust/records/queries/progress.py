"""How far the documents of some pupils have come: for packages above, which ask themselves who may see it."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Collection, Iterable
from dataclasses import dataclass
from datetime import datetime
from typing import Any
from uuid import UUID

from testamur.trust.records.models import Issue, Record, RecordSigner
from testamur.trust.records.rules import State

_CHUNK = 500
_COLUMNS = (
    "subject",
    "id",
    "version",
    "state",
    "draft_file__made_at",
    "held",
    "declined_at",
    "code",
    "replaced_because",
)


@dataclass(frozen=True, slots=True)
class Progress:
    """The newest version of one document that was not thrown away.

    Attributes:
        made_at: when it was frozen.
        signers: (role, person, signed) in the order of signing.
        replaced_because: why it takes the place of a former one; empty for a first version.
    """

    record: UUID
    version: int
    state: State
    made_at: datetime
    held: str
    declined: bool
    code: str
    replaced_because: str
    signers: tuple[tuple[str, UUID, bool], ...] = ()


def progress(
    *, unit: UUID, document_type: str, periods: Collection[str], subjects: Iterable[UUID]
) -> dict[UUID, Progress]:
    """The newest version of one kind of document about each of these subjects; who has none is left out."""
    rows: dict[UUID, tuple[Any, ...]] = {}
    wanted = list(dict.fromkeys(subjects))
    for start in range(0, len(wanted), _CHUNK):
        found = Record.objects.filter(
            unit=unit, document_type=document_type, period__in=list(periods), subject__in=wanted[start : start + _CHUNK]
        ).exclude(state=State.DISPOSED)
        rows.update((row[0], row) for row in found.order_by("version").values_list(*_COLUMNS))
    signers = _signers([row[1] for row in rows.values()])
    return {
        subject: Progress(
            record=record,
            version=version,
            state=State(state),
            made_at=made_at,
            held=held,
            declined=declined is not None,
            code=code,
            replaced_because=because,
            signers=tuple(signers[record]),
        )
        for subject, (_s, record, version, state, made_at, held, declined, code, because) in rows.items()
    }


def _signers(records: list[UUID]) -> dict[UUID, list[tuple[str, UUID, bool]]]:
    found: dict[UUID, list[tuple[str, UUID, bool]]] = defaultdict(list)
    for start in range(0, len(records), _CHUNK):
        rows = RecordSigner.objects.filter(record__in=records[start : start + _CHUNK]).order_by("record", "order")
        for record, role, person, at in rows.values_list("record", "role", "person", "signed_at"):
            found[record].append((role, person, at is not None))
    return found


@dataclass(frozen=True, slots=True)
class Grown:
    """The newest version of a document that grows over the years, wherever it was made."""

    record: UUID
    version: int
    state: State
    unit: UUID
    period: str
    content_sha256: str
    sealed_at: datetime | None


def grown(*, document_type: str, organisation: UUID, subjects: Iterable[UUID]) -> dict[UUID, Grown]:
    """The newest version of a growing document about each subject, made by any school of a body in any year."""
    rows: dict[UUID, Grown] = {}
    wanted = list(dict.fromkeys(subjects))
    for start in range(0, len(wanted), _CHUNK):
        found = Record.objects.filter(
            document_type=document_type, organisation=organisation, subject__in=wanted[start : start + _CHUNK]
        ).exclude(state=State.DISPOSED)
        columns = ("subject", "id", "version", "state", "unit", "period", "content_sha256")
        kept = list(found.order_by("version", "issued_on", "id").values_list(*columns))
        sealed = dict(Issue.objects.filter(record__in=[row[1] for row in kept]).values_list("record", "sealed_at"))
        for subject, record, version, state, unit, period, content in kept:
            rows[subject] = Grown(record, version, State(state), unit, period, content, sealed.get(record))
    return rows


def units_of(*, batch: UUID | None = None, ceremony: UUID | None = None) -> frozenset[UUID]:
    """The schools whose documents are in a batch, or in a ceremony."""
    rows = Record.objects.all()
    if batch is not None:
        rows = rows.filter(batch=batch)
    if ceremony is not None:
        rows = rows.filter(id__in=RecordSigner.objects.filter(ceremony=ceremony).values("record"))
    return frozenset(rows.values_list("unit", flat=True).distinct()) if batch or ceremony else frozenset()
