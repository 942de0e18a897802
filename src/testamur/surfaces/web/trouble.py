"""When an e-ID cannot be reached, every page says so for the next minutes, and what still works (row B2)."""

from __future__ import annotations

from datetime import datetime

from django.core.cache import cache

from testamur.kernel.base.actor import Actor, Grant
from testamur.kernel.base.refused import Refused
from testamur.schoolday.noticeboard import actions
from testamur.schoolday.noticeboard.rules import Service
from testamur.surfaces.web.requests import NOBODY

WATCHMAN = Actor(NOBODY.id, "web", (Grant("web", "/", ("noticeboard.trouble.note",)),))
DOWN = "RFA5"
"""BankID's message id for an internal error, maintenance, or no answer in time."""
OUTAGES = "outages"
"""Key under which a process remembers what is down."""


def note(refusal: Refused, *, now: datetime) -> None:
    """Put it on the notice board when the refusal means that the e-ID does not answer; others are the person's own."""
    if not refusal.code.endswith(".unavailable") and getattr(refusal, "message_id", "") != DOWN:
        return
    for service in (Service.SIGNING, Service.LOGIN):  # the same e-ID stands behind both
        actions.note_trouble(by=WATCHMAN, service=service, now=now)
    cache.delete(OUTAGES)
