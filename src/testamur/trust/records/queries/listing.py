"""Reading records."""

from __future__ import annotations

from collections import Counter, defaultdict
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from datetime import date, datetime
from uuid import UUID

from django.db.models import Count

from testamur.kernel.base.actor import Actor
from testamur.kernel.base.refused import NotFound
from testamur.trust.records.models import DraftFile, Issue, IssueBatch, Record, RecordSigner
from testamur.trust.records.rules import State


@dataclass(frozen=True, slots=True)
class RecordView:
    """A record as lists show it: no name of a person."""

    id: UUID
    organisation: UUID
    unit: UUID
    path: str
    document_type: str
    subject_kind: str
    subject: UUID
    title: str
    period: str
    version: int
    state: State
    code: str
    issued_on: date
    replaces: UUID | None


@dataclass(frozen=True, slots=True)
class BatchRecord:
    """What issuing needs of one record."""

    id: UUID
    version: int
    h0: str
    size: int
    json_size: int
    record_json_sha256: str
    pack: UUID
    offset: int
    prev: str | None
    ceremonies: tuple[tuple[int, UUID, datetime], ...]
    """(order, ceremony, signed at) of each signer, in order."""


@dataclass(frozen=True, slots=True)
class BatchView:
    """An issue batch under way. `unit` is the school where all its records are of one, else None."""

    id: UUID
    organisation: UUID
    unit: UUID | None
    path: str
    stage: str
    sealed_at: datetime | None
    records: tuple[BatchRecord, ...]


@dataclass(frozen=True, slots=True)
class IssueView:
    """What a published record is outside the database."""

    record: UUID
    code: str
    document_type: str
    subject: UUID
    path: str
    period: str
    log_index: int
    pdf_sha256: str
    pdf_size: int
    published_at: datetime


def batch(batch_id: UUID) -> BatchView:
    """A batch with its records in a fixed order. Raises NotFound."""
    row = IssueBatch.objects.filter(id=batch_id).first()
    if row is None:
        raise NotFound("There is no such batch.", batch=str(batch_id))
    signers: dict[UUID, list[tuple[int, UUID, datetime]]] = defaultdict(list)
    for record, order, ceremony, signed_at in (
        RecordSigner.objects.filter(record__batch=row)
        .order_by("record", "order")
        .values_list("record", "order", "ceremony", "signed_at")
    ):
        if ceremony is not None and signed_at is not None:
            signers[record].append((order, ceremony, signed_at))
    records = Record.objects.filter(batch=row).order_by("id")
    units = list(records.order_by().values_list("unit", flat=True).distinct())
    prev = dict(Issue.objects.filter(record__in=records.values("replaces")).values_list("record", "commitment"))
    return BatchView(
        row.id,
        row.organisation,
        units[0] if len(units) == 1 else None,
        row.path,
        row.stage,
        row.sealed_at,
        tuple(
            BatchRecord(
                id=r.id,
                version=r.version,
                h0=r.h0,
                size=r.size,
                json_size=r.json_size,
                record_json_sha256=r.record_json_sha256,
                pack=r.draft_file_id,
                offset=r.draft_offset,
                prev=prev.get(r.replaces_id) if r.replaces_id else None,
                ceremonies=tuple(signers[r.id]),
            )
            for r in records.iterator(chunk_size=1000)
        ),
    )


def is_done(batch_id: UUID) -> bool:
    """True when that batch is finished."""
    return IssueBatch.objects.filter(id=batch_id, stage=IssueBatch.Stage.DONE).exists()


def published(*, by: Actor, path: str = "/", limit: int | None = None) -> Iterator[IssueView]:
    """Published records below `path`, oldest first. Raises NotAllowed without ``records.record.read``."""
    by.must("records.record.read", path)
    rows = Issue.objects.select_related("record").filter(record__path__startswith=path).order_by("log_index")
    for row in (rows[:limit] if limit else rows).iterator(chunk_size=1000):
        r = row.record
        yield IssueView(
            r.id,
            r.code,
            r.document_type,
            r.subject,
            r.path,
            r.period,
            row.log_index,
            row.pdf_sha256,
            row.pdf_size,
            row.published_at,
        )


def records(
    *, by: Actor, path: str, state: State | None = None, document_type: str | None = None, period: str | None = None
) -> list[RecordView]:
    """Records below `path`, filtered. Raises NotAllowed without ``records.record.read``."""
    by.must("records.record.read", path)
    rows = Record.objects.filter(path__startswith=path)
    if state is not None:
        rows = rows.filter(state=state)
    if document_type is not None:
        rows = rows.filter(document_type=document_type)
    if period is not None:
        rows = rows.filter(period=period)
    return [view(r) for r in rows.order_by("path", "document_type", "id").iterator(chunk_size=2000)]


def by_ids(*, by: Actor, records: Sequence[UUID]) -> list[RecordView]:
    """The records with these ids, in that order; an unknown id is left out.

    Raises NotAllowed without ``records.record.read`` where they lie.
    """
    found: dict[UUID, RecordView] = {}
    for start in range(0, len(records), 500):
        for row in Record.objects.filter(id__in=records[start : start + 500]):
            found[row.id] = view(row)
    for path in sorted({one.path for one in found.values()}):
        by.must("records.record.read", path)
    return [found[record] for record in records if record in found]


@dataclass(frozen=True, slots=True)
class Latest:
    """The newest version of one document: what it says (digest of its content), and how far it has come.

    Attributes:
        held: why it cannot be sealed, or why its batch rests; empty when nothing is wrong.
        declined: somebody would not sign it, and it was not marked ready since.
        released_at: when those whom it is about may see it.
        signers: (order, role, person) as they are named in it, in order.
        signed: how many of them have signed.
    """

    record: UUID
    version: int
    state: State
    content_sha256: str
    replaces: UUID | None
    replaced_because: str
    sealed_at: datetime | None
    held: str = ""
    declined: bool = False
    released_at: datetime | None = None
    signers: tuple[tuple[int, str, UUID], ...] = ()
    signed: int = 0


def latest(*, by: Actor, path: str, unit: UUID, period: str) -> dict[tuple[str, UUID], Latest]:
    """The newest version of every document of a school and period that was not thrown away, by (type, subject).

    Raises NotAllowed without ``records.record.read`` at `path`.
    """
    by.must("records.record.read", path)
    rows = Record.objects.filter(unit=unit, period=period).exclude(state=State.DISPOSED)
    mine = rows.values("id")
    sealed = dict(Issue.objects.filter(record__in=mine).values_list("record", "sealed_at"))
    signers: dict[UUID, list[tuple[int, str, UUID]]] = defaultdict(list)
    signed: Counter[UUID] = Counter()
    for record, order, role, person, at in (
        RecordSigner.objects.filter(record__in=mine)
        .order_by("record", "order")
        .values_list("record", "order", "role", "person", "signed_at")
        .iterator(chunk_size=2000)
    ):
        signers[record].append((order, role, person))
        signed[record] += at is not None
    stuck = dict(IssueBatch.objects.exclude(error="").filter(id__in=rows.values("batch")).values_list("id", "error"))
    return {
        (r.document_type, r.subject): Latest(
            r.id,
            r.version,
            State(r.state),
            r.content_sha256,
            r.replaces_id,
            r.replaced_because,
            sealed.get(r.id),
            r.held or (stuck.get(r.batch_id, "") if r.batch_id else ""),
            r.declined_at is not None,
            r.released_at,
            tuple(signers[r.id]),
            signed[r.id],
        )
        for r in rows.order_by("version").iterator(chunk_size=1000)
    }


def signers_of(records_: Sequence[UUID]) -> dict[UUID, list[tuple[int, str, UUID, bool]]]:
    """(order, role, person, signed) of each record's signers."""
    found: dict[UUID, list[tuple[int, str, UUID, bool]]] = defaultdict(list)
    for start in range(0, len(records_), 500):
        rows = RecordSigner.objects.filter(record__in=records_[start : start + 500]).order_by("record", "order")
        for record, order, role, person, signed_at in rows.values_list(
            "record", "order", "role", "person", "signed_at"
        ):
            found[record].append((order, role, person, signed_at is not None))
    return found


@dataclass(frozen=True, slots=True)
class Given:
    """A signature that a record has."""

    role: str
    person: UUID
    ceremony: UUID
    signed_at: datetime


def given(records_: Sequence[UUID]) -> dict[UUID, list[Given]]:
    """The signatures that each record has, in order; for code that has asked already whether its actor may read it."""
    found: dict[UUID, list[Given]] = defaultdict(list)
    for start in range(0, len(records_), 500):
        rows = RecordSigner.objects.filter(record__in=records_[start : start + 500], signed_at__isnull=False)
        for record, role, person, ceremony, signed_at in rows.order_by("record", "order").values_list(
            "record", "role", "person", "ceremony", "signed_at"
        ):
            if ceremony is not None and signed_at is not None:
                found[record].append(Given(role, person, ceremony, signed_at))
    return found


def counts(*, by: Actor, path: str = "/") -> dict[str, int]:
    """Number of records below `path` by state."""
    by.must("records.record.read", path)
    rows = Record.objects.filter(path__startswith=path).values("state").annotate(n=Count("id"))
    return {row["state"]: row["n"] for row in rows}


def spent_packs() -> list[UUID]:
    """Draft packs of which every record is issued or thrown away: their files may go."""
    alive = [State.DRAFTED, State.READY, State.SIGNING, State.SIGNED, State.SEALED]
    used = Record.objects.filter(state__in=alive).values("draft_file")
    return list(DraftFile.objects.filter(removed=False).exclude(id__in=used).values_list("id", flat=True))


def view(r: Record) -> RecordView:
    """The row as the dataclass that crosses the door."""
    return RecordView(
        r.id,
        r.organisation,
        r.unit,
        r.path,
        r.document_type,
        r.subject_kind,
        r.subject,
        r.title,
        r.period,
        r.version,
        State(r.state),
        r.code,
        r.issued_on,
        r.replaces_id,
    )
