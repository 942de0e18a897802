"""PDF values: what stands inside an object (ISO 32000-1 section 7.3), parsed strictly and within bounds.

Python forms: null None; booleans bool; integers int; reals float; names `Name`; strings (literal and hexadecimal)
bytes; arrays tuple; dictionaries dict with plain `str` keys; references `Ref`.
"""

from __future__ import annotations

import re
from dataclasses import dataclass
from typing import Union

from testamur.kernel.base.refused import Refused

MAX_DEPTH = 64
"""Arrays and dictionaries nested deeper than this are refused."""


class PdfError(Refused):
    """The bytes are not a PDF that this reader accepts. `code` is dotted and stable: ``pdf.encrypted``."""

    code = "pdf"

    def __init__(self, code: str, message: str) -> None:
        """`code` without its ``pdf.`` prefix, and one plain sentence."""
        super().__init__(message)
        self.code = f"pdf.{code}"
        self.message = message


class Name(str):
    """A name without its slash, ``#xx`` decoded, one character per byte."""

    __slots__ = ()


@dataclass(frozen=True, slots=True)
class Ref:
    """A reference to an indirect object."""

    number: int
    generation: int = 0


Value = Union[None, bool, int, float, Name, bytes, Ref, tuple["Value", ...], dict[str, "Value"]]  # noqa: UP007 - the name is recursive


@dataclass(frozen=True, slots=True)
class Fields:
    """A dictionary with the place of each value, so that it can be changed without rewriting the rest.

    Attributes:
        values: the parsed dictionary.
        spans: for each key, first byte and end of its value.
        start: offset of ``<<``.
        end: offset after ``>>``.
    """

    values: dict[str, Value]
    spans: dict[str, tuple[int, int]]
    start: int
    end: int


# White space and comments never give anything back (possessive), or the inside of a comment could become a token.
_SKIP = re.compile(rb"(?:[\x00\t\n\x0c\r ]++|%[^\r\n]*+)*+")
_END = rb"(?=[\x00\t\n\x0c\r ()<>\[\]{}/%]|\Z)"
_TOKEN = re.compile(
    rb"(?:[\x00\t\n\x0c\r ]++|%[^\r\n]*+)*+(?:"
    rb"(?P<ref>(\d{1,10})[\x00\t\n\x0c\r ]++(\d{1,5})[\x00\t\n\x0c\r ]++R" + _END + rb")"
    rb"|(?P<name>/[^\x00\t\n\x0c\r ()<>\[\]{}/%]*+)"
    rb"|(?P<int>[+-]?\d{1,19}" + _END + rb")"
    rb"|(?P<open><<)|(?P<close>>>)|(?P<array>\[)|(?P<end>\])"
    rb"|(?P<string>\()"
    rb"|(?P<hex><[0-9A-Fa-f\x00\t\n\x0c\r ]*+>)"
    rb"|(?P<real>[+-]?(?:\d{1,39}\.\d{0,39}|\.\d{1,39})" + _END + rb")"
    rb"|(?P<word>(?:true|false|null)" + _END + rb"))"
)
_STRING_STEP = re.compile(rb"[^()\\]*+(?:\\[\s\S][^()\\]*+)*+")
_ESCAPE = re.compile(rb"\\(?:([0-7]{1,3})|(\r\n|[\s\S]))|\r\n?")
_ESCAPED = {b"n": b"\n", b"r": b"\r", b"t": b"\t", b"b": b"\b", b"f": b"\f"}
_HEX_NAME = re.compile(rb"#([0-9A-Fa-f]{2})?")
_WORDS = {b"true": True, b"false": False, b"null": None}
_SPACE = b"\x00\t\n\x0c\r "


def skip(data: bytes, at: int) -> int:
    """The first offset from `at` that is neither white space nor part of a comment."""
    found = _SKIP.match(data, at)
    assert found is not None  # the pattern matches the empty string
    return found.end()


def parse(data: bytes, at: int = 0) -> tuple[Value, int]:
    """The value that starts at `at` and the offset after it.

    Raises `PdfError` ``pdf.syntax`` or ``pdf.depth``.
    """
    return _value(data, at, 0)


def parse_fields(data: bytes, at: int = 0) -> Fields:
    """The dictionary that starts at `at`, with the place of each value. Raises `PdfError` ``pdf.syntax``."""
    found = _TOKEN.match(data, at)
    if found is None or found.lastgroup != "open":
        raise _syntax(at, "a dictionary was expected")
    return _fields(data, found.end() - 2, 1)


def text(value: Value) -> str:
    """A text string (section 7.9.2.2): UTF-16 with byte order mark, UTF-8 with mark, else one character per byte."""
    if not isinstance(value, bytes):
        raise PdfError("type", "A text string was expected.")
    if value.startswith(b"\xfe\xff"):
        try:
            return value[2:].decode("utf-16-be")
        except UnicodeDecodeError:
            raise PdfError("text", "A text string is not valid UTF-16.") from None
    if value.startswith(b"\xef\xbb\xbf"):
        try:
            return value[3:].decode("utf-8")
        except UnicodeDecodeError:
            raise PdfError("text", "A text string is not valid UTF-8.") from None
    return value.decode("latin-1")


def same(one: Value, other: Value) -> bool:
    """True when both are the same PDF value: like ``==``, but true is not 1 and a name is not a string."""
    if isinstance(one, dict) and isinstance(other, dict):
        return one.keys() == other.keys() and all(same(one[k], other[k]) for k in one)
    if isinstance(one, tuple) and isinstance(other, tuple):
        return len(one) == len(other) and all(map(same, one, other))
    if isinstance(one, bool) or isinstance(other, bool):
        return one is other
    if isinstance(one, int | float) and isinstance(other, int | float):
        return one == other
    return type(one) is type(other) and one == other


def _value(data: bytes, at: int, depth: int) -> tuple[Value, int]:
    found = _TOKEN.match(data, at)
    if found is None:
        raise _syntax(at, "a value was expected")
    kind, end = found.lastgroup, found.end()
    if kind == "array":
        return _array(data, end, depth + 1)
    if kind == "open":
        fields = _fields(data, end - 2, depth + 1)
        return fields.values, fields.end
    if kind == "string":
        return _string(data, end)
    if kind in {"close", "end"}:
        raise _syntax(at, "an array or dictionary ends where a value was expected")
    return _scalar(found), end


def _scalar(found: re.Match[bytes]) -> Value:
    kind = found.lastgroup
    if kind == "name":
        return _name(found["name"])
    if kind == "int":
        return int(found["int"])
    if kind == "ref":
        return Ref(int(found[2]), int(found[3]))
    if kind == "real":
        return float(found["real"])
    if kind == "hex":
        digits = found["hex"][1:-1].translate(None, _SPACE)
        return bytes.fromhex((digits + b"0" if len(digits) % 2 else digits).decode("ascii"))
    return _WORDS[found["word"]]


def _array(data: bytes, at: int, depth: int) -> tuple[tuple[Value, ...], int]:
    if depth > MAX_DEPTH:
        raise PdfError("depth", f"Arrays and dictionaries are nested more than {MAX_DEPTH} deep.")
    items: list[Value] = []
    while True:
        at = skip(data, at)
        if data[at : at + 1] == b"]":
            return tuple(items), at + 1
        item, at = _value(data, at, depth)
        items.append(item)


def _fields(data: bytes, start: int, depth: int) -> Fields:
    if depth > MAX_DEPTH:
        raise PdfError("depth", f"Arrays and dictionaries are nested more than {MAX_DEPTH} deep.")
    values: dict[str, Value] = {}
    spans: dict[str, tuple[int, int]] = {}
    at = start + 2
    while True:
        found = _TOKEN.match(data, at)
        if found is None:
            raise _syntax(at, "a key was expected")
        if found.lastgroup == "close":
            return Fields(values, spans, start, found.end())
        if found.lastgroup != "name":
            raise _syntax(at, "a key was expected")
        key = str(_name(found["name"]))
        if key in values:
            raise PdfError("duplicate_key", f"A dictionary has the key /{key} twice (near byte {at}).")
        begin = skip(data, found.end())
        values[key], at = _value(data, begin, depth)
        spans[key] = (begin, at)


def _name(raw: bytes) -> Name:
    raw = raw[1:]
    if b"#" in raw:
        raw = _HEX_NAME.sub(_name_byte, raw)
    return Name(raw.decode("latin-1"))


def _name_byte(found: re.Match[bytes]) -> bytes:
    if not found[1] or found[1] == b"00":
        raise PdfError("syntax", "A name holds a malformed #xx code.")
    return bytes.fromhex(found[1].decode("ascii"))


def _string(data: bytes, at: int) -> tuple[bytes, int]:
    start, open_brackets = at, 1
    while open_brackets:
        found = _STRING_STEP.match(data, at)
        assert found is not None  # the pattern matches the empty string
        at = found.end()
        bracket = data[at : at + 1]
        if bracket not in {b"(", b")"}:
            raise _syntax(start, "a string does not end")
        open_brackets += 1 if bracket == b"(" else -1
        at += 1
    raw = data[start : at - 1]
    return (_ESCAPE.sub(_unescape, raw) if b"\\" in raw or b"\r" in raw else raw), at


def _unescape(found: re.Match[bytes]) -> bytes:
    octal, other = found[1], found[2]
    if octal:
        return bytes([int(octal, 8) & 0xFF])
    if other is None or other in {b"\n", b"\r", b"\r\n"}:
        return b"\n" if other is None else b""
    plain: bytes = _ESCAPED.get(other, other)
    return plain


def _syntax(at: int, what: str) -> PdfError:
    return PdfError("syntax", f"Near byte {at}: {what}.")
