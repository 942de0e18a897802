"""Lessons and who was not there: pure values and rules."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import date, datetime, time, timedelta
from uuid import UUID

from testamur.kernel.base.refused import Refused
from testamur.schoolday.diary.rules.states import AbsenceKind, LessonState

MOST_MINUTES = 300
"""No lesson is longer."""
STANDS_IN_BEFORE = timedelta(days=7)
STANDS_IN_AHEAD = timedelta(days=1)
"""Whoever stands in reaches the group from the day before, to prepare, until a week after, to put things right."""
UNDO_FOR = timedelta(minutes=10)
"""So long the one who saved may undo it."""


class LessonChanged(Refused):
    """Somebody else has saved this lesson since it was opened."""

    code = "diary.lesson.changed"


class LessonToCome(Refused):
    """Nobody can say yet who is there."""

    code = "diary.lesson.to_come"


class LessonOff(Refused):
    """The lesson is cancelled, or the timetable has none on that day."""

    code = "diary.lesson.off"


class LessonInvalid(Refused):
    """The lesson's times, homework's day or an absence's minutes are none."""

    code = "diary.lesson.invalid"


class UndoLate(Refused):
    """It is too late to undo, or somebody else saved."""

    code = "diary.lesson.undo_late"


@dataclass(frozen=True, slots=True)
class LessonKey:
    """One lesson: the id of a weekly lesson of the timetable, or of a lesson's own row, and the day."""

    id: UUID
    on: date


@dataclass(frozen=True, slots=True)
class Missing:
    """A pupil who was not there all the time. `minutes` of coming late or leaving early; None for absent."""

    pupil: UUID
    kind: AbsenceKind
    minutes: int | None = None


@dataclass(frozen=True, slots=True)
class NewLesson:
    """A lesson beside the timetable."""

    group: UUID
    subject: str
    on: date
    starts: time
    ends: time
    number: int | None = None
    note: str = ""


Planned = tuple[time, time, str]
"""When a lesson begins and ends, and in which room."""


@dataclass(frozen=True, slots=True)
class Move:
    """Another time of the same day, or another room, for one lesson; an empty room is the timetable's."""

    starts: time
    ends: time
    room: str = ""


@dataclass(frozen=True, slots=True)
class StandIn:
    """What becomes of one lesson of a teacher who is away: somebody else gives it, or (None) nobody does.

    Attributes:
        version: the one that was looked at, as `LessonView.version`.
    """

    lesson: LessonKey
    teacher: UUID | None
    version: int = 0


@dataclass(frozen=True, slots=True)
class Changed:
    """How a lesson differs from what the timetable says, for whoever is told of it."""

    group: UUID
    subject: str
    on: date
    starts: time
    ends: time
    room: str
    cancelled: bool
    substitute: bool
    moved: bool

    @property
    def given(self) -> bool:
        """Nothing differs any more."""
        return not (self.cancelled or self.substitute or self.moved)


@dataclass(frozen=True, slots=True)
class LessonView:
    """A lesson as planned and as it went.

    Attributes:
        id: of its row; None while nothing was written about it.
        slot: the weekly lesson that it comes from; None beside the timetable.
        teacher: who gives it; `usual` who gives it as a rule.
        version: 0 while nothing was written.
        note: for whoever stands in.
        planned: its hours and room as the timetable has them; None beside the timetable.
    """

    id: UUID | None
    slot: UUID | None
    school: UUID
    group: UUID
    path: str
    subject: str
    teacher: UUID | None
    usual: UUID | None
    on: date
    number: int | None
    starts: time
    ends: time
    room: str = ""
    state: LessonState = LessonState.PLANNED
    topic: str = ""
    homework: str = ""
    due: date | None = None
    note: str = ""
    taken_at: datetime | None = None
    taken_by: UUID | None = None
    version: int = 0
    planned: Planned | None = None

    @property
    def key(self) -> UUID:
        """What stands for it in an address, together with the day."""
        if self.slot is not None:
            return self.slot
        assert self.id is not None
        return self.id

    @property
    def taken(self) -> bool:
        """Attendance is registered."""
        return self.state is LessonState.TAKEN

    @property
    def cancelled(self) -> bool:
        """It is not given."""
        return self.state is LessonState.CANCELLED

    @property
    def substituted(self) -> bool:
        """Somebody else than usual gives it."""
        return self.usual is not None and self.teacher != self.usual

    @property
    def moved(self) -> bool:
        """It is at another hour or in another room than the timetable says."""
        return self.planned is not None and self.planned != (self.starts, self.ends, self.room)


@dataclass(frozen=True, slots=True)
class Homework:
    """Homework that is due on a day."""

    group: UUID
    subject: str
    text: str
    set_on: date


def check_missing(missing: Iterable[Missing]) -> dict[UUID, Missing]:
    """The exceptions by pupil. Raises `LessonInvalid` for a pupil named twice or minutes that are none."""
    found: dict[UUID, Missing] = {}
    for one in missing:
        if one.pupil in found:
            raise LessonInvalid("A pupil is named twice.", field="pupils", pupil=str(one.pupil))
        if one.kind is AbsenceKind.ABSENT:
            if one.minutes is not None:
                raise LessonInvalid("Who is absent has no minutes.", field="minutes", pupil=str(one.pupil))
        elif one.minutes is None or not 0 < one.minutes <= MOST_MINUTES:
            raise LessonInvalid("Say how many minutes, from 1 to 300.", field="minutes", pupil=str(one.pupil))
        found[one.pupil] = one
    return found


def check_hours(starts: time, ends: time) -> None:
    """Raise `LessonInvalid` for a lesson that ends before it starts."""
    if ends <= starts:
        raise LessonInvalid("The lesson ends before it starts.", field="ends")


def overlaps(starts: time, ends: time, from_time: time | None, to_time: time | None) -> bool:
    """Whether a lesson's hours and a part of a day (None: from its beginning, to its end) have a minute in common."""
    return (to_time is None or starts < to_time) and (from_time is None or ends > from_time)


def minutes_between(starts: time, now: time) -> int:
    """Whole minutes from one time of a day to another, at least 1: how late somebody is who comes now."""
    return max(1, (now.hour - starts.hour) * 60 + now.minute - starts.minute)


def current(lessons: Sequence[LessonView], now: time) -> tuple[LessonView | None, LessonView | None]:
    """The lesson that runs and the next one of a day's lessons, which are in order; cancelled ones aside."""
    given = [one for one in lessons if not one.cancelled]
    running = next((one for one in given if one.starts <= now < one.ends), None)
    following = next((one for one in given if one.starts > now), None)
    return running, following


def previous(before: Mapping[str, object]) -> tuple[AbsenceKind, int | None, bool]:
    """Kind, minutes and whether it was void, from what a change kept."""
    minutes = before.get("minutes")
    return AbsenceKind(str(before["kind"])), minutes if isinstance(minutes, int) else None, bool(before["void"])
