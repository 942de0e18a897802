"""What is known of look-ups, copies and transfers."""

from __future__ import annotations

from testamur.schoolday.custody.queries.book import book, copy_of
from testamur.schoolday.custody.queries.history import document, documents, history, opened, pupil_of, recent
from testamur.schoolday.custody.queries.moves import transfer, transfers

__all__ = [
    "book",
    "copy_of",
    "document",
    "documents",
    "history",
    "opened",
    "pupil_of",
    "recent",
    "transfer",
    "transfers",
]
