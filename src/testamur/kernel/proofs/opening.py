"""Opening a record: its bytes, its revisions and what stands in them, before any signature is looked at."""

from __future__ import annotations

import hashlib
import re
from dataclasses import dataclass
from datetime import UTC, datetime

from testamur.kernel.proofs import cms
from testamur.kernel.proofs.additions import check_additions
from testamur.kernel.proofs.evidence import orders
from testamur.kernel.proofs.layout import order_of, personal_orders
from testamur.kernel.proofs.pdf.contents import EmbeddedFile, Signature, embedded_files, signatures
from testamur.kernel.proofs.pdf.reader import MAX_SIZE, PdfFile, read
from testamur.kernel.proofs.pdf.values import PdfError, Value
from testamur.kernel.proofs.personal import PersonalRevision
from testamur.kernel.proofs.report import Failed
from testamur.kernel.proofs.shape import ShapeError
from testamur.kernel.proofs.snapshot import Snapshot, parse_snapshot

RECORD_JSON = "record.json"
_MARKS = (b"TestamurSeal", b"(record.json)", b"(evidence-1.json)")
"""What a record leaves in its bytes even when it is damaged."""
_DATE = re.compile(rb"D:(\d{14})Z")
_ONE_CASE = re.compile(rb"<(?:[0-9a-f]*|[0-9A-F]*)>")


class Foreign(Exception):  # noqa: N818 - an answer, not a programming error
    """The file is not a Testamur record."""

    def __init__(self, code: str, message: str) -> None:
        """`message` is one plain sentence."""
        super().__init__(message)
        self.code = code


@dataclass(frozen=True, slots=True)
class Opened:
    """A file that was opened and read as far as any check needs it.

    Attributes:
        snapshot: `record.json`.
        record_json: its bytes.
        evidence: file name → bytes, one for each signer who has not signed in the file itself.
        personal: signatures in the file itself, by the place of the signer, in the order of their revisions.
        h0: SHA-256 of the first revision, lower-case hex.
        h0_size: bytes of the first revision.
        doc_digest: SHA-256 of the bytes under the seal.
        seal: taken apart, not yet verified.
        claimed_at: the seal's own word about when it was made (`/M`).
    """

    snapshot: Snapshot
    record_json: bytes
    evidence: dict[str, bytes]
    personal: dict[int, PersonalRevision]
    h0: str
    h0_size: int
    doc_digest: bytes
    seal: cms.Seal
    claimed_at: datetime


class Opening:
    """One attempt to open one file; `snapshot` is set as soon as it could be read, even if the rest fails."""

    def __init__(self, data: bytes) -> None:
        """`data` are the bytes of the file."""
        self.data = data
        self.snapshot: Snapshot | None = None

    def open(self) -> Opened:
        """Raises `Foreign` for a file that is no record, `Failed` for a record that is damaged or tampered with."""
        if len(self.data) > MAX_SIZE:
            raise Failed("pdf.size", "The file is too large to be checked.", undecided=True)
        try:
            return self._read()
        except PdfError as error:
            if not self._claims():
                raise Foreign(error.code, f"This is not a Testamur record: {error}") from error
            raise _flaw(error.code, f"The file is damaged or was tampered with: {error}") from error

    def _claims(self) -> bool:
        """True when a file that cannot be read, or holds no record, still bears the marks of one."""
        return any(mark in self.data for mark in _MARKS)

    def _read(self) -> Opened:
        pdf = read(self.data)
        held = next((file for file in embedded_files(pdf, revision=1) if file.name == RECORD_JSON), None)
        if held is None:
            if not self._claims():
                raise Foreign("record.absent", "This is not a Testamur record: it holds no record.json.")
            raise _flaw("record.absent", "The record inside the file was removed.")
        self.snapshot = snapshot = _snapshot(held)
        signature, personal = self._signatures(pdf)
        names = check_additions(pdf, snapshot, signature, personal)
        places = personal_orders(personal)
        orders(names, snapshot, places)
        end = pdf.revisions[0].end
        if not self.data[:end].endswith(b"%%EOF\n"):
            raise _flaw("revision.boundary", "The first revision does not end as it should.")
        ends = [revision.end for revision in pdf.revisions[1:-1]]
        final = {file.name: file.data for file in embedded_files(pdf)}
        return Opened(
            snapshot=snapshot,
            record_json=held.data,
            evidence={name: final[name] for name in names},
            personal={
                place: PersonalRevision(self._digest(one, one_end), one.contents, _pdf_date(one.values.get("M")))
                for place, one, one_end in zip(places, personal, ends, strict=True)
            },
            h0=hashlib.sha256(self.data[:end]).hexdigest(),
            h0_size=end,
            doc_digest=self._digest(signature, len(self.data)),
            seal=cms.parse_seal(signature.contents),
            claimed_at=_pdf_date(signature.values.get("M")),
        )

    def _digest(self, signature: Signature, end: int) -> bytes:
        """SHA-256 of the file up to `end` but for the signature's value."""
        digest = hashlib.sha256(self.data[: signature.contents_start])
        digest.update(self.data[signature.contents_end : end])
        return digest.digest()

    def _signatures(self, pdf: PdfFile) -> tuple[Signature, list[Signature]]:
        """The one seal, which covers every byte but its own value, and the personal signatures before it, in order.

        Each covers its own revision and all before it, and each is written in one way only.
        """
        found = sorted(signatures(pdf), key=lambda one: one.revision)
        personal = [one for one in found if order_of(one) is not None]
        seals = [one for one in found if order_of(one) is None]
        if not seals:
            raise _flaw("seal.absent", "The document says that it is a record, but it is not sealed.")
        if len(seals) > 1 or signatures(pdf, revision=1):
            raise _flaw("seal.second", f"The file carries {len(seals)} signatures instead of one seal.")
        (seal,) = seals
        if seal.revision != len(personal) + 2 or not seal.covers(len(self.data)):
            raise _flaw("seal.byte_range", "The seal does not cover the whole file.")
        for number, one in enumerate(personal, 2):
            if one.revision != number or not one.covers(pdf.revisions[number - 1].end):
                raise _flaw("personal.byte_range", "A personal signature does not cover the file as it was then.")
        for one in (seal, *personal):
            written = self.data[one.contents_start : one.contents_end]
            if not _ONE_CASE.fullmatch(written) or len(written) != 2 * len(one.contents) + 2:
                raise _flaw("seal.contents", "The seal's value is not written as it should be.")
        return seal, personal


def _flaw(code: str, message: str) -> Failed:
    return Failed(code, message, sub="FORMAT_FAILURE")


def _snapshot(held: EmbeddedFile) -> Snapshot:
    if held.relationship != "Data" or not held.associated or held.ambiguous:
        raise _flaw("record.relationship", "record.json is not attached as the document's data.")
    try:
        return parse_snapshot(held.data)
    except ShapeError as error:
        raise _flaw("record.malformed", f"The record is malformed: {error}.") from error


def _pdf_date(value: Value) -> datetime:
    found = _DATE.fullmatch(value) if isinstance(value, bytes) else None
    if found is None:
        raise _flaw("seal.date", "The seal's date is not written as it should be.")
    try:
        return datetime.strptime(found[1].decode(), "%Y%m%d%H%M%S").replace(tzinfo=UTC)
    except ValueError as error:
        raise _flaw("seal.date", "The seal's date is not in the calendar.") from error
