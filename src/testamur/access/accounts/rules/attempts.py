"""One try to find out who somebody is, the same for every method: begun, gone on with, found, used."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import timedelta
from enum import StrEnum

from testamur.access.accounts.rules.levels import NEEDED, Level
from testamur.kernel.base.refused import Refused


class Purpose(StrEnum):
    """What the try is for: a new login, or confirming the one that goes on."""

    LOGIN = "login"
    CONFIRM = "confirm"


class State(StrEnum):
    """Where the try stands. `FOUND`: the person is known, and the browser that began may go in once."""

    OPEN = "open"
    FOUND = "found"
    DONE = "done"
    FAILED = "failed"


TRANSITIONS: Mapping[State, frozenset[State]] = {
    State.OPEN: frozenset({State.FOUND, State.FAILED}),
    State.FOUND: frozenset({State.DONE, State.FAILED}),
    State.DONE: frozenset(),
    State.FAILED: frozenset(),
}

PICK_UP = timedelta(minutes=2)
"""After the person was found, the browser has so long to come in."""

LEASE = timedelta(seconds=30)
"""Longer than any call to an e-ID may take (`bankid_timeout` is at most 25 s)."""

UNKNOWN_PERSON = "unknownPerson"
OTHER_PERSON = "loginOtherPerson"
OTHER_BROWSER = "loginOtherBrowser"
EXPIRED = "expiredTransaction"
"""Hints of our own (and one of BankID's) with which a try fails, whatever the method."""

CONFIRMS = max(need.level for need in NEEDED.values() if need.fresh is not None)
"""The level that makes an identification count as fresh; a login below it is confirmed at its own level."""


class NotReturned(Refused):
    """The e-ID's app has not yet brought the person back to the browser that began."""

    code = "accounts.attempt.not_returned"


class NotFoundYet(Refused):
    """Nobody has been identified in this try."""

    code = "accounts.attempt.not_found_yet"


def may_confirm(login: Level, by: Level) -> bool:
    """True when an identification at level `by` confirms a login of level `login`: a code by SMS no e-ID login."""
    return by >= min(login, CONFIRMS)
