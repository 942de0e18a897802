"""Pure rules of how one of the staff is told that messages wait."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import timedelta
from enum import StrEnum
from uuid import UUID

LATEST = timedelta(days=14)
"""What came longer ago is not told of any more."""


class Pace(StrEnum):
    """How soon one of the staff is told of a message by letter. On the web it always stands."""

    OFF = "off"
    NOW = "now"
    DAILY = "daily"


DEFAULT = Pace.DAILY
"""What holds for whoever chose nothing."""


@dataclass(frozen=True, slots=True)
class Waiting:
    """What waits for one of the staff.

    Attributes:
        path: the school's where there is one alone, else the beginning that they share.
        count: how many posts are unread.
        newest: the id of the newest of them.
        senders: who wrote them, each once, newest first, without those whose names are nobody's to tell in a letter.
        others: how many more there are.
    """

    path: str
    count: int
    newest: UUID
    senders: tuple[str, ...]
    others: int
