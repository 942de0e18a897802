"""Years of diary that are taken over at once: what was written elsewhere, class by class. Pure."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date, time
from decimal import Decimal
from uuid import UUID


@dataclass(frozen=True, slots=True)
class PastLesson:
    """A lesson that was given. `absent`: who was not there, and whether that is excused (None: nobody said)."""

    id: UUID
    subject: str
    teacher: UUID
    on: date
    number: int
    starts: time
    ends: time
    topic: str = ""
    absent: Sequence[tuple[UUID, bool | None]] = ()


@dataclass(frozen=True, slots=True)
class PastColumn:
    """A column with its marks, each (pupil, value on its scale). `closes`: ``term``, ``year`` or nothing."""

    id: UUID
    subject: str
    teacher: UUID
    term: UUID
    kind: str
    on: date
    closes: str = ""
    title: str = ""
    marks: Sequence[tuple[UUID, str]] = ()


@dataclass(frozen=True, slots=True)
class PastClass:
    """What one class wrote in a time. `weight`: how much one whole absence counts there."""

    school: UUID
    group: UUID
    path: str
    lessons: Sequence[PastLesson]
    columns: Sequence[PastColumn]
    weight: Decimal = Decimal(1)


@dataclass(frozen=True, slots=True)
class Loaded:
    """How many rows were written."""

    lessons: int = 0
    absences: int = 0
    columns: int = 0
    marks: int = 0
