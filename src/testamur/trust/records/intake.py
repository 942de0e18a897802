"""Finished PDFs from other systems: checked, put into the one form that can be sealed, and every change told.

What comes out is one revision with a classic cross-reference table, the snapshot attached as `record.json` (PDF/A-3
associated file, relationship *Data*), ending in ``%%EOF`` and a newline; the same input gives the same bytes. It is
identified as PDF/A-3 when, and only when, the validator agrees; what cannot be archived as PDF/A (fonts that are not
embedded, for one) is kept as it looks and flagged with the reasons. Page content is never redrawn. No Django, no clock,
no network.
"""

from __future__ import annotations

import io
import struct
import zlib
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from datetime import UTC, datetime
from functools import cache
from typing import Any

import page
import pikepdf

from testamur.kernel.base.refused import Refused
from testamur.trust.records.streams import settle_stream_ends

MAX_BYTES = 25_000_000
MAX_PAGES = 500
MAX_OBJECTS = 200_000
MAX_UNPACKED = 250_000_000
ATTACHMENT = "record.json"


class IntakeRefused(Refused):
    """A document that cannot be taken in; each reason has its own class and code."""

    code = "records.intake"


class TooLarge(IntakeRefused):
    """More bytes, pages or objects than a school document has."""

    code = "records.intake.too_large"


class NotPdf(IntakeRefused):
    """The file is no PDF."""

    code = "records.intake.not_pdf"


class Broken(IntakeRefused):
    """The file is a PDF that cannot be read through, or that has no page."""

    code = "records.intake.broken"


class Encrypted(IntakeRefused):
    """The file is encrypted, with or without a password for reading; an archive must be able to read it for ever."""

    code = "records.intake.encrypted"


class AlreadySigned(IntakeRefused):
    """The file carries a signature, which normalising would break."""

    code = "records.intake.already_signed"


class ActiveContent(IntakeRefused):
    """JavaScript, or an action that starts a program, sends or fetches data; `found["kind"]` names it."""

    code = "records.intake.active_content"


class FormFields(IntakeRefused):
    """The file has fields to fill in (AcroForm or XFA): what it shows could change after sealing."""

    code = "records.intake.form_fields"


class RecordAttached(IntakeRefused):
    """The file has an attachment called `record.json` already: it is, or pretends to be, a record of its own."""

    code = "records.intake.record_attached"


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
    with _damage_told(), _opened(data) as pdf:
        _refuse_dangers(pdf)
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
    with _damage_told():
        return _normalised(data, record_json, frozen_at)


def _normalised(data: bytes, record_json: bytes, frozen_at: datetime) -> Intake:
    tried: list[str] = []
    for level in ("3a", "3b"):
        with _opened(data) as pdf:
            _refuse_dangers(pdf)
            if level == "3a" and not _claims_level_a(pdf):
                continue
            changes = _history(data, pdf)
            _attach(pdf, record_json, frozen_at, changes)
            _make_archivable(pdf, level, changes)
            result = _written(pdf, changes)
        tried = _broken_rules(result, level)
        if not tried:
            return Intake(result, level, (), tuple(changes))
    with _opened(data) as pdf:
        changes = _history(data, pdf)
        _attach(pdf, record_json, frozen_at, changes)
        _withdraw_claim(pdf, changes)
        result = _written(pdf, changes)
    return Intake(result, "", tuple(tried), tuple(changes))


# --- reading and refusing -----------------------------------------------------------------------


# What reading a damaged file can raise in the library: its own errors, a wrong type where another belongs, bad XMP.
_DAMAGE = (
    pikepdf.PdfError,
    RuntimeError,
    ValueError,
    TypeError,
    AttributeError,
    KeyError,
    IndexError,
    OverflowError,
    NotImplementedError,
    SyntaxError,  # lxml's XMLSyntaxError is one
)


@contextmanager
def _damage_told() -> Iterator[None]:
    try:
        yield
    except _DAMAGE as error:
        raise Broken("The file cannot be read through.", field="file", reason=str(error)[:200]) from error


def _opened(data: bytes) -> pikepdf.Pdf:
    if len(data) > MAX_BYTES:
        raise TooLarge(f"The file has {len(data)} bytes; {MAX_BYTES} are accepted.", field="file", size=len(data))
    if b"%PDF-" not in data[:1024]:
        raise NotPdf("The file is no PDF.", field="file", starts=data[:8].hex())
    try:
        pdf = pikepdf.open(io.BytesIO(data), suppress_warnings=True)
    except pikepdf.PasswordError as error:
        raise Encrypted("The file needs a password.", field="file") from error
    try:
        _refuse_unreadable(pdf)
    except BaseException:
        pdf.close()
        raise
    return pdf


def _refuse_unreadable(pdf: pikepdf.Pdf) -> None:
    if pdf.is_encrypted:
        raise Encrypted("The file is encrypted.", field="file")
    pages, objects = len(pdf.pages), len(pdf.objects)
    if pages == 0:
        raise Broken("The file has no page.", field="file", reason="no page")
    if pages > MAX_PAGES or objects > MAX_OBJECTS:
        raise TooLarge(
            f"The file has {pages} pages and {objects} objects; {MAX_PAGES} and {MAX_OBJECTS} are accepted.",
            field="file",
            pages=pages,
            objects=objects,
        )
    _refuse_bombs(pdf)
    problems = [p for p in pdf.check_pdf_syntax() if not p.startswith("WARNING: ")]
    # Streams that cannot be decoded or a table that had to be guessed mean that something on a page may be missing.
    if damaged := pdf.get_warnings() or problems:
        raise Broken("The file is damaged.", field="file", reason=str(damaged[0])[:200])


def _refuse_bombs(pdf: pikepdf.Pdf) -> None:
    """Compressed streams are measured, in pieces, before anything unpacks them whole."""
    total = 0
    for stream in (o for o in pdf.objects if isinstance(o, pikepdf.Stream)):
        filters = stream.get("/Filter", pikepdf.Array())
        names = [_name(f) for f in (filters if isinstance(filters, pikepdf.Array) else [filters])]
        if names.count("/FlateDecode") > 1 or len(names) > 3:  # noqa: PLR2004 - no producer packs one stream that often
            raise TooLarge("A part of the file is packed more than once.", field="file", filters=names)
        if names[:1] != ["/FlateDecode"]:
            continue
        unpack, rest = zlib.decompressobj(), stream.read_raw_bytes()
        while rest and not unpack.eof:
            try:
                total += len(unpack.decompress(rest, 1 << 20))
            except zlib.error:
                break  # damaged: the syntax check says so
            rest = unpack.unconsumed_tail
            if total > MAX_UNPACKED:
                raise TooLarge(
                    f"The file unpacks to more than {MAX_UNPACKED} bytes.", field="file", unpacked=MAX_UNPACKED
                )


_ACTIONS = {
    "/JavaScript": "JavaScript",
    "/Launch": "an action that starts a program",
    "/ImportData": "an action that imports data",
    "/SubmitForm": "an action that sends data",
    "/Rendition": "multimedia",
    "/Movie": "multimedia",
    "/Sound": "multimedia",
    "/GoToE": "an action that opens an embedded file",
    "/GoToR": "an action that opens another file",
}
_ANNOTATIONS = frozenset({"/RichMedia", "/Screen", "/Movie", "/Sound", "/3D", "/FileAttachment"})


def _refuse_dangers(pdf: pikepdf.Pdf) -> None:
    root = pdf.Root
    form = root.get("/AcroForm")
    if "/Perms" in root:
        raise AlreadySigned("The file carries a certifying signature.", field="file")
    fields = 0
    for d in _dictionaries(pdf):
        if d.get("/FT") == "/Sig" or (d.get("/Type") == "/Sig" and "/ByteRange" in d):
            raise AlreadySigned("The file carries a signature or a field for one.", field="file")
        if "/JS" in d or (action := _ACTIONS.get(_name(d.get("/S")))):
            kind = "JavaScript" if "/JS" in d else action
            raise ActiveContent(f"The file holds {kind}.", field="file", kind=kind)
        if _name(d.get("/Subtype")) in _ANNOTATIONS and "/Rect" in d:
            raise ActiveContent(
                "The file holds multimedia or files on a page.", field="file", kind=_name(d["/Subtype"])
            )
        fields += "/FT" in d
    names = root.get("/Names", pikepdf.Dictionary())
    if "/JavaScript" in names:
        raise ActiveContent("The file holds JavaScript.", field="file", kind="JavaScript")
    if form is not None and (fields or "/XFA" in form or len(form.get("/Fields", pikepdf.Array()))):
        raise FormFields("The file has fields to fill in; print it to a plain PDF first.", field="file", fields=fields)
    if any(name.lower() == ATTACHMENT for name in pdf.attachments):
        raise RecordAttached(f"The file has an attachment called {ATTACHMENT} already.", field="file")


def _name(value: Any) -> str:
    return str(value) if isinstance(value, pikepdf.Name) else ""


def _dictionaries(pdf: pikepdf.Pdf) -> Iterator[Any]:
    """Every dictionary of the file, direct ones too; depth is bounded, since indirect objects are visited once each."""
    for top in pdf.objects:
        stack: list[tuple[Any, int]] = [(top, 0)]
        while stack:
            value, depth = stack.pop()
            if isinstance(value, pikepdf.Stream | pikepdf.Dictionary):
                yield value
                children: list[Any] = [child for _, child in value.items()]
            elif isinstance(value, pikepdf.Array):
                children = list(value)
            else:
                continue
            if depth >= 64:  # noqa: PLR2004 - no honest producer nests direct objects that deep
                raise Broken("The file nests its objects too deeply.", field="file", reason="nesting")
            stack.extend(
                (child, depth + 1) for child in children if isinstance(child, pikepdf.Object) and not child.is_indirect
            )


# --- changing ------------------------------------------------------------------------------------


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
            if _name(annotation.get("/Subtype")) != "/Popup" and int(annotation.get("/F", 0)) != 4:  # noqa: PLR2004 - the Print flag alone
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
    return settle_stream_ends(out.getvalue().rstrip(b"\r\n") + b"\n")


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


@cache
def srgb_profile() -> bytes:
    """A small ICC profile of sRGB (ICC.1:2001-04, matrix and curves after IEC 61966-2-1, adapted to D50).

    Written here so that the bytes are ours, without date or licence of others.
    """

    def s15(value: float) -> bytes:
        return struct.pack(">i", round(value * 65536))

    def xyz(x: float, y: float, z: float) -> bytes:
        return b"XYZ \0\0\0\0" + s15(x) + s15(y) + s15(z)

    def linear(value: float) -> float:
        return value / 12.92 if value <= 0.04045 else ((value + 0.055) / 1.055) ** 2.4  # noqa: PLR2004 - the standard's

    points = [round(linear(i / 255) * 65535) for i in range(256)]
    curve = b"curv\0\0\0\0" + struct.pack(">I256H", 256, *points)
    name = b"sRGB IEC61966-2.1\0"
    tags = {
        b"desc": b"desc\0\0\0\0" + struct.pack(">I", len(name)) + name + b"\0" * 78,
        b"cprt": b"text\0\0\0\0No copyright, use freely\0",
        b"wtpt": xyz(0.9642, 1.0, 0.8249),
        b"rXYZ": xyz(0.43607, 0.22249, 0.01392),
        b"gXYZ": xyz(0.38515, 0.71687, 0.09708),
        b"bXYZ": xyz(0.14307, 0.06061, 0.71410),
        b"rTRC": curve,
        b"gTRC": curve,
        b"bTRC": curve,
    }
    offset = 128 + 4 + 12 * len(tags)
    table, body = struct.pack(">I", len(tags)), b""
    placed: dict[bytes, tuple[int, int]] = {}
    for tag, content in tags.items():
        if content not in placed:
            placed[content] = (offset + len(body), len(content))
            body += content + b"\0" * (-len(content) % 4)
        table += tag + struct.pack(">II", *placed[content])
    size = 128 + len(table) + len(body)
    header = struct.pack(">I4xI4s4s4s", size, 0x02100000, b"mntr", b"RGB ", b"XYZ ")
    header += struct.pack(">6H4s", 2000, 1, 1, 0, 0, 0, b"acsp") + b"\0" * 28
    header += s15(0.9642) + s15(1.0) + s15(0.8249)
    return header.ljust(128, b"\0") + table + body
