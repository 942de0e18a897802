"""What the seal's revision may add to a record, and nothing else (docs/formats.md §5).

The people who signed saw the first revision. So every object of it must stay as it was, but for the few that carry the
seal's additions; and whatever is new must be part of the seal or of the evidence. This stops shadow attacks, where a
later revision replaces, overlays or hides what was signed.
"""

from __future__ import annotations

import re
from collections.abc import Sequence

from testamur.kernel.proofs.layout import check_filled, check_layout
from testamur.kernel.proofs.pdf.changes import Changes, Redefined, compare_revisions, references
from testamur.kernel.proofs.pdf.contents import Signature, embedded_files, name_tree
from testamur.kernel.proofs.pdf.reader import PdfFile
from testamur.kernel.proofs.pdf.values import Name, Ref, Value, same
from testamur.kernel.proofs.revising import MAX_ADDED, Comparison, RevisionError, check_file, hundredths, only
from testamur.kernel.proofs.snapshot import Snapshot

__all__ = ["MAX_ADDED", "RevisionError", "check_additions"]

_NUMBER = rb"\d{1,5}(?:\.\d{1,2})?"
_PICTURE = re.compile(
    rb"q \.55 G \.5 w \.25 \.25 N N re S \.2 g 0 0 2 N re f Q\n"
    rb"BT 0 g /F [4-9](?:\.5)? Tf N TL 7 N Td\n(?:<(?:[0-9A-F]{4})+> Tj T\*\n){1,200}ET".replace(b"N", _NUMBER)
)
"""The seal's picture (docs/formats.md section 5): frame, narrow bar, lines of dark text. Nothing in it can cover."""


def check_additions(
    pdf: PdfFile, snapshot: Snapshot, seal: Signature, personal: Sequence[Signature] = ()
) -> tuple[str, ...]:
    """Refuse every change but those of personal signatures and of the seal; returns the names of the evidence files.

    `personal` are the signatures of persons in the order of their revisions. Raises `RevisionError`, or `PdfError` for
    a file that is broken underneath.
    """
    if len(pdf.revisions) != len(personal) + 2:
        wanted = f"{len(personal) + 2} for its signatures" if personal else "two"
        raise RevisionError("count", f"The file has {len(pdf.revisions)} revisions instead of {wanted}.")
    for revision in pdf.revisions[1:]:
        if sum(count for _first, count, _at in revision.section.runs) > MAX_ADDED:
            raise RevisionError("size", "The second revision holds far more than a seal and its evidence.")
    compared = [compare_revisions(pdf, revision.number) for revision in pdf.revisions[1:]]
    check_file(pdf, compared)
    if personal:
        check_layout(pdf, snapshot, compared[0], personal[0])
        for changes, signature in zip(compared[1:-1], personal[1:], strict=True):
            check_filled(snapshot, changes, signature)
    return _Sealing(pdf, snapshot, compared[-1], seal, laid_out=bool(personal)).check()


class _Sealing(Comparison):
    """The seal's revision; each method checks one of the places that the seal may touch."""

    def __init__(
        self, pdf: PdfFile, snapshot: Snapshot, changes: Changes, signature: Signature, *, laid_out: bool
    ) -> None:
        super().__init__(pdf, snapshot, changes)
        self.signature = signature
        self.laid_out = laid_out
        """A personal signature has entered the seal's field already: form, page and structure stay as they are."""

    def check(self) -> tuple[str, ...]:
        names = self._filled() if self.laid_out else self._entered()
        self.nothing_redefined()
        self._widget()
        self._signature_dictionary()
        self.nothing_else()
        return names

    def _entered(self) -> tuple[str, ...]:
        """The seal's field, form entry, tag and evidence, all new."""
        catalog, paper = self.entered()
        self.fields = (self.signature.field,)
        old, new = catalog.before.fields, catalog.after.fields
        only(old, new, {"AcroForm", "Perms", "AF", "Names"}, "The document's catalog")
        if "Perms" in old or not same(new.get("Perms"), {"DocMDP": Ref(self.signature.number)}):
            raise RevisionError("permissions", "The seal is not the one that closes the document.")
        if self.form(old.get("AcroForm"), new.get("AcroForm")) != [Ref(self.signature.field)]:
            raise RevisionError("form", "The seal is not the only field that was added.")
        if self.signature.field not in self.added:
            raise RevisionError("widget", "The seal's field is not a plain signature field.")
        self.reached.add(self.signature.field)
        names = self._evidence(catalog)
        self.paper(paper)
        self.tagged = self.structure()
        return names

    def _filled(self) -> tuple[str, ...]:
        """The seal's field, which was there, got its value and its picture; evidence may have come."""
        field = self.touched.pop(self.signature.field, None)
        if field is None or not same(field.before.fields.get("T"), b"TestamurSeal"):
            raise RevisionError("widget", "The seal does not stand in the field that was kept for it.")
        only(field.before.fields, field.after.fields, {"V", "AP"}, "The seal's field")
        self.tagged = "StructParent" in field.before.fields
        self.reached.update(ref.number for key in ("V", "AP") for ref in references(field.after.fields.get(key)))
        catalog = self.touched.pop(self.catalog.number, None)
        if catalog is None:
            return ()
        only(catalog.before.fields, catalog.after.fields, {"AF", "Names"}, "The document's catalog")
        return self._evidence(catalog)

    # --- evidence ---

    def _evidence(self, catalog: Redefined) -> tuple[str, ...]:
        old, new = catalog.before.fields, catalog.after.fields
        specs = self.appended(old.get("AF"), new.get("AF"), "associated files")
        return self._embedded(old.get("Names"), new.get("Names"), specs)

    def _embedded(self, old: Value, new: Value, specs: list[Value]) -> tuple[str, ...]:
        before = dict(self.pdf.dictionary(old, revision=self.revision - 1)) if old is not None else {}
        after = self.pdf.dictionary(new) if new is not None else {}
        only(before, after, {"EmbeddedFiles"}, "The document's names")
        former, present = dict(name_tree(self.pdf, revision=self.revision - 1)), dict(name_tree(self.pdf))
        if any(not same(present.get(key), spec) for key, spec in former.items()):
            raise RevisionError("attachments", "A file attached to the document was exchanged or removed.")
        added = {key: spec for key, spec in present.items() if key not in former}
        if sorted(map(str, added.values())) != sorted(map(str, specs)):
            raise RevisionError("attachments", "The evidence is not attached to the document in both ways.")
        numbers = {ref.number for ref in added.values() if isinstance(ref, Ref)}
        files = [file for file in embedded_files(self.pdf) if file.spec in numbers]
        for file in files:
            spec = self.added.get(file.spec or 0)
            keys = {"Type", "F", "UF", "EF", "AFRelationship", "Desc"}
            if spec is None or not keys.issuperset(spec.fields) or file.relationship != "Supplement" or file.ambiguous:
                raise RevisionError("attachments", f"The attachment {file.name!r} is not evidence.")
            self.reached.add(spec.number)
        if len(files) != len(added):
            raise RevisionError("attachments", "An attachment cannot be read.")
        return tuple(file.name for file in files)

    # --- the seal itself ---

    def _widget(self) -> None:
        widget = self.signature.widget
        keys = {"Type", "Subtype", "FT", "T", "TU", "F", "Rect", "P", "V"}
        visible = any(self.snapshot.rect)
        keys |= {"StructParent"} if self.tagged else set()
        keys |= {"AP"} if visible else set()
        self.plain_widget(widget, keys, self.snapshot.rect)
        if visible:
            self._appearance(widget["AP"])

    def _appearance(self, value: Value) -> None:
        """One picture, as large as the box, with a font and nothing else."""
        states = self.pdf.dictionary(value)
        picture = self.pdf.get(states.get("N"))
        x0, y0, x1, y1 = self.snapshot.rect
        box = tuple(hundredths(number) for number in self.pdf.array(picture.fields.get("BBox")))
        resources = self.pdf.dictionary(picture.fields.get("Resources"))
        keys = {"Type", "Subtype", "BBox", "Resources", "Length", "Filter"}
        plain = set(states) == {"N"} and keys.issuperset(picture.fields) and set(resources) == {"Font"}
        if not plain or picture.number not in self.added or box != (0, 0, x1 - x0, y1 - y0):
            raise RevisionError("appearance", "The seal's picture is not a plain box with text.")
        fonts = self.pdf.dictionary(resources["Font"])
        if set(fonts) != {"F"} or self.pdf.dictionary(fonts["F"]).get("Subtype") != Name("Type0"):
            raise RevisionError("appearance", "The seal's picture is not written in one plain font.")
        if not _PICTURE.fullmatch(self.pdf.stream(picture)):
            raise RevisionError("appearance", "The seal's picture paints more than a frame and text.")

    def _signature_dictionary(self) -> None:
        values = dict(self.signature.values)
        for key in ("M", "Name", "Contents", "ByteRange"):
            values.pop(key, None)
        expected: dict[str, Value] = {
            "Type": Name("Sig"),
            "Filter": Name("Adobe.PPKLite"),
            "SubFilter": Name("ETSI.CAdES.detached"),
            "Reference": (self._reference(),),
        }
        if not same(values, expected) or self.signature.number not in self.added:
            raise RevisionError("signature", "The seal's signature is not of the kind that closes a document.")

    def _reference(self) -> dict[str, Value]:
        """A certification, or, after personal signatures, which it may not follow, a lock on all fields."""
        kind = Name("TransformParams")
        if not self.laid_out:
            parameters: dict[str, Value] = {"Type": kind, "P": 1, "V": Name("1.2")}
            return {"Type": Name("SigRef"), "TransformMethod": Name("DocMDP"), "TransformParams": parameters}
        return {
            "Type": Name("SigRef"),
            "TransformMethod": Name("FieldMDP"),
            "Data": Ref(self.catalog.number, self.catalog.generation),
            "TransformParams": {"Type": kind, "Action": Name("All"), "V": Name("1.2")},
        }
