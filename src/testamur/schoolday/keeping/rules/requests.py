"""A request for correction (GDPR article 16): what it is about, how it is decided; and how long an extract is kept."""

from __future__ import annotations

from datetime import timedelta
from enum import StrEnum

from testamur.kernel.base.refused import Refused

TEXT = 2000
"""Characters of a request, and of a reason."""
OPEN = 20
"""Open requests that one person may have."""
KEEP = timedelta(hours=48)
"""After that an extract is deleted."""
DAYS = 30
"""A request is answered within a month: article 12(3)."""


class RequestState(StrEnum):
    """Where a request stands."""

    ASKED = "asked"
    GRANTED = "granted"
    PARTLY = "partly"
    REFUSED = "refused"
    WITHDRAWN = "withdrawn"


ANSWERS = frozenset({RequestState.GRANTED, RequestState.PARTLY, RequestState.REFUSED})
REQUEST_MOVES = frozenset(("asked", state.value) for state in RequestState if state is not RequestState.ASKED)


class ExtractState(StrEnum):
    """Where an extract stands."""

    ASKED = "asked"
    MADE = "made"
    FAILED = "failed"
    GONE = "gone"


class NoSchool(Refused):
    """The person belongs to no school here that could decide."""

    code = "keeping.request.no_school"


class SayWhat(Refused):
    """What is wrong, or why it is decided so, has to be written."""

    code = "keeping.request.text"


class TooManyRequests(Refused):
    """So many requests wait already."""

    code = "keeping.request.too_many"


class Decided(Refused):
    """The request has been decided or withdrawn already."""

    code = "keeping.request.decided"


class ExtractWaits(Refused):
    """An extract about that person is being made already."""

    code = "keeping.extract.waits"


def checked(text: str) -> str:
    """The text without what surrounds it. Raises SayWhat for none or too much."""
    told = text.strip()
    if not told or len(told) > TEXT:
        raise SayWhat("Write what it is about, in up to 2000 letters.", field="text")
    return told
