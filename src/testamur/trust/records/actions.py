"""The verbs of a record's life. Each is one transaction; the slow work between them is in `steps`."""

from __future__ import annotations

import hashlib
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from uuid import UUID

from django.db import connection, transaction
from django.db.models import Exists, OuterRef

from testamur.kernel.base.actor import Actor
from testamur.kernel.base.ids import new_id
from testamur.kernel.base.refused import NotFound, Refused
from testamur.kernel.journal.actions import append
from testamur.trust.records.models import DraftFile, Issue, IssueBatch, Record, RecordSigner
from testamur.trust.records.rules import REPLACEMENT, NewRecord, State, code
from testamur.trust.signing import actions as signing
from testamur.trust.signing import queries as ceremonies
from testamur.trust.signing.rules import DocumentToSign, SignerIdentity

LEASE = timedelta(minutes=10)


class WrongState(Refused):
    """The record is not where this verb needs it to be."""

    code = "records.state"


class NotYourTurn(Refused):
    """The signer is not named in the record, has signed already, or an earlier signer has not."""

    code = "records.not_your_turn"


class NotReplaceable(Refused):
    """Only a published record can be replaced, and only once."""

    code = "records.not_replaceable"


@dataclass(frozen=True, slots=True)
class Drafted:
    """A rendered record: where its first revision lies in the pack, and the digests that bind it."""

    new: NewRecord
    h0: str
    size: int
    json_size: int
    offset: int
    record_json_sha256: str
    content_sha256: str


@dataclass(frozen=True, slots=True)
class Issued:
    """What a record became when it was sealed, logged and archived."""

    record: UUID
    doc_digest: str
    seal_sig_sha256: str
    commitment: str
    log_index: int
    pdf_sha256: str
    pdf_size: int


@transaction.atomic
def draft(*, by: Actor, pack: UUID, size: int, drafted: Sequence[Drafted], now: datetime) -> None:
    """Enter rendered records as drafts. Journal: ``records.drafted/1`` with count and digest of the H0s.

    Raises NotAllowed without ``records.record.draft`` at each school; NotReplaceable when a record names a former one
    that is not published. A second record for the same document, pupil, period and version breaks a constraint.
    """
    for path in sorted({d.new.issuer.path for d in drafted}):
        by.must("records.record.draft", path)
    replaced = [d.new.replaces for d in drafted if d.new.replaces]
    if replaced and Record.objects.filter(id__in=replaced, state=State.PUBLISHED).count() != len(set(replaced)):
        raise NotReplaceable("Only a published record can be replaced.")
    file = DraftFile(id=pack, made_at=now, size=size)
    file.save(force_insert=True)
    Record.objects.bulk_create([_record(d, pack) for d in drafted], batch_size=200)
    RecordSigner.objects.bulk_create(
        [
            RecordSigner(record_id=d.new.record, order=s.order, role=s.role, person=s.person)
            for d in drafted
            for s in d.new.signers
        ],
        batch_size=500,
    )
    append(
        by=by,
        kind="records.drafted/1",
        path=drafted[0].new.issuer.path,
        refs={"pack": str(pack), "count": len(drafted), "h0s_sha256": _digest(d.h0 for d in drafted)},
        now=now,
    )


def _record(d: Drafted, pack: UUID) -> Record:
    new = d.new
    return Record(
        id=new.record,
        organisation=new.issuer.organisation,
        unit=new.issuer.unit,
        path=new.issuer.path,
        document_type=new.document.code,
        pack=new.pack_id,
        subject_kind=new.subject.kind,
        subject=new.subject.id,
        title=new.document.title if new.subject.kind == "pupil" else f"{new.document.title} {new.subject.name}",
        period=new.period,
        version=new.version,
        replaces_id=new.replaces,
        replaced_because=new.replaced_because,
        code=code(new.record),
        content_sha256=d.content_sha256,
        record_json_sha256=d.record_json_sha256,
        h0=d.h0,
        size=d.size,
        json_size=d.json_size,
        draft_file_id=pack,
        draft_offset=d.offset,
        issued_on=new.issued_on,
    )


@transaction.atomic
def mark_ready(*, by: Actor, path: str, records: Sequence[UUID], now: datetime) -> None:
    """The school administrator's word that the documents may be signed (A4). Journal: ``records.ready/1``."""
    by.must("records.record.ready", path)
    _move(records, State.DRAFTED, State.READY, path)
    append(by=by, kind="records.ready/1", path=path, refs=_refs(records), now=now)


@transaction.atomic
def recall(*, by: Actor, path: str, records: Sequence[UUID], now: datetime) -> None:
    """Take ready documents back to draft before anybody signs. Journal: ``records.recalled/1``."""
    by.must("records.record.ready", path)
    _move(records, State.READY, State.DRAFTED, path)
    append(by=by, kind="records.recalled/1", path=path, refs=_refs(records), now=now)


@transaction.atomic
def discard(*, by: Actor, path: str, records: Sequence[UUID], now: datetime) -> None:
    """Throw drafts away that nobody has signed. Journal: ``records.discarded/1``."""
    by.must("records.record.draft", path)
    _move(records, State.DRAFTED, State.DISPOSED, path)
    append(by=by, kind="records.discarded/1", path=path, refs=_refs(records), now=now)


@transaction.atomic
def start_ceremony(
    *,
    by: Actor,
    path: str,
    organisation: UUID,
    organisation_name: str,
    signer: SignerIdentity,
    role: str,
    method: str,
    records: Sequence[UUID],
    locale: str,
    now: datetime,
) -> UUID:
    """Open one ceremony over all of `records` for one signer (A11); returns its id.

    Raises NotYourTurn unless the signer is the next one of every record, WrongState for a record not ready.
    Journal: ``records.ceremony_started/1`` beside the ceremony's own entry.
    """
    by.must("records.record.sign", path)
    documents = _documents_for(signer.person, records)
    ceremony = signing.start(
        by=by,
        organisation=organisation,
        path=path,
        signer=signer,
        role=role,
        method=method,
        documents=documents,
        locale=locale,
        organisation_name=organisation_name,
        now=now,
    )
    for some in _chunks(records):
        Record.objects.filter(id__in=some, state=State.READY).update(state=State.SIGNING)
        RecordSigner.objects.filter(record__in=some, person=signer.person, role=role, signed_at__isnull=True).update(
            ceremony=ceremony
        )
    append(
        by=by,
        kind="records.ceremony_started/1",
        path=path,
        refs={"ceremony": str(ceremony), **_refs(records)},
        now=now,
    )
    return ceremony


def _documents_for(person: UUID, records: Sequence[UUID]) -> list[DocumentToSign]:
    found: dict[UUID, DocumentToSign] = {}
    earlier = RecordSigner.objects.filter(
        record=OuterRef("record"), order__lt=OuterRef("order"), signed_at__isnull=True
    )
    for some in _chunks(records):
        rows = (
            RecordSigner.objects.filter(record__in=some, person=person, signed_at__isnull=True)
            .filter(record__state__in=[State.READY, State.SIGNING])
            .filter(~Exists(earlier))
            .select_related("record")
        )
        for row in rows:
            r = row.record
            found[r.id] = DocumentToSign(
                record=r.id, h0=r.h0, size=r.size, title=r.title, order=row.order, group=f"{r.title}, {r.period}"
            )
    missing = [r for r in records if r not in found]
    if missing:
        raise NotYourTurn(
            f"{len(missing)} of {len(records)} documents do not wait for this person's signature.",
            field="records",
            first=str(missing[0]),
        )
    return [found[r] for r in records]


@transaction.atomic
def accept_signatures(*, by: Actor, ceremony: UUID, now: datetime) -> int:
    """Note a finished ceremony on its records; those that now have every signature become signed.

    Calling it again changes nothing. Returns how many records became signed. Raises WrongState while the ceremony is
    not signed. Journal: ``records.signed/1``.
    """
    done = ceremonies.ceremony(ceremony, by=by)
    if done.signed_at is None:
        raise WrongState("The ceremony is not signed.", ceremony=str(ceremony))
    by.must("records.record.sign", done.path)
    RecordSigner.objects.filter(ceremony=ceremony, signed_at__isnull=True).update(signed_at=done.signed_at)
    open_signer = RecordSigner.objects.filter(record=OuterRef("id"), signed_at__isnull=True)
    mine = RecordSigner.objects.filter(ceremony=ceremony).values("record")
    signed = (
        Record.objects.filter(id__in=mine, state=State.SIGNING).filter(~Exists(open_signer)).update(state=State.SIGNED)
    )
    append(
        by=by,
        kind="records.signed/1",
        path=done.path,
        refs={"ceremony": str(ceremony), "signed": signed},
        now=now,
    )
    return signed


@transaction.atomic
def release_ceremony(*, by: Actor, path: str, ceremony: UUID, now: datetime) -> None:
    """After a declined, failed or expired ceremony its records wait again. Journal: ``records.released/1``."""
    by.must("records.record.sign", path)
    rows = RecordSigner.objects.filter(ceremony=ceremony, signed_at__isnull=True)
    records = list(rows.values_list("record", flat=True))
    rows.update(ceremony=None)
    under_way = RecordSigner.objects.filter(record=OuterRef("id"), ceremony__isnull=False)
    for some in _chunks(records):
        Record.objects.filter(id__in=some, state=State.SIGNING).filter(~Exists(under_way)).update(state=State.READY)
    append(by=by, kind="records.released/1", path=path, refs={"ceremony": str(ceremony), **_refs(records)}, now=now)


@transaction.atomic
def claim(*, by: Actor, worker: str, limit: int, now: datetime) -> UUID | None:
    """Take the next batch to issue: one whose worker died, or up to `limit` signed records of one organisation.

    Returns None when nothing waits. Two workers never hold the same batch. Journal: ``records.batch_claimed/1``.
    """
    by.must("records.batch.issue")
    skip = connection.features.has_select_for_update_skip_locked
    orphan = (
        IssueBatch.objects.select_for_update(skip_locked=skip)
        .exclude(stage=IssueBatch.Stage.DONE)
        .filter(lease_until__lt=now, error="")
        .order_by("claimed_at")
        .first()
    )
    if orphan is not None:
        orphan.worker, orphan.lease_until = worker, now + LEASE
        orphan.save(update_fields=["worker", "lease_until"])
        append(
            by=by,
            kind="records.batch_claimed/1",
            path=orphan.path,
            now=now,
            refs={"batch": str(orphan.id), "worker": worker, "again": True},
        )
        return orphan.id
    waiting = Record.objects.filter(state=State.SIGNED, batch__isnull=True, held="")
    first = waiting.order_by("id").values_list("organisation", flat=True).first()
    if first is None:
        return None
    rows = list(
        waiting.filter(organisation=first)
        .select_for_update(skip_locked=skip)
        .order_by("unit", "document_type", "id")
        .values_list("id", "path")[:limit]
    )
    if not rows:
        return None
    batch = IssueBatch(
        id=new_id(),
        organisation=first,
        path=_common_path([p for _id, p in rows]),
        claimed_at=now,
        lease_until=now + LEASE,
        worker=worker,
    )
    batch.save(force_insert=True)
    Record.objects.filter(id__in=[i for i, _path in rows]).update(batch=batch)
    append(
        by=by,
        kind="records.batch_claimed/1",
        path=batch.path,
        now=now,
        refs={"batch": str(batch.id), "worker": worker, "count": len(rows)},
    )
    return batch.id


@transaction.atomic
def note_sealed(*, by: Actor, batch: UUID, sealed_at: datetime, now: datetime) -> None:
    """The seal notes are durable: the batch counts as sealed. Journal: ``records.batch_sealed/1``."""
    row = _batch(by, batch)
    moved = Record.objects.filter(batch=batch, state=State.SIGNED).update(state=State.SEALED)
    row.stage, row.sealed_at = IssueBatch.Stage.SEALED, sealed_at
    row.lease_until = now + LEASE
    row.save(update_fields=["stage", "sealed_at", "lease_until"])
    append(by=by, kind="records.batch_sealed/1", path=row.path, refs={"batch": str(batch), "count": moved}, now=now)


@transaction.atomic
def publish(*, by: Actor, batch: UUID, issued: Sequence[Issued], sealed_at: datetime, now: datetime) -> None:
    """The archive objects stand: the records are published and those they replace step back.

    Journal: ``records.batch_published/1`` with count and digest of the commitments.
    """
    row = _batch(by, batch)
    Issue.objects.bulk_create(
        [
            Issue(
                record_id=i.record,
                doc_digest=i.doc_digest,
                seal_sig_sha256=i.seal_sig_sha256,
                commitment=i.commitment,
                log_index=i.log_index,
                pdf_sha256=i.pdf_sha256,
                pdf_size=i.pdf_size,
                sealed_at=sealed_at,
                published_at=now,
            )
            for i in issued
        ],
        batch_size=200,
    )
    Record.objects.filter(batch=batch, state=State.SEALED).update(state=State.PUBLISHED)
    for because, after in REPLACEMENT.items():
        replaced = Record.objects.filter(batch=batch, replaced_because=because).values("replaces")
        Record.objects.filter(id__in=replaced, state=State.PUBLISHED).update(state=after)
    row.stage, row.lease_until, row.sealed_at = IssueBatch.Stage.DONE, None, row.sealed_at or sealed_at
    row.save(update_fields=["stage", "lease_until", "sealed_at"])
    append(
        by=by,
        kind="records.batch_published/1",
        path=row.path,
        refs={
            "batch": str(batch),
            "count": len(issued),
            "commitments_sha256": _digest(i.commitment for i in issued),
        },
        now=now,
    )


@transaction.atomic
def hold(*, by: Actor, batch: UUID, record: UUID, why: str, now: datetime) -> None:
    """Take one record that cannot be sealed out of its batch, so that the others go on. Journal: ``records.held/1``."""
    row = _batch(by, batch)
    Record.objects.filter(id=record, batch=batch).update(batch=None, held=why[:80])
    append(by=by, kind="records.held/1", path=row.path, refs={"record": str(record), "why": why[:80]}, now=now)


@transaction.atomic
def release_batch(*, by: Actor, batch: UUID, error: str, now: datetime) -> None:
    """Give a batch back after an error that another try may mend. Journal: ``records.batch_released/1``."""
    row = _batch(by, batch)
    row.lease_until = now
    row.worker = ""
    row.save(update_fields=["lease_until", "worker"])
    append(by=by, kind="records.batch_released/1", path=row.path, refs={"batch": str(batch), "error": error}, now=now)


@transaction.atomic
def annul(*, by: Actor, path: str, record: UUID, why: str, now: datetime) -> None:
    """Declare a published record void (it should never have been issued). Journal: ``records.annulled/1``."""
    by.must("records.record.annul", path)
    _move([record], State.PUBLISHED, State.ANNULLED, path)
    append(by=by, kind="records.annulled/1", path=path, refs={"record": str(record), "why": why[:80]}, now=now)


def _batch(by: Actor, batch: UUID) -> IssueBatch:
    by.must("records.batch.issue")
    row = IssueBatch.objects.select_for_update().filter(id=batch).first()
    if row is None:
        raise NotFound("There is no such batch.", batch=str(batch))
    return row


def _move(records: Sequence[UUID], old: State, new: State, path: str) -> None:
    moved = 0
    for some in _chunks(records):
        rows = Record.objects.filter(id__in=some, state=old, path__startswith=path)
        moved += rows.update(state=new)
    if moved != len(set(records)):
        raise WrongState(
            f"{len(set(records)) - moved} of {len(records)} documents are not {old.value}.", field="records", state=old
        )


def _chunks(records: Sequence[UUID], size: int = 500) -> Iterable[Sequence[UUID]]:
    return (records[i : i + size] for i in range(0, len(records), size))


def _refs(records: Sequence[UUID]) -> dict[str, object]:
    return {"count": len(records), "records_sha256": _digest(r.hex for r in records)}


def _digest(parts: Iterable[str]) -> str:
    return hashlib.sha256("".join(sorted(parts)).encode()).hexdigest()


def _common_path(paths: Sequence[str]) -> str:
    """The longest organisation path that holds them all; ends with a slash."""
    first, last = min(paths), max(paths)
    same = next((i for i, (a, b) in enumerate(zip(first, last, strict=False)) if a != b), min(len(first), len(last)))
    return first[:same].rpartition("/")[0] + "/"
