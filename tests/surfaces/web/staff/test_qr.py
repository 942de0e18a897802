"""The QR code that stands in the page is one that a telephone reads."""

from __future__ import annotations

import re

import zxingcpp

from testamur.surfaces.web import qr

SCALE = 4


def read(svg: str) -> str:
    """What a camera makes of the drawing."""
    box = re.search(r'viewBox="0 0 (\d+) \1"', svg)
    path = re.search(r'<path d="([^"]+)"', svg)
    assert box
    assert path
    side = int(box[1])
    rows = [bytearray(b"\xff" * side) for _ in range(side)]
    for x, y, width, height in re.findall(r"M(\d+) (\d+)h(\d+)v(\d+)h-\d+Z", path[1]):
        for row in rows[int(y) : int(y) + int(height)]:
            row[int(x) : int(x) + int(width)] = b"\x00" * int(width)
    large = b"".join(bytes(byte for byte in row for _ in range(SCALE)) * SCALE for row in rows)
    picture = memoryview(large).cast("B", shape=(side * SCALE, side * SCALE))
    return str(zxingcpp.read_barcodes(picture)[0].text)


def test_a_telephone_reads_the_code() -> None:
    text = "bankid.67df3917-fa0d-44e5-b327-edcc928297f8.1.949d559bf23403952a94d103e67"
    drawn = qr.svg(text, 'Code for "you" & me')
    assert read(drawn) == text
    assert 'aria-label="Code for &quot;you&quot; &amp; me"' in drawn
    assert "style=" not in drawn
