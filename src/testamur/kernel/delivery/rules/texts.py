"""How a text message travels: its parts, and how to write it in letters that cost less."""

from __future__ import annotations

import re
import unicodedata
from dataclasses import dataclass
from typing import Literal

# 3GPP TS 23.038 section 6.2.1: the default alphabet, and the characters that take two septets (6.2.1.1)
_GSM7 = frozenset(
    "@£$¥èéùìòÇ\nØø\rÅåΔ_ΦΓΛΩΠΨΣΘΞÆæßÉ !\"#¤%&'()*+,-./0123456789:;<=>?"
    "¡ABCDEFGHIJKLMNOPQRSTUVWXYZÄÖÑÜ§¿abcdefghijklmnopqrstuvwxyzäöñüà"
)
_GSM7_TWO = frozenset("\f^{}\\[~]|€")


@dataclass(frozen=True, slots=True)
class SmsSize:
    """How a text travels: `units` are septets (GSM-7) or 16-bit units (UCS-2); `parts` is what the carrier charges."""

    encoding: Literal["GSM-7", "UCS-2"]
    units: int
    parts: int


def sms_size(text: str) -> SmsSize:
    """Length of a text message. A character that takes two units is never cut in two by a part's end."""
    if all(c in _GSM7 or c in _GSM7_TWO for c in text):
        return _size("GSM-7", [2 if c in _GSM7_TWO else 1 for c in text], alone=160, part=153)
    return _size("UCS-2", [len(c.encode("utf-16-be")) // 2 for c in text], alone=70, part=67)


def _size(encoding: Literal["GSM-7", "UCS-2"], costs: list[int], *, alone: int, part: int) -> SmsSize:
    units = sum(costs)
    if units <= alone:
        return SmsSize(encoding, units, 1)
    parts, room = 1, part
    for cost in costs:
        if cost > room:
            parts, room = parts + 1, part
        room -= cost
    return SmsSize(encoding, units, parts)


_LATIN = "a b v g d e zh z i y k l m n o p r s t u f h ts ch sh sht a y yu ya i"
_CYRILLIC = dict(zip("абвгдежзийклмнопрстуфхцчшщъьюяѝ", _LATIN.split(), strict=True))
"""Transliteration Act (State Gazette 19/2009), article 4; article 5: `ия` at the end of a word is `ia`."""
_IYA = re.compile(r"(?<=[иИ])[яЯ](?!\w)")
_COUNTRY = {"България": "Bulgaria", "БЪЛГАРИЯ": "BULGARIA"}
"""Article 6: what has long been written in another way stays so."""
_MARKS = {
    "„": '"', "“": '"', "”": '"', "«": '"', "»": '"', "’": "'", "‘": "'", "‚": "'", "–": "-", "—": "-", "−": "-",
    "…": "...", "№": "No", "\u00a0": " ", "\u202f": " ", "\u2011": "-", "đ": "d", "Đ": "D", "\t": " ",
}  # fmt: skip
_NORDIC = frozenset("ÅÄÖåäöÑÜñüØøÆæß")
_VIETNAMESE = re.compile("[ăđơưĂĐƠƯạ-ỹẠ-Ỹ]")


def latin(text: str) -> str:
    """The text in letters of GSM-7 where there are such: a part of an SMS then holds 160 characters instead of 70.

    Bulgarian by the Transliteration Act of 2009, Vietnamese without diacritics; quotation marks and dashes become plain
    ones. Swedish letters stay. What has no Latin form (an emoji) stays as it is.
    """
    text = unicodedata.normalize("NFC", text)
    for plain, written in _COUNTRY.items():
        text = re.sub(rf"\b{plain}\b", written, text)
    text = _IYA.sub(lambda found: "a" if found[0] == "я" else "A", text)
    bare = _VIETNAMESE.search(text) is not None
    return "".join(_letter(text, place, bare=bare) for place in range(len(text)))


def _letter(text: str, place: int, *, bare: bool) -> str:
    char = text[place]
    if char.lower() in _CYRILLIC:
        return _cased(text, place, _CYRILLIC[char.lower()])
    if char in _MARKS:
        return _MARKS[char]
    if char in _NORDIC or (not bare and char in _GSM7) or char.isascii():
        return char
    plain = "".join(c for c in unicodedata.normalize("NFD", char) if not unicodedata.combining(c))
    return plain if plain.isascii() else char


def _cased(text: str, place: int, written: str) -> str:
    """`Щ` is `Sht` in Щъркел and `SHT` in ЩЪРКЕЛ: its neighbour says which."""
    if not text[place].isupper():
        return written
    beside = [c for c in (text[place + 1 : place + 2], text[max(0, place - 1) : place]) if c.isalpha()]
    return written.upper() if beside and beside[0].isupper() else written.capitalize()
