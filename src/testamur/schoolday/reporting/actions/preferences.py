"""How somebody likes to work."""

from __future__ import annotations

from datetime import datetime

from testamur.kernel.base.actor import Actor
from testamur.schoolday.reporting.rules.views import PreferenceView


def set_preference(*, by: Actor, path: str, preference: PreferenceView, now: datetime) -> None:
    """Keep how one likes to work with lists; `path` is where one's hat is."""
    raise NotImplementedError
