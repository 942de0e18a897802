"""The roles that the register gives a person, and the actor under one of them."""

from __future__ import annotations

from datetime import date
from uuid import UUID

from testamur.access.accounts.rules import Hat, actor_of, hats_from
from testamur.kernel.base.actor import Actor
from testamur.register.people import queries as people
from testamur.register.schools import queries as schools
from testamur.register.schools.rules import UnitKind


def hats(*, person: UUID, on: date) -> tuple[Hat, ...]:
    """Every hat of that person on that day: posts in order of start, then guardian, then oneself. Three queries."""
    posts = schools.posts_of(person=person, on=on)
    places = {unit.id: unit.path for unit in schools.units({post.unit for post in posts}).values()} if posts else {}
    return hats_from(person=person, posts=posts, unit_paths=places, wards=people.wards(guardian=person, on=on))


def actor(hat: Hat, *, person: UUID, identified_by: str) -> Actor:
    """The actor under a hat that `hats` gave."""
    unit = schools.unit(hat.unit) if hat.unit is not None and hat.role == "administrator" else None
    above = unit is not None and unit.kind in {UnitKind.AUTHORITY, UnitKind.OFFICE}
    return actor_of(hat, person=person, identified_by=identified_by, authority=above)
