"""Published records as a delivery needs them, for code that has asked already whether its actor may read them."""

from __future__ import annotations

from collections.abc import Collection
from dataclasses import dataclass
from datetime import datetime
from uuid import UUID

from django.db.models import QuerySet

from testamur.trust.records.models import Issue
from testamur.trust.records.rules import State

_CHUNK = 500


@dataclass(frozen=True, slots=True)
class Filed:
    """A record that was issued, and its file. `group` is the code of the class, `pupil` whom it is about."""

    record: UUID
    organisation: UUID
    unit: UUID
    path: str
    document_type: str
    pupil: UUID
    period: str
    group: str
    version: int
    state: State
    code: str
    replaces: UUID | None
    pdf_sha256: str
    pdf_size: int
    log_index: int
    sealed_at: datetime


def filed(*, records: Collection[UUID]) -> dict[UUID, Filed]:
    """Issued records by id; one that was never issued is left out."""
    every = list(dict.fromkeys(records))
    found: dict[UUID, Filed] = {}
    for start in range(0, len(every), _CHUNK):
        found |= {one.record: one for one in _read(Issue.objects.filter(record__in=every[start : start + _CHUNK]))}
    return found


def filed_in(*, batch: UUID, document_type: str) -> tuple[Filed, ...]:
    """The records of that kind that one issue batch published."""
    return _read(Issue.objects.filter(record__batch=batch, record__document_type=document_type))


def filed_at(*, path: str, document_type: str, group: str = "", period: str = "") -> tuple[Filed, ...]:
    """The records of that kind that hold now at or below `path`: published, and replaced by no other."""
    rows = Issue.objects.filter(
        record__path__startswith=path, record__document_type=document_type, record__state=State.PUBLISHED
    )
    if group:
        rows = rows.filter(record__group_code=group)
    if period:
        rows = rows.filter(record__period__startswith=period)
    return _read(rows)


def _read(rows: QuerySet[Issue]) -> tuple[Filed, ...]:
    return tuple(
        Filed(
            row.record_id, row.record.organisation, row.record.unit, row.record.path, row.record.document_type,
            row.record.subject, row.record.period, row.record.group_code, row.record.version, State(row.record.state),
            row.record.code, row.record.replaces_id, row.pdf_sha256, row.pdf_size, row.log_index, row.sealed_at,
        )
        for row in rows.select_related("record").order_by("log_index").iterator(chunk_size=1000)
    )  # fmt: skip
