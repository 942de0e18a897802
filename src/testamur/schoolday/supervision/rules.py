"""What a body responsible counts, whom a step waits for, and what a closing report holds. Pure.

Counts of work done are no results: a pupil stands in no number but "so many have reached this step".
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import date, datetime, timedelta
from enum import StrEnum
from typing import Protocol
from uuid import UUID

from testamur.kernel.base.refused import Refused
from testamur.register.schools.rules import UnitView
from testamur.schoolday.rollout.rules import PlanView
from testamur.schoolday.transcripts.rules import STEPS, Standing, Step

FEW = 5
"""Of fewer pupils than that no count is told beyond the school itself."""
KEPT = timedelta(days=400)
"""How long the counts of single days are kept."""
LONGEST_TEXT = 4000
_WHOLE = 100


class Waits(StrEnum):
    """Whom a step waits for."""

    CLASS_TEACHER = "class_teacher"
    PRINCIPAL = "principal"
    OFFICE = "office"
    """Those who administer the school."""
    STORE = "store"
    """The ministry's store: nobody whom a reminder could reach."""


WAITS: Mapping[Step, Waits] = {
    Step.COMPLETE: Waits.CLASS_TEACHER,
    Step.VERIFIED: Waits.CLASS_TEACHER,
    Step.MADE: Waits.OFFICE,
    Step.TEACHER: Waits.CLASS_TEACHER,
    Step.PRINCIPAL: Waits.PRINCIPAL,
    Step.SEALED: Waits.OFFICE,
    Step.DELIVERED: Waits.STORE,
}
"""Step → whom a class waits for that has not reached it."""


class Order(StrEnum):
    """How schools are put in order: by place, or those that have farthest to go first."""

    PLACE = "place"
    FAR = "far"


class ReportState(StrEnum):
    """Where a closing report stands."""

    DRAFT = "draft"
    CLOSED = "closed"


class NoSchoolYear(Refused):
    """Nothing was counted of that school year here."""

    code = "supervision.year.unknown"


class NobodyWaited(Refused):
    """Nobody is to be reminded: nothing waits for them, or all were reminded today."""

    code = "supervision.reminder.nobody"


class ReportClosed(Refused):
    """The report is closed and stays as it is."""

    code = "supervision.report.closed"


class ReportStands(Refused):
    """There is a report of that school year already."""

    code = "supervision.report.stands"


class ReportEmpty(Refused):
    """A report is not closed without its conclusions."""

    code = "supervision.report.empty"


class TextTooLong(Refused):
    """Longer than is kept."""

    code = "supervision.text.too_long"


class Counted(Protocol):
    """Anything with counts: classes added up by `transcripts.queries`, or counts added up here."""

    @property
    def classes(self) -> int: ...  # noqa: D102 - as in `Counts`, and so below
    @property
    def pupils(self) -> int: ...  # noqa: D102
    @property
    def reached(self) -> Mapping[Step, int]: ...  # noqa: D102
    @property
    def behind(self) -> Mapping[Step, int]: ...  # noqa: D102
    @property
    def rejected(self) -> int: ...  # noqa: D102
    @property
    def missing(self) -> Mapping[str, int]: ...  # noqa: D102
    @property
    def counted_at(self) -> datetime | None: ...  # noqa: D102


class Placed(Counted, Protocol):
    """Counts of one year level at one school."""

    @property
    def path(self) -> str: ...  # noqa: D102
    @property
    def level(self) -> int: ...  # noqa: D102


@dataclass(frozen=True, slots=True)
class Counts:
    """How far some classes are. `reached`: step → pupils; `behind`: step → classes that have not come so far."""

    classes: int = 0
    pupils: int = 0
    reached: Mapping[Step, int] = field(default_factory=dict)
    behind: Mapping[Step, int] = field(default_factory=dict)
    rejected: int = 0
    missing: Mapping[str, int] = field(default_factory=dict)
    counted_at: datetime | None = None

    @property
    def few(self) -> bool:
        """So few pupils that no count is told."""
        return 0 < self.pupils < FEW

    @property
    def far(self) -> int:
        """How much of the whole way is done, in percent: the mean over the steps."""
        return share(sum(self.reached.get(step, 0) for step in STEPS), self.pupils * len(STEPS))

    @property
    def next(self) -> Step | None:
        """The first step that not all have reached; None when all is delivered."""
        return next((step for step in STEPS if self.reached.get(step, 0) < self.pupils), None)

    def percent(self, step: Step | None) -> int:
        """The share that has reached a step, or (None) of the whole way."""
        return self.far if step is None else share(self.reached.get(step, 0), self.pupils)

    def standing_at(self, step: Step) -> int:
        """Classes that wait for just this step."""
        before = STEPS.index(step)
        return self.behind.get(step, 0) - (self.behind.get(STEPS[before - 1], 0) if before else 0)


def share(part: int, whole: int) -> int:
    """Percent, rounded down so that 100 means all; 0 of nothing."""
    return part * _WHOLE // whole if whole else 0


def sum_of(some: Iterable[Counted]) -> Counts:
    """All of them as one."""
    classes = pupils = rejected = 0
    reached: Counter[Step] = Counter()
    behind: Counter[Step] = Counter()
    missing: Counter[str] = Counter()
    at: datetime | None = None
    for one in some:
        classes, pupils, rejected = classes + one.classes, pupils + one.pupils, rejected + one.rejected
        for step in STEPS:
            reached[step] += one.reached.get(step, 0)
            behind[step] += one.behind.get(step, 0)
        missing.update(one.missing)
        at = max(filter(None, (at, one.counted_at)), default=None)
    return Counts(classes, pupils, reached, behind, rejected, missing, at)


def of_class(one: Standing) -> Counts:
    """The counts of one class."""
    behind = {step: int(one.reached.get(step, 0) < one.pupils) for step in STEPS}
    return Counts(1, one.pupils, one.reached, behind, one.rejected, one.missing, one.refreshed_at)


@dataclass(frozen=True, slots=True)
class Line:
    """A place (district, school) with its counts. `district`: the part of the tree that a school stands under."""

    unit: UnitView
    counts: Counts
    district: UUID | None = None


def ordered(lines: Sequence[Line], order: Order, step: Step | None) -> tuple[Line, ...]:
    """Places in order of place, or those with farthest to go first (then by place). Never pupils."""
    if order is Order.PLACE:
        return tuple(lines)
    return tuple(sorted(lines, key=lambda one: (one.counts.percent(step), one.unit.path)))


@dataclass(frozen=True, slots=True)
class Late:
    """A class beyond a date: the first step whose day is over that it has not reached."""

    standing: Standing
    step: Step
    due: date
    waits: Waits
    since: date | None = None
    """The day since which nothing has moved; None where it is not known."""


def late_at(standing: Standing, plan: PlanView, on: date) -> tuple[Step, date] | None:
    """The first step whose day is over and that not every pupil has reached, with its day; None for a class in time."""
    for step in STEPS:
        last = plan.due(standing.path, step, standing.year_level)
        if last is not None and last < on and standing.reached.get(step, 0) < standing.pupils:
            return step, last
    return None


def late_of(some: Iterable[Placed], plan: PlanView | None, on: date) -> int:
    """Of classes added up by school and year level, how many are beyond a date."""
    if plan is None:
        return 0
    found = 0
    for one in some:
        days = ((step, plan.due(one.path, step, one.level)) for step in STEPS)
        found += max((one.behind.get(step, 0) for step, last in days if last is not None and last < on), default=0)
    return found


def turning(plan: PlanView, step: Step, path: str, level: int, on: date) -> bool:
    """Whether reminders of a step go by themselves on that day to the classes of a level at a school."""
    last = plan.due(path, step, level)
    if last is None:
        return False
    before, after = plan.remind_before, plan.remind_after
    return (before is not None and last - timedelta(days=before) == on) or (
        after is not None and last + timedelta(days=after) == on
    )


def waits_for(standing: Standing) -> Waits | None:
    """Whom a class waits for; the office where the store has rejected a record, None when all is done."""
    step = standing.next
    if step is None:
        return None
    return Waits.OFFICE if step is Step.DELIVERED and standing.rejected else WAITS[step]


@dataclass(frozen=True, slots=True)
class Recipient:
    """Somebody to remind: of which classes, and whether that was done today already."""

    person: UUID
    unit: UUID
    role: Waits
    classes: tuple[UUID, ...]
    codes: tuple[str, ...]
    due: date | None = None
    reminded_today: bool = False


@dataclass(frozen=True, slots=True)
class DayView:
    """How far a place was on a day."""

    on: date
    classes: int
    pupils: int
    reached: Mapping[Step, int]
    rejected: int
