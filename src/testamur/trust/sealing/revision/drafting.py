"""The second revision as a whole, ready for its signature."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime

from testamur.kernel.base.refused import Refused
from testamur.kernel.proofs.pdf import contents
from testamur.kernel.proofs.pdf.reader import PdfFile
from testamur.kernel.proofs.pdf.values import Fields, PdfError, Ref, Value
from testamur.kernel.proofs.snapshot import MAX_SEAL_AREA
from testamur.trust.sealing.revision.nodes import (
    Node,
    NotSealable,
    appended,
    fields_of,
    inner_dictionary,
    node,
    opened,
    size_of,
    spliced,
)
from testamur.trust.sealing.revision.objects import (
    Block,
    EvidenceRefused,
    Objects,
    moment,
    points,
    stream_end,
    text_string,
)
from testamur.trust.sealing.revision.structure import tag_widget
from testamur.trust.sealing.rules import Rect

FIELD_NAME = b"TestamurSeal"
INVISIBLE: Rect = (0, 0, 0, 0)

_BYTE_RANGE_WIDTH = 48


class RectInvalid(Refused):
    """The box is neither empty (four zeros) nor a rectangle."""

    code = "sealing.rect.invalid"


@dataclass(frozen=True, slots=True)
class Appearance:
    """The seal's picture: the content of its box, and a function that gives the font's objects from a number on."""

    content: bytes
    font: Callable[[int], Block]


@dataclass(frozen=True, slots=True)
class Draft:
    """A finished revision but for the signature.

    Attributes:
        head: from the end of the first revision to just before ``<`` of ``/Contents``.
        tail: from just after ``>`` to the end of the file.
        reserved: hexadecimal digits between the two.
    """

    head: bytes
    tail: bytes
    reserved: int


def draft(
    first: bytes,
    *,
    evidence: Mapping[str, bytes],
    page: int,
    rect: Rect,
    appearance: Appearance | None,
    organisation: str,
    field_text: str,
    at: datetime,
    reserved: int,
) -> Draft:
    """Write the second revision of `first`.

    Args:
        first: the first revision, ending in ``%%EOF`` and one newline.
        evidence: file name → bytes.
        page: page of the box, counted from 1.
        rect: its place; `INVISIBLE` for none.
        appearance: what stands in the box; None exactly when `rect` is `INVISIBLE`.
        organisation: who seals, for ``/Name``.
        field_text: what a screen reader says for the seal, ``/TU``.
        at: time of sealing, for ``/M``.
        reserved: hexadecimal digits for ``/Contents``.

    Raises:
        PdfError: the file is broken, encrypted, or uses cross-reference streams.
        NotSealable: ``sealing.pdf.end``, ``.revised``, ``.signed``, ``.xfa``, ``.names`` …
        EvidenceRefused, RectInvalid: see there.
    """
    must_be_a_box(rect)
    pdf = opened(first)
    size = size_of(pdf)
    trailer = pdf.revisions[0].section.trailer
    out = Objects(size, len(first))
    picture = b""
    if appearance is not None:
        font = out.add_block(appearance.font(size))
        bbox = b"[0 0 %s %s]" % (points(rect[2] - rect[0]), points(rect[3] - rect[1]))
        form = b"<</Type/XObject/Subtype/Form/BBox%s/Resources<</Font<</F %d 0 R>>>>" % (bbox, font)
        picture = b"/AP<</N %d 0 R>>" % out.add(form + stream_end(appearance.content))
    specs = [(name, out.add_file(name, data, at)) for name, data in sorted(evidence.items())]

    catalog = node(pdf, trailer.values.get("Root"))
    if catalog.fields.values.get("Type") != "Catalog":
        raise PdfError("catalog", "The trailer does not lead to a document catalog.")
    if "Perms" in catalog.fields.values:
        raise NotSealable("signed", "The document already carries permissions of a signature.")
    paper = _page(pdf, catalog, page)
    widget, seal = out.reserve(), out.reserve()
    struct_parent = b""
    if "StructTreeRoot" in catalog.fields.values:
        key = tag_widget(pdf, out, catalog, paper.number, widget)
        struct_parent = b"/StructParent %d" % key
    out.put(
        widget,
        b"<</Type/Annot/Subtype/Widget/FT/Sig/T(%s)/TU%s/F 132/Rect[%s]/P %d 0 R/V %d 0 R%s%s>>"
        % (
            FIELD_NAME,
            text_string(field_text),
            b" ".join(map(points, rect)),
            paper.number,
            seal,
            struct_parent,
            picture,
        ),
    )
    page_changes = {"Annots": appended(pdf, paper.raw, paper.fields, "Annots", b"%d 0 R" % widget)}
    if struct_parent and paper.fields.values.get("Tabs") != "S":
        page_changes["Tabs"] = b"/S"  # PDF/UA-1 section 7.18.3: a page with annotations is read in structure order
    out.put(paper.number, paper.spliced(**page_changes))
    catalog_changes = {
        "AcroForm": _form(pdf, catalog, widget),
        "Perms": b"<</DocMDP %d 0 R>>" % seal,
    }
    if specs:
        references = b" ".join(b"%d 0 R" % number for _, number in specs)
        catalog_changes["AF"] = appended(pdf, catalog.raw, catalog.fields, "AF", references)
        catalog_changes["Names"] = _names(pdf, catalog, specs)
    out.put(catalog.number, catalog.spliced(**catalog_changes))

    out.begin(seal)
    out.parts.append(
        b"<</Type/Sig/Filter/Adobe.PPKLite/SubFilter/ETSI.CAdES.detached/M%s/Name%s/Reference[<</Type/SigRef"
        b"/TransformMethod/DocMDP/TransformParams<</Type/TransformParams/P 1/V/1.2>>>>]/Contents"
        % (moment(at), text_string(organisation))
    )
    head = b"".join(out.parts)
    gap_start = len(first) + len(head)
    gap_end = gap_start + reserved + 2
    close = b">>\nendobj\n"
    out.at = gap_end + _BYTE_RANGE_WIDTH + len(close)
    kept = b"/Root %d 0 R/Prev %d" % (catalog.number, pdf.revisions[0].section.start) + _identity(pdf, trailer)
    rest = close + out.table(kept)
    length = _BYTE_RANGE_WIDTH + len(rest)
    byte_range = b"/ByteRange[0 %d %d %d]" % (gap_start, gap_end, length)
    return Draft(head, byte_range.ljust(_BYTE_RANGE_WIDTH) + rest, reserved)


def _page(pdf: PdfFile, catalog: Node, number: int) -> Node:
    tree = node(pdf, catalog.fields.values.get("Pages")).fields.values
    kids = tree.get("Kids")
    if isinstance(kids, tuple) and tree.get("Count") == len(kids) and 1 <= number <= len(kids):
        found = node(pdf, kids[number - 1])
        if found.fields.values.get("Type") == "Page":
            return found
    return node(pdf, Ref(contents.page(pdf, number).number))


def _form(pdf: PdfFile, catalog: Node, widget: int) -> bytes:
    held = catalog.fields.values.get("AcroForm")
    if held is None:
        return b"<</Fields[%d 0 R]/SigFlags 3>>" % widget
    if contents.signatures(pdf):
        raise NotSealable("signed", "The document is already signed.")
    raw, fields = inner_dictionary(pdf, catalog, "AcroForm")
    if "XFA" in fields.values:
        raise NotSealable("xfa", "The document is an XFA form; PDF/A does not allow it.")
    added = appended(pdf, raw, fields, "Fields", b"%d 0 R" % widget)
    return spliced(raw, fields, {"Fields": added, "SigFlags": b"3"})


def _names(pdf: PdfFile, catalog: Node, specs: Sequence[tuple[str, int]]) -> bytes:
    """The catalog's ``/Names`` with the evidence in its place in the tree (sorted by key)."""
    entries: list[tuple[bytes, int]] = []
    raw, fields = b"<<>>", fields_of(b"<<>>", 0)
    if "Names" in catalog.fields.values:
        raw, fields = inner_dictionary(pdf, catalog, "Names")
        for key, spec in _tree(pdf, fields.values.get("EmbeddedFiles")):
            if not isinstance(spec, Ref):
                raise NotSealable("names", "An attached file has no object of its own; the file must be normalised.")
            entries.append((key, spec.number))
    taken = {key for key, _ in entries}
    for name, number in specs:
        if name.encode() in taken:
            raise EvidenceRefused(f"The document already has a file {name}.", field="evidence", name=name)
        entries.append((name.encode(), number))
    entries.sort()
    tree = b"<</Names[" + b" ".join(b"%s%d 0 R" % (_key(k), n) for k, n in entries) + b"]>>"
    return spliced(raw, fields, {"EmbeddedFiles": tree})


def _tree(pdf: PdfFile, tree: Value) -> Sequence[tuple[bytes, Value]]:
    names = tree.get("Names") if isinstance(tree, dict) and "Kids" not in tree else None
    if not isinstance(names, tuple):
        return contents.name_tree(pdf) if tree is not None else ()
    return [(k, v) for k, v in zip(names[::2], names[1::2], strict=False) if isinstance(k, bytes)]


def _key(key: bytes) -> bytes:
    plain = key.isascii() and key.decode("ascii").isprintable() and not set(key) & set(b"()\\")
    return b"(" + key + b")" if plain else b"<" + key.hex().upper().encode() + b">"


def _identity(pdf: PdfFile, trailer: Fields) -> bytes:
    """``/Info`` and ``/ID`` as they were: PDF/A binds the identifier to the file, and the digest says what changed."""
    kept = b""
    for key in ("Info", "ID"):
        if key in trailer.spans:
            start, end = trailer.spans[key]
            held = pdf.data[start:end]
            kept += b"/" + key.encode() + (b"" if held[:1] == b"[" else b" ") + held
    return kept


def must_be_a_box(rect: Rect) -> None:
    """Raise `RectInvalid` unless `rect` is a rectangle on the page, of a size that verifiers accept, or `INVISIBLE`."""
    proper = 0 <= rect[0] < rect[2] and 0 <= rect[1] < rect[3]
    proper = proper and (rect[2] - rect[0]) * (rect[3] - rect[1]) <= MAX_SEAL_AREA
    if not proper and rect != INVISIBLE:
        raise RectInvalid("The seal's box must be a rectangle, or four zeros for no box.", field="rect")
