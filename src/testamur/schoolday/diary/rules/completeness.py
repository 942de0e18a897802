"""Whether the diary is filled in, and in time: what reports and notices stand on."""

from __future__ import annotations

from bisect import bisect_left, bisect_right
from collections.abc import Collection, Sequence
from dataclasses import dataclass
from datetime import date, timedelta
from uuid import UUID

from testamur.register.schools.rules import HolidayView, SlotView, Week, days, is_free, week_of

IN_TIME = 15
"""Minutes after a lesson within which its attendance counts as registered in time."""
LONGEST = timedelta(days=366)


@dataclass(frozen=True, slots=True)
class Filled:
    """How far the diary of one class in one subject by one teacher is filled in, for a period.

    Attributes:
        planned: lessons that the timetable had; `taken`: with attendance; `off`: cancelled.
        in_time: taken on the day, at most a quarter of an hour after the lesson.
        other_day: taken on a later day.
        minutes: how long after the lesson's end, on average, of those taken on the day; None when there are none.
        topics: lessons taken without a topic.
        marked: pupils who have a mark in the period; `pupils`: how many there are; both 0 where no marks are given.
    """

    group: UUID
    subject: str
    teacher: UUID | None
    planned: int
    taken: int
    off: int
    in_time: int
    other_day: int
    minutes: int | None
    topics: int
    marks: int
    marked: int
    pupils: int

    @property
    def due(self) -> int:
        """Lessons that should be registered."""
        return max(0, self.planned - self.off)

    @property
    def behind(self) -> int:
        """Lessons that are not registered."""
        return max(0, self.due - self.taken)

    @property
    def percent(self) -> int:
        """Registered lessons in a hundred; 100 where none was due."""
        return min(100, 100 * self.taken // self.due) if self.due else 100


class Calendar:
    """The days of a period on which weekly lessons take place; counted by arithmetic, not one by one."""

    def __init__(self, path: str, first: date, last: date, holidays: Collection[HolidayView]) -> None:
        """Of the school at `path`."""
        self._days: dict[tuple[int, Week], list[date]] = {}
        free = tuple(holidays)
        for day in days(first, last):
            if not is_free(path, day, free):
                for week in (Week.EVERY, week_of(day)):
                    self._days.setdefault((day.isoweekday(), week), []).append(day)

    def count(self, slot: SlotView) -> int:
        """How often the weekly lesson took place."""
        some: Sequence[date] = self._days.get((slot.weekday, slot.week), ())
        return bisect_right(some, slot.valid_to) - bisect_left(some, slot.valid_from)
