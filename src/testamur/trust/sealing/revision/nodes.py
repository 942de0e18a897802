"""Objects of the document as it stands, copied with their bytes and new entries spliced in."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from functools import lru_cache

from testamur.kernel.base.refused import Refused
from testamur.kernel.proofs.pdf.reader import PdfFile, Revision, last_section, read
from testamur.kernel.proofs.pdf.values import Fields, PdfError, Ref, Value, parse_fields, skip

_HIGHEST_OBJECT = 8_388_607
"""The largest object number that every reader accepts (ISO 32000-1 annex C, ISO 19005-3 section 6.1.13)."""


class NotSealable(Refused):
    """The first revision is not a file that can be sealed; the code says why."""

    code = "sealing.pdf.not_sealable"

    def __init__(self, reason: str, message: str) -> None:
        """`reason` completes the code: ``sealing.pdf.<reason>``."""
        super().__init__(message, field="first")
        self.code = f"sealing.pdf.{reason}"


@dataclass(frozen=True, slots=True)
class Node:
    """A dictionary object of the document with its bytes."""

    number: int
    raw: bytes
    fields: Fields

    def spliced(self, **changes: bytes) -> bytes:
        """The dictionary with some values replaced or added."""
        return spliced(self.raw, self.fields, changes)


def opened(first: bytes, *, personal: int | None = 0) -> PdfFile:
    """The document, ready for look-ups; entries are checked when they are used. `PdfError`, `NotSealable`.

    `personal` is the number of personal revisions that follow the first one; with any other number it is refused. With
    None the caller looks at the revisions itself.
    """
    if not first.startswith(b"%PDF-1."):
        raise PdfError("header", "The file does not begin as a PDF 1.x file.")
    if not first.endswith(b"%%EOF\n"):
        raise NotSealable("end", "The first revision must end in %%EOF and one newline.")
    section = last_section(first)
    if "Prev" not in section.trailer.values and not personal:
        return PdfFile(first, (Revision(1, 0, len(first), section),))
    pdf = read(first)
    if personal is not None and len(pdf.revisions) != personal + 1:
        raise NotSealable("revised", "The document has more than one revision; it must be normalised first.")
    return pdf


def size_of(pdf: PdfFile) -> int:
    """The first free object number."""
    size = pdf.trailer.get("Size")
    used = max((first + count for one in pdf.revisions for first, count, _ in one.section.runs), default=0)
    if not isinstance(size, int) or isinstance(size, bool) or not used <= size < _HIGHEST_OBJECT:
        raise PdfError("xref", "The trailer's /Size does not fit the cross-reference table.")
    return size


def node(pdf: PdfFile, ref: Value) -> Node:
    """The dictionary object that `ref` points to; raises `PdfError` for anything else."""
    if not isinstance(ref, Ref):
        raise PdfError("type", "A reference to an object was expected.")
    entry = _entry(pdf, ref.number)
    if entry is None or not entry[2] or entry[1] != ref.generation or ref.generation:
        raise PdfError("reference", f"Object {ref.number} is referred to and does not exist.")
    end = pdf.data.find(b"endobj", entry[0])
    raw = pdf.data[entry[0] : end + 6]
    begin = b"%d 0 obj" % ref.number
    if end < 0 or not raw.startswith(begin):
        raise PdfError("object", f"Object {ref.number} is not where the cross-reference table says.")
    try:
        fields = fields_of(raw, len(begin))
    except PdfError:  # the text "endobj" inside a string cuts the slice short; the object's own end is found then
        obj = pdf.get(ref)
        raw = pdf.raw(obj)
        fields = parse_fields(raw, len(begin))
    if raw[skip(raw, fields.end) :] != b"endobj":
        raise PdfError("object", f"Object {ref.number} is not a plain dictionary.")
    return Node(ref.number, raw, fields)


def _entry(pdf: PdfFile, number: int) -> tuple[int, int, bool] | None:
    """The newest entry of an object, as `reader.Section.entry` gives it."""
    for one in reversed(pdf.revisions):
        entry = one.section.entry(pdf.data, number)
        if entry is not None:
            return entry
    return None


@lru_cache(maxsize=4096)
def fields_of(raw: bytes, at: int) -> Fields:
    """Documents of one class share most of these bytes to the last digit, so parsing is paid once."""
    return parse_fields(raw, at)


def spliced(raw: bytes, fields: Fields, changes: Mapping[str, bytes]) -> bytes:
    """The dictionary `fields` of `raw` with some values replaced or added, all else byte for byte."""
    parts: list[bytes] = []
    at = fields.start
    for start, end, new in sorted((*fields.spans[k], v) for k, v in changes.items() if k in fields.spans):
        parts += (raw[at:start], new)
        at = end
    parts.append(raw[at : fields.end - 2])
    for key, value in changes.items():
        if key not in fields.spans:
            parts += (b"/", key.encode("ascii"), b"" if value[:1] in {b"<", b"[", b"/"} else b" ", value)
    parts.append(b">>")
    return b"".join(parts)


def appended(pdf: PdfFile, raw: bytes, fields: Fields, key: str, addition: bytes) -> bytes:
    """The array under `key` with `addition` at its end; a single value or nothing becomes an array."""
    if key not in fields.spans:
        return b"[" + addition + b"]"
    start, end = fields.spans[key]
    value, held = fields.values[key], raw[start:end]
    if isinstance(value, Ref):
        target = pdf.get(value)
        if isinstance(target.value, tuple):
            value = target.value
            held = pdf.raw(target)[target.value_start - target.start : -len(b"endobj")].rstrip()
    if isinstance(value, tuple):
        return held[:-1] + b" " + addition + b"]"
    return b"[" + held + b" " + addition + b"]"


def inner_dictionary(pdf: PdfFile, outer: Node, key: str) -> tuple[bytes, Fields]:
    """The dictionary under `key`, wherever it stands, with its bytes."""
    value = outer.fields.values[key]
    if isinstance(value, Ref):
        inner = node(pdf, value)
        return inner.raw, inner.fields
    return outer.raw, fields_of(outer.raw, outer.fields.spans[key][0])


def plain(pdf: PdfFile, ref: Ref) -> bool:
    """True when the object is a dictionary, told from its first bytes."""
    entry = _entry(pdf, ref.number)
    if entry is None:
        return False
    at = entry[0] + len(b"%d 0 obj" % ref.number)
    return pdf.data.startswith(b"<<", skip(pdf.data, at))
