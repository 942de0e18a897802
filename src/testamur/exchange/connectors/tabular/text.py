"""Which encoding and delimiter a text file has, found by reading it once, never by its name."""

from __future__ import annotations

import codecs
import re
from dataclasses import dataclass
from typing import IO

_CHUNK = 1 << 20
_SAMPLE = 1 << 18
_BOMS = (
    (codecs.BOM_UTF8, "utf-8-sig"),
    (codecs.BOM_UTF32_LE, "utf-32"),
    (codecs.BOM_UTF32_BE, "utf-32"),
    (codecs.BOM_UTF16_LE, "utf-16"),
    (codecs.BOM_UTF16_BE, "utf-16"),
)
_WIDE_BOMS = (codecs.BOM_UTF16_LE, codecs.BOM_UTF16_BE, codecs.BOM_UTF32_LE, codecs.BOM_UTF32_BE)
DELIMITERS = ",;\t|"


@dataclass(frozen=True, slots=True)
class Encoding:
    """How to decode a file.

    Attributes:
        name: a Python codec.
        certain: False when it was inferred from the letters and must be reported.
        broken: the file is UTF-8 with some bytes that are not; they decode to U+FFFD.
        lines: number of line ends, for progress.
        nul: the file holds NUL characters.
    """

    name: str
    certain: bool
    broken: bool
    lines: int
    nul: bool


def examine(stream: IO[bytes]) -> Encoding:
    """Read the file once and say how to decode it.

    A byte order mark decides. Else UTF-8, when all of it decodes. Else UTF-16 by its NUL bytes; else UTF-8 with some
    broken bytes when most multi-byte sequences are right; else windows-1251 when bytes above 0x7F come in runs, as
    Cyrillic words do, and windows-1252 when they stand alone, as Western accents do.
    """
    head = stream.read(_CHUNK)
    scan = _Scan(wide=head.startswith(_WIDE_BOMS))
    chunk = head
    while chunk:
        scan.take(chunk)
        chunk = stream.read(_CHUNK)
    scan.end()
    for mark, name in _BOMS:
        if head.startswith(mark):
            return Encoding(name, certain=True, broken=not scan.valid, lines=scan.lines, nul=False)
    wide = _wide(head) if scan.nul else ""
    if wide:
        return Encoding(wide, certain=False, broken=False, lines=scan.lines, nul=False)
    if scan.valid or _mostly_utf8(bytes(scan.sample)):
        return Encoding("utf-8", certain=True, broken=not scan.valid, lines=scan.lines, nul=scan.nul)
    return Encoding(_single_byte(bytes(scan.sample)), certain=False, broken=False, lines=scan.lines, nul=scan.nul)


class _Scan:
    """What one pass over the bytes tells."""

    def __init__(self, *, wide: bool) -> None:
        self.lines = 0
        self.nul = False
        self.valid = True
        self.sample = bytearray()
        """Bytes above ASCII with the word ends around them, of the part from the first bytes that are not UTF-8."""
        self._wide = wide
        self._decoder = codecs.getincrementaldecoder("utf-8")("strict")

    def take(self, chunk: bytes) -> None:
        self.lines += chunk.count(b"\n")
        if self._wide:
            return
        self.nul = self.nul or b"\0" in chunk
        if self.valid:
            try:
                self._decoder.decode(chunk)
            except UnicodeDecodeError:
                self.valid = False
        if not self.valid and len(self.sample) < _SAMPLE:
            self.sample += re.sub(rb"[!-+\--:<-\x7f]+", b" ", chunk)

    def end(self) -> None:
        if self._wide or not self.valid:
            return
        try:
            self._decoder.decode(b"", final=True)
        except UnicodeDecodeError:
            self.valid = False


def _wide(head: bytes) -> str:
    """UTF-16 without a mark: nearly every second byte of the header line is NUL."""
    line = head[:400]
    half = len(line) // 2
    if half and line[1::2].count(0) > 0.7 * half:
        return "utf-16-le"
    if half and line[0::2].count(0) > 0.7 * half:
        return "utf-16-be"
    return ""


def _mostly_utf8(sample: bytes) -> bool:
    text = sample.decode("utf-8", "replace")
    broken = text.count("\ufffd")
    right = sum(1 for c in text if c > "\x7f" and c != "\ufffd")
    return right > 4 * broken


def _single_byte(sample: bytes) -> str:
    runs = [len(r) for r in re.findall(rb"[\x80-\xff]+", sample)]
    inside = sum(r for r in runs if r >= 3)  # noqa: PLR2004 - three letters in a row are a word, not an accent
    return "windows-1251" if inside > sum(runs) / 2 else "windows-1252"


def delimiter_of(header: str) -> str:
    """The delimiter of the header line: the one that stands most often outside quotes; a comma when none does."""
    bare = re.sub(r'"[^"]*"', "", header)
    best = max(DELIMITERS, key=bare.count)
    return best if bare.count(best) else ","
