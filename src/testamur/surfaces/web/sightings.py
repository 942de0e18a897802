"""True names of persons with protected identity that a page shows are written down for review."""

from __future__ import annotations

from collections.abc import Mapping
from uuid import UUID

from testamur.kernel.base.actor import Actor
from testamur.register.people.rules import PersonView, Protection
from testamur.surfaces.web.requests import Visitor
from testamur.trust.records import actions as records


def protected(seen: Mapping[UUID, PersonView]) -> frozenset[UUID]:
    """Those whose identity is protected and whose true name the viewer sees."""
    return frozenset(
        key for key, person in seen.items() if not person.masked and person.protection is not Protection.NONE
    )


def note(visitor: Visitor, by: Actor, persons: Mapping[UUID, str], where: str) -> None:
    """Write down that the page `where` showed the true names of `persons` (each with the place it is reviewed at)."""
    for path in sorted(set(persons.values())):
        some = [person for person, at in persons.items() if at == path]
        records.note_sight(by=by, persons=some, where=where, path=path, now=visitor.now)
