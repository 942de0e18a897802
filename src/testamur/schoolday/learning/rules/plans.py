"""Pure rules of plans and matrices."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import date, datetime, timedelta
from uuid import UUID

from testamur.schoolday.learning.rules.refusals import (
    GoalsInvalid,
    LevelInvalid,
    PeriodInvalid,
    TextMissing,
    TextTooLong,
)

LONGEST_TITLE, LONGEST_TEXT, LONGEST_GOAL, LONGEST_LEVEL = 200, 6000, 500, 60
MOST_GOALS, MOST_LEVELS = 30, 6
LONGEST_PERIOD = timedelta(days=550)


@dataclass(frozen=True, slots=True)
class NewGoal:
    """A goal as a teacher writes it; the code is that of the curriculum, where there is one."""

    text: str
    code: str = ""


@dataclass(frozen=True, slots=True)
class PlanText:
    """What a plan says. `levels`: names of a matrix's columns from the lowest, or none where there is no matrix."""

    title: str
    starts: date
    ends: date
    subject: str = ""
    content: str = ""
    methods: str = ""
    assessed: str = ""
    goals: tuple[NewGoal, ...] = ()
    levels: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True)
class GoalView:
    """A goal of a plan, in its place."""

    id: UUID
    plan: UUID
    number: int
    code: str
    text: str


@dataclass(frozen=True, slots=True)
class PlanView:
    """A plan as it stands.

    Attributes:
        group: whose plan it is. `path` is the group's.
        shared: colleagues of the school may copy it. `matrix_at`: since when families see the pupil's own statements.
        version: counts the changes; whoever changes names the one that was seen.
    """

    id: UUID
    group: UUID
    school: UUID
    path: str
    subject: str
    title: str
    starts: date
    ends: date
    content: str
    methods: str
    assessed: str
    levels: tuple[str, ...]
    goals: tuple[GoalView, ...]
    shared: bool
    made_by: UUID
    changed_at: datetime
    published_at: datetime | None
    matrix_at: datetime | None
    version: int


@dataclass(frozen=True, slots=True)
class Mark:
    """Where a teacher says that a pupil stands at one goal; `level` counts from 0, None takes a statement back."""

    goal: UUID
    pupil: UUID
    level: int | None
    comment: str = ""


@dataclass(frozen=True, slots=True)
class StatementView:
    """A statement: never changed; a later one takes its place."""

    id: UUID
    goal: UUID
    pupil: UUID
    level: int | None
    comment: str
    on: date
    made_by: UUID
    made_at: datetime


@dataclass(frozen=True, slots=True)
class Matrix:
    """A plan's goals with what stands about pupils on a day: (goal, pupil) → statement."""

    plan: PlanView
    on: date
    standing: Mapping[tuple[UUID, UUID], StatementView]

    def of(self, pupil: UUID) -> tuple[tuple[GoalView, StatementView | None], ...]:
        """One pupil's row of every goal."""
        return tuple((goal, self.standing.get((goal.id, pupil))) for goal in self.plan.goals)


def needed(text: str, field: str, longest: int = LONGEST_TITLE) -> str:
    """The text without its edges. Raises `TextMissing` or `TextTooLong` with the field."""
    stripped = bounded(text, field, longest)
    if not stripped:
        raise TextMissing("This is needed.", field=field)
    return stripped


def bounded(text: str, field: str, longest: int = LONGEST_TEXT) -> str:
    """The text without its edges. Raises `TextTooLong` with the field."""
    stripped = text.strip()
    if len(stripped) > longest:
        raise TextTooLong(f"At most {longest} characters.", field=field, longest=longest)
    return stripped


def checked(said: PlanText) -> PlanText:
    """The plan as it is kept.

    Raises `TextMissing`, `TextTooLong`, `PeriodInvalid`, `GoalsInvalid`, `LevelInvalid`.
    """
    if said.ends < said.starts or said.ends - said.starts > LONGEST_PERIOD:
        raise PeriodInvalid("The plan ends before it begins, or is too long.", field="ends")
    goals = tuple(
        NewGoal(needed(one.text, "goals", LONGEST_GOAL), bounded(one.code, "goals", 20)) for one in said.goals
    )
    if len(goals) > MOST_GOALS or len({(one.code, one.text) for one in goals}) < len(goals):
        raise GoalsInvalid(f"Up to {MOST_GOALS} goals, each once.", field="goals", most=MOST_GOALS)
    levels = tuple(needed(one, "levels", LONGEST_LEVEL) for one in said.levels)
    if levels and (not 2 <= len(levels) <= MOST_LEVELS or len(set(levels)) < len(levels)):  # noqa: PLR2004 - a scale
        raise LevelInvalid(f"A matrix has 2 to {MOST_LEVELS} levels.", field="levels", most=MOST_LEVELS)
    return PlanText(
        needed(said.title, "title"), said.starts, said.ends, said.subject.strip()[:40],
        bounded(said.content, "content"), bounded(said.methods, "methods"), bounded(said.assessed, "assessed"),
        goals, levels,
    )  # fmt: skip


def goals_of(text: str) -> tuple[NewGoal, ...]:
    """Goals from lines; a code stands before a bar: ``MA4-1 | counts with fractions``. Empty lines say nothing."""
    found = []
    for line in text.splitlines():
        code, bar, rest = line.partition("|")
        goal = NewGoal(rest.strip(), code.strip()) if bar else NewGoal(line.strip())
        if goal.text or goal.code:
            found.append(goal)
    return tuple(found)


def lines_of(goals: Iterable[NewGoal | GoalView]) -> str:
    """The other way round."""
    return "\n".join(f"{one.code} | {one.text}" if one.code else one.text for one in goals)


def levels_of(text: str) -> tuple[str, ...]:
    """Names of levels, one a line."""
    return tuple(line.strip() for line in text.splitlines() if line.strip())


def latest(statements: Sequence[StatementView]) -> dict[tuple[UUID, UUID], StatementView]:
    """(goal, pupil) → the statement that stands, of those given; one that was taken back stands as nothing.

    Of several the one of the later day counts, and of one day the one that was made last.
    """
    found: dict[tuple[UUID, UUID], StatementView] = {}
    for one in sorted(statements, key=lambda s: (s.on, s.made_at, s.id)):
        found[one.goal, one.pupil] = one
    return {key: one for key, one in found.items() if one.level is not None or one.comment}
