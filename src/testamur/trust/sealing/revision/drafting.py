"""The seal's revision as a whole, ready for its signature."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime

from testamur.kernel.base.refused import Refused
from testamur.kernel.proofs.pdf import contents
from testamur.kernel.proofs.pdf.reader import PdfFile
from testamur.kernel.proofs.pdf.values import PdfError, Ref, Value
from testamur.kernel.proofs.snapshot import MAX_SEAL_AREA
from testamur.trust.sealing.revision.fields import SEAL, Draft, finished, form_with, page_of, page_with
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
    points,
    stream_end,
)
from testamur.trust.sealing.revision.personal import laid_out, widget
from testamur.trust.sealing.revision.structure import tag_widgets
from testamur.trust.sealing.rules import Rect

INVISIBLE: Rect = (0, 0, 0, 0)

_CERTIFIES = b"/Reference[<</Type/SigRef/TransformMethod/DocMDP/TransformParams<</Type/TransformParams/P 1/V/1.2>>>>]"
_CLOSES = (
    b"/Reference[<</Type/SigRef/TransformMethod/FieldMDP/Data %d 0 R"
    b"/TransformParams<</Type/TransformParams/Action/All/V/1.2>>>>]"
)
"""A certification is the first signature of a file (ISO 32000-1 section 12.8.2.2): after others the seal locks
the fields instead."""


class RectInvalid(Refused):
    """The box is neither empty (four zeros) nor a rectangle."""

    code = "sealing.rect.invalid"


@dataclass(frozen=True, slots=True)
class Appearance:
    """The seal's picture: the content of its box, and a function that gives the font's objects from a number on."""

    content: bytes
    font: Callable[[int], Block]


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
    personal: int = 0,
) -> Draft:
    """Write the seal's revision of `first`.

    Args:
        first: the first revision, ending in ``%%EOF`` and one newline, and the personal revisions after it.
        evidence: file name → bytes.
        page: page of the box, counted from 1.
        rect: its place; `INVISIBLE` for none.
        appearance: what stands in the box; None exactly when `rect` is `INVISIBLE`.
        organisation: who seals, for ``/Name``.
        field_text: what a screen reader says for the seal, ``/TU``.
        at: time of sealing, for ``/M``.
        reserved: hexadecimal digits for ``/Contents``.
        personal: number of personal revisions in `first`; they have laid out the seal's field, so that `page` and
            `field_text` are not looked at, and `rect` must be the box that was laid out.

    Raises:
        PdfError: the file is broken, encrypted, or uses cross-reference streams.
        NotSealable: ``sealing.pdf.end``, ``.revised``, ``.signed``, ``.xfa``, ``.names`` …
        EvidenceRefused, RectInvalid: see there.
    """
    must_be_a_box(rect)
    pdf = opened(first, personal=personal)
    size = size_of(pdf)
    out = Objects(size, len(first))
    picture = b""
    if appearance is not None:
        font = out.add_block(appearance.font(size))
        bbox = b"[0 0 %s %s]" % (points(rect[2] - rect[0]), points(rect[3] - rect[1]))
        form = b"<</Type/XObject/Subtype/Form/BBox%s/Resources<</Font<</F %d 0 R>>>>" % (bbox, font)
        picture = b"/AP<</N %d 0 R>>" % out.add(form + stream_end(appearance.content))
    specs = [(name, out.add_file(name, data, at)) for name, data in sorted(evidence.items())]

    catalog = node(pdf, pdf.trailer.get("Root"))
    if catalog.fields.values.get("Type") != "Catalog":
        raise PdfError("catalog", "The trailer does not lead to a document catalog.")
    if "Perms" in catalog.fields.values:
        raise NotSealable("signed", "The document already carries permissions of a signature.")
    changes: dict[str, bytes] = {}
    if personal:
        field = laid_out(pdf, SEAL.decode("ascii"))
        seal = out.reserve()
        out.put(field.number, field.spliced(V=b"%d 0 R" % seal)[:-2] + picture + b">>")
    else:
        number, seal = out.reserve(), out.reserve()
        changes = _entered(pdf, out, catalog, Field(number, seal, page, rect, field_text, picture))
    changes |= _attached(pdf, catalog, specs)
    if changes:
        out.put(catalog.number, catalog.spliced(**changes))
    reference = _CLOSES % catalog.number if personal else _CERTIFIES
    return finished(pdf, out, catalog, seal, at=at, name=organisation, reference=reference, reserved=reserved)


@dataclass(frozen=True, slots=True)
class Field:
    """The seal's field where the seal's revision enters it: object numbers, place, texts."""

    number: int
    seal: int
    page: int
    rect: Rect
    said: str
    picture: bytes


def _entered(pdf: PdfFile, out: Objects, catalog: Node, field: Field) -> dict[str, bytes]:
    """Write the seal's field with its page and tag; returns what changes in the catalog."""
    paper = page_of(pdf, catalog, field.page)
    tag = b""
    if "StructTreeRoot" in catalog.fields.values:
        tag = b"/StructParent %d" % tag_widgets(pdf, out, catalog, paper.number, [field.number])[0]
    held = widget(SEAL, field.said, field.rect, paper.number)
    out.put(field.number, held + b"/V %d 0 R%s%s>>" % (field.seal, tag, field.picture))
    out.put(paper.number, page_with(pdf, paper, [field.number], tagged=bool(tag)))
    return {
        "AcroForm": form_with(pdf, catalog, [field.number]),
        "Perms": b"<</DocMDP %d 0 R>>" % field.seal,
    }


def _attached(pdf: PdfFile, catalog: Node, specs: Sequence[tuple[str, int]]) -> dict[str, bytes]:
    """What the evidence changes in the catalog."""
    if not specs:
        return {}
    references = b" ".join(b"%d 0 R" % number for _, number in specs)
    return {
        "AF": appended(pdf, catalog.raw, catalog.fields, "AF", references),
        "Names": _names(pdf, catalog, specs),
    }


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


def must_be_a_box(rect: Rect) -> None:
    """Raise `RectInvalid` unless `rect` is a rectangle on the page, of a size that verifiers accept, or `INVISIBLE`."""
    proper = 0 <= rect[0] < rect[2] and 0 <= rect[1] < rect[3]
    proper = proper and (rect[2] - rect[0]) * (rect[3] - rect[1]) <= MAX_SEAL_AREA
    if not proper and rect != INVISIBLE:
        raise RectInvalid("The seal's box must be a rectangle, or four zeros for no box.", field="rect")
