"""What a document holds: its pages in order, its embedded files, its signatures."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from itertools import islice

from testamur.kernel.proofs.pdf.reader import Object, PdfFile
from testamur.kernel.proofs.pdf.values import MAX_DEPTH, Name, PdfError, Ref, Value, parse_fields, text

MAX_PAGES = 100_000
MAX_EMBEDDED = 1_000
MAX_UNPACKED = 64 * 1024 * 1024
"""Bytes of all embedded files together, unpacked."""
MAX_FORM_FIELDS = 10_000


@dataclass(frozen=True, slots=True)
class EmbeddedFile:
    """A file inside the PDF, found through the catalog's name tree.

    Attributes:
        name: its file name (``/UF``, else ``/F``).
        key: its key in the name tree.
        relationship: ``Data``, ``Supplement`` …; empty when not said (PDF/A-3, ``/AFRelationship``).
        mime: its media type as written; may be empty.
        spec: object number of the file specification; None when it stands in the tree itself.
        stream: object number of the embedded file stream.
        associated: the catalog's ``/AF`` names the specification.
        data: its bytes.
        ambiguous: another reader could show another name (``/F`` beside ``/UF``) or take another stream for it.
    """

    name: str
    key: bytes
    relationship: str
    mime: str
    spec: int | None
    stream: int
    associated: bool
    data: bytes
    ambiguous: bool = False


@dataclass(frozen=True, slots=True)
class Signature:
    """A signature field that has been signed.

    Attributes:
        field: object number of the field (and widget).
        number: object number of the signature dictionary.
        revision: the revision that defines the dictionary.
        byte_range: the four integers of ``/ByteRange``.
        contents_start: offset of ``<`` of ``/Contents``.
        contents_end: offset after ``>``.
        contents: the value of ``/Contents``, zero padding included.
        values: the signature dictionary.
        widget: the field's dictionary.
    """

    field: int
    number: int
    revision: int
    byte_range: tuple[int, int, int, int]
    contents_start: int
    contents_end: int
    contents: bytes
    values: dict[str, Value]
    widget: dict[str, Value]

    def covers(self, size: int) -> bool:
        """True when the byte range is the whole file of `size` bytes but for ``/Contents`` itself."""
        return self.byte_range == (0, self.contents_start, self.contents_end, size - self.contents_end)


def pages(pdf: PdfFile, *, revision: int | None = None) -> tuple[Object, ...]:
    """The page objects in order. Raises `PdfError` ``pdf.pages`` for a tree that loops, lies or is too large."""
    root = pdf.catalog(revision=revision).fields.get("Pages")
    found = list(_leaves(pdf, root, revision, set(), 0))
    declared = pdf.dictionary(root, revision=revision).get("Count")
    if declared != len(found) or not found:
        raise PdfError("pages", f"The page tree declares {declared!r} pages and holds {len(found)}.")
    return tuple(found)


def page(pdf: PdfFile, number: int, *, revision: int | None = None) -> Object:
    """Page `number`, counted from 1, without walking the pages before it one by one."""
    wanted = number
    node = pdf.get(pdf.catalog(revision=revision).fields.get("Pages"), revision=revision)
    for _ in range(MAX_DEPTH):
        kids = pdf.array(node.fields.get("Kids"), revision=revision)
        flat = node.fields.get("Count") == len(kids)
        if flat and not 1 <= wanted <= len(kids):
            break
        for kid in kids[wanted - 1 : wanted] if flat else kids:
            child = pdf.get(kid, revision=revision)
            leaf = child.fields.get("Type") == "Page"
            if leaf and (flat or wanted == 1):
                return child
            count = 1 if leaf else child.fields.get("Count")
            if flat or (isinstance(count, int) and not leaf and 1 <= wanted <= count):
                node, wanted = child, 1 if flat else wanted
                break
            if not isinstance(count, int) or count < 0:
                raise PdfError("pages", "The page tree has a node without a count.")
            wanted -= count
        else:
            break
    raise PdfError("pages", f"There is no page {number}.")


def embedded_files(pdf: PdfFile, *, revision: int | None = None) -> tuple[EmbeddedFile, ...]:
    """Every file of the catalog's ``/EmbeddedFiles`` name tree, in tree order.

    Raises `PdfError` ``pdf.embedded`` for a tree that loops, names a file twice or holds too many, and ``pdf.size``
    for files that unpack to more than `MAX_UNPACKED` together: a thousand names may lead to one packed stream.
    """
    catalog = pdf.catalog(revision=revision).fields
    named = pdf.array(catalog["AF"], revision=revision) if "AF" in catalog else ()
    associated = {item.number for item in named if isinstance(item, Ref)}
    files: list[EmbeddedFile] = []
    names: set[str] = set()
    total = 0
    for key, spec in name_tree(pdf, revision=revision):
        values = pdf.dictionary(spec, revision=revision)
        held = pdf.dictionary(values.get("EF"), revision=revision)
        stream = pdf.get(held.get("F"), revision=revision)
        if "UF" in held and held["UF"] != held["F"]:
            raise PdfError("embedded", "A file specification leads to two different files.")
        name = text(values.get("UF", values.get("F")))
        if name in names:
            raise PdfError("embedded", f"Two embedded files have the name {name!r}.")
        names.add(name)
        data = pdf.stream(stream)
        total += len(data)
        if total > MAX_UNPACKED:
            raise PdfError("size", f"The embedded files are larger than {MAX_UNPACKED} bytes together.")
        number = spec.number if isinstance(spec, Ref) else None
        files.append(
            EmbeddedFile(
                name=name,
                key=key,
                relationship=_word(values.get("AFRelationship")),
                mime=_word(stream.fields.get("Subtype")),
                spec=number,
                stream=stream.number,
                associated=number in associated,
                data=data,
                ambiguous=text(values.get("F", b"")) != name or not {"F", "UF"}.issuperset(held),
            )
        )
    return tuple(files)


def name_tree(pdf: PdfFile, *, revision: int | None = None) -> tuple[tuple[bytes, Value], ...]:
    """(key, file specification or reference to it) of the ``/EmbeddedFiles`` name tree, in tree order."""
    catalog = pdf.catalog(revision=revision).fields
    if "Names" not in catalog:
        return ()
    root = pdf.dictionary(catalog["Names"], revision=revision).get("EmbeddedFiles")
    if root is None:
        return ()
    found = tuple(islice(_named(pdf, root, revision, set(), 0), MAX_EMBEDDED + 1))
    if len(found) > MAX_EMBEDDED:
        raise PdfError("embedded", f"The file holds more than {MAX_EMBEDDED} embedded files.")
    if len({key for key, _ in found}) != len(found):
        raise PdfError("embedded", "The name tree of embedded files has a key twice.")
    return found


def signatures(pdf: PdfFile, *, revision: int | None = None) -> tuple[Signature, ...]:
    """Every signed signature field of the form, in the form's order.

    Raises `PdfError` ``pdf.form`` for a malformed form, ``pdf.signature`` for a malformed signature dictionary.
    """
    catalog = pdf.catalog(revision=revision).fields
    if "AcroForm" not in catalog:
        return ()
    form = pdf.dictionary(catalog["AcroForm"], revision=revision)
    found: list[Signature] = []
    seen: set[int] = set()
    stack = [(ref, "") for ref in reversed(pdf.array(form.get("Fields", ()), revision=revision))]
    while stack:
        ref, inherited = stack.pop()
        field = pdf.get(ref, revision=revision)
        if field.number in seen or len(seen) >= MAX_FORM_FIELDS:
            raise PdfError("form", "The form's fields loop or are too many.")
        seen.add(field.number)
        kind = _word(field.fields.get("FT")) or inherited
        if "Kids" in field.fields:
            stack += [(kid, kind) for kid in reversed(pdf.array(field.fields["Kids"], revision=revision))]
        if kind == "Sig" and field.fields.get("V") is not None:
            found.append(_signature(pdf, field, pdf.get(field.fields["V"], revision=revision)))
    return tuple(found)


def _signature(pdf: PdfFile, field: Object, obj: Object) -> Signature:
    values = obj.fields
    numbers = values.get("ByteRange")
    if not isinstance(numbers, tuple) or len(numbers) != 4:  # noqa: PLR2004 - two (offset, length) pairs
        raise PdfError("signature", "The signature's ByteRange is not four numbers.")
    whole = [n for n in numbers if isinstance(n, int) and not isinstance(n, bool) and n >= 0]
    contents = values.get("Contents")
    if len(whole) != len(numbers) or not isinstance(contents, bytes):
        raise PdfError("signature", "The signature's ByteRange or Contents is malformed.")
    start, end = parse_fields(pdf.data, obj.value_start).spans["Contents"]
    if pdf.data[start : start + 1] != b"<":
        raise PdfError("signature", "The signature's Contents is not a hexadecimal string.")
    return Signature(
        field=field.number,
        number=obj.number,
        revision=obj.revision,
        byte_range=(whole[0], whole[1], whole[2], whole[3]),
        contents_start=start,
        contents_end=end,
        contents=contents,
        values=values,
        widget=field.fields,
    )


def _leaves(pdf: PdfFile, ref: Value, revision: int | None, seen: set[int], depth: int) -> Iterator[Object]:
    node = pdf.get(ref, revision=revision)
    if node.number in seen or depth > MAX_DEPTH or len(seen) > MAX_PAGES:
        raise PdfError("pages", "The page tree loops or is too large.")
    seen.add(node.number)
    if node.fields.get("Type") == "Page":
        yield node
        return
    for kid in pdf.array(node.fields.get("Kids"), revision=revision):
        yield from _leaves(pdf, kid, revision, seen, depth + 1)


def _named(
    pdf: PdfFile, node: Value, revision: int | None, seen: set[int], depth: int
) -> Iterator[tuple[bytes, Value]]:
    if depth > MAX_DEPTH or len(seen) > MAX_EMBEDDED:
        raise PdfError("embedded", "The name tree of embedded files is too deep or too large.")
    if isinstance(node, Ref):
        if node.number in seen:
            raise PdfError("embedded", "The name tree of embedded files loops.")
        seen.add(node.number)
    values = pdf.dictionary(node, revision=revision)
    names = pdf.array(values.get("Names", ()), revision=revision)
    if len(names) % 2 or len(names) > 2 * MAX_EMBEDDED:
        raise PdfError("embedded", "The name tree of embedded files is malformed or too large.")
    for key, spec in zip(names[::2], names[1::2], strict=True):
        if not isinstance(key, bytes):
            raise PdfError("embedded", "The name tree of embedded files has a key that is not a string.")
        yield key, spec
    for kid in pdf.array(values.get("Kids", ()), revision=revision):
        yield from _named(pdf, kid, revision, seen, depth + 1)


def _word(value: Value) -> str:
    return str(value) if isinstance(value, Name) else ""
