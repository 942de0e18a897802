"""What a person has seen of pupils' diaries."""

from __future__ import annotations

from collections.abc import Collection
from uuid import UUID

from testamur.kernel.base.actor import Actor
from testamur.schoolday.diary.models import Visit
from testamur.schoolday.diary.rules.states import Part
from testamur.schoolday.diary.rules.visits import Visits


def visits(*, by: Actor, pupils: Collection[UUID]) -> Visits:
    """Up to when `by` has seen each part of these pupils' diaries; one's own visits, so nobody is asked. One query."""
    rows = Visit.objects.filter(person=by.id, pupil__in=list(pupils)).values_list("pupil_id", "part", "seen_at")
    return Visits({(pupil, Part(part)): at for pupil, part, at in rows})
