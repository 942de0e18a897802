"""Just enough DER (ITU-T X.690) to write a CMS from fixed parts and to add attributes to one."""

from __future__ import annotations

from testamur.kernel.base.refused import Refused

SEQUENCE = 0x30
SET = 0x31
OCTET_STRING = 0x04
OBJECT_IDENTIFIER = 0x06
_LONG_FORM = 0x80
_MAX_LENGTH_BYTES = 4


class NotDer(Refused):
    """The bytes are not the DER structure that was expected."""

    code = "sealing.der.malformed"


def tlv(tag: int, *contents: bytes) -> bytes:
    """One element: tag, definite length, contents."""
    body = contents[0] if len(contents) == 1 else b"".join(contents)
    size = len(body)
    if size < _LONG_FORM:
        return bytes((tag, size)) + body
    length = size.to_bytes((size.bit_length() + 7) // 8, "big")
    return bytes((tag, _LONG_FORM | len(length))) + length + body


def set_of(*elements: bytes, tag: int = SET) -> bytes:
    """A SET OF in DER: elements in the order of their encodings (X.690 section 11.6)."""
    return tlv(tag, b"".join(sorted(elements)))


def oid(dotted: str) -> bytes:
    """An object identifier from its dotted form."""
    first, second, *rest = (int(arc) for arc in dotted.split("."))
    return tlv(OBJECT_IDENTIFIER, b"".join(_base128(arc) for arc in (first * 40 + second, *rest)))


def children(data: bytes, start: int, end: int) -> list[tuple[int, int, int, int]]:
    """(tag, start, start of the contents, end) of each element between two offsets. Raises `NotDer`."""
    found: list[tuple[int, int, int, int]] = []
    at = start
    while at < end:
        found.append(element(data, at, end))
        at = found[-1][3]
    return found


def element(data: bytes, at: int, end: int) -> tuple[int, int, int, int]:
    """(tag, start, start of the contents, end) of the element at `at`. Raises `NotDer`."""
    if at + 2 > end:
        raise NotDer("A DER structure is cut short.")
    tag, size, body = data[at], data[at + 1], at + 2
    if size >= _LONG_FORM:
        count = size - _LONG_FORM
        if not 1 <= count <= _MAX_LENGTH_BYTES or body + count > end:
            raise NotDer("A DER structure has a malformed length.")
        size, body = int.from_bytes(data[body : body + count], "big"), body + count
    if body + size > end:
        raise NotDer("A DER structure is cut short.")
    return tag, at, body, body + size


def _base128(arc: int) -> bytes:
    digits = [arc & 0x7F]
    while arc := arc >> 7:
        digits.append(arc & 0x7F | 0x80)
    return bytes(reversed(digits))
