"""Which way results go."""

from __future__ import annotations

from datetime import date

from testamur.kernel.base.actor import Actor
from testamur.schoolday.reporting.rules.states import Way
from testamur.schoolday.reporting.rules.views import ProcessView


def way_for(*, path: str, on: date) -> Way:
    """How results examined on that day are signed at a place."""
    raise NotImplementedError


def rules(*, by: Actor, path: str) -> tuple[ProcessView, ...]:
    """The decisions at, above and below a path, the latest first."""
    raise NotImplementedError
