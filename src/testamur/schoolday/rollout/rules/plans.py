"""Pure rules of a plan: its stages, whom they reach, their dates, and what they ask of a class."""

from __future__ import annotations

import re
from collections.abc import Collection, Mapping, Sequence
from dataclasses import dataclass
from datetime import date, datetime
from enum import StrEnum
from itertools import pairwise
from uuid import UUID

from testamur.kernel.base.refused import Refused
from testamur.schoolday.transcripts.rules import Step

COUNTRIES: frozenset[str] = frozenset({"VN"})
"""Where a body responsible brings its schools in by a plan; elsewhere no page speaks of one."""
GRADES = range(1, 13)
"""Grades that a stage can ask for."""
PILOT: tuple[int, ...] = (1, 2, 3, 4)
"""Grades of the pilot (row D2)."""
STAGES = 12
"""At most so many stages in one plan."""
TEXT = 400
"""Longest name or reason, in characters."""
REMIND = 30
"""Reminders go out at most so many days before or after a date."""
_YEAR = re.compile(r"[0-9]{4}/[0-9]{4}\Z")


class PlanInvalid(Refused):
    """A plan or a stage lacks something, or its dates run backwards."""

    code = "rollout.plan.invalid"


class StagesOverlap(Refused):
    """Two stages ask the same grade of the same school."""

    code = "rollout.stage.overlap"


class PlanFrozen(Refused):
    """The plan is closed, or at another step than the act needs."""

    code = "rollout.plan.state"


class PlanChanged(Refused):
    """Somebody else changed the plan since it was looked at."""

    code = "rollout.plan.changed"


class PlanStands(Refused):
    """Another plan is in force for that body and school year."""

    code = "rollout.plan.stands"


class NotJoined(Refused):
    """The school does not take part, so that it cannot leave."""

    code = "rollout.school.not_joined"


class Begun(Refused):
    """What the plan asks of the school has begun: it is not left any more."""

    code = "rollout.school.begun"


class NotAsked(Refused):
    """The plan does not ask that school to take part, or is not in force."""

    code = "rollout.school.not_asked"


class JoinedAlready(Refused):
    """The school has joined the plan."""

    code = "rollout.school.joined"


class PlanState(StrEnum):
    """Where a plan stands."""

    DRAFT = "draft"
    IN_FORCE = "in_force"
    CLOSED = "closed"


TRANSITIONS: frozenset[tuple[PlanState, PlanState]] = frozenset(
    {(PlanState.DRAFT, PlanState.IN_FORCE), (PlanState.IN_FORCE, PlanState.CLOSED)}
)
"""The one table; the migration makes the database's guard from it."""


class Reach(StrEnum):
    """Which schools below the body a stage asks."""

    ALL = "all"
    DISTRICTS = "districts"
    """Those below the named offices."""
    CHOSEN = "chosen"
    """The named schools."""


class Mark(StrEnum):
    """A date of a stage, in the order of time."""

    TRAINING_FROM = "training_from"
    TRAINING_TO = "training_to"
    ENTRY = "entry"
    """Marks, levels, attendance are entered and decided."""
    VERIFICATION = "verification"
    SIGNING = "signing"
    """Class teacher, principal and the school's seal."""
    DELIVERY = "delivery"
    SUMMING_UP = "summing_up"


MARKS: tuple[Mark, ...] = tuple(Mark)
NEEDED: frozenset[Mark] = frozenset({Mark.ENTRY, Mark.VERIFICATION, Mark.SIGNING, Mark.DELIVERY})
"""Dates that every stage says before its plan can be put in force."""
DUE: Mapping[Step, Mark] = {
    Step.COMPLETE: Mark.ENTRY,
    Step.VERIFIED: Mark.VERIFICATION,
    Step.MADE: Mark.SIGNING,
    Step.TEACHER: Mark.SIGNING,
    Step.PRINCIPAL: Mark.SIGNING,
    Step.SEALED: Mark.SIGNING,
    Step.DELIVERED: Mark.DELIVERY,
}
"""By which date of a stage each step of a class year is due."""


@dataclass(frozen=True, slots=True)
class Stage:
    """One stage of a plan.

    Attributes:
        places: paths of offices (`Reach.DISTRICTS`) or schools (`Reach.CHOSEN`); empty for all.
        dates: what is due by the end of which day; a stage of a draft may lack some.
    """

    name: str
    grades: tuple[int, ...]
    reach: Reach
    dates: Mapping[Mark, date]
    places: tuple[str, ...] = ()

    def reaches(self, path: str) -> bool:
        """Whether the school at `path`, or the school of a class at `path`, is asked."""
        return self.reach is Reach.ALL or any(path.startswith(place) for place in self.places)


@dataclass(frozen=True, slots=True)
class NewPlan:
    """What a plan says. `remind_before` and `remind_after`: days around a date on which reminders go out; None: none.

    `reason` names the decision that it carries out: ``Kế hoạch 213/KH-BGDĐT``.
    """

    name: str
    reason: str
    school_year: str
    stages: tuple[Stage, ...]
    remind_before: int | None = None
    remind_after: int | None = None


@dataclass(frozen=True, slots=True)
class PlanView:
    """A plan of the body at `path`. `version` counts its changes: a form sends the one it was made from."""

    id: UUID
    authority: UUID
    path: str
    name: str
    reason: str
    school_year: str
    state: PlanState
    version: int
    stages: tuple[Stage, ...]
    made_at: datetime
    remind_before: int | None = None
    remind_after: int | None = None
    in_force_at: datetime | None = None
    closed_at: datetime | None = None

    def stages_at(self, path: str) -> tuple[Stage, ...]:
        """The stages that ask the school at `path`."""
        return tuple(stage for stage in self.stages if stage.reaches(path))

    def stage_of(self, path: str, grade: int | None) -> Stage | None:
        """The one stage that asks this grade of the school at `path`; without a grade the first that asks it."""
        some = self.stages_at(path)
        return next((stage for stage in some if grade is None or grade in stage.grades), None)

    def asks(self, path: str, grade: int) -> bool:
        """Whether documents of that grade are asked for at the school (a class's path will do)."""
        return self.stage_of(path, grade) is not None

    def begins(self, path: str) -> date | None:
        """The first day that the plan names for the school at `path`; None where it names none."""
        return min((day for stage in self.stages_at(path) for day in stage.dates.values()), default=None)

    def due(self, path: str, step: Step, grade: int | None = None) -> date | None:
        """The last day for a step; None where it is not asked for, or no day is said.

        Without a grade: the earliest day of the stages at that school.
        """
        days = [
            day
            for stage in self.stages_at(path)
            if grade is None or grade in stage.grades
            for day in [stage.dates.get(DUE[step])]
            if day is not None
        ]
        return min(days, default=None)


def check_plan(new: NewPlan) -> NewPlan:
    """The plan with texts trimmed, grades and places sorted. Raises PlanInvalid, StagesOverlap with the field.

    Overlap is seen as far as the places tell: a school below a district that another stage names is one of both.
    """
    name, reason = _text(new.name, "name"), _text(new.reason, "reason")
    if not _YEAR.match(new.school_year) or int(new.school_year[5:]) != int(new.school_year[:4]) + 1:
        raise PlanInvalid("A school year is written 2025/2026.", field="school_year")
    for field, days in (("remind_before", new.remind_before), ("remind_after", new.remind_after)):
        if days is not None and not 1 <= days <= REMIND:
            raise PlanInvalid(f"Reminders go out 1 to {REMIND} days from a date.", field=field)
    if not 0 < len(new.stages) <= STAGES:
        raise PlanInvalid(f"A plan has 1 to {STAGES} stages.", field="stages")
    stages = tuple(_stage(stage, number) for number, stage in enumerate(new.stages))
    for number, stage in enumerate(stages):
        for before in stages[:number]:
            if overlap(before, stage):
                raise StagesOverlap("Two stages ask the same grade of the same school.", field="grades", stage=number)
    return NewPlan(name, reason, new.school_year, stages, new.remind_before, new.remind_after)


def check_ready(plan: PlanView) -> None:
    """Raise PlanInvalid unless every stage says the dates without which it asks for nothing."""
    for number, stage in enumerate(plan.stages):
        missing = next((mark for mark in MARKS if mark in NEEDED and mark not in stage.dates), None)
        if missing is not None:
            raise PlanInvalid("A stage lacks a date.", field=missing.value, stage=number)


def overlap(one: Stage, other: Stage) -> bool:
    """Whether two stages ask the same grade of the same school."""
    if not set(one.grades) & set(other.grades):
        return False
    if Reach.ALL in {one.reach, other.reach}:
        return True
    return any(a.startswith(b) or b.startswith(a) for a in one.places for b in other.places)


def _stage(stage: Stage, number: int) -> Stage:
    name = _text(stage.name, "stage_name", stage=number)
    grades = tuple(sorted(set(stage.grades)))
    if not grades or not set(grades) <= set(GRADES):
        raise PlanInvalid("Choose at least one grade.", field="grades", stage=number)
    places = () if stage.reach is Reach.ALL else tuple(sorted(set(stage.places)))
    if stage.reach is not Reach.ALL and not places:
        raise PlanInvalid("Choose at least one place.", field="places", stage=number)
    _in_order(stage.dates, number)
    return Stage(name, grades, stage.reach, dict(stage.dates), places)


def _in_order(dates: Mapping[Mark, date], number: int) -> None:
    """Training ends after it begins; of the others none lies before the one it follows."""
    for some in ((Mark.TRAINING_FROM, Mark.TRAINING_TO), MARKS[2:]):
        said: Sequence[tuple[Mark, date]] = [(mark, dates[mark]) for mark in some if mark in dates]
        for (_before, earlier), (mark, later) in pairwise(said):
            if later < earlier:
                raise PlanInvalid("This day lies before the one it follows.", field=mark.value, stage=number)


def _text(text: str, field: str, **found: object) -> str:
    trimmed = " ".join(text.split())
    if not trimmed or len(trimmed) > TEXT:
        raise PlanInvalid(f"Write 1 to {TEXT} characters.", field=field, **found)
    return trimmed


def schools_asked(plan: PlanView, paths: Collection[str]) -> tuple[str, ...]:
    """Those of the schools' paths that some stage asks, in the order given."""
    return tuple(path for path in paths if plan.stages_at(path))
