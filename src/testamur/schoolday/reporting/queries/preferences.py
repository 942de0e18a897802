"""How somebody likes to work with lists (row B4)."""

from __future__ import annotations

from uuid import UUID

from testamur.schoolday.reporting.models import Preference
from testamur.schoolday.reporting.rules.views import PreferenceView


def of(*, person: UUID) -> PreferenceView:
    """What somebody chose, or what holds until then. For the person's own pages, and for whoever writes to them."""
    row = Preference.objects.filter(person=person).first()
    if row is None:
        return PreferenceView()
    return PreferenceView(row.sort, row.enter_moves, row.mail_signed, row.mail_returned)
