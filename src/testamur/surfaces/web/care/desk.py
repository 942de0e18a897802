"""What the staff's pages of care stand on: whose zone, whose day, names as the visitor may see them."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from datetime import date, datetime
from uuid import UUID, uuid5
from zoneinfo import ZoneInfo

from testamur.kernel.base.actor import Actor
from testamur.register.people import queries as people
from testamur.register.people.rules import PersonView
from testamur.register.schools import queries as schools
from testamur.register.schools.rules import UnitKind, UnitView
from testamur.schoolday.care import queries
from testamur.surfaces.web import sightings
from testamur.surfaces.web.requests import Visitor
from testamur.surfaces.web.times import zone_of

COLOURS = 6
_COLOUR = UUID("0b6c1f0e-7a52-4f0c-9d3e-2f6f6f5b7a11")


@dataclass(frozen=True, slots=True)
class Face:
    """A child as a board shows it: name, initials and a colour that stays, and whether the name is a mask."""

    id: UUID
    name: str
    initials: str
    colour: int
    masked: bool
    order: str


@dataclass(frozen=True, slots=True)
class Desk:
    """The visitor's day."""

    visitor: Visitor

    @property
    def by(self) -> Actor:
        """Who acts."""
        return self.visitor.actor

    @property
    def now(self) -> datetime:
        """The instant of the request."""
        return self.visitor.now

    @property
    def zone(self) -> ZoneInfo:
        """In which hours are told."""
        return zone_of(self.visitor)

    @property
    def today(self) -> date:
        """The day where the visitor works."""
        return self.now.astimezone(self.zone).date()

    def units(self) -> tuple[UnitView, ...]:
        """The units with care at or below the place of the visitor's role where the visitor works, in order of name."""
        hat = self.visitor.hat
        if hat is None or hat.unit is None:
            return ()
        below = {one.id: one for one in schools.units_under(hat.unit_path, kind=UnitKind.SCHOOL)}
        found = [below[key] for key in queries.has_care(below)]
        return tuple(sorted((one for one in found if self._works(one)), key=lambda one: one.name))

    def _works(self, unit: UnitView) -> bool:
        return self.by.may(queries.SEE, unit.path) or bool(
            queries.groups_of_staff(by=self.by, unit=unit.id, on=self.today)
        )

    def faces(self, children: Iterable[UUID], path: str, where: str) -> dict[UUID, Face]:
        """The children by name, in order; true names of protected ones are noted under the name `where`."""
        seen = people.people(by=self.by, ids=children, numbers=False)
        hidden = sightings.protected(seen)
        if hidden:
            sightings.note(self.visitor, self.by, dict.fromkeys(hidden, path), where)
        ordered = sorted(seen.values(), key=lambda one: (one.sort_key, one.id))
        return {one.id: _face(one) for one in ordered}

    def names(self, persons: Iterable[UUID]) -> Mapping[UUID, str]:
        """Names of grown-ups as the visitor may see them."""
        found = people.people(by=self.by, ids=sorted(set(persons)), numbers=False)
        return {key: one.name for key, one in found.items()}


def _face(one: PersonView) -> Face:
    words = [part for part in (one.given, one.family) if part] or [one.name]
    initials = "".join(word[0] for word in words)[:2].upper()
    colour = uuid5(_COLOUR, str(one.id)).int % COLOURS
    return Face(one.id, one.name, initials, colour, one.masked, one.sort_key)
