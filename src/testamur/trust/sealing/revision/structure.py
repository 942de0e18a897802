"""The seal in the structure tree: PDF/UA-1 section 7.18 wants every widget inside a `Form` element."""

from __future__ import annotations

from collections.abc import Mapping

from testamur.kernel.proofs.pdf.reader import PdfFile
from testamur.kernel.proofs.pdf.values import PdfError, Ref, Value
from testamur.trust.sealing.revision.nodes import Node, appended, fields_of, node, plain, spliced
from testamur.trust.sealing.revision.objects import Objects


def tag_widget(pdf: PdfFile, out: Objects, catalog: Node, page: int, widget: int) -> int:
    """Hang the widget into the structure tree as a `Form` element; returns its key in the parent tree."""
    root = node(pdf, catalog.fields.values["StructTreeRoot"])
    form = out.reserve()
    kids = root.fields.values.get("K")
    only = kids[0] if isinstance(kids, tuple) and len(kids) == 1 else kids
    parent = root
    if isinstance(only, Ref) and plain(pdf, only) and (top := node(pdf, only)).fields.values.get("S") == "Document":
        parent = top
    child = appended(pdf, parent.raw, parent.fields, "K", b"%d 0 R" % form)
    out.put(
        form,
        b"<</Type/StructElem/S/Form/P %d 0 R/Pg %d 0 R/K<</Type/OBJR/Obj %d 0 R/Pg %d 0 R>>>>"
        % (parent.number, page, widget, page),
    )
    changes: dict[str, bytes] = {}
    if parent is root:
        changes["K"] = child
    else:
        out.put(parent.number, parent.spliced(K=child))
    key = _add_parent(pdf, out, root, form, changes)
    out.put(root.number, root.spliced(**changes))
    return key


def _add_parent(pdf: PdfFile, out: Objects, root: Node, form: int, changes: dict[str, bytes]) -> int:
    """Enter the `Form` element in the parent tree (a number tree, ISO 32000-1 section 7.9.7)."""
    held = root.fields.values.get("ParentTree")
    if isinstance(held, Ref):
        tree = node(pdf, held)
        raw, fields = tree.raw, tree.fields
    elif isinstance(held, dict):
        tree = None
        raw, fields = root.raw, fields_of(root.raw, root.fields.spans["ParentTree"][0])
    elif held is None:
        tree = None
        raw = b"<</Nums[]>>"
        fields = fields_of(raw, 0)
    else:
        raise PdfError("type", "The parent tree is not a dictionary.")
    key = max(_number(root.fields.values.get("ParentTreeNextKey")), _highest(pdf, fields.values) + 1)
    if "Kids" in fields.values:
        leaf = out.add(b"<</Limits[%d %d]/Nums[%d %d 0 R]>>" % (key, key, key, form))
        new = spliced(raw, fields, {"Kids": appended(pdf, raw, fields, "Kids", b"%d 0 R" % leaf)})
    else:
        new = spliced(raw, fields, {"Nums": appended(pdf, raw, fields, "Nums", b"%d %d 0 R" % (key, form))})
    if tree is None:
        changes["ParentTree"] = new
    else:
        out.put(tree.number, new)
    changes["ParentTreeNextKey"] = b"%d" % (key + 1)
    return key


def _highest(pdf: PdfFile, tree: Mapping[str, Value]) -> int:
    """The highest key of a number tree, or -1."""
    if "Kids" in tree:
        kids = pdf.array(tree["Kids"])
        limits = pdf.array(pdf.dictionary(kids[-1]).get("Limits")) if kids else ()
        return _number(limits[1]) if len(limits) == 2 else -1  # noqa: PLR2004 - lowest and highest
    numbers = pdf.array(tree.get("Nums", ()))
    return _number(numbers[-2]) if len(numbers) > 1 else -1


def _number(value: Value) -> int:
    return value if isinstance(value, int) and not isinstance(value, bool) and value >= 0 else 0
