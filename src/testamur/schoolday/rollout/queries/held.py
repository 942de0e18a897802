"""What the roll-out holds of one person, for the person's own extract: plans decided, schools that joined."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import datetime
from uuid import UUID

from django.db.models import Q

from testamur.kernel.base.actor import Actor
from testamur.kernel.base.sheet import Sheet
from testamur.schoolday.rollout.models import Joining, Plan, PutAway

_CHUNK = 2000


def work(*, by: Actor, person: UUID, now: datetime) -> Iterator[Sheet]:  # noqa: ARG001 - the shape of all sections
    """Plans that the person wrote, put in force or closed, schools for which the person joined, lists put away.

    For the person alone. Needs ``keeping.extract.see`` for the person.
    """
    by.must("keeping.extract.see", person=person)
    mine = Q() if by.id == person else Q(pk__in=[])
    acts = Q(made_by=person) | Q(in_force_by=person) | Q(closed_by=person)
    plans = Plan.objects.filter(mine, acts).order_by("made_at")
    fields = ("authority", "school_year", "name", "state", "made_at", "in_force_at", "closed_at")
    columns = ("unit", "school_year", "name", "state", "made_at", "in_force_at", "closed_at")
    yield Sheet("plans", columns, plans.values_list(*fields).iterator(chunk_size=_CHUNK))
    joined = Joining.objects.filter(mine, joined_by=person).order_by("joined_at")
    rows = joined.values_list("unit", "plan__school_year", "joined_at")
    yield Sheet("schools_joined", ("school", "school_year", "at"), rows.iterator(chunk_size=_CHUNK))
    away = PutAway.objects.filter(mine, person=person).order_by("at").values_list("role", "at")
    yield Sheet("lists_put_away", ("role", "at"), away.iterator(chunk_size=_CHUNK))
