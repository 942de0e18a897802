"""Control numbers of lists (rows B25, B36): year of sending, number of the list, check digit: ``2026-000123-7``. Pure.

The number follows from the list, so that a list that is signed by hand bears it already when it is printed. The check
digit (Verhoeff over year and number) finds every single wrong digit and every swap of two neighbours, so that a number
copied from paper does not enter another list.
"""

from __future__ import annotations

import re

from stdnum import verhoeff

from testamur.kernel.base.refused import Refused

_WIDTH = 6
_WRITTEN = re.compile(r"([0-9]{4})([0-9]{6,})([0-9])")
_LONGEST = 20


class ControlNumberWrong(Refused):
    """That is not the control number of this list."""

    code = "reporting.control.wrong"


def control_number(*, year: int, number: int) -> str:
    """The control number of a list that was sent in that year."""
    digits = f"{year:04d}{number:0{_WIDTH}d}"
    return f"{digits[:4]}-{digits[4:]}-{verhoeff.calc_check_digit(digits)}"


def read_control_number(text: str) -> str:
    """The control number in its normal form; spaces and hyphens do not matter. Raises `ControlNumberWrong`."""
    plain = re.sub(r"[\s\u2010-\u2015-]", "", text[: 2 * _LONGEST])
    found = _WRITTEN.fullmatch(plain)
    if found is None or not plain.isascii() or not verhoeff.is_valid(plain):
        raise ControlNumberWrong("Look at each digit: this is no control number.", field="control_number")
    return f"{found[1]}-{found[2]}-{found[3]}"
