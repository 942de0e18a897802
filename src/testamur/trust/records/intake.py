"""Finished PDFs from other systems: checked, put into the one form that can be sealed, and every change told.

What comes out is one revision with a classic cross-reference table, the snapshot attached as `record.json` (PDF/A-3
associated file, relationship *Data*), ending in ``%%EOF`` and a newline; the same input gives the same bytes. It is
identified as PDF/A-3 when, and only when, the validator agrees; what cannot be archived as PDF/A (fonts that are not
embedded, for one) is kept as it looks and flagged with the reasons. Page content is never redrawn. No Django, no clock,
no network.
"""

from __future__ import annotations

import io
from dataclasses import dataclass
from datetime import UTC, datetime

import page
import pikepdf

from testamur.kernel.proofs.pdf.reader import read
from testamur.kernel.proofs.pdf.values import PdfError
from testamur.trust.records.colour import srgb_profile
from testamur.trust.records.foreign import ATTACHMENT, Broken, damage_told, name_of, opened, refuse_dangers
from testamur.trust.records.streams import settle_stream_ends


@dataclass(frozen=True, slots=True)
class Inspection:
    """What is known of a PDF before its snapshot is made: `pages`, `title` (may be empty), `producer`, `language`."""

    pages: int
    title: str
    producer: str
    language: str


@dataclass(frozen=True, slots=True)
class Intake:
    """A normalised document.

    Attributes:
        pdf: the first revision; ends in ``%%EOF`` and a newline.
        pdfa: ``3a`` or ``3b`` when it is PDF/A, empty when it cannot be.
        reasons: why it is not PDF/A: one sentence per broken rule, in the validator's English; empty otherwise.
        changes: what was changed, one plain sentence each.
    """

    pdf: bytes
    pdfa: str
    reasons: tuple[str, ...]
    changes: tuple[str, ...]


def inspect(data: bytes) -> Inspection:
    """Check a document without changing it; raises what `normalise` raises."""
    with damage_told(), opened(data) as pdf:
        refuse_dangers(pdf)
        info = pdf.trailer.get("/Info", pikepdf.Dictionary())
        return Inspection(
            pages=len(pdf.pages),
            title=str(info.get("/Title", "")).strip(),
            producer=str(info.get("/Producer", "")).strip(),
            language=str(pdf.Root.get("/Lang", "")).strip(),
        )


def normalise(data: bytes, *, record_json: bytes, frozen_at: datetime) -> Intake:
    """The first revision of a record whose document another system made.

    `record_json` is the canonical snapshot (docs/formats.md §1), `frozen_at` (aware) the date of the attachment. Raises
    `TooLarge`, `NotPdf`, `Broken`, `Encrypted`, `AlreadySigned`, `ActiveContent`, `FormFields`, `RecordAttached`.
    """
    with damage_told():
        return _normalised(data, record_json, frozen_at)


def _normalised(data: bytes, record_json: bytes, frozen_at: datetime) -> Intake:
    tried: list[str] = []
    for level in ("3a", "3b"):
        with opened(data) as pdf:
            refuse_dangers(pdf)
            if level == "3a" and not _claims_level_a(pdf):
                continue
            changes = _history(data, pdf)
            _attach(pdf, record_json, frozen_at, changes)
            _make_archivable(pdf, level, changes)
            result = _written(pdf, changes)
        tried = _broken_rules(result, level)
        if not tried:
            return Intake(result, level, (), tuple(changes))
    with opened(data) as pdf:
        changes = _history(data, pdf)
        _attach(pdf, record_json, frozen_at, changes)
        _withdraw_claim(pdf, changes)
        result = _written(pdf, changes)
    return Intake(result, "", tuple(tried), tuple(changes))


def _history(data: bytes, pdf: pikepdf.Pdf) -> list[str]:
    """What is true of every rewrite of this file."""
    changes = []
    if data.count(b"%%EOF") > 1 and not pdf.is_linearized:
        changes.append("Earlier versions of the document that the file still held were removed.")
    if b"/ObjStm" in data or b"/XRef" in data:
        changes.append("The cross-reference table was written in its classic form.")
    return changes


def _attach(pdf: pikepdf.Pdf, record_json: bytes, frozen_at: datetime, changes: list[str]) -> None:
    stream = pdf.make_stream(record_json)
    stream.Type = pikepdf.Name.EmbeddedFile
    stream.Subtype = pikepdf.Name("/application/json")
    stamp = frozen_at.astimezone(UTC).strftime("D:%Y%m%d%H%M%SZ")
    stream.Params = pikepdf.Dictionary(Size=len(record_json), ModDate=stamp)
    spec = pdf.make_indirect(
        pikepdf.Dictionary(
            Type=pikepdf.Name.Filespec,
            F=ATTACHMENT,
            UF=ATTACHMENT,
            Desc="Testamur record.json",
            AFRelationship=pikepdf.Name.Data,
            EF=pikepdf.Dictionary(F=stream, UF=stream),
        )
    )
    if "/Names" not in pdf.Root:
        pdf.Root.Names = pikepdf.Dictionary()
    names = pdf.Root.Names
    if "/EmbeddedFiles" in names:
        tree = pikepdf.NameTree(names.EmbeddedFiles)
    else:
        tree = pikepdf.NameTree.new(pdf)
        names.EmbeddedFiles = tree.obj
    tree[ATTACHMENT] = spec
    if "/AF" not in pdf.Root:
        pdf.Root.AF = pikepdf.Array()
    pdf.Root.AF.append(spec)
    changes.append(f"The record's data were attached as {ATTACHMENT}.")


def _claims(pdf: pikepdf.Pdf) -> str:
    """The PDF/A status that the file claims (``1B``, ``3A``), or an empty string."""
    with pdf.open_metadata(set_pikepdf_as_editor=False, update_docinfo=False, strict=False) as meta:
        return str(meta.pdfa_status)


def _claims_level_a(pdf: pikepdf.Pdf) -> bool:
    return _claims(pdf).endswith("A")


def _make_archivable(pdf: pikepdf.Pdf, level: str, changes: list[str]) -> None:
    """What can be put right without touching what the pages show."""
    root = pdf.Root
    was = _claims(pdf)
    with pdf.open_metadata(set_pikepdf_as_editor=False, update_docinfo=True, strict=False) as meta:
        if "/Info" in pdf.trailer:
            meta.load_from_docinfo(pdf.docinfo, delete_missing=False, raise_failure=False)
        meta["pdfaid:part"] = "3"
        meta["pdfaid:conformance"] = level[1].upper()
    now = level.upper()
    if was != now:
        changes.append(
            f"The file is identified as PDF/A-{level} (before: PDF/A-{was.lower()})."
            if was
            else f"The file is identified as PDF/A-{level} (it was not PDF/A before)."
        )
    if "/OutputIntents" not in root:
        profile = pdf.make_stream(srgb_profile())
        profile.N = 3
        root.OutputIntents = pikepdf.Array(
            [
                pikepdf.Dictionary(
                    Type=pikepdf.Name.OutputIntent,
                    S=pikepdf.Name.GTS_PDFA1,
                    OutputConditionIdentifier="sRGB IEC61966-2.1",
                    Info="sRGB IEC61966-2.1",
                    DestOutputProfile=profile,
                )
            ]
        )
        changes.append("The colours are declared to be sRGB.")
    _quieten(pdf, changes)


def _quieten(pdf: pikepdf.Pdf, changes: list[str]) -> None:
    """Leftovers that PDF/A forbids and no reader sees."""
    root = pdf.Root
    if "/AcroForm" in root:
        del root.AcroForm
        changes.append("An empty form was removed.")
    if "/AA" in root:
        del root.AA
        changes.append("Actions on opening and closing were removed.")
    printed = 0
    for sheet in pdf.pages:
        for annotation in sheet.obj.get("/Annots", pikepdf.Array()):
            # Links and notes must be printed and not be hidden: ISO 19005-3 §6.3.2
            if name_of(annotation.get("/Subtype")) != "/Popup" and int(annotation.get("/F", 0)) != 4:  # noqa: PLR2004 - the Print flag alone
                annotation.F = 4
                printed += 1
        for key in ("/AA", "/PieceInfo"):
            if key in sheet.obj:
                del sheet.obj[key]
    if printed:
        changes.append(f"{printed} links or notes are marked as printable.")


def _withdraw_claim(pdf: pikepdf.Pdf, changes: list[str]) -> None:
    was = _claims(pdf)
    if was:
        with pdf.open_metadata(set_pikepdf_as_editor=False, update_docinfo=False, strict=False) as meta:
            for key in ("pdfaid:part", "pdfaid:conformance"):
                if key in meta:
                    del meta[key]
        changes.append(f"The claim to be PDF/A-{was.lower()} was removed, since it does not hold.")


def _written(pdf: pikepdf.Pdf, changes: list[str]) -> bytes:
    version = pdf.pdf_version
    newer = version > "1.7"
    if newer:
        changes.append(f"The file's version was set from {version} to 1.7, the newest that PDF/A-3 knows.")
    out = io.BytesIO()
    pdf.save(
        out,
        force_version="1.7" if newer else "",
        min_version="1.4",
        object_stream_mode=pikepdf.ObjectStreamMode.disable,
        deterministic_id=True,
        fix_metadata_version=False,
        preserve_pdfa=True,
        linearize=False,
    )
    written = settle_stream_ends(out.getvalue().rstrip(b"\r\n") + b"\n")
    _must_be_checkable(written)
    return written


def _must_be_checkable(written: bytes) -> None:
    """Raise `Broken` for what a verifier would not read through: sealed, it would be called invalid for ever."""
    try:
        for _ in read(written).walk(revision=1):
            pass
    except PdfError as error:
        raise Broken(
            f"Parts of the file are written in a way that nobody could check later: {error} Save it anew as PDF.",
            field="file",
            reason=error.code,
        ) from error


def _broken_rules(data: bytes, level: str) -> list[str]:
    """One sentence per rule of PDF/A that the bytes break; empty when they conform."""
    try:
        report = page.validate_pdf_bytes(data, profile=level)
    except page.PageError as error:
        return [f"The validator could not read the file: {str(error)[:200]}"]
    if report.is_compliant:
        return []
    sentences = dict.fromkeys(f"{f.rule_id}: {f.message}" for f in report.failures)
    return list(sentences)[:50] or ["The validator found the file not to conform."]
