"""Which lists of first steps were put away."""

from __future__ import annotations

from uuid import UUID

from testamur.schoolday.rollout.models import PutAway


def is_put_away(*, person: UUID, role: str) -> bool:
    """Whether the person has put the first steps of that role away. One query."""
    return PutAway.objects.filter(person=person, role=role).exists()
