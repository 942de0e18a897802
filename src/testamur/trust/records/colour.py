"""The colour profile that a PDF/A needs when it names none: sRGB, written here byte by byte."""

from __future__ import annotations

import struct
from functools import cache


@cache
def srgb_profile() -> bytes:
    """A small ICC profile of sRGB (ICC.1:2001-04, matrix and curves after IEC 61966-2-1, adapted to D50).

    Written here so that the bytes are ours, without date or licence of others.
    """

    def s15(value: float) -> bytes:
        return struct.pack(">i", round(value * 65536))

    def xyz(x: float, y: float, z: float) -> bytes:
        return b"XYZ \0\0\0\0" + s15(x) + s15(y) + s15(z)

    def linear(value: float) -> float:
        return value / 12.92 if value <= 0.04045 else ((value + 0.055) / 1.055) ** 2.4  # noqa: PLR2004 - the standard's

    points = [round(linear(i / 255) * 65535) for i in range(256)]
    curve = b"curv\0\0\0\0" + struct.pack(">I256H", 256, *points)
    name = b"sRGB IEC61966-2.1\0"
    tags = {
        b"desc": b"desc\0\0\0\0" + struct.pack(">I", len(name)) + name + b"\0" * 78,
        b"cprt": b"text\0\0\0\0No copyright, use freely\0",
        b"wtpt": xyz(0.9642, 1.0, 0.8249),
        b"rXYZ": xyz(0.43607, 0.22249, 0.01392),
        b"gXYZ": xyz(0.38515, 0.71687, 0.09708),
        b"bXYZ": xyz(0.14307, 0.06061, 0.71410),
        b"rTRC": curve,
        b"gTRC": curve,
        b"bTRC": curve,
    }
    offset = 128 + 4 + 12 * len(tags)
    table, body = struct.pack(">I", len(tags)), b""
    placed: dict[bytes, tuple[int, int]] = {}
    for tag, content in tags.items():
        if content not in placed:
            placed[content] = (offset + len(body), len(content))
            body += content + b"\0" * (-len(content) % 4)
        table += tag + struct.pack(">II", *placed[content])
    size = 128 + len(table) + len(body)
    header = struct.pack(">I4xI4s4s4s", size, 0x02100000, b"mntr", b"RGB ", b"XYZ ")
    header += struct.pack(">6H4s", 2000, 1, 1, 0, 0, 0, b"acsp") + b"\0" * 28
    header += s15(0.9642) + s15(1.0) + s15(0.8249)
    return header.ljust(128, b"\0") + table + body
