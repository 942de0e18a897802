"""How somebody likes to work."""

from __future__ import annotations

from uuid import UUID

from testamur.schoolday.reporting.rules.views import PreferenceView


def of(*, person: UUID) -> PreferenceView:
    """What somebody chose, or what holds until then."""
    raise NotImplementedError
