"""How somebody likes to work with lists (row B4)."""

from __future__ import annotations

from dataclasses import asdict
from datetime import datetime

from django.db import transaction

from testamur.kernel.base.actor import Actor
from testamur.kernel.base.refused import NotFound
from testamur.kernel.journal.actions import append
from testamur.schoolday.reporting.models import Preference
from testamur.schoolday.reporting.rules.views import PreferenceView

_SORTS = ("family", "given")
_MOVES = ("down", "right")


@transaction.atomic
def set_preference(*, by: Actor, path: str, preference: PreferenceView, now: datetime) -> None:
    """Keep how one likes to work with lists oneself; `path` is the place of the hat that one wears.

    Needs ``reporting.list.read`` there. Raises NotFound for a choice that is none. Journal:
    ``reporting.preference.set/1``.
    """
    by.must("reporting.list.read", path)
    if preference.sort not in _SORTS:
        raise NotFound("There is no such order.", field="sort")
    if preference.enter_moves not in _MOVES:
        raise NotFound("There is no such way.", field="enter_moves")
    Preference.objects.update_or_create(person=by.id, defaults=asdict(preference))
    append(by=by, kind="reporting.preference.set/1", path=path, refs=asdict(preference), now=now)
