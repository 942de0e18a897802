"""Pure rules of health notes: who needs to know what."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date, datetime
from uuid import UUID

from testamur.kernel.base.actor import Actor
from testamur.kernel.base.refused import Refused
from testamur.schoolday.diary.rules.states import Circle, HealthKind

LONGEST_TEXT = 2000

SEEN_BY: Mapping[Circle, str] = {
    Circle.TEACHERS: "diary.health.see",
    Circle.CLASS_TEACHER: "diary.health.see_class",
    Circle.HEAD: "diary.head.see_health",
}
"""Circle → the verb that opens it. Who teaches the group holds the first, its class teacher the first two, the head
all three; an administrator none."""


class HealthTextMissing(Refused):
    """A note says something."""

    code = "diary.health.text_missing"


class HealthTextTooLong(Refused):
    """A note is what others need to know, no case history."""

    code = "diary.health.text_too_long"


class HealthDates(Refused):
    """The note ends before it starts."""

    code = "diary.health.dates"


class HealthCircle(Refused):
    """A note for a circle that one does not belong to could not be looked after."""

    code = "diary.health.circle"


class HealthOver(Refused):
    """The note has been ended already."""

    code = "diary.health.ended"


@dataclass(frozen=True, slots=True)
class HealthView:
    """What somebody needs to know of a pupil's health, from `starts` to `ends` (None: until somebody ends it)."""

    id: UUID
    pupil: UUID
    kind: HealthKind
    text: str
    circle: Circle
    starts: date
    ends: date | None
    made_by: UUID
    made_at: datetime
    ended_at: datetime | None


def circles(by: Actor, *, path: str, group: UUID) -> tuple[Circle, ...]:
    """The circles that `by` belongs to for the pupils of a group; empty for who has no need to know."""
    return tuple(circle for circle, verb in SEEN_BY.items() if by.may(verb, path, group=group))


def check_note(text: str, starts: date, ends: date | None) -> str:
    """The text without white space around it. Raises `HealthTextMissing`, `HealthTextTooLong`, `HealthDates`."""
    said = text.strip()
    if not said:
        raise HealthTextMissing("Write what others need to know.", field="text")
    if len(said) > LONGEST_TEXT:
        raise HealthTextTooLong(f"A note has at most {LONGEST_TEXT} characters.", field="text", longest=LONGEST_TEXT)
    if ends is not None and ends < starts:
        raise HealthDates("The last day lies before the first.", field="ends")
    return said
