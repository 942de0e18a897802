"""Whose seals a page is about, as far as the visitor's hat reaches."""

from __future__ import annotations

from dataclasses import dataclass
from uuid import UUID

from django.http import HttpRequest

from testamur.kernel.base.actor import Actor
from testamur.kernel.base.refused import NotFound
from testamur.register.schools.rules import UnitView
from testamur.surfaces.web.office.scope import actor_of, place_of
from testamur.trust.sealing import queries
from testamur.trust.sealing.queries import Seal


@dataclass(frozen=True, slots=True)
class Owner:
    """Whose seals a page is about: the body responsible, or one of its schools."""

    unit: UnitView
    body: UnitView

    def must(self, by: Actor, verb: str) -> None:
        """The body's word is needed too: the root of a school's seal is believed for all documents of the body."""
        by.must(verb, self.unit.path)
        by.must(verb, self.body.path)

    def may(self, by: Actor, verb: str) -> bool:
        """Whether `must` lets the actor pass."""
        return by.may(verb, self.unit.path) and by.may(verb, self.body.path)

    @property
    def is_school(self) -> bool:
        """A school, whose seal takes the place of its body's."""
        return self.unit.id != self.body.id


def owner_of(request: HttpRequest, unit: UUID) -> Owner:
    """A school that the hat reaches. Raises NotFound for any other."""
    place = place_of(request)
    found = next((one for one in place.schools if one.id == unit), None)
    if found is None:
        raise NotFound("There is no such school.", field="unit")
    return Owner(found, place_of(request, str(unit)).authority)


def mine(request: HttpRequest, seal: UUID) -> tuple[Seal, Owner]:
    """A seal of the visitor's own body, or of a school that the hat reaches. Raises NotFound for any other."""
    place, by = place_of(request), actor_of(request)
    body = place.authority
    found = next((s for s in queries.seals(by=by, organisation=body.id) if s.id == seal), None)
    if found is not None:
        return found, Owner(body, body)
    try:
        other = queries.seal(seal)
    except NotFound:
        raise NotFound("There is no such seal.", field="seal") from None
    owner = owner_of(request, other.organisation)
    by.must("sealing.seal.read", owner.unit.path)
    return other, owner
