"""What of a foreign PDF is refused, and why: read with care before anything else touches it.

Bounds on bytes, pages, objects and unpacked size; encryption; signatures; anything that acts, plays or can be filled
in; damage of any kind, which always becomes `Broken` and never another exception.
"""

from __future__ import annotations

import io
import zlib
from collections.abc import Iterator
from contextlib import contextmanager
from typing import Any

import pikepdf

from testamur.kernel.base.refused import Refused

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
def damage_told() -> Iterator[None]:
    """Whatever reading a damaged file raises inside becomes `Broken`."""
    try:
        yield
    except _DAMAGE as error:
        raise Broken("The file cannot be read through.", field="file", reason=str(error)[:200]) from error


def opened(data: bytes) -> pikepdf.Pdf:
    """The file, read through once; raises `TooLarge`, `NotPdf`, `Encrypted`, `Broken`. The caller closes it."""
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
        names = [name_of(f) for f in (filters if isinstance(filters, pikepdf.Array) else [filters])]
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
    "/SetOCGState": "an action that shows or hides parts",
    "/Hide": "an action that shows or hides parts",
}
_ANNOTATIONS = frozenset({"/RichMedia", "/Screen", "/Movie", "/Sound", "/3D", "/FileAttachment"})


def refuse_dangers(pdf: pikepdf.Pdf) -> None:
    """Raise `AlreadySigned`, `ActiveContent`, `FormFields` or `RecordAttached`."""
    root = pdf.Root
    form = root.get("/AcroForm")
    if "/Perms" in root:
        raise AlreadySigned("The file carries a certifying signature.", field="file")
    fields = 0
    for d in _dictionaries(pdf):
        if d.get("/FT") == "/Sig" or (d.get("/Type") == "/Sig" and "/ByteRange" in d):
            raise AlreadySigned("The file carries a signature or a field for one.", field="file")
        if "/JS" in d or (action := _ACTIONS.get(name_of(d.get("/S")))):
            kind = "JavaScript" if "/JS" in d else action
            raise ActiveContent(f"The file holds {kind}.", field="file", kind=kind)
        _refuse_other_sights(d)
        if name_of(d.get("/Subtype")) in _ANNOTATIONS and "/Rect" in d:
            raise ActiveContent(
                "The file holds multimedia or files on a page.", field="file", kind=name_of(d["/Subtype"])
            )
        fields += "/FT" in d
    _refuse_acting_on_opening(root.get("/OpenAction"))
    names = root.get("/Names", pikepdf.Dictionary())
    if "/JavaScript" in names:
        raise ActiveContent("The file holds JavaScript.", field="file", kind="JavaScript")
    if form is not None and (fields or "/XFA" in form or len(form.get("/Fields", pikepdf.Array()))):
        raise FormFields("The file has fields to fill in; print it to a plain PDF first.", field="file", fields=fields)
    if any(name.lower() == ATTACHMENT for name in pdf.attachments):
        raise RecordAttached(f"The file has an attachment called {ATTACHMENT} already.", field="file")


def _refuse_other_sights(d: Any) -> None:
    """What would show another reader something else than the signer saw."""
    if isinstance(d, pikepdf.Stream) and "/F" in d:
        kind = "data that lie outside it"
        raise ActiveContent(f"The file needs {kind}.", field="file", kind=kind)
    if isinstance(d.get("/AS"), pikepdf.Array):  # ISO 32000-1 table 101; an annotation's /AS is a name
        kind = "layers that are shown on paper or on the screen alone"
        raise ActiveContent(f"The file holds {kind}.", field="file", kind=kind)


def _refuse_acting_on_opening(action: Any) -> None:
    if isinstance(action, pikepdf.Dictionary) and action.get("/S") != "/GoTo":
        raise ActiveContent("The file acts when it is opened.", field="file", kind=name_of(action.get("/S")))


def name_of(value: Any) -> str:
    """A PDF name with its slash; empty for anything else."""
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
