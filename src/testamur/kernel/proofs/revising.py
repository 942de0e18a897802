"""Comparing a revision of a record with the one before it: what may change, place by place (docs/formats.md §5).

A revision enters signature fields into the form, onto one page and into the structure tree, and nothing else there.
`additions` says what the seal's revision may do besides, `layout` what those of personal signatures may.
"""

from __future__ import annotations

from collections.abc import Collection, Iterable, Mapping, Sequence

from testamur.kernel.proofs.pdf.changes import Changes, Redefined, references
from testamur.kernel.proofs.pdf.contents import page
from testamur.kernel.proofs.pdf.reader import Object, PdfFile
from testamur.kernel.proofs.pdf.values import Name, Ref, Value, same
from testamur.kernel.proofs.report import Failed
from testamur.kernel.proofs.snapshot import Snapshot

MAX_ADDED = 512
"""New objects in one revision: two for each of 64 signers and a dozen for the seal leave ample room."""


class RevisionError(Failed):
    """A revision does something that a seal or a signature does not need. Codes: ``revision.*``."""

    def __init__(self, code: str, message: str) -> None:
        """`code` without its ``revision.`` prefix."""
        super().__init__(f"revision.{code}", message, sub="FORMAT_FAILURE")


def check_file(pdf: PdfFile, compared: Sequence[Changes]) -> None:
    """What holds for the file as a whole; `compared` are the changes of the second and each later revision.

    Raises `RevisionError`.
    """
    for revision in pdf.revisions:
        size, runs = revision.section.trailer.values.get("Size"), revision.section.runs
        if isinstance(size, bool) or not isinstance(size, int) or any(first + n > size for first, n, _at in runs):
            # ISO 32000-1 table 15: readers ignore such objects, until a later trailer calls them in
            raise RevisionError("trailer", "The document holds objects that its own trailer does not count.")
    for changes in compared:
        if changes.freed:
            raise RevisionError("removed", "Something was removed from the document after it was signed.")
        if not {"Size", "Prev"}.issuperset(changes.trailer):
            raise RevisionError("trailer", "The document was exchanged as a whole after it was signed.")
    _points_nowhere_new(pdf, compared)


def _points_nowhere_new(pdf: PdfFile, compared: Sequence[Changes]) -> None:
    """A dangling reference of one revision must not be given a target by a later one.

    Every object is read: whoever searches the bytes instead is led astray by comments and strings. A broken object
    makes some readers rebuild the table from whatever looks like an object, so none may be broken.
    """
    added = {obj.number: changes.revision for changes in compared for obj in changes.added}
    for revision in pdf.revisions[:-1]:
        trailer = revision.section.trailer.values
        if any(added.get(ref.number, 0) > revision.number for ref in references(trailer)):
            raise RevisionError("dangling", "The document's trailer was prepared to show something added later.")
        for obj in pdf.walk(revision=revision.number):
            if any(added.get(ref.number, 0) > revision.number for ref in references(obj.value)):
                raise RevisionError("dangling", f"Object {obj.number} was prepared to show something added later.")


class Comparison:
    """A revision and the one before it, side by side. `fields` are the widgets that it enters, in order."""

    def __init__(self, pdf: PdfFile, snapshot: Snapshot, changes: Changes) -> None:
        """`changes` are those of the revision that is looked at."""
        self.pdf = pdf
        self.snapshot = snapshot
        self.changes = changes
        self.revision = changes.revision
        self.added: Mapping[int, Object] = {obj.number: obj for obj in changes.added}
        self.touched = {redefined.before.number: redefined for redefined in changes.redefined}
        self.catalog = pdf.catalog(revision=self.revision - 1)
        self.page = page(pdf, snapshot.page, revision=self.revision - 1)
        self.here = Ref(self.page.number, self.page.generation)
        self.fields: tuple[int, ...] = ()
        self.reached: set[int] = set()

    def entered(self) -> tuple[Redefined, Redefined]:
        """Catalog and page, which both must be defined anew where a field is entered; taken from `touched`."""
        catalog = self.touched.pop(self.catalog.number, None)
        paper = self.touched.pop(self.page.number, None)
        if catalog is None or paper is None:
            raise RevisionError("shape", "The seal is not entered in the document.")
        return catalog, paper

    def nothing_redefined(self) -> None:
        """Nothing is left in `touched`."""
        if self.touched:
            found = f"Object {min(self.touched)} of the document was replaced after it was signed."
            raise RevisionError("redefined", found)

    def nothing_else(self) -> None:
        """Every new object belongs to something that was allowed, which `reached` names."""
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

    def form(self, old: Value, new: Value) -> list[Value]:
        """What was entered into the form; it has stood, or now stands, in the catalog itself."""
        before = dict(self.pdf.dictionary(old, revision=self.revision - 1)) if old is not None else {}
        after = self.pdf.dictionary(new, revision=self.revision)
        only(before, after, {"Fields", "SigFlags"}, "The document's form")
        fields = self.appended(before.get("Fields"), after.get("Fields"), "form fields")
        if after.get("SigFlags") != 3:  # noqa: PLR2004 - ISO 32000-1 table 219
            raise RevisionError("form", "The seal is not the only field that was added.")
        if isinstance(new, Ref):
            raise RevisionError("form", "The document's form does not stand in its catalog.")
        return fields

    def paper(self, redefined: Redefined) -> None:
        """The page gained the fields and nothing else."""
        old, new = redefined.before.fields, redefined.after.fields
        only(old, new, {"Annots", "Tabs"}, f"Page {self.snapshot.page}")
        wanted = [Ref(number) for number in self.fields]
        if self.appended(old.get("Annots"), new.get("Annots"), "notes on the page") != wanted:
            raise RevisionError("overlay", "Something but the seal was laid over the page.")
        if not same(new.get("Tabs"), old.get("Tabs")) and new.get("Tabs") != Name("S"):
            raise RevisionError("page", "The reading order of the page was changed.")

    def structure(self) -> bool:
        """The structure tree gained one `Form` element for each field; True when the document is tagged."""
        root = self.catalog.fields.get("StructTreeRoot")
        if not isinstance(root, Ref):
            return False
        redefined = self.touched.pop(root.number, None)
        if redefined is None:
            raise RevisionError("structure", "The seal is missing from the document's structure.")
        old, new = redefined.before.fields, redefined.after.fields
        only(old, new, {"K", "ParentTree", "ParentTreeNextKey"}, "The document's structure")
        forms = self.appended(old.get("K"), new.get("K"), "structure", single=True)
        parent = root
        if not forms:
            parent = _only_kid(old.get("K"))
            element = self.touched.pop(parent.number, None)
            if element is None:
                raise RevisionError("structure", "The seal is missing from the document's structure.")
            only(element.before.fields, element.after.fields, {"K"}, "The document's structure")
            kids = (element.before.fields.get("K"), element.after.fields.get("K"))
            forms = self.appended(*kids, "structure", single=True)
        elements = [form for form in forms if isinstance(form, Ref) and form.number in self.added]
        if len(elements) != len(forms) or len(forms) != len(self.fields):
            raise RevisionError("structure", "More than the seal was added to the document's structure.")
        for form, field in zip(elements, self.fields, strict=True):
            self._element(form, parent, field)
        self._parent_tree(old, new, elements)
        return True

    def _element(self, form: Ref, parent: Ref, field: int) -> None:
        expected: dict[str, Value] = {
            "Type": Name("StructElem"),
            "S": Name("Form"),
            "P": parent,
            "Pg": self.here,
            "K": {"Type": Name("OBJR"), "Obj": Ref(field), "Pg": self.here},
        }
        if not same(self.added[form.number].value, expected):
            raise RevisionError("structure", "What was added to the document's structure is not the seal.")
        self.reached.add(form.number)

    def _parent_tree(self, old: Mapping[str, Value], new: Mapping[str, Value], forms: Sequence[Ref]) -> None:
        """The number tree gained an entry for each field: its key and its `Form` element."""
        before, after = old.get("ParentTree"), new.get("ParentTree")
        if isinstance(before, Ref):
            if not same(before, after):
                raise RevisionError("structure", "The document's parent tree was exchanged.")
            self.touched.pop(before.number, None)
        earlier = dict(self.pdf.dictionary(before, revision=self.revision - 1)) if before is not None else {}
        later = self.pdf.dictionary(after, revision=self.revision)
        only(earlier, later, {"Nums", "Kids"}, "The document's parent tree")
        key = new.get("ParentTreeNextKey")
        start = key - len(forms) if isinstance(key, int) and not isinstance(key, bool) else -1
        entries: list[Value] = [item for pair in enumerate(forms, start) for item in pair]
        nums = self.appended(earlier.get("Nums"), later.get("Nums"), "parent tree")
        kids = self.appended(earlier.get("Kids"), later.get("Kids"), "parent tree")
        if kids and not nums and len(kids) == 1 and isinstance(kids[0], Ref) and kids[0].number in self.added:
            leaf = self.added[kids[0].number]
            self.reached.add(leaf.number)
            nums = list(self.pdf.array(leaf.fields.get("Nums"), revision=self.revision))
            kids = [] if {"Limits", "Nums"}.issuperset(leaf.fields) else kids
        if kids or start < 0 or not same(tuple(nums), tuple(entries)):
            raise RevisionError("structure", "More than the seal was added to the document's parent tree.")
        for number, field in enumerate(self.fields, start):
            if not same(self.added[field].fields.get("StructParent"), number):
                raise RevisionError("structure", "The seal is not the one in the document's structure.")

    # --- comparing ---

    def appended(self, old: Value, new: Value, what: str, *, single: bool = False) -> list[Value]:
        """What the array `new` has beyond the array `old`, which must be its beginning."""

        def listed(value: Value, revision: int) -> tuple[Value, ...]:
            if value is None:
                return ()
            inner = self.pdf.resolve(value, revision=revision)
            if single and not isinstance(inner, tuple):
                return (value,)
            return self.pdf.array(inner, revision=revision)

        before, after = listed(old, self.revision - 1), listed(new, self.revision)
        if not same(before, after[: len(before)]):
            raise RevisionError("changed", f"The document's {what} were changed after it was signed.")
        return list(after[len(before) :])

    def plain_widget(self, widget: Mapping[str, Value], keys: Collection[str], rect: Iterable[int]) -> None:
        """A signature field with exactly these entries, that stands on the page in this box."""
        numbers = self.pdf.array(widget.get("Rect"), revision=self.revision)
        if set(widget) != set(keys) or len(numbers) != 4:  # noqa: PLR2004 - two corners
            raise RevisionError("widget", "The seal's field is not a plain signature field.")
        if tuple(hundredths(number) for number in numbers) != tuple(rect):
            raise RevisionError("box", "The seal does not stand in the box that the document keeps for it.")
        if not same(widget["P"], self.here) or widget["F"] != 132 or widget["Subtype"] != "Widget":  # noqa: PLR2004
            raise RevisionError("widget", "The seal's field is not a plain signature field.")


def only(old: Mapping[str, Value], new: Mapping[str, Value], may_change: Collection[str], what: str) -> None:
    """Nothing but these entries of a dictionary is another than before."""
    for key in dict.fromkeys((*old, *new)):
        if key not in may_change and (key not in old or key not in new or not same(old[key], new[key])):
            raise RevisionError("changed", f"{what} was changed (/{key}) after it was signed.")


def hundredths(number: Value) -> int:
    """A coordinate in hundredths of a point; -1 for what is none."""
    if isinstance(number, bool) or not isinstance(number, int | float):
        return -1
    return round(number * 100)


def _only_kid(kids: Value) -> Ref:
    if isinstance(kids, tuple) and len(kids) == 1:
        kids = kids[0]
    if not isinstance(kids, Ref):
        raise RevisionError("structure", "The seal is missing from the document's structure.")
    return kids
