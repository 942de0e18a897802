"""Reading conversations."""

from __future__ import annotations

from testamur.schoolday.conversations.queries.again import sent_lately
from testamur.schoolday.conversations.queries.away import away, own_away
from testamur.schoolday.conversations.queries.lists import Fresh, Leaf, fresh, leaf, lines, listed, unread
from testamur.schoolday.conversations.queries.reading import conversation, file, told, with_sights
from testamur.schoolday.conversations.queries.telling import pace_of, paces, waiting

__all__ = [
    "Fresh",
    "Leaf",
    "away",
    "conversation",
    "file",
    "fresh",
    "leaf",
    "lines",
    "listed",
    "own_away",
    "pace_of",
    "paces",
    "sent_lately",
    "told",
    "unread",
    "waiting",
    "with_sights",
]
