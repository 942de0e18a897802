"""Small classic PDFs made by hand, so that the reader meets files that no library of the product wrote."""

from __future__ import annotations

from collections.abc import Mapping


def revision(
    objects: Mapping[int, bytes],
    *,
    before: bytes = b"",
    root: int = 1,
    size: int = 0,
    extra: bytes = b"",
    eol: bytes = b"\n",
) -> bytes:
    """`before` (or a header) followed by one revision with `objects` (number → what stands between obj and endobj)."""
    out = bytearray(before or b"%PDF-1.7\n%\xe2\xe3\xcf\xd3\n")
    offsets: dict[int, int] = {}
    for number, body in objects.items():
        offsets[number] = len(out)
        out += b"%d 0 obj\n" % number + body + b"\nendobj\n"
    table = len(out)
    out += b"xref\n"
    if not before:
        out += b"0 1\n0000000000 65535 f \n"
    for number in sorted(offsets):
        out += b"%d 1\n%010d 00000 n \n" % (number, offsets[number])
    if before:
        extra += b"/Prev " + before[before.rindex(b"startxref") :].split()[1]
    top = size or max(objects) + 1
    out += b"trailer\n<</Size %d/Root %d 0 R%s>>\nstartxref\n%d\n%%%%EOF" % (top, root, extra, table)
    return bytes(out) + eol


def stream(data: bytes, entries: bytes = b"") -> bytes:
    """A stream object."""
    return b"<</Length %d%s>>\nstream\n" % (len(data), entries) + data + b"\nendstream"


SIMPLE: Mapping[int, bytes] = {
    1: b"<</Type/Catalog/Pages 2 0 R>>",
    2: b"<</Type/Pages/Count 1/Kids[3 0 R]>>",
    3: b"<</Type/Page/Parent 2 0 R/MediaBox[0 0 595 842]/Contents 4 0 R>>",
    4: stream(b"BT ET"),
}
