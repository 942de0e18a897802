"""What a body responsible sees of its schools."""

from __future__ import annotations

from testamur.schoolday.supervision.queries.board import Board, Choice, board, place_of, years_of
from testamur.schoolday.supervision.queries.late import LateClasses, late
from testamur.schoolday.supervision.queries.reminders import letters, recipients, reminders
from testamur.schoolday.supervision.queries.reports import closing, closings
from testamur.schoolday.supervision.queries.trend import trend

__all__ = [
    "Board",
    "Choice",
    "LateClasses",
    "board",
    "closing",
    "closings",
    "late",
    "letters",
    "place_of",
    "recipients",
    "reminders",
    "trend",
    "years_of",
]
