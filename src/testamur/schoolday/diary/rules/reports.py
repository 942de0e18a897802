"""Figures of reports: what is counted, what is not told of small groups, and which pupils may need help. Pure.

A figure of fewer than `FEWEST` pupils is told only to those who may see these pupils one by one. Where one is hidden,
the next larger one is hidden with it, so that it does not follow from the sum.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Collection, Iterable, Mapping, Sequence
from dataclasses import dataclass
from decimal import ROUND_HALF_UP, Decimal
from enum import StrEnum
from typing import TypeVar
from uuid import UUID

from testamur.kernel.base.refused import Refused
from testamur.law.diary import Diary, MarkKind

FEWEST = 5
_CENT = Decimal("0.01")
_NOTHING = Decimal(0)
K = TypeVar("K")


class NoReport(Refused):
    """There is no school year, no pack or no class that a report could be about."""

    code = "diary.report.none"


class Sort(StrEnum):
    """Which marks are counted: those of the day, or those that close a term or a year."""

    DAY = ""
    TERM = "term"
    YEAR = "year"


@dataclass(frozen=True, slots=True)
class Scale:
    """What marks of one sort can be: the values in the order of the law, what they count, which of them fail.

    `points` is empty where the law knows no average.
    """

    values: tuple[str, ...]
    points: Mapping[str, Decimal]
    failing: frozenset[str]

    @property
    def averages(self) -> bool:
        """Whether there is such a thing as an average."""
        return bool(self.points)


@dataclass(frozen=True, slots=True)
class Marks:
    """The marks of one pupil (or class, teacher …) in one subject, added up by the database.

    Attributes:
        counts: how many of each value, in the order of the scale.
        weight, total: weights, and weights times points, of the marks that count.
        late_weight, late_total: the same of the last weeks of the period.
    """

    key: UUID
    subject: str
    counts: tuple[int, ...]
    weight: Decimal = _NOTHING
    total: Decimal = _NOTHING
    late_weight: Decimal = _NOTHING
    late_total: Decimal = _NOTHING

    @property
    def mean(self) -> Decimal | None:
        """Weighted mean, exact; None without marks that count."""
        return self.total / self.weight if self.weight else None

    @property
    def fall(self) -> Decimal | None:
        """How far the mean of the last weeks lies below that before; None where there is nothing to compare."""
        before = self.weight - self.late_weight
        if not before or not self.late_weight:
            return None
        return (self.total - self.late_total) / before - self.late_total / self.late_weight


@dataclass(frozen=True, slots=True)
class Missed:
    """The absences of one pupil, as weights added up; `late` is a number of times."""

    excused: Decimal = _NOTHING
    unexcused: Decimal = _NOTHING
    undecided: Decimal = _NOTHING
    late: int = 0

    def __add__(self, other: Missed) -> Missed:
        """Both together."""
        return Missed(
            self.excused + other.excused,
            self.unexcused + other.unexcused,
            self.undecided + other.undecided,
            self.late + other.late,
        )


@dataclass(frozen=True, slots=True)
class Noted:
    """How many remarks and how much praise somebody got."""

    remarks: int = 0
    praise: int = 0


@dataclass(frozen=True, slots=True)
class Material:
    """Everything that the figures of a report are made from, by pupil."""

    scale: Scale
    diary: Diary
    marks: Mapping[UUID, Sequence[Marks]]
    missed: Mapping[UUID, Missed]
    noted: Mapping[UUID, Noted]


@dataclass(frozen=True, slots=True)
class Figures:
    """The figures of some pupils. `hidden`: they are too few to be told of; nothing else is filled in then.

    Attributes:
        pupils: how many there are; `marked`: how many of them have a mark.
        counts: marks of each value, in the order of the scale.
        average: mean of the pupils' success over their subjects, in hundredths; None where the law knows none.
        excused, unexcused, undecided: absences as the law counts them; `late`: times.
    """

    pupils: int
    marked: int = 0
    marks: int = 0
    counts: tuple[int, ...] = ()
    average: Decimal | None = None
    failing: int = 0
    excused: Decimal = _NOTHING
    unexcused: Decimal = _NOTHING
    undecided: Decimal = _NOTHING
    late: int = 0
    remarks: int = 0
    praise: int = 0
    hidden: bool = False


def scale_of(kinds: Iterable[MarkKind], sort: Sort) -> Scale:
    """The scale of the marks of that sort, of the kinds of all year levels together."""
    all_kinds = list(kinds)
    known = any(kind.weight > 0 and not kind.closes for kind in all_kinds)
    steps = {step.value: step for kind in all_kinds if kind.closes == sort.value for step in kind.scale.values}
    points = {value: step.points for value, step in steps.items() if known and step.points is not None}
    return Scale(tuple(steps), points, frozenset(value for value, step in steps.items() if step.passed is False))


def success(marks: Iterable[Marks]) -> Decimal | None:
    """Mean of the subjects' means of one pupil, exact."""
    means = [mean for one in marks if (mean := one.mean) is not None]
    return sum(means, _NOTHING) / len(means) if means else None


def rounded(value: Decimal | None) -> Decimal | None:
    """In hundredths, half up."""
    return None if value is None else value.quantize(_CENT, ROUND_HALF_UP)


def counted(scale: Scale, marks: Iterable[Marks]) -> tuple[int, ...]:
    """How many of each value."""
    columns = [one.counts for one in marks]
    return tuple(map(sum, zip(*columns, strict=True))) if columns else (0,) * len(scale.values)


def failures(scale: Scale, counts: Sequence[int]) -> int:
    """How many marks fail."""
    return sum(count for value, count in zip(scale.values, counts, strict=True) if value in scale.failing)


def figures(material: Material, pupils: Collection[UUID], *, subject: str | None = None) -> Figures:
    """The figures of those pupils; of one subject where asked (their absences and remarks are counted as they are)."""
    of = {
        pupil: [one for one in material.marks.get(pupil, ()) if subject is None or one.subject == subject]
        for pupil in pupils
    }
    counts = counted(material.scale, (one for some in of.values() for one in some))
    means = [mean for some in of.values() if (mean := success(some)) is not None]
    missed = sum((material.missed[one] for one in pupils if one in material.missed), Missed())
    noted = [material.noted[one] for one in pupils if one in material.noted]
    count = material.diary.count
    return Figures(
        pupils=len(pupils),
        marked=sum(bool(some) for some in of.values()),
        marks=sum(counts),
        counts=counts,
        average=rounded(sum(means, _NOTHING) / len(means)) if means else None,
        failing=failures(material.scale, counts),
        excused=count([missed.excused]),
        unexcused=count([missed.unexcused]),
        undecided=count([missed.undecided]),
        late=missed.late,
        remarks=sum(one.remarks for one in noted),
        praise=sum(one.praise for one in noted),
    )


def veil(some: Mapping[K, Figures], *, sees: bool) -> dict[K, Figures]:
    """The figures with those of too few pupils hidden, and the next larger one with them; all for who `sees` anyway."""
    if sees:
        return dict(some)
    hidden = {key for key, one in some.items() if 0 < (one.marked or one.pupils) < FEWEST}
    # larger by pupils: were it by marks, another one would be hidden for another sort, and absences would follow
    rest = sorted((one.pupils, n) for n, (key, one) in enumerate(some.items()) if key not in hidden)
    if hidden and (larger := next((n for size, n in rest if size), None)) is not None:
        hidden.add(list(some)[larger])
    return {key: Figures(pupils=0, hidden=True) if key in hidden else one for key, one in some.items()}


# --- who may need help ------------------------------------------------------------------------------


class Sign(StrEnum):
    """Why a pupil stands in the list."""

    CLOSED_FAILED = "closed_failed"
    """A subject was closed with a mark that fails."""
    FAILING = "failing"
    """A subject's mean lies below what passes, or (where there is no mean) most of its marks fail."""
    UNEXCUSED = "unexcused"
    """Unexcused absences have reached a number at which the law lets something follow."""
    FALLING = "falling"
    """The marks of the last weeks are lower than those before."""


WEIGHTS: Mapping[Sign, int] = {Sign.CLOSED_FAILED: 4, Sign.FAILING: 3, Sign.UNEXCUSED: 3, Sign.FALLING: 2}
"""How much a sign counts: of a subject each time, of absences for each number that is reached."""
ALARM = (Decimal(10), Decimal(20))
"""Unexcused absences that count as a sign where the law names no number."""
FALL = Decimal("0.50")
"""How far the marks of the last weeks must lie below the former ones."""
RECENT_DAYS = 42


@dataclass(frozen=True, slots=True)
class Risk:
    """One pupil with signs: sign → how often (subjects, numbers reached). `fall` is how far the marks fell."""

    pupil: UUID
    signs: Mapping[Sign, int]
    subjects: tuple[str, ...]
    unexcused: Decimal
    fall: Decimal | None
    average: Decimal | None

    @property
    def weight(self) -> int:
        """How much there is to look at."""
        return sum(WEIGHTS[sign] * times for sign, times in self.signs.items())


def risks(material: Material, closed: Mapping[UUID, Collection[str]], pupils: Iterable[UUID]) -> tuple[Risk, ...]:
    """The pupils among them who have a sign, most first. `closed`: subjects that were closed with a failing mark."""
    found = [one for pupil in pupils if (one := _risk(material, closed.get(pupil, ()), pupil)).signs]
    return tuple(sorted(found, key=lambda one: (-one.weight, str(one.pupil))))


def _risk(material: Material, closed: Collection[str], pupil: UUID) -> Risk:
    marks = material.marks.get(pupil, ())
    failing = [one.subject for one in marks if _fails(material.scale, one)]
    unexcused = material.diary.count([material.missed.get(pupil, Missed()).unexcused])
    reached = sum(unexcused >= number for number in material.diary.alarm or ALARM)
    falls = [fall for one in marks if (fall := one.fall) is not None]
    fall = sum(falls, _NOTHING) / len(falls) if falls else None
    signs = Counter[Sign]()
    signs[Sign.CLOSED_FAILED] = len(closed)
    signs[Sign.FAILING] = len(set(failing) - set(closed))
    signs[Sign.UNEXCUSED] = reached
    signs[Sign.FALLING] = int(fall is not None and fall >= FALL)
    return Risk(
        pupil,
        {sign: times for sign, times in signs.items() if times},
        tuple(dict.fromkeys((*closed, *failing))),
        unexcused,
        rounded(fall) if fall is not None and fall >= FALL else None,
        rounded(success(marks)),
    )


def _fails(scale: Scale, one: Marks) -> bool:
    """The mean lies below the lowest mark that passes; without means: at least half of two or more marks fail."""
    if scale.averages:
        least = min((p for value, p in scale.points.items() if value not in scale.failing), default=None)
        return bool(scale.failing) and least is not None and one.mean is not None and one.mean < least
    bad, every = failures(scale, one.counts), sum(one.counts)
    return every > 1 and 2 * bad >= every
