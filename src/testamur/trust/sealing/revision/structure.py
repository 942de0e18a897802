"""The seal in the structure tree: PDF/UA-1 section 7.18 wants every widget inside a `Form` element."""

from __future__ import annotations

from collections.abc import Mapping, Sequence

from testamur.kernel.proofs.pdf.reader import PdfFile
from testamur.kernel.proofs.pdf.values import PdfError, Ref, Value
from testamur.trust.sealing.revision.nodes import Node, appended, fields_of, node, plain, spliced
from testamur.trust.sealing.revision.objects import Objects


def tag_widgets(pdf: PdfFile, out: Objects, catalog: Node, page: int, widgets: Sequence[int]) -> list[int]:
    """Hang widgets into the structure tree, each as a `Form` element; returns their keys in the parent tree."""
    root = node(pdf, catalog.fields.values["StructTreeRoot"])
    forms = [out.reserve() for _ in widgets]
    kids = root.fields.values.get("K")
    only = kids[0] if isinstance(kids, tuple) and len(kids) == 1 else kids
    parent = root
    if isinstance(only, Ref) and plain(pdf, only) and (top := node(pdf, only)).fields.values.get("S") == "Document":
        parent = top
    references = b" ".join(b"%d 0 R" % form for form in forms)
    children = appended(pdf, parent.raw, parent.fields, "K", references)
    for form, widget in zip(forms, widgets, strict=True):
        out.put(
            form,
            b"<</Type/StructElem/S/Form/P %d 0 R/Pg %d 0 R/K<</Type/OBJR/Obj %d 0 R/Pg %d 0 R>>>>"
            % (parent.number, page, widget, page),
        )
    changes: dict[str, bytes] = {}
    if parent is root:
        changes["K"] = children
    else:
        out.put(parent.number, parent.spliced(K=children))
    keys = _add_parents(pdf, out, root, forms, changes)
    out.put(root.number, root.spliced(**changes))
    return keys


def _add_parents(pdf: PdfFile, out: Objects, root: Node, forms: Sequence[int], changes: dict[str, bytes]) -> list[int]:
    """Enter the `Form` elements in the parent tree (a number tree, ISO 32000-1 section 7.9.7)."""
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
    keys = list(range(key, key + len(forms)))
    entries = b" ".join(b"%d %d 0 R" % pair for pair in zip(keys, forms, strict=True))
    if "Kids" in fields.values:
        leaf = out.add(b"<</Limits[%d %d]/Nums[%s]>>" % (keys[0], keys[-1], entries))
        new = spliced(raw, fields, {"Kids": appended(pdf, raw, fields, "Kids", b"%d 0 R" % leaf)})
    else:
        new = spliced(raw, fields, {"Nums": appended(pdf, raw, fields, "Nums", entries)})
    if tree is None:
        changes["ParentTree"] = new
    else:
        out.put(tree.number, new)
    changes["ParentTreeNextKey"] = b"%d" % (keys[-1] + 1)
    return keys


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
