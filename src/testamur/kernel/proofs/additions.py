"""What the second revision of a record may add to the first, and nothing else (docs/formats.md §5).

The people who signed saw the first revision. So every object of it must stay as it was, but for the few that carry the
seal's additions; and whatever is new must be part of the seal or of the evidence. This stops shadow attacks, where a
later revision replaces, overlays or hides what was signed.
"""

from __future__ import annotations

import re
from collections.abc import Collection, Mapping

from testamur.kernel.proofs.pdf.changes import Changes, Redefined, compare_revisions, references
from testamur.kernel.proofs.pdf.contents import Signature, embedded_files, name_tree, page
from testamur.kernel.proofs.pdf.reader import Object, PdfFile
from testamur.kernel.proofs.pdf.values import Name, Ref, Value, same
from testamur.kernel.proofs.report import Failed
from testamur.kernel.proofs.snapshot import Snapshot

MAX_ADDED = 512
"""New objects in the second revision: two for each of 64 signers and a dozen for the seal leave ample room."""

_NUMBER = rb"\d{1,5}(?:\.\d{1,2})?"
_PICTURE = re.compile(
    rb"q \.55 G \.5 w \.25 \.25 N N re S \.2 g 0 0 2 N re f Q\n"
    rb"BT 0 g /F [4-9](?:\.5)? Tf N TL 7 N Td\n(?:<(?:[0-9A-F]{4})+> Tj T\*\n){1,200}ET".replace(b"N", _NUMBER)
)
"""The seal's picture (docs/formats.md section 5): frame, narrow bar, lines of dark text. Nothing in it can cover."""


class RevisionError(Failed):
    """The second revision does something that a seal does not need. Codes: ``revision.*``."""

    def __init__(self, code: str, message: str) -> None:
        """`code` without its ``revision.`` prefix."""
        super().__init__(f"revision.{code}", message, sub="FORMAT_FAILURE")


def check_additions(pdf: PdfFile, snapshot: Snapshot, signature: Signature) -> tuple[str, ...]:
    """Refuse every change but the seal's own; returns the names of the evidence files that were added.

    Raises `RevisionError`, or `PdfError` for a file that is broken underneath.
    """
    if len(pdf.revisions) != 2:  # noqa: PLR2004 - the document, and the seal over it
        raise RevisionError("count", f"The file has {len(pdf.revisions)} revisions instead of two.")
    if sum(count for _first, count, _at in pdf.revisions[1].section.runs) > MAX_ADDED:
        raise RevisionError("size", "The second revision holds far more than a seal and its evidence.")
    return _Comparison(pdf, snapshot, signature).check()


class _Comparison:
    """The two revisions side by side; each method checks one of the places that the seal may touch."""

    def __init__(self, pdf: PdfFile, snapshot: Snapshot, signature: Signature) -> None:
        self.pdf = pdf
        self.snapshot = snapshot
        self.signature = signature
        self.changes: Changes = compare_revisions(pdf, 2)
        self.added: Mapping[int, Object] = {obj.number: obj for obj in self.changes.added}
        self.catalog = pdf.catalog(revision=1)
        self.page = page(pdf, snapshot.page, revision=1)
        self.reached: set[int] = set()

    def check(self) -> tuple[str, ...]:
        self._trailer()
        self._first_revision_points_nowhere_new()
        touched = {redefined.before.number: redefined for redefined in self.changes.redefined}
        catalog = touched.pop(self.catalog.number, None)
        paper = touched.pop(self.page.number, None)
        if catalog is None or paper is None:
            raise RevisionError("shape", "The seal is not entered in the document.")
        names = self._catalog(catalog)
        self._page(paper)
        tagged = self._structure(touched)
        if touched:
            raise RevisionError("redefined", f"Object {min(touched)} of the document was replaced after it was signed.")
        self._widget(tagged=tagged)
        self._signature_dictionary()
        self._nothing_else()
        return names

    # --- the file as a whole ---

    def _trailer(self) -> None:
        for revision in self.pdf.revisions:
            size, runs = revision.section.trailer.values.get("Size"), revision.section.runs
            if isinstance(size, bool) or not isinstance(size, int) or any(first + n > size for first, n, _at in runs):
                # ISO 32000-1 table 15: readers ignore such objects, until a later trailer calls them in
                raise RevisionError("trailer", "The document holds objects that its own trailer does not count.")
        if self.changes.freed:
            raise RevisionError("removed", "Something was removed from the document after it was signed.")
        if not {"Size", "Prev"}.issuperset(self.changes.trailer):
            raise RevisionError("trailer", "The document was exchanged as a whole after it was signed.")

    def _first_revision_points_nowhere_new(self) -> None:
        """A dangling reference of the first revision must not be given a target by the second.

        Every object is read: whoever searches the bytes instead is led astray by comments and strings. A broken object
        makes some readers rebuild the table from whatever looks like an object, so none may be broken.
        """
        if any(ref.number in self.added for ref in references(self.pdf.revisions[0].section.trailer.values)):
            raise RevisionError("dangling", "The document's trailer was prepared to show something added later.")
        for obj in self.pdf.walk(revision=1):
            if any(ref.number in self.added for ref in references(obj.value)):
                raise RevisionError("dangling", f"Object {obj.number} was prepared to show something added later.")

    def _nothing_else(self) -> None:
        """Every new object belongs to something that was allowed above."""
        todo = [number for number in self.reached if number in self.added]
        seen: set[int] = set(todo)
        while todo:
            for ref in references(self.added[todo.pop()].value):
                if ref.number in self.added and ref.number not in seen:
                    seen.add(ref.number)
                    todo.append(ref.number)
        if extra := self.added.keys() - seen:
            raise RevisionError("extra", f"Object {min(extra)} was added and belongs to neither seal nor evidence.")

    # --- places that may be redefined ---

    def _catalog(self, redefined: Redefined) -> tuple[str, ...]:
        old, new = redefined.before.fields, redefined.after.fields
        self._only(old, new, {"AcroForm", "Perms", "AF", "Names"}, "The document's catalog")
        if "Perms" in old or not same(new.get("Perms"), {"DocMDP": Ref(self.signature.number)}):
            raise RevisionError("permissions", "The seal is not the one that closes the document.")
        self._form(old.get("AcroForm"), new.get("AcroForm"))
        specs = self._appended(old.get("AF"), new.get("AF"), "associated files")
        return self._embedded(old.get("Names"), new.get("Names"), specs)

    def _form(self, old: Value, new: Value) -> None:
        before = dict(self.pdf.dictionary(old, revision=1)) if old is not None else {}
        after = self.pdf.dictionary(new)
        self._only(before, after, {"Fields", "SigFlags"}, "The document's form")
        fields = self._appended(before.get("Fields"), after.get("Fields"), "form fields")
        if fields != [Ref(self.signature.field)] or after.get("SigFlags") != 3:  # noqa: PLR2004 - ISO 32000-1 table 219
            raise RevisionError("form", "The seal is not the only field that was added.")
        if isinstance(new, Ref):
            raise RevisionError("form", "The document's form does not stand in its catalog.")
        self.reached.add(self.signature.field)

    def _embedded(self, old: Value, new: Value, specs: list[Value]) -> tuple[str, ...]:
        before = dict(self.pdf.dictionary(old, revision=1)) if old is not None else {}
        after = self.pdf.dictionary(new) if new is not None else {}
        self._only(before, after, {"EmbeddedFiles"}, "The document's names")
        former, present = dict(name_tree(self.pdf, revision=1)), dict(name_tree(self.pdf))
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

    def _page(self, redefined: Redefined) -> None:
        old, new = redefined.before.fields, redefined.after.fields
        self._only(old, new, {"Annots", "Tabs"}, f"Page {self.snapshot.page}")
        if self._appended(old.get("Annots"), new.get("Annots"), "notes on the page") != [Ref(self.signature.field)]:
            raise RevisionError("overlay", "Something but the seal was laid over the page.")
        if not same(new.get("Tabs"), old.get("Tabs")) and new.get("Tabs") != Name("S"):
            raise RevisionError("page", "The reading order of the page was changed.")

    def _structure(self, touched: dict[int, Redefined]) -> bool:
        """The structure tree gained one `Form` element for the seal; True when the document is tagged."""
        root = self.catalog.fields.get("StructTreeRoot")
        if not isinstance(root, Ref):
            return False
        redefined = touched.pop(root.number, None)
        if redefined is None:
            raise RevisionError("structure", "The seal is missing from the document's structure.")
        old, new = redefined.before.fields, redefined.after.fields
        self._only(old, new, {"K", "ParentTree", "ParentTreeNextKey"}, "The document's structure")
        forms = self._appended(old.get("K"), new.get("K"), "structure", single=True)
        parent = root
        if not forms:
            only = self._only_kid(old.get("K"))
            element = touched.pop(only.number, None)
            if element is None:
                raise RevisionError("structure", "The seal is missing from the document's structure.")
            self._only(element.before.fields, element.after.fields, {"K"}, "The document's structure")
            kids = (element.before.fields.get("K"), element.after.fields.get("K"))
            forms = self._appended(*kids, "structure", single=True)
            parent = only
        (form,) = forms if len(forms) == 1 else (None,)
        if not isinstance(form, Ref) or form.number not in self.added:
            raise RevisionError("structure", "More than the seal was added to the document's structure.")
        here = Ref(self.page.number, self.page.generation)
        expected: dict[str, Value] = {
            "Type": Name("StructElem"),
            "S": Name("Form"),
            "P": parent,
            "Pg": here,
            "K": {"Type": Name("OBJR"), "Obj": Ref(self.signature.field), "Pg": here},
        }
        if not same(self.added[form.number].value, expected):
            raise RevisionError("structure", "What was added to the document's structure is not the seal.")
        self.reached.add(form.number)
        self._parent_tree(old, new, form, touched)
        return True

    def _only_kid(self, kids: Value) -> Ref:
        if isinstance(kids, tuple) and len(kids) == 1:
            kids = kids[0]
        if not isinstance(kids, Ref):
            raise RevisionError("structure", "The seal is missing from the document's structure.")
        return kids

    def _parent_tree(
        self, old: Mapping[str, Value], new: Mapping[str, Value], form: Ref, touched: dict[int, Redefined]
    ) -> None:
        """The number tree gained one entry: the seal's key and its `Form` element."""
        before, after = old.get("ParentTree"), new.get("ParentTree")
        if isinstance(before, Ref):
            if not same(before, after):
                raise RevisionError("structure", "The document's parent tree was exchanged.")
            touched.pop(before.number, None)
        earlier = dict(self.pdf.dictionary(before, revision=1)) if before is not None else {}
        later = self.pdf.dictionary(after)
        self._only(earlier, later, {"Nums", "Kids"}, "The document's parent tree")
        key = new.get("ParentTreeNextKey")
        entry = (key - 1, form) if isinstance(key, int) and not isinstance(key, bool) else ()
        nums = self._appended(earlier.get("Nums"), later.get("Nums"), "parent tree")
        kids = self._appended(earlier.get("Kids"), later.get("Kids"), "parent tree")
        if kids and not nums and len(kids) == 1 and isinstance(kids[0], Ref) and kids[0].number in self.added:
            leaf = self.added[kids[0].number]
            self.reached.add(leaf.number)
            nums = list(self.pdf.array(leaf.fields.get("Nums")))
            kids = [] if {"Limits", "Nums"}.issuperset(leaf.fields) else kids
        if kids or not entry or not same(tuple(nums), entry):
            raise RevisionError("structure", "More than the seal was added to the document's parent tree.")
        if self.signature.widget.get("StructParent") != entry[0]:
            raise RevisionError("structure", "The seal is not the one in the document's structure.")

    # --- the seal itself ---

    def _widget(self, *, tagged: bool) -> None:
        widget = self.signature.widget
        keys = {"Type", "Subtype", "FT", "T", "TU", "F", "Rect", "P", "V"}
        visible = any(self.snapshot.rect)
        keys |= {"StructParent"} if tagged else set()
        keys |= {"AP"} if visible else set()
        rect = self.pdf.array(widget.get("Rect"))
        if set(widget) != keys or self.signature.field not in self.added or len(rect) != 4:  # noqa: PLR2004
            raise RevisionError("widget", "The seal's field is not a plain signature field.")
        if tuple(_hundredths(number) for number in rect) != self.snapshot.rect:
            raise RevisionError("box", "The seal does not stand in the box that the document keeps for it.")
        here = Ref(self.page.number, self.page.generation)
        if not same(widget["P"], here) or widget["F"] != 132 or widget["Subtype"] != "Widget":  # noqa: PLR2004
            raise RevisionError("widget", "The seal's field is not a plain signature field.")
        if visible:
            self._appearance(widget["AP"])

    def _appearance(self, value: Value) -> None:
        """One picture, as large as the box, with a font and nothing else."""
        states = self.pdf.dictionary(value)
        picture = self.pdf.get(states.get("N"))
        x0, y0, x1, y1 = self.snapshot.rect
        box = tuple(_hundredths(number) for number in self.pdf.array(picture.fields.get("BBox")))
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
        parameters: dict[str, Value] = {"Type": Name("TransformParams"), "P": 1, "V": Name("1.2")}
        reference: dict[str, Value] = {
            "Type": Name("SigRef"),
            "TransformMethod": Name("DocMDP"),
            "TransformParams": parameters,
        }
        expected: dict[str, Value] = {
            "Type": Name("Sig"),
            "Filter": Name("Adobe.PPKLite"),
            "SubFilter": Name("ETSI.CAdES.detached"),
            "Reference": (reference,),
        }
        if not same(values, expected) or self.signature.number not in self.added:
            raise RevisionError("signature", "The seal's signature is not of the kind that closes a document.")

    # --- comparing ---

    @staticmethod
    def _only(old: Mapping[str, Value], new: Mapping[str, Value], may_change: Collection[str], what: str) -> None:
        for key in old.keys() | new.keys():
            if key not in may_change and (key not in old or key not in new or not same(old[key], new[key])):
                raise RevisionError("changed", f"{what} was changed (/{key}) after it was signed.")

    def _appended(self, old: Value, new: Value, what: str, *, single: bool = False) -> list[Value]:
        """What the array `new` has beyond the array `old`, which must be its beginning."""

        def listed(value: Value, revision: int) -> tuple[Value, ...]:
            if value is None:
                return ()
            inner = self.pdf.resolve(value, revision=revision)
            if single and not isinstance(inner, tuple):
                return (value,)
            return self.pdf.array(inner, revision=revision)

        before, after = listed(old, 1), listed(new, 2)
        if not same(before, after[: len(before)]):
            raise RevisionError("changed", f"The document's {what} were changed after it was signed.")
        return list(after[len(before) :])


def _hundredths(number: Value) -> int:
    """A coordinate in hundredths of a point; -1 for what is none."""
    if isinstance(number, bool) or not isinstance(number, int | float):
        return -1
    return round(number * 100)
