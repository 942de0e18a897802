"""Attach evidence, seal, log, prove, archive, publish. Read it top to bottom."""

from __future__ import annotations

import hashlib
import json
import secrets
from collections.abc import Callable, Iterator, Mapping
from contextlib import contextmanager
from dataclasses import dataclass, field
from datetime import datetime, timedelta
from functools import lru_cache
from uuid import UUID

from testamur.kernel.base.actor import Actor
from testamur.kernel.base.clock import parse_stamp, stamp
from testamur.kernel.base.refused import Refused
from testamur.kernel.proofs import tlog
from testamur.kernel.proofs.pdf.values import PdfError
from testamur.trust.archive import actions as archive
from testamur.trust.archive.queries import store
from testamur.trust.archive.rules import Event, NewObject, premis
from testamur.trust.records import actions, drafts, queries, texts
from testamur.trust.records.actions import Issued
from testamur.trust.records.drafts import SealNote
from testamur.trust.records.queries import BatchRecord, BatchView
from testamur.trust.records.render import RENDERER_VERSION
from testamur.trust.records.seals import sealer_for
from testamur.trust.records.steps.costs import Costs
from testamur.trust.sealing.keys.contract import KeyElsewhere, KeyUnavailable
from testamur.trust.sealing.sealer import Sealed, embed_proof
from testamur.trust.signing.queries import evidences
from testamur.trust.signing.rules import Evidences
from testamur.trust.transparency import actions as log_actions
from testamur.trust.transparency import queries as logs

Clock = Callable[[], datetime]
BATCH = 250
AGENT = f"Testamur, renderer {RENDERER_VERSION}"


class DraftDamaged(Refused):
    """The stored first revision is not the one that was signed."""

    code = "records.draft_damaged"


class NoLog(Refused):
    """The organisation has no transparency log: nothing can be issued in its name."""

    code = "records.no_log"


def issue_next(*, by: Actor, worker: str, clock: Clock, limit: int = BATCH, costs: Costs | None = None) -> int | None:
    """Claim the next batch and bring it to the end; returns how many records it published, None when nothing waits.

    On an error the batch is given back (with its reason) and the error is raised: the caller decides when to try again.
    """
    costs = costs or Costs()
    with costs("database"):
        claimed = actions.claim(by=by, worker=worker, limit=limit, now=clock())
    if claimed is None:
        return None
    try:
        return issue(by=by, batch=claimed, clock=clock, costs=costs)
    except Exception as error:
        reason = error.code if isinstance(error, Refused) else type(error).__name__
        actions.release_batch(by=by, batch=claimed, error=reason, now=clock())
        raise


def issue(*, by: Actor, batch: UUID, clock: Clock, costs: Costs | None = None) -> int:
    """Attach evidence, seal, log, prove, archive, publish; picks up wherever an earlier try stopped."""
    costs = costs or Costs()
    made = None
    while made is None:
        made = _sealed(by, batch, clock, costs)
    view = made.view
    if view.stage == "done":
        return 0
    if not view.records:
        actions.publish(by=by, batch=batch, issued=[], sealed_at=clock(), now=clock())
        return 0
    sealed_at = parse_stamp(_time_of(made.notes))
    if view.stage == "claimed":
        with costs("seal"):
            drafts.write_notes(batch, made.notes)
        with costs("database"):
            actions.note_sealed(by=by, batch=batch, sealed_at=sealed_at, now=clock())
    with costs("log"):
        proofs = _log(by, view, made.notes, clock)
    with costs("archive"):
        objects, issued = _finish(made, proofs, sealed_at)
        stored = store().write(objects, created=sealed_at)
    with costs("database"):
        now = clock()
        archive.register(
            by=by, path=view.path, organisation=view.organisation, objects=stored, stored_at=sealed_at, now=now
        )
        actions.publish(by=by, batch=batch, issued=issued, sealed_at=sealed_at, now=now)
    drafts.remove_notes(batch)
    return len(issued)


@dataclass(frozen=True, slots=True)
class _Made:
    """A batch with its documents, sealed in memory."""

    view: BatchView
    originals: Mapping[UUID, tuple[bytes, bytes]] = field(default_factory=dict)
    sealed: Mapping[UUID, Sealed] = field(default_factory=dict)
    notes: Mapping[UUID, SealNote] = field(default_factory=dict)


def _sealed(by: Actor, batch: UUID, clock: Clock, costs: Costs) -> _Made | None:
    """Seal the batch; None when one record had to be taken out of it and the rest is to be tried again."""
    with costs("database"):
        view = queries.batch(batch)
    if view.stage == "done" or not view.records:
        return _Made(view)
    try:
        with costs("draft"):
            originals = {r.id: _original(r) for r in view.records}
        with costs("evidence"):
            evidence = {r.id: _evidence(r) for r in view.records}
        with costs("seal"):
            sealed, notes = _seal(view, originals, evidence, clock)
    except _Unsealable as bad:
        if view.stage != "claimed":
            raise
        # It alone waits for a person; the others go on without it. Seals made so far have not left the house.
        drafts.remove_notes(batch)
        actions.hold(by=by, batch=batch, record=bad.record, why=bad.why, now=clock())
        return None
    return _Made(view, originals, sealed, notes)


def _original(record: BatchRecord) -> tuple[bytes, bytes]:
    """First revision and snapshot, compared with what was signed."""
    both = drafts.read_part(record.pack, record.offset, record.size + record.json_size)
    pdf, frozen = both[: record.size], both[record.size :]
    with _naming(record):
        if (hashlib.sha256(pdf).hexdigest(), hashlib.sha256(frozen).hexdigest()) != (
            record.h0,
            record.record_json_sha256,
        ):
            raise DraftDamaged("The stored document is not the one that was signed.", record=str(record.id))
    return pdf, frozen


@lru_cache(maxsize=8)
def _ceremony(ceremony: UUID) -> Evidences:
    """Evidence of one signed ceremony: it never changes, and one ceremony serves many batches."""
    return evidences(ceremony)


def _evidence(record: BatchRecord) -> dict[str, bytes]:
    return {f"evidence-{order}.json": _ceremony(c).of(record.id) for order, c, _at in record.ceremonies}


def _seal(
    view: BatchView,
    originals: Mapping[UUID, tuple[bytes, bytes]],
    evidence: Mapping[UUID, Mapping[str, bytes]],
    clock: Clock,
) -> tuple[dict[UUID, Sealed], dict[UUID, SealNote]]:
    """Seal every record; with notes of an earlier try the same bytes come out, and the key is not used."""
    notes = drafts.read_notes(view.id) or {}
    at = parse_stamp(_time_of(notes)) if notes else parse_stamp(stamp(clock()))
    # `at` is cut to the second; a seal taken into use within it counts
    sealer = sealer_for(view.organisation, at + timedelta(microseconds=999_999))
    boxes = {r.id: _box(r, originals[r.id][1], sealer.organisation, at) for r in view.records}
    shared = sealer.prepare_batch({line for box in boxes.values() for line in box.lines})
    sealed: dict[UUID, Sealed] = {}
    for record in view.records:
        box, note = boxes[record.id], notes.get(record.id)
        with _naming(record, sealing=note is None):
            one = shared.seal(
                originals[record.id][0],
                evidence=evidence[record.id],
                page=box.page,
                rect=box.rect,
                lines=box.lines,
                field_text=box.field_text,
                at=at,
                signature=note.signature if note else None,
            )
        sealed[record.id] = one
        if note is None:
            notes[record.id] = SealNote(one.signature_value, secrets.token_bytes(32), _statement(view, record, one, at))
    return sealed, notes


class _Unsealable(Exception):  # noqa: N818 - says what it is about
    """One record of a batch is refused; nothing of the batch has been sealed for good yet."""

    def __init__(self, record: UUID, why: str) -> None:
        super().__init__(why)
        self.record = record
        self.why = why


@contextmanager
def _naming(record: BatchRecord, *, sealing: bool = True) -> Iterator[None]:
    """Say which record a refusal is about. After the seal notes are written a refusal stops the whole batch."""
    try:
        yield
    except (KeyUnavailable, KeyElsewhere):
        raise  # the key, not the record
    except (Refused, PdfError) as error:
        if not sealing:
            raise
        raise _Unsealable(record.id, getattr(error, "code", type(error).__name__)) from error


@dataclass(frozen=True, slots=True)
class _Box:
    page: int
    rect: tuple[int, int, int, int]
    lines: tuple[str, ...]
    field_text: str


def _box(record: BatchRecord, frozen: bytes, organisation: str, at: datetime) -> _Box:
    told = json.loads(frozen)
    locale = told["document"]["locale"]
    words = texts.words(locale)
    signed_at = {order: when for order, _ceremony, when in record.ceremonies}
    lines = [
        words.signed.format(name=s["name"], title=s["title"], at=texts.at(signed_at[s["order"]], locale))
        for s in told["signers"]
    ]
    lines.append(words.sealed.format(organisation=organisation, at=texts.at(at, locale)))
    x0, y0, x1, y1 = told["seal"]["rect"]
    return _Box(told["seal"]["page"], (x0, y0, x1, y1), tuple(lines), words.field.format(organisation=organisation))


def _statement(view: BatchView, record: BatchRecord, sealed: Sealed, at: datetime) -> bytes:
    return tlog.Statement(
        event="issue",
        record=record.id,
        version=record.version,
        organisation=view.organisation,
        doc_digest=sealed.doc_digest,
        seal_sig_sha256=hashlib.sha256(sealed.signature_value).digest(),
        record_json_sha256=bytes.fromhex(record.record_json_sha256),
        prev=bytes.fromhex(record.prev) if record.prev else None,
        time=at,
    ).data()


def _time_of(notes: Mapping[UUID, SealNote]) -> str:
    return str(json.loads(next(iter(notes.values())).statement)["time"])


def _log(by: Actor, view: BatchView, notes: Mapping[UUID, SealNote], clock: Clock) -> dict[UUID, tlog.Proof]:
    """Entries into the organisation's log; an entry that is there already keeps its place."""
    log = logs.log_by_organisation(organisation=view.organisation)
    if log is None:
        raise NoLog("The organisation has no transparency log.", organisation=str(view.organisation))
    entries = [_entry(notes[r.id]) for r in view.records]
    result = log_actions.append(by=by, log=log.id, entries=entries, now=clock())
    return {
        record.id: tlog.Proof(index, path, result.checkpoint, notes[record.id].salt + notes[record.id].statement)
        for record, (index, path) in zip(view.records, result.proofs, strict=True)
    }


def _entry(note: SealNote) -> bytes:
    return tlog.entry(tlog.EntryKind.RECORD, tlog.commitment(note.salt, note.statement))


def _finish(
    made: _Made, proofs: Mapping[UUID, tlog.Proof], sealed_at: datetime
) -> tuple[list[NewObject], list[Issued]]:
    """The final files, and what the index will say of them."""
    objects: list[NewObject] = []
    issued: list[Issued] = []
    for record in made.view.records:
        note, proof = made.notes[record.id], proofs[record.id].data()
        pdf = embed_proof(made.sealed[record.id], proof)
        digest = hashlib.sha256(pdf).hexdigest()
        events = [
            *(Event("digital signature generation", when, f"signer {order}") for order, _c, when in record.ceremonies),
            Event("digital signature generation", sealed_at, "organisation seal (PAdES)"),
            Event("ingestion", sealed_at, f"transparency log entry {proofs[record.id].index}"),
        ]
        files = {
            "record.pdf": pdf,
            "record.json": made.originals[record.id][1],
            "record.tlog-proof": proof,
            "premis.xml": premis(
                record.id, name="record.pdf", size=len(pdf), sha256=digest, events=events, agent=AGENT
            ),
        }
        objects.append(NewObject(record.id, made.view.organisation, files))
        issued.append(
            Issued(
                record=record.id,
                doc_digest=made.sealed[record.id].doc_digest.hex(),
                seal_sig_sha256=hashlib.sha256(note.signature).hexdigest(),
                commitment=tlog.commitment(note.salt, note.statement).hex(),
                log_index=proofs[record.id].index,
                pdf_sha256=digest,
                pdf_size=len(pdf),
            )
        )
    return objects, issued


def tidy() -> int:
    """Remove draft packs that no record needs any more; returns how many."""
    from testamur.trust.records.models import DraftFile

    spent = queries.spent_packs()
    for pack in spent:
        drafts.remove_pack(pack)
        DraftFile.objects.filter(id=pack).update(removed=True)
    return len(spent)
