"""Where the visitor of the office is: the schools that the hat reaches, the one that is looked at, and its term."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date
from functools import cached_property
from uuid import UUID

from django.http import HttpRequest

from testamur.access.accounts.rules import Hat
from testamur.kernel.base.actor import Actor
from testamur.kernel.base.refused import NotFound
from testamur.register.schools import queries as schools
from testamur.register.schools.rules import SchoolYearView, TermView, UnitKind, UnitView
from testamur.surfaces.web.requests import Visitor


@dataclass(frozen=True)
class Place:
    """What a page of the office is about.

    Attributes:
        unit: the unit of the hat.
        schools: the schools that the hat reaches, in path order.
        school: the one that is looked at; None only where there is none.
    """

    hat: Hat
    unit: UnitView
    schools: tuple[UnitView, ...]
    school: UnitView | None

    @property
    def above(self) -> bool:
        """The hat is one of a body responsible or of an office of it."""
        return self.unit.kind in {UnitKind.AUTHORITY, UnitKind.OFFICE}

    @property
    def one(self) -> UnitView:
        """The school that is looked at. Raises NotFound where the hat reaches none."""
        if self.school is None:
            raise NotFound("There is no school here yet: import the list of schools first.")
        return self.school

    @cached_property
    def way(self) -> tuple[UnitView, ...]:
        """The units from the root down to the school (or to the hat's own unit)."""
        return schools.units_above((self.school or self.unit).path)

    @cached_property
    def authority(self) -> UnitView:
        """The body responsible for the school: whose seal and log it uses."""
        return next((u for u in reversed(self.way) if u.kind is UnitKind.AUTHORITY), self.unit)

    @cached_property
    def years(self) -> tuple[SchoolYearView, ...]:
        """The school years as the nearest unit above keeps them."""
        for unit in sorted(self.way, key=lambda u: (u.kind is not UnitKind.AUTHORITY, -len(u.path))):
            if found := schools.school_years(unit.id):
                return found
        return ()

    @property
    def terms(self) -> list[TermView]:
        """All terms, the latest first."""
        return [term for year in reversed(self.years) for term in reversed(year.terms)]

    def term(self, label: str, on: date) -> TermView | None:
        """The term with that label, else the one that began last on that day, else the first; None without any."""
        told = next((t for t in self.terms if t.label == label), None)
        begun = next((t for t in self.terms if t.starts <= on), None)
        return told or begun or (self.terms[-1] if self.terms else None)


def place_of(request: HttpRequest, school: str = "") -> Place:
    """The place of a request; the school is that of ``?school=`` or named. Raises NotFound for a foreign one."""
    hat = visitor_of(request).hat
    assert hat is not None  # the door lets nobody in without one
    assert hat.unit is not None
    unit = schools.unit(hat.unit)
    assert unit is not None
    reached = schools.units_under(unit.path, kind=UnitKind.SCHOOL) or ((unit,) if unit.parent else ())
    wanted = school or request.GET.get("school", "")
    if not wanted:
        return Place(hat, unit, reached, reached[0] if reached else None)
    chosen = next((one for one in reached if str(one.id) == wanted), None)
    if chosen is None:
        raise NotFound("There is no such school, or it is not yours.", field="school")
    return Place(hat, unit, reached, chosen)


def visitor_of(request: HttpRequest) -> Visitor:
    """The visitor of a request behind a door."""
    visitor: Visitor = request.visitor  # type: ignore[attr-defined]  # set by VisitorMiddleware
    return visitor


def actor_of(request: HttpRequest) -> Actor:
    """Who acts."""
    return visitor_of(request).actor


def ids_of(texts: list[str]) -> list[UUID]:
    """Ids from a form's checkboxes, each once; what is no id is left out."""
    found: dict[UUID, None] = {}
    for text in texts:
        try:
            found[UUID(text)] = None
        except ValueError:
            continue
    return list(found)
