"""Pure rules about studies: what there is, and whether a student was registered on a day."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import date
from decimal import Decimal
from enum import StrEnum
from uuid import UUID

MAX_PACE = 200
"""Per cent of full time."""


class Ended(StrEnum):
    """Why a registration ended before its occasion."""

    NOT = ""
    INTERRUPTED = "interrupted"
    """Avbrott: the student gave the course up; results before that day stand."""
    WITHDRAWN = "withdrawn"
    """Återkallad: the registration was taken back, as if it had never been."""


class Standing(StrEnum):
    """Whether a student could be examined on a day."""

    REGISTERED = "registered"
    NEVER = "never"
    """No registration for any occasion of the course."""
    LATER = "later"
    """The first registration begins after that day."""
    INTERRUPTED = "interrupted"
    """The student had given the course up by then."""


@dataclass(frozen=True, slots=True)
class NewOccasion:
    """A course given in a period. `course` is a course of `curriculum`; `code` the office's own (Ladok: five signs)."""

    unit: UUID
    course: UUID
    code: str
    term: str
    starts: date
    ends: date
    pace: int = 100
    id: UUID | None = None


@dataclass(frozen=True, slots=True)
class OccasionView:
    """A course occasion. `path` is its unit's; `term` reads ``2026 HT``."""

    id: UUID
    unit: UUID
    path: str
    course: UUID
    code: str
    term: str
    starts: date
    ends: date
    pace: int


@dataclass(frozen=True, slots=True)
class NewRegistration:
    """A student's place in a course occasion from a day on."""

    person: UUID
    occasion: UUID
    registered_on: date


@dataclass(frozen=True, slots=True)
class RegistrationEnd:
    """That a student no longer holds a registration from the day `on`."""

    person: UUID
    occasion: UUID
    on: date
    why: Ended


@dataclass(frozen=True, slots=True)
class RegistrationView:
    """A registration; `ended_on` is the first day on which it no longer held."""

    person: UUID
    occasion: UUID
    course: UUID
    registered_on: date
    ended_on: date | None
    ended: Ended


@dataclass(frozen=True, slots=True)
class NewExam:
    """An examination of a module (or, without one, of a whole course) on a day."""

    unit: UUID
    course: UUID
    module: UUID | None
    code: str
    name: str
    held_on: date
    anonymous: bool = False
    id: UUID | None = None


@dataclass(frozen=True, slots=True)
class ExamView:
    """An examination; `signed_up` counts those who may sit it."""

    id: UUID
    unit: UUID
    path: str
    course: UUID
    module: UUID | None
    code: str
    name: str
    held_on: date
    anonymous: bool
    signed_up: int = 0


@dataclass(frozen=True, slots=True)
class NewSignUp:
    """Somebody signed up for an exam; `anonymous_code` is what stands on the script of an anonymous one."""

    exam: UUID
    person: UUID
    anonymous_code: str = ""


@dataclass(frozen=True, slots=True)
class SignUpView:
    """Somebody who may sit an exam. `attended` is None until it is known."""

    exam: UUID
    person: UUID
    anonymous_code: str
    attended: bool | None


@dataclass(frozen=True, slots=True)
class NewCredit:
    """A decision that a student need not take a module (or, without one, a whole course)."""

    person: UUID
    course: UUID
    module: UUID | None
    credits: Decimal
    decided_on: date


@dataclass(frozen=True, slots=True)
class CreditView:
    """A credit as it stands."""

    person: UUID
    course: UUID
    module: UUID | None
    credits: Decimal
    decided_on: date


def standing(registrations: Iterable[RegistrationView], on: date) -> Standing:
    """Whether a student with these registrations of one course could be examined on that day.

    Who was registered once may be examined again later (högskoleförordningen 6 kap. 21 §), until he or she interrupts.
    """
    held = [one for one in registrations if one.ended is not Ended.WITHDRAWN]
    if not held:
        return Standing.NEVER
    begun = [one for one in held if one.registered_on <= on]
    if not begun:
        return Standing.LATER
    if all(one.ended_on is not None and one.ended_on <= on for one in begun):
        return Standing.INTERRUPTED
    return Standing.REGISTERED
