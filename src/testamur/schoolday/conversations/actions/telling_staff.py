"""How one of the staff wants to be told of messages."""

from __future__ import annotations

from datetime import datetime
from uuid import UUID

from django.db import transaction

from testamur.kernel.base.actor import Actor
from testamur.kernel.base.refused import NotFound
from testamur.kernel.journal.actions import append
from testamur.register.schools import queries as schools
from testamur.schoolday.conversations.models import Telling
from testamur.schoolday.conversations.rules import Pace


@transaction.atomic
def choose_pace(*, by: Actor, unit: UUID, pace: Pace, now: datetime) -> None:
    """Choose how soon one is told by letter that messages wait. Journal: ``conversations.telling.chosen/1``.

    It holds at every school at which one works. Needs ``conversations.staff.take`` at the unit. Raises NotFound.
    """
    here = schools.unit(unit)
    if here is None:
        raise NotFound("There is no such school.", field="unit")
    by.must("conversations.staff.take", here.path)
    Telling.objects.update_or_create(person=by.id, defaults={"pace": pace.value, "changed_at": now})
    refs = {"person": str(by.id), "pace": pace.value}
    append(by=by, kind="conversations.telling.chosen/1", path=here.path, refs=refs, now=now)
