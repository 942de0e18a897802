"""How often one person looks people up: whoever reads a register out name by name is stopped, and it is heard of."""

from __future__ import annotations

import logging
from datetime import timedelta

from testamur.access.accounts import actions as accounts
from testamur.access.accounts.rules import TooMany
from testamur.surfaces.web.requests import Visitor

log = logging.getLogger("testamur.alarm")
LIMITS = (("search.minute", 30, timedelta(minutes=1)), ("search.day", 500, timedelta(days=1)))
"""Name, how often, within what time; for the search and for looking people up in the office together."""


def count(visitor: Visitor) -> None:
    """Count one more look-up. Raises TooMany, and says so once in the journal and each time in the operator's log."""
    try:
        for name, most, within in LIMITS:
            accounts.limit(
                by=visitor.actor, name=name, key=str(visitor.actor.id), most=most, within=within, now=visitor.now
            )
    except TooMany:
        log.warning("somebody looks people up more often than people do: actor %s", visitor.actor.id)
        raise
