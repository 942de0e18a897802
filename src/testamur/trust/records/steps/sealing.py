"""Making the seals of a batch, in memory: evidence and box per record, the same bytes again from the notes."""

from __future__ import annotations

import hashlib
import json
import secrets
from collections.abc import Callable, Iterator, Mapping
from contextlib import contextmanager
from dataclasses import dataclass
from datetime import datetime
from functools import lru_cache
from uuid import UUID

from testamur.kernel.base.clock import parse_stamp, stamp
from testamur.kernel.base.refused import Refused
from testamur.kernel.proofs import tlog
from testamur.kernel.proofs.pdf.values import PdfError
from testamur.kernel.proofs.personal import PersonalRevision, verify_personal
from testamur.kernel.proofs.snapshot import Snapshot, parse_snapshot
from testamur.trust.records import drafts, texts
from testamur.trust.records.bundle import crls
from testamur.trust.records.drafts import SealNote, SealNotes
from testamur.trust.records.queries import BatchRecord, BatchView
from testamur.trust.records.rules import signer_ref
from testamur.trust.records.seals import seal_in_use, sealer_for, time_stamps
from testamur.trust.records.steps.costs import Costs
from testamur.trust.sealing import personal as pades
from testamur.trust.sealing.keys.contract import KeyElsewhere, KeyUnavailable
from testamur.trust.sealing.sealer import Sealed
from testamur.trust.signing import personal
from testamur.trust.signing.methods.certificate.anchors import roots as personal_roots
from testamur.trust.signing.personal import Signatures
from testamur.trust.signing.queries import SignedBy, evidences, signed_by
from testamur.trust.signing.rules import Evidences, SignedDocument

Clock = Callable[[], datetime]


class DraftDamaged(Refused):
    """The stored first revision is not the one that was signed."""

    code = "records.draft_damaged"


class SealNotesMissing(Refused):
    """The batch counts as sealed, but what its seals were made of is gone: it must not be sealed a second time."""

    code = "records.seal_notes_missing"


class ClockBehind(Refused):
    """The machine's clock is behind a signature or a seal that it has seen; what it says now would be false."""

    code = "records.clock_behind"


class EvidenceMismatch(Refused):
    """What the ceremonies attest is not what the document names: its signers, their roles, or the document itself."""

    code = "records.evidence"


class Unsealable(Exception):  # noqa: N818 - says what it is about
    """One record of a batch is refused; nothing of the batch has been sealed for good yet."""

    def __init__(self, record: UUID, why: str) -> None:
        """Which record, and the code of the refusal."""
        super().__init__(why)
        self.record = record
        self.why = why


@dataclass(frozen=True, slots=True)
class Made:
    """A batch with its documents, sealed in memory."""

    view: BatchView
    originals: Mapping[UUID, tuple[bytes, bytes]]
    sealed: Mapping[UUID, Sealed]
    notes: SealNotes
    at: datetime


@dataclass(frozen=True, slots=True)
class Attested:
    """How the signers of one record signed: evidence files by name, and revisions of the file itself, in order."""

    evidence: Mapping[str, bytes]
    personal: tuple[bytes, ...]


def make(view: BatchView, clock: Clock, costs: Costs) -> Made:
    """Seal every record of the batch. With notes of an earlier try the very same bytes come out, without the key.

    Raises Unsealable for one bad record of a batch that is not sealed yet, SealNotesMissing, ClockBehind, and what key
    and time-stamping authority refuse.
    """
    with costs("draft"):
        originals = {r.id: _original(r) for r in view.records}
    with costs("evidence"):
        notes = drafts.read_notes(view.id, [r.id for r in view.records])
        if notes is None and view.stage != "claimed":
            raise SealNotesMissing("The notes of this sealed batch are gone; restore them.", batch=str(view.id))
        now = clock() if notes is None else None
        attested = {}
        for r in view.records:
            with _naming(r):
                attested[r.id] = _attested(view, r, originals[r.id], now)
    with costs("seal"):
        sealed, notes, at = _seal(view, originals, attested, notes, clock)
    return Made(view, originals, sealed, notes, at)


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
def _ceremony(ceremony: UUID) -> tuple[Evidences | Signatures, SignedBy]:
    """What one signed ceremony gave, and who signed: it never changes, and one ceremony serves many batches."""
    given = personal.signatures(ceremony) if personal.signed_personally({ceremony}) else evidences(ceremony)
    return given, signed_by(ceremony)


def _attested(view: BatchView, record: BatchRecord, both: tuple[bytes, bytes], now: datetime | None) -> Attested:
    """Evidence files by name and personal revisions; what a verifier would refuse for its signatures is not sealed.

    Rows may lie (a restored table, a hand at the console); the snapshot that was signed does not. `now` is the time of
    sealing, at which personal certificates must still hold; None where the record is sealed already.
    """
    document, frozen = both
    snapshot = parse_snapshot(frozen)
    named = snapshot.signers
    if not named or [s.order for s in named] != [order for order, _ceremony, _at in record.ceremonies]:
        raise EvidenceMismatch("Not everybody whom the document names has signed it.", record=str(record.id))
    files: dict[str, bytes] = {}
    revisions: list[bytes] = []
    for signer, (order, ceremony, _at) in zip(named, record.ceremonies, strict=True):
        given, who = _ceremony(ceremony)
        signed = SignedDocument(record.id, record.h0, record.size, order)
        held = given.document(record.id) if isinstance(given, Evidences) else given.documents.get(record.id)
        if held != signed:
            raise EvidenceMismatch("The ceremony was about another document.", record=str(record.id))
        ref = signer_ref(record.id, who.scheme, who.identifier)
        told = (signer.role, signer.name, signer.ref, view.organisation)
        if told != (who.role, who.name, ref, who.organisation):
            raise EvidenceMismatch("Another signed than the document names.", record=str(record.id))
        if isinstance(given, Evidences):
            files[f"evidence-{order}.json"] = given.of(record.id)
            continue
        document, revision = _signed(document, snapshot, order, given, record, view.organisation, now)
        revisions.append(revision)
    return Attested(files, tuple(revisions))


def _signed(
    document: bytes,
    snapshot: Snapshot,
    order: int,
    given: Signatures,
    record: BatchRecord,
    organisation: UUID,
    now: datetime | None,
) -> tuple[bytes, bytes]:
    """The document with one signer's revision, and the revision: the same bytes as when it was signed.

    What every verifier will ask of the signature is asked before anything is sealed over it.
    """
    signer = next(one for one in snapshot.signers if one.order == order)
    prepared = pades.prepare(
        document,
        certificates=given.certificates,
        order=order,
        name=signer.name,
        role_title=signer.title,
        at=given.at,
    )
    revision = pades.revision(prepared, certificates=given.certificates, signature=given.values[record.id])
    if now is not None:
        digits = revision[len(prepared.head) + 1 :][: prepared.reserved]
        verify_personal(
            PersonalRevision(prepared.doc_digest, bytes.fromhex(digits.decode()), given.at),
            signer=signer,
            snapshot=snapshot,
            after=snapshot.frozen_at,
            sealed_at=now,
            roots=personal_roots(),
            crls=crls(organisation),
        )
    return document + revision, revision


def _seal(
    view: BatchView,
    originals: Mapping[UUID, tuple[bytes, bytes]],
    attested: Mapping[UUID, Attested],
    notes: SealNotes | None,
    clock: Clock,
) -> tuple[dict[UUID, Sealed], SealNotes, datetime]:
    if notes is None:
        now = clock()
        at, seal = parse_stamp(stamp(now)), seal_in_use(view.organisation, now, unit=view.unit)
        signed = max((when for r in view.records for _order, _ceremony, when in r.ceremonies), default=at)
        if at < signed.replace(microsecond=0):
            raise ClockBehind("The clock is behind a signature of this batch.", batch=str(view.id))
    else:
        at, seal = _time_of(notes), notes.seal
    sealer = sealer_for(seal)
    boxes = {r.id: _box(r, originals[r.id][1], sealer.organisation, at) for r in view.records}
    shared = sealer.prepare_batch({line for box in boxes.values() for line in box.lines})
    sealed: dict[UUID, Sealed] = {}
    for record in view.records:
        box = boxes[record.id]
        with _naming(record, sealing=notes is None):
            sealed[record.id] = shared.seal(
                originals[record.id][0],
                evidence=attested[record.id].evidence,
                personal=attested[record.id].personal,
                page=box.page,
                rect=box.rect,
                lines=box.lines,
                field_text=box.field_text,
                at=at,
                signature=notes.records[record.id].signature if notes else None,
            )
    return sealed, notes or _notes(view, seal, sealed, at, clock), at


def _notes(view: BatchView, seal: UUID, sealed: Mapping[UUID, Sealed], at: datetime, clock: Clock) -> SealNotes:
    tokens = time_stamps([sealed[r.id].signature_value for r in view.records], clock)
    made = {
        r.id: SealNote(
            sealed[r.id].signature_value, secrets.token_bytes(32), _statement(view, r, sealed[r.id], at), token
        )
        for r, token in zip(view.records, tokens, strict=True)
    }
    return SealNotes(seal, made)


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
        raise Unsealable(record.id, getattr(error, "code", type(error).__name__)) from error


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


def _time_of(notes: SealNotes) -> datetime:
    return parse_stamp(str(json.loads(next(iter(notes.records.values())).statement)["time"]))
