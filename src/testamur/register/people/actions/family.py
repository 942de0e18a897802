"""A guardian who is not in the register yet, and the guardianship, in one act."""

from __future__ import annotations

from datetime import date, datetime
from uuid import UUID

from django.db import transaction

from testamur.kernel.base.actor import Actor
from testamur.kernel.base.refused import NotFound
from testamur.register.people import queries
from testamur.register.people.actions.register import register_persons
from testamur.register.people.actions.relations import add_guardianships
from testamur.register.people.rules import NewGuardianship, NewPerson, Relation


@transaction.atomic
def register_guardian(
    *,
    by: Actor,
    child: UUID,
    guardian: NewPerson | UUID,
    relation: Relation,
    custody: bool,
    starts: date,
    now: datetime,
) -> UUID:
    """Give a child a guardian, who is registered where the child is kept unless known; returns the guardianship.

    Needs ``people.guardianship.add`` and, for a new person, ``people.person.register`` there. Journal and refusals are
    those of `register_persons` and `add_guardianships`: both or none.
    """
    place = queries.paths([child]).get(child)
    if place is None:
        raise NotFound("There is no such child.", field="child")
    if isinstance(guardian, NewPerson):
        guardian = register_persons(by=by, path=place, persons=[guardian], now=now)[0]
    new = NewGuardianship(child, guardian, relation, starts, custody=custody)
    return add_guardianships(by=by, guardianships=[new], now=now)[0]
