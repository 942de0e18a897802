"""Writing down what families have seen."""

from __future__ import annotations

from datetime import datetime
from uuid import UUID

from django.db import transaction

from testamur.kernel.base.actor import Actor
from testamur.schoolday.diary.models import Visit
from testamur.schoolday.diary.rules.states import Part


@transaction.atomic
def note_visit(*, by: Actor, pupil: UUID, part: Part, now: datetime) -> None:
    """Write down that `by` has looked at one part of a pupil's diary: what came until now is no longer new.

    Not an act that is journalled: it says which page was opened, as `accounts.note_seen` does. Raises NotAllowed
    without ``diary.family.see`` for the pupil, wherever it goes to school: families hold that, a head does not.
    """
    by.must("diary.family.see", person=pupil)
    row = Visit(person=by.id, pupil_id=pupil, part=part.value, seen_at=now)
    Visit.objects.bulk_create(
        [row], update_conflicts=True, unique_fields=["person", "pupil", "part"], update_fields=["seen_at"]
    )
