"""The revision of one personal signature: an invisible field and an empty signature, and nothing else."""

from __future__ import annotations

from datetime import datetime

from testamur.kernel.proofs.pdf.reader import PdfFile
from testamur.kernel.proofs.pdf.values import PdfError
from testamur.trust.sealing.revision.fields import Draft, finished, form_with, page_of, page_with
from testamur.trust.sealing.revision.nodes import NotSealable, node, size_of
from testamur.trust.sealing.revision.objects import Objects, text_string
from testamur.trust.sealing.revision.structure import tag_widget

PAGE = 1
"""The page that carries the invisible field."""


def draft_personal(
    pdf: PdfFile, *, field: str, name: str, field_text: str, at: datetime, signed: int, reserved: int
) -> Draft:
    """Write the revision of one signer over the document `pdf`, in which `signed` signers have signed.

    `field` is the field's name, `name` the signer's, `field_text` what a screen reader says; `reserved` hexadecimal
    digits are kept for ``/Contents``. Raises `PdfError`, `NotSealable`.
    """
    out = Objects(size_of(pdf), len(pdf.data))
    catalog = node(pdf, pdf.trailer.get("Root"))
    if catalog.fields.values.get("Type") != "Catalog":
        raise PdfError("catalog", "The trailer does not lead to a document catalog.")
    if "Perms" in catalog.fields.values:
        raise NotSealable("signed", "The document already carries permissions of a signature.")
    paper = page_of(pdf, catalog, PAGE)
    widget, signature = out.reserve(), out.reserve()
    struct_parent = b""
    if "StructTreeRoot" in catalog.fields.values:
        struct_parent = b"/StructParent %d" % tag_widget(pdf, out, catalog, paper.number, widget)
    out.put(
        widget,
        b"<</Type/Annot/Subtype/Widget/FT/Sig/T(%s)/TU%s/F 132/Rect[0 0 0 0]/P %d 0 R/V %d 0 R%s>>"
        % (field.encode("ascii"), text_string(field_text), paper.number, signature, struct_parent),
    )
    out.put(paper.number, page_with(pdf, paper, widget, tagged=bool(struct_parent)))
    out.put(catalog.number, catalog.spliced(AcroForm=form_with(pdf, catalog, widget, signed=signed)))
    return finished(pdf, out, catalog, signature, at=at, name=name, reference=b"", reserved=reserved)
