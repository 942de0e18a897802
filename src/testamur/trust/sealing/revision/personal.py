"""The revisions of personal signatures: the first one lays out all fields, each later one fills one in.

Software that judges what happened to a file after a signature knows two kinds of harmless changes: a field that was
there is signed, and nothing else. So whoever signs first also enters the fields of all who sign later and of the seal;
after that, form, page and structure of the document stay as they are (docs/formats.md section 5a).
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime

from testamur.kernel.proofs.pdf.reader import PdfFile
from testamur.kernel.proofs.pdf.values import PdfError, Ref, text
from testamur.trust.sealing.revision.fields import SEAL, Draft, finished, form_with, page_of, page_with
from testamur.trust.sealing.revision.nodes import Node, NotSealable, node, size_of
from testamur.trust.sealing.revision.objects import Objects, points, text_string
from testamur.trust.sealing.revision.structure import tag_widgets
from testamur.trust.sealing.rules import Rect


@dataclass(frozen=True, slots=True)
class Layout:
    """Where the fields stand: all on one page, the signers' without a box.

    Attributes:
        page: counted from 1.
        fields: name and text for a screen reader of each signer's field, in order.
        seal_text: the same text for the seal's field.
        rect: the seal's box; four zeros for none.
    """

    page: int
    fields: Sequence[tuple[str, str]]
    seal_text: str
    rect: Rect


def draft_first(pdf: PdfFile, layout: Layout, *, name: str, at: datetime, reserved: int) -> Draft:
    """Lay out all fields and sign the first of them, over a document that nobody has signed.

    `name` is the signer's; `reserved` hexadecimal digits are kept for ``/Contents``. Raises `PdfError`, `NotSealable`.
    """
    out = Objects(size_of(pdf), len(pdf.data))
    catalog = _catalog(pdf)
    paper = page_of(pdf, catalog, layout.page)
    places = [*layout.fields, (SEAL.decode("ascii"), layout.seal_text)]
    widgets = [out.reserve() for _ in places]
    signature = out.reserve()
    keys: Sequence[int | None] = [None] * len(widgets)
    if "StructTreeRoot" in catalog.fields.values:
        keys = tag_widgets(pdf, out, catalog, paper.number, widgets)
    rects = [(0, 0, 0, 0)] * len(layout.fields) + [layout.rect]
    for number, (field, said), rect, key in zip(widgets, places, rects, keys, strict=True):
        signed = b"/V %d 0 R" % signature if number == widgets[0] else b""
        tag = b"" if key is None else b"/StructParent %d" % key
        out.put(number, widget(field.encode("ascii"), said, rect, paper.number) + signed + tag + b">>")
    out.put(paper.number, page_with(pdf, paper, widgets, tagged=keys[0] is not None))
    out.put(catalog.number, catalog.spliced(AcroForm=form_with(pdf, catalog, widgets)))
    return finished(pdf, out, catalog, signature, at=at, name=name, reference=b"", reserved=reserved)


def draft_next(pdf: PdfFile, field: Node, *, name: str, at: datetime, reserved: int) -> Draft:
    """Sign one field that was laid out before. Raises `PdfError`, `NotSealable`."""
    out = Objects(size_of(pdf), len(pdf.data))
    catalog = _catalog(pdf)
    signature = out.reserve()
    out.put(field.number, field.spliced(V=b"%d 0 R" % signature))
    return finished(pdf, out, catalog, signature, at=at, name=name, reference=b"", reserved=reserved)


def laid_out(pdf: PdfFile, name: str) -> Node:
    """The field of that name that nobody has signed. Raises `NotSealable` where there is none."""
    form = pdf.dictionary(_catalog(pdf).fields.values.get("AcroForm", {}))
    for ref in pdf.array(form.get("Fields", ())):
        found = node(pdf, ref) if isinstance(ref, Ref) else None
        if found is not None and "V" not in found.fields.values and text(found.fields.values.get("T", b"")) == name:
            return found
    raise NotSealable("signed", "The document has no free field for this signature.")


def widget(field: bytes, said: str, rect: Rect, page: int) -> bytes:
    """The entries of a signature field but for its value, tag and picture; the dictionary stays open."""
    box = b" ".join(map(points, rect))
    return b"<</Type/Annot/Subtype/Widget/FT/Sig/T(%s)/TU%s/F 132/Rect[%s]/P %d 0 R" % (
        field, text_string(said), box, page,
    )  # fmt: skip


def _catalog(pdf: PdfFile) -> Node:
    catalog = node(pdf, pdf.trailer.get("Root"))
    if catalog.fields.values.get("Type") != "Catalog":
        raise PdfError("catalog", "The trailer does not lead to a document catalog.")
    if "Perms" in catalog.fields.values:
        raise NotSealable("signed", "The document already carries permissions of a signature.")
    return catalog
