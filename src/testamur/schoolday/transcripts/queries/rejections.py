"""What the ministry's store rejected at one instant, by class: for those who tell the staff."""

from __future__ import annotations

from collections.abc import Collection
from dataclasses import dataclass
from datetime import datetime
from uuid import UUID

from django.db.models import Count

from testamur.kernel.base.actor import Actor
from testamur.schoolday.transcripts.models import Handover
from testamur.schoolday.transcripts.rules import NOBODYS_TO_MEND, HandoverState


@dataclass(frozen=True, slots=True)
class RejectedClass:
    """Records of one class in one school year that were rejected and stand so."""

    group: UUID
    unit: UUID
    school_year: str
    records: int


def rejected(*, by: Actor, path: str, groups: Collection[UUID], at: datetime) -> tuple[RejectedClass, ...]:
    """What was rejected at `path` in those classes just then and was not asked for again; one query.

    What a newer record takes the place of is left out: nobody has to mend it. Needs ``transcripts.handover.tell``.
    """
    by.must("transcripts.handover.tell", path)
    rows = Handover.objects.filter(path=path, group__in=groups, state=HandoverState.REJECTED, answered_at=at)
    counts = rows.exclude(code__in=NOBODYS_TO_MEND).values_list("group", "unit", "school_year").annotate(n=Count("*"))
    return tuple(RejectedClass(*row) for row in counts.order_by("school_year", "group"))
