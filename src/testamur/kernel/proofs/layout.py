"""What the revisions of personal signatures may do (docs/formats.md §5a): lay out the fields once, then fill them in.

The first of them enters the fields of its signer, of every later signer and of the seal, into form, page and structure;
each later one gives one of these fields its signature. Nothing in them can be seen, so nothing can be hidden or shown.
"""

from __future__ import annotations

import re
from collections.abc import Sequence

from testamur.kernel.proofs.pdf.changes import Changes
from testamur.kernel.proofs.pdf.contents import Signature
from testamur.kernel.proofs.pdf.reader import PdfFile
from testamur.kernel.proofs.pdf.values import Name, PdfError, Ref, Value, same, text
from testamur.kernel.proofs.revising import Comparison, RevisionError, only
from testamur.kernel.proofs.snapshot import NamedSigner, Snapshot

SEAL = "TestamurSeal"
_FIELD = re.compile(r"signer-([1-9][0-9]?)")
_KEYS = frozenset({"Type", "Subtype", "FT", "T", "TU", "F", "Rect", "P"})
_NO_BOX = (0, 0, 0, 0)


def order_of(signature: Signature) -> int | None:
    """The place of the signer whose field this is; None for any other field. Raises `PdfError`."""
    found = _FIELD.fullmatch(text(signature.widget.get("T", b"")))
    return int(found[1]) if found else None


def field_text(signer: NamedSigner) -> str:
    """What a screen reader says for a signer's field."""
    return f"{signer.name}, {signer.title}" if signer.title else signer.name


def check_layout(pdf: PdfFile, snapshot: Snapshot, changes: Changes, signature: Signature) -> None:
    """The first personal signature's revision. Raises `RevisionError`."""
    _Layout(pdf, snapshot, changes, signature).check()


def check_filled(snapshot: Snapshot, changes: Changes, signature: Signature) -> None:
    """The revision of a later personal signature: one field got its value. Raises `RevisionError`."""
    (field,) = changes.redefined if len(changes.redefined) == 1 else (None,)
    if field is None or field.before.number != signature.field:
        raise RevisionError("personal", "A personal signature changed something else than its own field.")
    old, new = field.before.fields, field.after.fields
    only(old, new, {"V"}, "The field of a signer")
    if "V" in old or not same(new.get("V"), Ref(signature.number)):
        raise RevisionError("personal", "A personal signature changed something else than its own field.")
    if [obj.number for obj in changes.added] != [signature.number]:
        raise RevisionError("extra", "Something was added together with a personal signature.")
    check_dictionary(snapshot, signature)


def check_dictionary(snapshot: Snapshot, signature: Signature) -> None:
    """A personal signature's dictionary says who signs, and nothing that changes or explains anything else."""
    order = order_of(signature)
    name = next((s.name for s in snapshot.signers if s.order == order), None)
    values = dict(signature.values)
    told = values.pop("Name", None)
    for key in ("M", "Contents", "ByteRange"):
        values.pop(key, None)
    expected: dict[str, Value] = {
        "Type": Name("Sig"),
        "Filter": Name("Adobe.PPKLite"),
        "SubFilter": Name("ETSI.CAdES.detached"),
    }
    if not same(values, expected) or name is None or not _says(told, name):
        raise RevisionError("personal", "A personal signature is not of the kind that a record carries.")


class _Layout(Comparison):
    """The revision that enters all fields, with the first signature."""

    def __init__(self, pdf: PdfFile, snapshot: Snapshot, changes: Changes, signature: Signature) -> None:
        super().__init__(pdf, snapshot, changes)
        self.signature = signature

    def check(self) -> None:
        catalog, paper = self.entered()
        old, new = catalog.before.fields, catalog.after.fields
        if "Perms" in old:
            raise RevisionError("permissions", "The seal is not the one that closes the document.")
        only(old, new, {"AcroForm"}, "The document's catalog")
        fields = self.form(old.get("AcroForm"), new.get("AcroForm"))
        numbers = [ref.number for ref in fields if isinstance(ref, Ref) and ref.number in self.added]
        order = order_of(self.signature)
        signers = [s for s in self.snapshot.signers if order is not None and s.order >= order]
        if len(numbers) != len(fields) or len(fields) != len(signers) + 1 or numbers[0] != self.signature.field:
            raise RevisionError("form", "The fields that were added are not those of the signers and the seal.")
        self.fields = tuple(numbers)
        self.reached.update(numbers)
        self.paper(paper)
        tagged = self.structure()
        self.nothing_redefined()
        for number, signer in zip(numbers, signers, strict=False):
            self._field(number, f"signer-{signer.order}", field_text(signer), tagged=tagged)
        self._field(numbers[-1], SEAL, self.snapshot.issuer_name, tagged=tagged)
        check_dictionary(self.snapshot, self.signature)
        self.nothing_else()

    def _field(self, number: int, name: str, said: str, *, tagged: bool) -> None:
        widget = self.added[number].fields
        keys = _KEYS | ({"StructParent"} if tagged else set())
        if number == self.signature.field:
            keys |= {"V"}
            if not same(widget.get("V"), Ref(self.signature.number)):
                raise RevisionError("personal", "The first signature does not stand in its field.")
        self.plain_widget(widget, keys, self.snapshot.rect if name == SEAL else _NO_BOX)
        kind = (widget["Type"], widget["FT"])
        if kind != (Name("Annot"), Name("Sig")) or not _says(widget["T"], name) or not _says(widget["TU"], said):
            raise RevisionError("widget", "A field that was added is not one of a signer or of the seal.")


def _says(value: Value, wanted: str) -> bool:
    try:
        return text(value) == wanted
    except PdfError:
        return False


def personal_orders(personal: Sequence[Signature]) -> tuple[int, ...]:
    """Places of the signers, in the order of their revisions."""
    return tuple(order_of(one) or 0 for one in personal)
