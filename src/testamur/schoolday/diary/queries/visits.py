"""What a person has seen of pupils' diaries."""

from __future__ import annotations

from collections.abc import Collection
from datetime import datetime
from uuid import UUID

from django.db.models import QuerySet

from testamur.kernel.base.actor import Actor
from testamur.kernel.prepared import prepared
from testamur.schoolday.diary.models import Visit
from testamur.schoolday.diary.rules.states import Part
from testamur.schoolday.diary.rules.visits import Visits


def visits(*, by: Actor, pupils: Collection[UUID]) -> Visits:
    """Up to when `by` has seen each part of these pupils' diaries; one's own visits, so nobody is asked. One query."""
    return Visits({(pupil, Part(part)): at for pupil, part, at in _visits(person=by.id, pupils=pupils)})


@prepared
def _visits(person: UUID, pupils: Collection[UUID]) -> QuerySet[Visit, tuple[UUID, str, datetime]]:
    return Visit.objects.filter(person=person, pupil__in=pupils).values_list("pupil_id", "part", "seen_at")
