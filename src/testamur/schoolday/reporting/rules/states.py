"""What a list is, where it stands, which way it may go. Pure."""

from __future__ import annotations

from enum import StrEnum


class ListKind(StrEnum):
    """What is graded."""

    MODULE = "module"
    """T33: one module of a course."""
    COURSE = "course"
    """T34: the final grade of a whole course."""
    CORRECTION = "correction"
    """New decisions that take the place of standing ones (rectification, re-examination)."""


class ListState(StrEnum):
    """Where a list stands."""

    DRAFT = "draft"
    SENT = "sent"
    """Frozen, and waits for the examiner's signature."""
    SIGNED = "signed"
    """Decided: the rows are decisions."""
    ENTERED = "entered"
    """Definitively entered in the registry, with its control number."""
    DISCARDED = "discarded"


MOVES: tuple[tuple[str, str], ...] = (
    ("draft", "sent"),
    ("draft", "discarded"),
    ("sent", "draft"),
    ("sent", "signed"),
    ("signed", "entered"),
)
"""The one table of transitions; the database refuses every other by a trigger made from it."""


class Source(StrEnum):
    """How a student came into a list (row B31)."""

    SINGLE = "single"
    REGISTERED = "registered"
    EXAM = "exam"
    LMS = "lms"
    FINAL = "final"
    """Brought by the system: everybody who can get a final grade."""
    CORRECTION = "correction"


class Way(StrEnum):
    """How a list becomes valid (row B24)."""

    ELECTRONIC = "electronic"
    PAPER = "paper"


class Reason(StrEnum):
    """Why a version of a list was frozen."""

    SENT = "sent"
    SIGNED = "signed"


class How(StrEnum):
    """When a subscriber is told."""

    AT_ONCE = "at_once"
    DAILY = "daily"


class Desk(StrEnum):
    """Whom to write to about what (rows B27, B35)."""

    SYSTEM = "system"
    REGISTRATION = "registration"
    OFFICE = "office"
