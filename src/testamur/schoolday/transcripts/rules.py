"""Steps of a class year and what may follow what. Pure.

The order is that of letter 1396/BGDĐT-GDTH of 27 March 2024.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import datetime
from enum import StrEnum
from uuid import UUID


class Step(StrEnum):
    """How far one pupil's transcript of a year has come; each holds all before it."""

    COMPLETE = "complete"
    """Everything that the document must show is decided."""
    VERIFIED = "verified"
    """A named person has said that it is complete and exact."""
    MADE = "made"
    """The document is frozen and waits for signatures."""
    TEACHER = "teacher"
    """The class teacher has signed."""
    PRINCIPAL = "principal"
    """The principal has signed."""
    SEALED = "sealed"
    """The school's seal stands on it, it is logged and archived."""
    DELIVERED = "delivered"
    """The ministry's store has given a receipt."""


STEPS: tuple[Step, ...] = tuple(Step)


class HandoverState(StrEnum):
    """Where one record stands on its way to the ministry's store."""

    WAITING = "waiting"
    SENT = "sent"
    ACCEPTED = "accepted"
    REJECTED = "rejected"


TRANSITIONS: frozenset[tuple[HandoverState, HandoverState]] = frozenset(
    {
        (HandoverState.WAITING, HandoverState.SENT),
        (HandoverState.WAITING, HandoverState.REJECTED),
        (HandoverState.SENT, HandoverState.ACCEPTED),
        (HandoverState.SENT, HandoverState.REJECTED),
        (HandoverState.REJECTED, HandoverState.WAITING),
    }
)
"""The one table; the migration makes the database's guard from it. An accepted record is never sent again.

A record that waits is rejected by us when it cannot be put into the store's form, or when another has replaced it.
"""


@dataclass(frozen=True, slots=True)
class Standing:
    """One class in one school year. `reached` counts the pupils that have reached each step, `pupils` all of them.

    Attributes:
        group, unit, path: the class, its school and the school's place.
        rejected: pupils whose record the store has rejected and nobody has put right.
        missing: reason code → pupils whose document cannot be made for it.
        class_teacher: who has the class, or None.
        verified_at: when the class was verified, or None.
    """

    group: UUID
    unit: UUID
    path: str
    school_year: str
    code: str
    year_level: int
    pupils: int
    reached: Mapping[Step, int]
    rejected: int = 0
    missing: Mapping[str, int] = field(default_factory=dict)
    class_teacher: UUID | None = None
    verified_at: datetime | None = None
    refreshed_at: datetime | None = None

    @property
    def step(self) -> Step | None:
        """The last step that every pupil has reached; None while data are missing."""
        done = [step for step in STEPS if self.pupils and self.reached.get(step, 0) >= self.pupils]
        return done[-1] if done else None

    @property
    def next(self) -> Step | None:
        """The step that the class waits for; None when all is delivered."""
        return next((step for step in STEPS if self.reached.get(step, 0) < self.pupils), None)


@dataclass(frozen=True, slots=True)
class HandoverView:
    """One record on its way to the store; `code` and `message` are the store's words when it rejected it."""

    record: UUID
    pupil: UUID
    group: UUID
    unit: UUID
    path: str
    school_year: str
    state: HandoverState
    tries: int
    receipt: str = ""
    code: str = ""
    message: str = ""
    sent_at: datetime | None = None
    answered_at: datetime | None = None
