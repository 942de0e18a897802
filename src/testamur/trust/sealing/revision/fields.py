"""What a seal and a personal signature have in common: their field in the form, their page, and the revision's end."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime

from testamur.kernel.proofs.pdf import contents
from testamur.kernel.proofs.pdf.reader import PdfFile
from testamur.kernel.proofs.pdf.values import Ref
from testamur.trust.sealing.revision.nodes import Node, NotSealable, appended, inner_dictionary, node, spliced
from testamur.trust.sealing.revision.objects import Objects, moment, text_string

SEAL = b"TestamurSeal"
"""The name of the seal's field."""

_BYTE_RANGE_WIDTH = 48


@dataclass(frozen=True, slots=True)
class Draft:
    """A finished revision but for the signature.

    Attributes:
        head: from the end of the document to just before ``<`` of ``/Contents``.
        tail: from just after ``>`` to the end of the file.
        reserved: hexadecimal digits between the two.
    """

    head: bytes
    tail: bytes
    reserved: int


def page_of(pdf: PdfFile, catalog: Node, number: int) -> Node:
    """Page `number`, counted from 1."""
    tree = node(pdf, catalog.fields.values.get("Pages")).fields.values
    kids = tree.get("Kids")
    if isinstance(kids, tuple) and tree.get("Count") == len(kids) and 1 <= number <= len(kids):
        found = node(pdf, kids[number - 1])
        if found.fields.values.get("Type") == "Page":
            return found
    return node(pdf, Ref(contents.page(pdf, number).number))


def form_with(pdf: PdfFile, catalog: Node, widgets: Sequence[int]) -> bytes:
    """The form with more fields; nobody may have signed before. Raises `NotSealable`."""
    references = b" ".join(b"%d 0 R" % number for number in widgets)
    held = catalog.fields.values.get("AcroForm")
    if held is None:
        return b"<</Fields[%s]/SigFlags 3>>" % references
    if contents.signatures(pdf):
        raise NotSealable("signed", "The document is already signed.")
    raw, fields = inner_dictionary(pdf, catalog, "AcroForm")
    if "XFA" in fields.values:
        raise NotSealable("xfa", "The document is an XFA form; PDF/A does not allow it.")
    added = appended(pdf, raw, fields, "Fields", references)
    return spliced(raw, fields, {"Fields": added, "SigFlags": b"3"})


def page_with(pdf: PdfFile, paper: Node, widgets: Sequence[int], *, tagged: bool) -> bytes:
    """The page with more widgets."""
    references = b" ".join(b"%d 0 R" % number for number in widgets)
    changes = {"Annots": appended(pdf, paper.raw, paper.fields, "Annots", references)}
    if tagged and paper.fields.values.get("Tabs") != "S":
        changes["Tabs"] = b"/S"  # PDF/UA-1 section 7.18.3: a page with annotations is read in structure order
    return paper.spliced(**changes)


def finished(
    pdf: PdfFile,
    out: Objects,
    catalog: Node,
    signature: int,
    *,
    at: datetime,
    name: str,
    reference: bytes,
    reserved: int,
) -> Draft:
    """Write the signature dictionary, last of all objects, and the end of the revision."""
    out.begin(signature)
    out.parts.append(
        b"<</Type/Sig/Filter/Adobe.PPKLite/SubFilter/ETSI.CAdES.detached/M%s/Name%s%s/Contents"
        % (moment(at), text_string(name), reference)
    )
    head = b"".join(out.parts)
    gap_start = len(pdf.data) + len(head)
    gap_end = gap_start + reserved + 2
    close = b">>\nendobj\n"
    out.at = gap_end + _BYTE_RANGE_WIDTH + len(close)
    kept = b"/Root %d 0 R/Prev %d" % (catalog.number, pdf.revisions[-1].section.start) + _identity(pdf)
    rest = close + out.table(kept)
    length = _BYTE_RANGE_WIDTH + len(rest)
    byte_range = b"/ByteRange[0 %d %d %d]" % (gap_start, gap_end, length)
    return Draft(head, byte_range.ljust(_BYTE_RANGE_WIDTH) + rest, reserved)


def _identity(pdf: PdfFile) -> bytes:
    """``/Info`` and ``/ID`` as they were: PDF/A binds the identifier to the file, and the digest says what changed."""
    trailer = pdf.revisions[-1].section.trailer
    kept = b""
    for key in ("Info", "ID"):
        if key in trailer.spans:
            start, end = trailer.spans[key]
            held = pdf.data[start:end]
            kept += b"/" + key.encode() + (b"" if held[:1] == b"[" else b" ") + held
    return kept
