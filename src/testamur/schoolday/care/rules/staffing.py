"""Pure rules of staffing: how many children are planned in each quarter of an hour, and how many adults they need."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import date, time
from math import ceil

from testamur.schoolday.care.rules.weeks import Hours, Setting

QUARTER = 15
SMALL_UNTIL = 3
"""Children of up to so many years count as small."""


@dataclass(frozen=True, slots=True)
class Stay:
    """A child's hours of a day, planned or actual; `small`: one to three years."""

    hours: Hours
    small: bool


@dataclass(frozen=True, slots=True)
class Slice:
    """A quarter of an hour: how many children are there, and how many adults that takes."""

    starts: time
    small: int
    big: int
    adults: int

    @property
    def children(self) -> int:
        """All of them."""
        return self.small + self.big


def quarters(stays: Iterable[Stay], opening: Hours, setting: Setting) -> tuple[Slice, ...]:
    """The day in quarters of an hour. A child counts in each quarter that its hours touch."""
    spans = [(_minutes(one.hours.starts), _minutes(one.hours.ends), one.small) for one in stays]
    first, last = _minutes(opening.starts) // QUARTER * QUARTER, _minutes(opening.ends)
    found = []
    for at in range(first, last, QUARTER):
        here = [small for starts, ends, small in spans if starts < at + QUARTER and ends > at]
        small, big = sum(here), len(here) - sum(here)
        found.append(Slice(time(at // 60, at % 60), small, big, adults_for(small, big, setting)))
    return tuple(found)


def adults_for(small: int, big: int, setting: Setting) -> int:
    """How many adults so many children take; never one alone with none to spare: a part of an adult is a whole one."""
    return ceil(small / setting.small_per_adult + big / setting.big_per_adult - 1e-9)


def busiest(slices: Sequence[Slice]) -> Slice | None:
    """The first quarter with the most children; None where nobody comes."""
    most = max(slices, key=lambda one: one.children, default=None)
    return most if most is not None and most.children else None


def is_small(born: date | None, on: date) -> bool:
    """Whether a child counts as small on that day; one whose age is not known does."""
    if born is None:
        return True
    age = on.year - born.year - ((on.month, on.day) < (born.month, born.day))
    return age <= SMALL_UNTIL


def _minutes(at: time) -> int:
    return at.hour * 60 + at.minute
