"""From what a platform counts to a step of a scale: by thresholds that the teacher names, or as it is written."""

from __future__ import annotations

import re
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from datetime import date
from decimal import Decimal, InvalidOperation
from itertools import pairwise

from testamur.kernel.base.refused import Refused
from testamur.law.scales import Scale

_DIGITS = 20
_LINE = re.compile(
    r"(?P<value>[^\s\d=<>≥:,;%]{1,20}|\d)\s*(?:[:=≥]|>=)?\s*(?P<percent>(?<!\d)\d{1,3}(?:[.,]\d{1,2})?)\s*%?\Z"
)
MOST = 20


class ThresholdsInvalid(Refused):
    """The thresholds cannot be read, name a step off the scale, or give a better grade for less."""

    code = "connectors.lms.thresholds"


@dataclass(frozen=True, slots=True)
class Threshold:
    """From this share (percent of the maximum) on the grade is `value`."""

    percent: Decimal
    value: str


@dataclass(frozen=True, slots=True)
class Grading:
    """How what a source says becomes a grade.

    Attributes:
        thresholds: highest share first, as `thresholds_of` reads them; empty: no number becomes a grade.
        words: a grade that is written (in a comment, a text score, a cell) is taken where the scale knows it.
        points: the number is taken as the points of the examination too.
    """

    thresholds: tuple[Threshold, ...] = ()
    words: bool = True
    points: bool = True


@dataclass(frozen=True, slots=True)
class Said:
    """What a source says of one student.

    Attributes:
        text: what may be a grade.
        score, maximum: the points, and how many there were to get.
        row: line of the file, 0 without one.
        examined_on: the day of the examination, where the source tells it as such.
        remark: `text` is somebody's remark and only perhaps a grade, so that another text is no fault.
    """

    text: str = ""
    score: Decimal | None = None
    maximum: Decimal | None = None
    row: int = 0
    examined_on: date | None = None
    remark: bool = False


def thresholds_of(text: str, *, scale: Scale, normalise: Callable[[str], str]) -> tuple[Threshold, ...]:
    """Thresholds as a teacher writes them: one in a line or parted by commas, ``A 90``, ``B ≥ 80 %``, ``G: 50``.

    `normalise` gives the scale's spelling of a value and refuses others. Highest first. Raises `ThresholdsInvalid`
    with ``line`` in `found`.
    """
    found: list[Threshold] = []
    for line in filter(None, (one.strip() for one in re.split(r"[\n;]|,(?!\d)", text))):
        match = _LINE.match(line)
        if match is None or len(found) == MOST:
            raise ThresholdsInvalid("Write a grade and a share: A 90 %.", field="thresholds", line=line[:40])
        try:
            value = normalise(match["value"])
        except Refused:
            raise ThresholdsInvalid("That is no step of the scale.", field="thresholds", line=line[:40]) from None
        found.append(Threshold(Decimal(match["percent"].replace(",", ".")), value))
    found.sort(key=lambda one: -one.percent)
    _must_climb(found, scale)
    return tuple(found)


def _must_climb(found: Sequence[Threshold], scale: Scale) -> None:
    """A larger share never gives a lower step; no share and no step stands twice."""
    steps = {step.value: number for number, step in enumerate(scale.values)}
    order = [steps.get(one.value, -1) for one in found]
    again = len({one.percent for one in found}) < len(found)
    if again or any(lower >= higher for higher, lower in pairwise(order)):
        raise ThresholdsInvalid("A larger share has to give a better grade, each once.", field="thresholds", line="")


def by_percent(thresholds: Sequence[Threshold], percent: Decimal | None) -> str:
    """The step for a share; empty below the lowest threshold, and without a share. Not rounded up."""
    if percent is None:
        return ""
    return next((one.value for one in thresholds if percent >= one.percent), "")


def percent_of(score: Decimal | None, maximum: Decimal | None) -> Decimal | None:
    """The share in percent, exact; None where either is missing or the maximum is not above zero."""
    if score is None or maximum is None or maximum <= 0:
        return None
    return score / maximum * 100


def decimal_of(value: object) -> Decimal | None:
    """A number as JSON or a person writes it (comma or point); None for anything else, and for what has no end."""
    if isinstance(value, bool) or not isinstance(value, int | float | str | Decimal):
        return None
    text = str(value).strip().replace(",", ".").removesuffix("%").strip()
    if len(text) > _DIGITS:
        return None
    try:
        number = Decimal(text)
    except InvalidOperation:
        return None
    return number if number.is_finite() and abs(number) < 10**9 else None


def written(number: Decimal | None) -> str:
    """A number for the points of an examination: two decimals at most, none that says nothing; empty without one."""
    if number is None or number < 0:
        return ""
    text = format(number.quantize(Decimal("0.01")), "f")
    return text.rstrip("0").rstrip(".") if "." in text else text
