"""Whom the hat that is worn reaches: oneself, or the children of a guardian; and what they have."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from uuid import UUID

from django.urls import reverse
from django.utils.translation import gettext as _

from testamur.access.accounts.rules import GUARDIAN, NEEDED
from testamur.kernel.base.refused import NotFound
from testamur.register.people.rules import PersonView
from testamur.surfaces.web.requests import Visitor
from testamur.surfaces.web.sightings import note, protected
from testamur.trust.records import queries as records
from testamur.trust.records.queries import CitizenRecord


@dataclass(frozen=True, slots=True)
class Child:
    """One entry of the child switch in the header."""

    name: str
    address: str
    current: bool


def subjects(visitor: Visitor) -> tuple[UUID, ...]:
    """The persons of the hat: the register decides who they are on this day."""
    return visitor.hat.wards if visitor.hat is not None else ()


def persons(visitor: Visitor, where: str) -> Mapping[UUID, PersonView]:
    """Those persons by name, in the order of their names; a sight of a protected one is written down."""
    seen = {key: visitor.persons[key] for key in subjects(visitor) if key in visitor.persons}
    hidden = protected(seen) - {visitor.actor.id}
    note(visitor, visitor.actor, {key: seen[key].path or "/" for key in hidden}, where)
    return dict(sorted(seen.items(), key=lambda pair: (pair[1].given or pair[1].name, pair[0])))


def switch(visitor: Visitor, seen: Mapping[UUID, PersonView], current: UUID | None) -> tuple[Child, ...]:
    """The child switch; none for oneself or a single child."""
    if visitor.hat is None or visitor.hat.key != GUARDIAN or len(seen) < 2:  # noqa: PLR2004 - nothing to switch between
        return ()
    home = reverse("family:home")
    each = (Child(p.given or p.name, f"{home}?child={key}", key == current) for key, p in seen.items())
    return (Child(_("All children"), home, current is None), *each)


def is_strong(visitor: Visitor) -> bool:
    """True when the login is good enough for grades and judgements."""
    return visitor.login is not None and visitor.login.level >= NEEDED["family.records"].level


def own(visitor: Visitor) -> list[CitizenRecord]:
    """Every released record of those persons, from every school, newest first."""
    return records.of_subjects(by=visitor.actor, subjects=subjects(visitor), now=visitor.now)


def one(visitor: Visitor, record: UUID) -> CitizenRecord:
    """One of them. Raises NotFound for every other, whether there is such a record or not."""
    found = next((r for r in own(visitor) if r.record == record), None)
    if found is None:
        raise NotFound("There is no such document.", record=str(record))
    return found
