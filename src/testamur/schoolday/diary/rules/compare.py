"""A pupil beside class and year group: what may be told, and when nothing is. Pure.

Never a group with fewer than `FEWEST` others, never a year group from which the class can be subtracted to fewer than
that, never anybody's place by number, and protected pupils are in no group. A figure that is hidden is told as None.
"""

from __future__ import annotations

from collections.abc import Collection, Mapping, Sequence
from dataclasses import dataclass
from decimal import ROUND_HALF_UP, Decimal
from enum import StrEnum
from uuid import UUID

from testamur.law.contract import Pack

FEWEST = 5
FIGURES = ("mark_average", "success")
_CENT = Decimal("0.01")

Means = Mapping[UUID, Mapping[str, Decimal]]
"""Pupil → subject → exact mean of the marks that count."""


class Band(StrEnum):
    """Where a pupil lies in the class, in thirds: a band, never a rank."""

    UPPER = "upper"
    MIDDLE = "middle"
    LOWER = "lower"


@dataclass(frozen=True, slots=True)
class Beside:
    """One figure of a pupil beside the means of class and year group; None where there is none or it is not told.

    `code` is a subject, empty for the success over all subjects.
    """

    code: str
    name: str
    own: Decimal | None
    in_class: Decimal | None
    in_year: Decimal | None
    band: Band | None = None


@dataclass(frozen=True, slots=True)
class Comparison:
    """What a family is told: success first, then each subject that the pupil has marks in."""

    pupil: UUID
    success: Beside
    subjects: tuple[Beside, ...]

    @property
    def tells(self) -> bool:
        """False when every group is too small to be told of."""
        return any(one.in_class is not None or one.in_year is not None for one in (self.success, *self.subjects))


def compares(pack: Pack | None, *, counted: bool) -> bool:
    """Whether the law lets pupils be shown beside others by their marks; `counted`: some kind of mark is averaged."""
    return pack is not None and counted and all(pack.may_compare(figure) for figure in FIGURES)


def success_of(means: Mapping[str, Decimal]) -> Decimal | None:
    """Mean of the subjects' means."""
    return sum(means.values(), Decimal(0)) / len(means) if means else None


def beside(
    *, pupil: UUID, code: str, name: str, values: Mapping[UUID, Decimal], room: Collection[UUID], year: Collection[UUID]
) -> Beside:
    """One figure of `pupil` beside those of `room` (the class) and `year`, which hold nobody who is protected."""
    others = [values[one] for one in room if one in values and one != pupil]
    beyond = [values[one] for one in year if one in values and one not in room and one != pupil]
    own = values.get(pupil)
    mine = [own] if own is not None and pupil in {*room, *year} else []
    in_class = _mean([*others, *mine]) if len(others) >= FEWEST else None
    told = len(others) + len(beyond) >= FEWEST and len(beyond) not in range(1, FEWEST) and bool(beyond)
    # where the class is not told, neither may it follow from the rest
    in_year = _mean([*others, *beyond, *mine]) if told and len(others) not in range(1, FEWEST) else None
    band = _band(own, others) if own is not None and in_class is not None else None
    return Beside(code, name, _rounded(own), in_class, in_year, band)


def _band(own: Decimal, others: Sequence[Decimal]) -> Band:
    """The third in which the pupil lies; those who are level share their place."""
    twice = sum((one < own) * 2 + (one == own) for one in others)
    if twice * 3 > len(others) * 4:
        return Band.UPPER
    return Band.LOWER if twice * 3 < len(others) * 2 else Band.MIDDLE


def _mean(values: Sequence[Decimal]) -> Decimal | None:
    return _rounded(sum(values, Decimal(0)) / len(values)) if values else None


def _rounded(value: Decimal | None) -> Decimal | None:
    return None if value is None else value.quantize(_CENT, ROUND_HALF_UP)
