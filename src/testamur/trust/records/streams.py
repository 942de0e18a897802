"""Stream ends that every reader counts alike.

ISO 19005-3 §6.1.7 wants an end of line between stream data and `endstream`, and validators find the length of the data
by stripping it. Where compressed data happen to end in CR, the usual LF after it looks like one CR LF, and the declared
length seems to be one too many: about one document in eighty. Such a stream gets CR LF as its end of line instead.
"""

from __future__ import annotations

import re
from bisect import bisect_right

_START = re.compile(rb"startxref\s+(\d+)\s+%%EOF\s*\Z")
_XREF = re.compile(rb"xref\s+0 (\d+)[ ]*\r?\n")
_LENGTH = re.compile(rb"/Length (\d+)(?! \d+ R)")
_DATA = re.compile(rb">>\s*stream\r?\n")
_ENTRY = 20


def settle_stream_ends(pdf: bytes) -> bytes:
    """The same document with unambiguous stream ends; needs one revision with one classic cross-reference section.

    Raises ValueError for a file of another build.
    """
    if b"\r\nendstream" not in pdf:
        return pdf
    start = _START.search(pdf, max(0, len(pdf) - 64))
    table = _XREF.match(pdf, int(start[1])) if start else None
    if start is None or table is None:
        raise ValueError("not a single classic cross-reference section")
    xref = int(start[1])
    entries = [pdf[i : i + _ENTRY] for i in range(table.end(), table.end() + int(table[1]) * _ENTRY, _ENTRY)]
    offsets = sorted(int(e[:10]) for e in entries if e[17:18] == b"n")
    ends = [*offsets[1:], xref]
    inserts = [at for begin, end in zip(offsets, ends, strict=True) if (at := _ambiguous(pdf, begin, end))]
    if not inserts:
        return pdf
    pieces, last = [], 0
    for at in inserts:
        pieces += [pdf[last:at], b"\r"]
        last = at
    moved = b"".join(
        b"%010d" % (int(e[:10]) + bisect_right(inserts, int(e[:10]))) + e[10:] if e[17:18] == b"n" else e
        for e in entries
    )
    pieces += [pdf[last : table.end()], moved, pdf[table.end() + len(moved) : start.start(1)]]
    pieces += [b"%d" % (xref + len(inserts)), pdf[start.end(1) :]]
    return b"".join(pieces)


def _ambiguous(pdf: bytes, begin: int, end: int) -> int:
    """Where the data of the stream between two offsets end in CR with a lone LF after them; 0 for all others."""
    data = _DATA.search(pdf, begin, end)
    length = _LENGTH.search(pdf, begin, data.end()) if data else None
    if data is None or length is None:
        return 0
    at = data.end() + int(length[1])
    return at if pdf[at - 1 : at + 10] == b"\r\nendstream" else 0
