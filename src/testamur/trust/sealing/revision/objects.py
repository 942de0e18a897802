"""Writing objects and the cross-reference table of the new revision in the form PDF/A demands."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import UTC, datetime
from functools import lru_cache
from itertools import pairwise

from testamur.kernel.base.refused import Refused
from testamur.trust.sealing.rules import stream_close

EVIDENCE_DESCRIPTION = b"Evidence of an electronic signature"

_MIME = {".json": b"application#2Fjson", ".xml": b"application#2Fxml", ".txt": b"text#2Fplain"}


class EvidenceRefused(Refused):
    """An evidence file has a name that cannot be used, or one that the document already uses."""

    code = "sealing.evidence.name"


@dataclass(frozen=True, slots=True)
class Block:
    """Consecutive objects as bytes: the number of the first, and the offset of each in `data`."""

    first: int
    data: bytes
    offsets: tuple[int, ...]


def block(first: int, bodies: Sequence[bytes]) -> Block:
    """Write `bodies` as objects numbered from `first`."""
    objects = Objects(first, 0)
    for body in bodies:
        objects.add(body)
    return Block(first, b"".join(objects.parts), tuple(objects.offsets.values()))


class Objects:
    """Objects of the new revision, with the offset of each."""

    def __init__(self, size: int, start: int) -> None:
        self.next = size
        self.at = start
        self.parts: list[bytes] = []
        self.offsets: dict[int, int] = {}

    def reserve(self) -> int:
        """Take the next object number."""
        self.next += 1
        return self.next - 1

    def begin(self, number: int) -> None:
        """Write the header of an object and remember its place."""
        self.offsets[number] = self.at
        header = b"%d 0 obj\n" % number
        self.parts.append(header)
        self.at += len(header)

    def put(self, number: int, body: bytes) -> None:
        """Write an object whose number is known."""
        self.offsets[number] = self.at
        data = b"%d 0 obj\n%s\nendobj\n" % (number, body)
        self.parts.append(data)
        self.at += len(data)

    def add(self, body: bytes) -> int:
        """Write a new object and return its number."""
        number = self.reserve()
        self.put(number, body)
        return number

    def add_block(self, block: Block) -> int:
        """Add objects that were written before and return the number of the first."""
        if block.first != self.next:
            raise ValueError("a block of objects is numbered for another place")
        for offset in block.offsets:
            self.offsets[self.reserve()] = self.at + offset
        self.parts.append(block.data)
        self.at += len(block.data)
        return block.first

    def add_file(self, name: str, data: bytes, at: datetime) -> int:
        """An embedded file and its specification, whose number is returned (ISO 19005-3 section 6.8)."""
        if not name.isascii() or not name.replace("-", "").replace("_", "").replace(".", "").isalnum():
            raise EvidenceRefused(f"{name!r} cannot be the name of an evidence file.", field="evidence", name=name)
        mime = _MIME.get(name[name.rfind(".") :], b"application#2Foctet-stream")
        stream = self.add(
            b"<</Type/EmbeddedFile/Subtype/%s/Params<</Size %d/ModDate%s>>" % (mime, len(data), moment(at))
            + stream_end(data)
        )
        text = name.encode("ascii")
        return self.add(
            b"<</Type/Filespec/F(%s)/UF(%s)/EF<</F %d 0 R/UF %d 0 R>>/AFRelationship/Supplement/Desc(%s)>>"
            % (text, text, stream, stream, EVIDENCE_DESCRIPTION)
        )

    def table(self, trailer: bytes) -> bytes:
        """The cross-reference table for everything written, trailer and end of file."""
        numbers = sorted(self.offsets)
        cuts = [0, *[i + 1 for i, (a, b) in enumerate(pairwise(numbers)) if b != a + 1], len(numbers)]
        lines = [b"xref\n"]
        for start, end in pairwise(cuts):
            lines.append(b"%d %d\n" % (numbers[start], end - start))
            lines += [b"%010d 00000 n \n" % self.offsets[n] for n in numbers[start:end]]
        lines.append(b"trailer\n<</Size %d%s>>\nstartxref\n%d\n%%%%EOF\n" % (self.next, trailer, self.at))
        return b"".join(lines)


@lru_cache(maxsize=256)
def text_string(text: str) -> bytes:
    """`text` as a PDF string: plain where it is plain, else UTF-16 in hexadecimal (ISO 32000-1 section 7.9.2.2)."""
    if text.isascii() and text.isprintable():
        return b"(" + text.replace("\\", r"\\").replace("(", r"\(").replace(")", r"\)").encode() + b")"
    return b"<FEFF" + text.encode("utf-16-be").hex().upper().encode() + b">"


def stream_end(data: bytes) -> bytes:
    """The rest of a stream object after the entries of its dictionary."""
    return b"/Length %d>>\nstream\n" % len(data) + data + stream_close(data)


@lru_cache(maxsize=64)
def moment(at: datetime) -> bytes:
    """A date (ISO 32000-1 section 7.9.4) in UTC, as a string."""
    return b"(D:" + at.astimezone(UTC).strftime("%Y%m%d%H%M%SZ").encode() + b")"


@lru_cache(maxsize=1024)
def points(hundredths: int) -> bytes:
    """A length in points from hundredths of a point."""
    return f"{hundredths / 100:.2f}".rstrip("0").rstrip(".").encode()
