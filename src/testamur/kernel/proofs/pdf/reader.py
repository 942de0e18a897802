"""Revisions and objects of a PDF file with classic cross-reference tables (ISO 32000-1 sections 7.5.4 to 7.5.6).

Every byte belongs to exactly one revision, each revision ends in its own ``startxref … %%EOF``, and an object that a
table names lies inside the revision of that table. Whatever breaks this is refused, never repaired.
"""

from __future__ import annotations

import re
import zlib
from bisect import bisect_right
from collections.abc import Iterator
from dataclasses import dataclass, field
from operator import itemgetter

from testamur.kernel.proofs.pdf.values import Fields, Name, PdfError, Ref, Value, parse, parse_fields, skip

MAX_SIZE = 256 * 1024 * 1024
"""Largest file read, in bytes."""
MAX_REVISIONS = 64
MAX_OBJECTS = 1_000_000
MAX_STREAM = 64 * 1024 * 1024
"""Largest stream after decompression, in bytes."""

_TAIL = re.compile(rb"startxref[\r\n ]+(\d{1,12})[\r\n ]+%%EOF(?:\r\n|\n|\r)?\Z")
_AFTER_TRAILER = re.compile(rb"[\x00\t\n\x0c\r ]*startxref[\r\n ]+(\d{1,12})[\r\n ]+%%EOF(?:\r\n|\n|\r)?")
_SUBSECTION = re.compile(rb"(\d{1,10}) (\d{1,10}) *(?:\r\n|\n|\r)")
_XREF = re.compile(rb"xref *(?:\r\n|\n|\r)")
_ENTRY = re.compile(rb"(\d{10}) (\d{5}) ([nf])(?: \r| \n|\r\n)")
_ENTRIES = re.compile(rb"(?:\d{10} \d{5} [nf](?: \r| \n|\r\n))*+")
_XREF_STREAM = re.compile(rb"\d{1,10} \d{1,5} obj\b")
_OBJECT = re.compile(rb"(\d{1,10})[ \t\r\n]+(\d{1,5})[ \t\r\n]+obj(?=[\x00\t\n\x0c\r ()<>\[\]{}/%+\-.\dtfn])")
_STREAM = re.compile(rb"stream(?:\r\n|\n)")
_ENDSTREAM = re.compile(rb"(?:\r\n|\n|\r)?endstream")
_ENTRY_LENGTH = 20


@dataclass(frozen=True, slots=True)
class Section:
    """One cross-reference table with its trailer; entries are read when asked for.

    Attributes:
        start: offset of the keyword ``xref``.
        runs: (first object number, count, offset of the first entry) of each subsection.
        trailer: the trailer dictionary.
        end: offset after ``%%EOF`` and its end of line.
    """

    start: int
    runs: tuple[tuple[int, int, int], ...]
    trailer: Fields
    end: int

    def entry(self, data: bytes, number: int) -> tuple[int, int, bool] | None:
        """(offset, generation, in use) of object `number`, or None when this table does not name it."""
        place = bisect_right(self.runs, number, key=itemgetter(0)) - 1  # runs are in ascending order, see `_runs`
        if place < 0:
            return None
        first, count, at = self.runs[place]
        if number >= first + count:
            return None
        found = _ENTRY.fullmatch(data, at + _ENTRY_LENGTH * (number - first), at + _ENTRY_LENGTH * (number - first + 1))
        if found is None:
            raise PdfError("xref", f"The cross-reference entry of object {number} is malformed.")
        return int(found[1]), int(found[2]), found[3] == b"n"

    def numbers(self) -> list[int]:
        """The object numbers that this table names, in its order."""
        return [n for first, count, _ in self.runs for n in range(first, first + count)]


@dataclass(frozen=True, slots=True)
class Object:
    """An indirect object as one revision defines it.

    Attributes:
        number: its object number.
        generation: its generation.
        start: offset of its header ``n g obj``.
        end: offset after ``endobj``.
        revision: the revision that defines it, counted from 1.
        value: its value; for a stream the stream's dictionary.
        value_start: offset of the value.
        stream: first byte and end of the raw stream data; None when the object is not a stream.
    """

    number: int
    generation: int
    start: int
    end: int
    revision: int
    value: Value
    value_start: int
    stream: tuple[int, int] | None = None

    @property
    def fields(self) -> dict[str, Value]:
        """The dictionary of the object; raises `PdfError` ``pdf.type`` for anything else."""
        if not isinstance(self.value, dict):
            raise PdfError("type", f"Object {self.number} is not a dictionary.")
        return self.value


@dataclass(frozen=True, slots=True)
class Revision:
    """One revision: its bytes and its cross-reference table.

    Attributes:
        number: from 1.
        start: first byte.
        end: offset after its last byte; the file up to here is the file as it was then.
        section: its table and trailer.
    """

    number: int
    start: int
    end: int
    section: Section


@dataclass(slots=True)
class PdfFile:
    """A file whose revisions were found. Made by `read`."""

    data: bytes
    revisions: tuple[Revision, ...]
    _objects: dict[tuple[int, int], Object] = field(default_factory=dict)

    @property
    def trailer(self) -> dict[str, Value]:
        """The newest trailer dictionary."""
        return self.revisions[-1].section.trailer.values

    def find(self, number: int, *, revision: int | None = None) -> Object | None:
        """Object `number` as seen at the end of `revision` (default: the last); None when free or never named.

        Raises `PdfError` when a table names it and it is malformed or outside its revision.
        """
        for rev in reversed(self.revisions[:revision]):
            entry = rev.section.entry(self.data, number)
            if entry is None:
                continue
            offset, generation, in_use = entry
            if not in_use:
                return None
            key = (rev.number, number)
            if key not in self._objects:
                self._objects[key] = self._load(rev, number, generation, offset)
            return self._objects[key]
        return None

    def get(self, ref: Value, *, revision: int | None = None) -> Object:
        """The object that `ref` points to; raises `PdfError` ``pdf.reference`` when there is none."""
        if not isinstance(ref, Ref):
            raise PdfError("type", "A reference to an object was expected.")
        found = self.find(ref.number, revision=revision)
        if found is None or found.generation != ref.generation:
            raise PdfError("reference", f"Object {ref.number} is referred to and does not exist.")
        return found

    def resolve(self, value: Value, *, revision: int | None = None) -> Value:
        """`value`, or what it points to (one step: an indirect object is never a bare reference here)."""
        if not isinstance(value, Ref):
            return value
        inner = self.get(value, revision=revision).value
        if isinstance(inner, Ref):
            raise PdfError("reference", f"Object {value.number} is only another reference.")
        return inner

    def dictionary(self, value: Value, *, revision: int | None = None) -> dict[str, Value]:
        """`value` resolved; raises `PdfError` ``pdf.type`` unless it is a dictionary."""
        inner = self.resolve(value, revision=revision)
        if not isinstance(inner, dict):
            raise PdfError("type", "A dictionary was expected.")
        return inner

    def array(self, value: Value, *, revision: int | None = None) -> tuple[Value, ...]:
        """`value` resolved; raises `PdfError` ``pdf.type`` unless it is an array."""
        inner = self.resolve(value, revision=revision)
        if not isinstance(inner, tuple):
            raise PdfError("type", "An array was expected.")
        return inner

    def catalog(self, *, revision: int | None = None) -> Object:
        """The document catalog at the end of `revision`."""
        index = len(self.revisions) if revision is None else revision
        root = self.revisions[index - 1].section.trailer.values.get("Root")
        found = self.get(root, revision=revision)
        if found.fields.get("Type") != "Catalog":
            raise PdfError("catalog", "The trailer does not lead to a document catalog.")
        return found

    def raw(self, obj: Object) -> bytes:
        """The bytes of `obj` from its header to ``endobj``."""
        return self.data[obj.start : obj.end]

    def stream(self, obj: Object) -> bytes:
        """The decoded stream data (no filter, or FlateDecode without predictor); `PdfError` ``pdf.stream``."""
        if obj.stream is None:
            raise PdfError("stream", f"Object {obj.number} is not a stream.")
        data = self.data[obj.stream[0] : obj.stream[1]]
        filters = self.resolve(obj.fields.get("Filter"))
        names = filters if isinstance(filters, tuple) else () if filters is None else (filters,)
        if not names:
            return data
        if names != (Name("FlateDecode"),) or obj.fields.get("DecodeParms") is not None:
            raise PdfError("stream", f"Object {obj.number} is compressed in a way that is not read here.")
        return _inflate(data, obj.number)

    def numbers(self, *, revision: int | None = None) -> list[int]:
        """Object numbers in use at the end of `revision`, ascending."""
        state: dict[int, bool] = {}
        for rev in self.revisions[:revision]:
            for n in rev.section.numbers():
                entry = rev.section.entry(self.data, n)
                state[n] = entry is not None and entry[2]
        return sorted(n for n, used in state.items() if used)

    def walk(self, *, revision: int) -> Iterator[Object]:
        """Every object that the table of `revision` itself puts in use, by its place in the file.

        Raises `PdfError` for one that is broken, and for one that begins inside another: what stands in the comment,
        string or stream of an object is no object.
        """
        section = self.revisions[revision - 1].section
        entries = ((number, section.entry(self.data, number)) for number in section.numbers())
        end = 0
        for place, number in sorted((entry[0], number) for number, entry in entries if entry is not None and entry[2]):
            obj = self.find(number, revision=revision)
            if obj is None or place < end:
                raise PdfError("object", f"Object {number} begins inside another one.")
            end = obj.end
            yield obj

    def _load(self, rev: Revision, number: int, generation: int, offset: int) -> Object:
        if not rev.start <= offset < rev.section.start:
            raise PdfError("xref", f"Object {number} is said to lie outside its own revision.")
        return read_object(
            self.data, number, generation, offset, rev.section.start, revision=rev.number, length=self._length
        )

    def _length(self, value: Value, revision: int) -> Value:
        """An indirect /Length: must be a bare integer object, so this cannot loop."""
        ref = value if isinstance(value, Ref) else Ref(0)
        for rev in reversed(self.revisions[:revision]):
            entry = rev.section.entry(self.data, ref.number)
            if entry is not None:
                found = _OBJECT.match(self.data, entry[0])
                if not entry[2] or found is None or int(found[1]) != ref.number:
                    break
                return parse(self.data, found.end())[0]
        raise PdfError("stream", f"The length of a stream (object {ref.number}) is not to be found.")


def read(data: bytes, *, max_size: int = MAX_SIZE) -> PdfFile:
    """Find the revisions of a PDF file and check every cross-reference entry's form.

    Raises:
        PdfError: ``pdf.size``, ``pdf.header``, ``pdf.end`` (no or not the last ``%%EOF``), ``pdf.xref_stream``,
            ``pdf.xref``, ``pdf.encrypted``, ``pdf.revisions``, ``pdf.syntax`` …
    """
    if len(data) > max_size:
        raise PdfError("size", f"The file is larger than {max_size} bytes.")
    if not data.startswith(b"%PDF-1."):
        raise PdfError("header", "The file does not begin as a PDF 1.x file.")
    sections = [last_section(data)]
    while (previous := sections[-1].trailer.values.get("Prev")) is not None:
        if not isinstance(previous, int) or not 0 < previous < sections[-1].start:
            raise PdfError("revisions", "A trailer does not point back to an earlier revision.")
        if len(sections) >= MAX_REVISIONS:
            raise PdfError("revisions", f"The file has more than {MAX_REVISIONS} revisions.")
        sections.append(read_section(data, previous))
    sections.reverse()
    revisions: list[Revision] = []
    start = 0
    for number, section in enumerate(sections, 1):
        if section.start < start:
            raise PdfError("revisions", "Two revisions overlap.")
        for first, count, at in section.runs:
            end = at + _ENTRY_LENGTH * count
            found = _ENTRIES.match(data, at, end)
            if found is None or found.end() != end:
                raise PdfError("xref", f"The cross-reference entries from object {first} on are malformed.")
        revisions.append(Revision(number, start, section.end, section))
        start = section.end
    return PdfFile(data, tuple(revisions))


def last_section(data: bytes) -> Section:
    """The newest cross-reference table; it must end with the file. Raises `PdfError` as `read` does."""
    found = _TAIL.search(data, max(0, len(data) - 64))
    if found is None:
        raise PdfError("end", "The file does not end with startxref, an offset and %%EOF.")
    section = read_section(data, int(found[1]))
    if section.end != len(data):
        raise PdfError("end", "Something stands between the last trailer and the end of the file.")
    return section


def read_section(data: bytes, start: int) -> Section:
    """The cross-reference table at `start`, its trailer and the end of its revision."""
    found = _XREF.match(data, start)
    if found is None:
        if _XREF_STREAM.match(data, start):
            raise PdfError("xref_stream", "The file uses cross-reference streams; only classic tables are read.")
        raise PdfError("xref", f"There is no cross-reference table at byte {start}.")
    runs, at = _runs(data, found.end())
    if data[at : at + 7] != b"trailer":
        raise PdfError("xref", f"A trailer was expected at byte {at}.")
    trailer = parse_fields(data, at + 7)
    for key, code in (("Encrypt", "encrypted"), ("XRefStm", "xref_stream")):
        if key in trailer.values:
            raise PdfError(code, f"The trailer has /{key}: such files are not read.")
    after = _AFTER_TRAILER.match(data, trailer.end)
    if after is None or int(after[1]) != start:
        raise PdfError(
            "end", f"The revision with its table at byte {start} does not end in its own startxref and %%EOF."
        )
    return Section(start, runs, trailer, after.end())


def _runs(data: bytes, at: int) -> tuple[tuple[tuple[int, int, int], ...], int]:
    """The subsections that begin at `at`, in ascending order and without overlap, and the offset after them."""
    runs: list[tuple[int, int, int]] = []
    total = free_from = 0
    while (found := _SUBSECTION.match(data, at)) is not None:
        first, count = int(found[1]), int(found[2])
        total += count
        if total > MAX_OBJECTS:
            raise PdfError("size", f"The file names more than {MAX_OBJECTS} objects.")
        if first < free_from:
            raise PdfError("xref", "The subsections of a cross-reference table overlap or are not in order.")
        runs.append((first, count, found.end()))
        free_from = first + count
        at = found.end() + _ENTRY_LENGTH * count
    return tuple(runs), at


def read_object(
    data: bytes, number: int, generation: int, offset: int, limit: int, *, revision: int = 1, length: object = None
) -> Object:
    """The object at `offset`; it must be that object and end before `limit`.

    `length` is a function (value, revision) → value that resolves an indirect /Length.
    """
    found = _OBJECT.match(data, offset)
    if found is None or int(found[1]) != number or int(found[2]) != generation:
        raise PdfError("object", f"Object {number} is not where the cross-reference table says.")
    value_start = skip(data, found.end())
    value, at = parse(data, value_start)
    at = skip(data, at)
    stream: tuple[int, int] | None = None
    opened = _STREAM.match(data, at)
    if opened is not None:
        if not isinstance(value, dict):
            raise PdfError("stream", f"The stream of object {number} has no dictionary.")
        size = value.get("Length")
        if isinstance(size, Ref) and callable(length):
            size = length(size, revision)
        if isinstance(size, bool) or not isinstance(size, int) or not 0 <= size <= limit - opened.end():
            raise PdfError("stream", f"The stream of object {number} has no usable length.")
        stream = (opened.end(), opened.end() + size)
        closed = _ENDSTREAM.match(data, stream[1])
        if closed is None:
            raise PdfError("stream", f"The stream of object {number} does not end where its length says.")
        at = skip(data, closed.end())
    if data[at : at + 6] != b"endobj" or at + 6 > limit:
        raise PdfError("object", f"Object {number} does not end with endobj inside its revision.")
    return Object(number, generation, offset, at + 6, revision, value, value_start, stream)


def _inflate(data: bytes, number: int) -> bytes:
    machine = zlib.decompressobj()
    try:
        plain = machine.decompress(data, MAX_STREAM)
    except zlib.error:
        raise PdfError("stream", f"The stream of object {number} cannot be decompressed.") from None
    if machine.unconsumed_tail:
        raise PdfError("size", f"The stream of object {number} is larger than {MAX_STREAM} bytes.")
    if not machine.eof:
        raise PdfError("stream", f"The stream of object {number} is cut short.")
    return plain
