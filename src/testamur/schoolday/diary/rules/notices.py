"""What can be told of a thing in the diary, as it stands when it is told."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date

from testamur.schoolday.diary.rules.states import Part


@dataclass(frozen=True, slots=True)
class Happened:
    """A mark, an absence, a remark … of one pupil, as its readers may know it.

    Attributes:
        subject: code of the subject, where there is one.
        value: a mark's or assessment's value; the kind of an absence; the state of a leave; text of a remark, homework.
        minutes: of being late or leaving early.
        positive: praise.
        again: it takes the place of another one, or was decided about.
    """

    part: Part
    on: date
    subject: str = ""
    value: str = ""
    minutes: int | None = None
    positive: bool = False
    again: bool = False
