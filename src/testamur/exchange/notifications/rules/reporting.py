"""Pure rules of letters about results: what they may say, who may be told it at which address, when a list is late."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from datetime import date, timedelta
from enum import StrEnum
from typing import Any
from uuid import UUID

from testamur.register.people.reach import Point

LOCALES = ("sv", "en")
"""A university writes both to whom it does not know to read one of them rather."""

REMIND_DAYS = 3
"""So many days a list may wait for its examiner before a morning's letter says so …"""
AGAIN_DAYS = 7
"""… and again after so many more."""

LATE = timedelta(minutes=5)
"""The log database is behind when an act of so long ago is not there."""


class Matter(StrEnum):
    """What a letter is about."""

    SENT = "sent"
    """A list waits: to its examiner."""
    RETURNED = "returned"
    """A list came back: to who sent it."""
    SIGNED = "signed"
    """To its examiner, and to who sent it unless he or she chose otherwise."""
    OFFICE = "office"
    """The same to the office."""
    RESULT = "result"
    """To the student."""
    CHANGED = "changed"
    """A result was corrected: to the student."""
    READY = "ready"
    """Final grades can be set: to who subscribes."""
    WAITING = "waiting"
    """Lists have waited long: to their examiner."""
    LOG_LATE = "log_late"
    LOG_OVER = "log_over"


TOLD: Mapping[str, tuple[str, ...]] = {
    "reporting.list.sent": ("examiner",),
    "reporting.list.returned": ("sent_by",),
    "reporting.list.signed": ("examiner",),
}
"""Kind of journal entry, without its version, → what its refs name besides ``list`` and ``number``."""


def readable(kind: str, refs: Mapping[str, Any]) -> bool:
    """True for an entry that is told and names what it has to; one that does not may not keep later ones waiting."""
    wanted = TOLD.get(kind.partition("/")[0])
    if wanted is None or not all(refs.get(name) for name in ("list", "number", *wanted)):
        return False
    try:
        UUID(str(refs["list"]))
        UUID(str(refs.get("examiner") or refs["sent_by"]))
    except ValueError:
        return False
    return True


@dataclass(frozen=True, slots=True)
class Grade:
    """A student's own result, as the letter to that student says it."""

    value: str
    examined_on: date
    decided_by: str


@dataclass(frozen=True, slots=True)
class Waiting:
    """A list that has waited so many days."""

    number: int
    code: str
    days: int


@dataclass(frozen=True, slots=True)
class Said:
    """Everything that such a letter may say. No student's name or number; a grade to its own student alone.

    Attributes:
        result_list: id of the list, for the address of its page.
        course, course_en, module, module_en: names; the English ones are empty where there are none.
        code: of what was graded: ``DV1574/1405``.
        who: of the staff: who decided, or returned.
        why: reason of a return; empty where it could name somebody protected.
        count: rows of a list, students of a subscription, or seconds that the log is behind.
        grade: None in a letter that only says that there is something new.
    """

    number: int = 0
    result_list: UUID | None = None
    code: str = ""
    course: str = ""
    course_en: str = ""
    module: str = ""
    module_en: str = ""
    who: str = ""
    why: str = ""
    control_number: str = ""
    count: int = 0
    grade: Grade | None = None
    lists: tuple[Waiting, ...] = field(default=())


def staff_address(points: Sequence[Point]) -> Point | None:
    """The address at work, else one that the person has shown to be his or hers; never any other."""
    usable = sorted((one for one in points if one.work or one.verified), key=lambda one: not one.work)
    return usable[0] if usable else None


def student_address(points: Sequence[Point]) -> Point | None:
    """A proved address first, else the oldest that the register has; one at work (of a student who teaches) last."""
    usable = sorted(points, key=lambda one: (not one.verified, one.work))
    return usable[0] if usable else None


def may_say_grade(point: Point, *, protected: bool) -> bool:
    """Of somebody protected a grade goes to a proved address alone: an address of old may be read by others."""
    return point.verified or not protected


def step_of(sent_on: date, today: date) -> int:
    """The reminder that a list has come to: -1 before the first, 0 from the third day on, one more each week."""
    days = (today - sent_on).days
    return -1 if days < REMIND_DAYS else (days - REMIND_DAYS) // AGAIN_DAYS


def is_reminded(sent_on: date, today: date, before: date | None) -> bool:
    """True when a list came to a new reminder since the day of the last round of letters (None: there was none)."""
    step = step_of(sent_on, today)
    return step >= 0 and (before is None or step > step_of(sent_on, before))


def locales(chosen: str) -> tuple[str, ...]:
    """The language somebody chose, if a letter of a university can be read in it, else both."""
    return (chosen,) if chosen in LOCALES else LOCALES
