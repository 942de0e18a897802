"""Pupil codes: random, printable on a label, readable aloud, with a check symbol.

Ten symbols in two groups, ``K7M3G-9XTWR``: nine random ones (23^9 = 1.8e12 codes) and a check symbol that finds every
single
wrong symbol and every swap of neighbours. The alphabet has no symbols that look or sound alike (0 O D, 1 I L, 2 Z, 5
S, 8 B,
U V W) as far as 23 symbols allow, and no vowels, so that no words arise.
"""

from __future__ import annotations

import secrets

from testamur.kernel.base.refused import Refused

ALPHABET = "23456789CDFGHJKMNPRTWXY"
LENGTH = 10
DIGITS = 14
"""Digits of a code as a telephone's keys can type it: 23^10 is less than 10^14."""
_VALUE = {symbol: value for value, symbol in enumerate(ALPHABET)}


class CodeInvalid(Refused):
    """The text is not a pupil code: a symbol is missing or misread."""

    code = "people.code.invalid"


def make_code() -> str:
    """A new random code without the hyphen; unique in practice, and by constraint where it is kept."""
    body = "".join(secrets.choice(ALPHABET) for _ in range(LENGTH - 1))
    return body + _check(body)


def make_alias() -> str:
    """Six random symbols that stand for a protected person's name; nothing can be reckoned back from them."""
    return "".join(secrets.choice(ALPHABET) for _ in range(6))


def normalise_code(text: str) -> str:
    """The code that a person typed, in any case, with or without spaces and hyphens.

    Raises `CodeInvalid` (``people.code.invalid``) when it has the wrong length, an unknown symbol or a wrong check.
    """
    code = "".join(c for c in text.upper() if c not in " -\u2010\u2011\u2013\u00a0")
    if len(code) != LENGTH or any(c not in _VALUE for c in code) or _check(code[:-1]) != code[-1]:
        raise CodeInvalid("This is not a pupil code; please read the label again.", field="code")
    return code


def printed(code: str) -> str:
    """As printed on a label: ``K7M3G-9XTWR``."""
    return f"{code[:5]}-{code[5:]}"


def digits(code: str) -> str:
    """The code as a number of fourteen digits, for a telephone's keys: there and back without loss.

    Raises `CodeInvalid` as `normalise_code`.
    """
    number = 0
    for symbol in normalise_code(code):
        number = number * len(ALPHABET) + _VALUE[symbol]
    return f"{number:0{DIGITS}d}"


def from_digits(text: str) -> str:
    """The code that fourteen digits stand for, with or without spaces and hyphens.

    Raises `CodeInvalid` (``people.code.invalid``) for another number of digits or a wrong check.
    """
    typed = "".join(c for c in text if c not in " -")
    if len(typed) != DIGITS or not typed.isascii() or not typed.isdecimal():
        raise CodeInvalid("This is not the telephone code; please read the label again.", field="code")
    number, symbols = int(typed), ""
    for _ in range(LENGTH):
        number, value = divmod(number, len(ALPHABET))
        symbols = ALPHABET[value] + symbols
    if number:
        raise CodeInvalid("This is not the telephone code; please read the label again.", field="code")
    return normalise_code(symbols)


def _check(body: str) -> str:
    # weights 1..9 are distinct and non-zero modulo the prime 23: single errors and swaps always change the sum
    return ALPHABET[sum(weight * _VALUE[c] for weight, c in enumerate(body, start=1)) % 23]
