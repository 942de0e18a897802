"""A list of first steps is put away, or had back."""

from __future__ import annotations

from datetime import datetime

from django.db import transaction

from testamur.kernel.base.actor import Actor
from testamur.kernel.journal.actions import append
from testamur.schoolday.rollout.models import PutAway

OWN = "rollout.first.put_away"


@transaction.atomic
def put_away(*, by: Actor, role: str, now: datetime) -> None:
    """Put one's own list of first steps of a role away. Journal: ``rollout.first.put_away/1``.

    Needs ``rollout.first.put_away`` for oneself. Twice is no more than once.
    """
    by.must(OWN, "/", person=by.id)
    _row, made = PutAway.objects.get_or_create(person=by.id, role=role[:40], defaults={"at": now})
    if made:
        append(by=by, kind="rollout.first.put_away/1", path="/", refs={"role": role[:40]}, now=now)


@transaction.atomic
def bring_back(*, by: Actor, role: str, now: datetime) -> None:
    """Have it back. Journal: ``rollout.first.brought_back/1``. Needs ``rollout.first.put_away`` for oneself."""
    by.must(OWN, "/", person=by.id)
    gone, _each = PutAway.objects.filter(person=by.id, role=role).delete()
    if gone:
        append(by=by, kind="rollout.first.brought_back/1", path="/", refs={"role": role[:40]}, now=now)
