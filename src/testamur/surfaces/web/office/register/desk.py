"""What a page of the register is about: the school, its year, a class or a pupil; and what its forms share."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import date
from typing import Any
from uuid import UUID

from django.http import HttpRequest, HttpResponse
from django.urls import reverse
from django.utils.http import urlencode

from testamur.kernel.base.actor import Actor
from testamur.kernel.base.refused import NotFound
from testamur.law.contract import Pack
from testamur.law.tables import PACKS
from testamur.register.people import queries as people
from testamur.register.people.rules import PersonView, Protection
from testamur.register.schools import queries as schools
from testamur.register.schools.queries import setup
from testamur.register.schools.rules import GroupKind, GroupView, PostView, Role, SchoolYearView, UnitView
from testamur.surfaces.web.account.entering import SeeOther
from testamur.surfaces.web.office import persons
from testamur.surfaces.web.office.scope import Place, actor_of, place_of, visitor_of

SEE = "schools.group.see"
TEACHERS = (Role.TEACHER, Role.CLASS_TEACHER, Role.PRINCIPAL, Role.EXAMINER)


@dataclass(frozen=True)
class Desk:
    """The school and year that are looked at.

    Attributes:
        year: None before the first one is entered.
        day: the day in the year that is nearest to today: whoever plans the year to come sees it as it begins.
    """

    place: Place
    year: SchoolYearView | None
    day: date
    by: Actor

    @property
    def school(self) -> UnitView:
        """The school."""
        return self.place.one

    @property
    def pack(self) -> Pack | None:
        """The rules in force at the school on the day."""
        return PACKS.get(schools.pack_of(self.school.id, on=self.day))

    def may(self, verb: str) -> bool:
        """Whether the visitor may do this at the school."""
        return self.by.may(verb, self.school.path)


def desk_of(request: HttpRequest, verb: str = SEE) -> Desk:
    """From the query or the form: school and year. Raises NotFound for a foreign school, NotAllowed without `verb`."""
    told = request.POST if request.method == "POST" else request.GET
    place, by = place_of(request, told.get("school", "")), actor_of(request)
    by.must(verb, place.one.path)
    today = visitor_of(request).now.date()
    year = next((y for y in place.years if y.code == told.get("year", "")), None) or running(place.years, today)
    return Desk(place, year, nearest(year, today), by)


def desk_of_group(request: HttpRequest, group: UUID, verb: str = SEE) -> tuple[Desk, GroupView]:
    """From the address of a class. Raises NotFound for one that the hat does not reach."""
    found, by = schools.group(group), actor_of(request)
    place = place_of(request, str(found.school) if found else "none")
    assert found is not None  # place_of refuses "none"
    by.must(verb, place.one.path)
    year = schools.school_year(found.school_year)
    return Desk(place, year, nearest(year, visitor_of(request).now.date()), by), found


def desk_of_pupil(request: HttpRequest, pupil: UUID, verb: str, where: str) -> tuple[Desk, PersonView]:
    """From the address of a pupil, with the pupil as the visitor may see him or her; a protected one is noted.

    The school is the latest one of the pupil that the hat reaches. Raises NotFound where there is none, and NotAllowed
    without `verb` where the pupil is kept.
    """
    by = actor_of(request)
    ways = {row.school for row in schools.enrolments_of(person=pupil)}
    reached = {one.id for one in place_of(request, "").schools} & ways
    latest = next((r.school for r in reversed(schools.enrolments_of(person=pupil)) if r.school in reached), None)
    place = place_of(request, str(latest) if latest else "none")
    by.must(verb, people.paths([pupil])[pupil], person=pupil)
    view = persons.shown(request, [pupil], where)[pupil]
    today = visitor_of(request).now.date()
    year = running(place.years, today)
    return Desk(place, year, nearest(year, today), by), view


def running(years: Iterable[SchoolYearView], today: date) -> SchoolYearView | None:
    """The year that holds today, else the next one, else the last."""
    some = tuple(years)
    return next((one for one in some if one.ends >= today), some[-1] if some else None)


def nearest(year: SchoolYearView | None, today: date) -> date:
    """The day of the year that is nearest to today."""
    return today if year is None else min(max(today, year.starts), year.ends)


def classes(desk: Desk) -> list[GroupView]:
    """The classes of the school in the year that is looked at."""
    if desk.year is None:
        return []
    return list(schools.groups(school=desk.school.id, school_year=desk.year.id, kind=GroupKind.CLASS))


def staff(request: HttpRequest, desk: Desk, where: str) -> list[tuple[str, str]]:
    """Who may teach here, as choices in order of name."""
    posts: tuple[PostView, ...] = schools.posts_at(unit=desk.school.id, on=desk.day)
    names = persons.shown(request, {post.person for post in posts if post.role in TEACHERS}, where)
    return [(str(one.id), one.name) for one in sorted(names.values(), key=lambda one: (one.sort_key, one.id))]


def subjects(pack: Pack | None, level: int | None, on: date) -> list[tuple[str, str]]:
    """Subjects as choices: those of the programme of the year level; without a level all of the law's list."""
    some = setup.programme(pack, level, on) or (pack.subjects if pack is not None else ())
    return [(one.code, one.name) for one in some]


def subject_name(pack: Pack | None, code: str) -> str:
    """In the language of the law; the code itself where the law has no such subject."""
    return next((one.name for one in pack.subjects if one.code == code), code) if pack is not None else code


def is_protected(view: PersonView) -> bool:
    """Whether the page shows the true name of a protected person."""
    return view.protection not in {None, Protection.NONE}


def back(name: str, /, *args: Any, **query: str) -> HttpResponse:
    """After a form was sent: to that page."""
    return SeeOther(reverse(name, args=args) + (f"?{urlencode(query)}" if query else ""))


def one_id(text: str, what: str) -> UUID:
    """An id out of a form. Raises NotFound for what is none."""
    try:
        return UUID(text)
    except ValueError:
        raise NotFound("There is no such thing.", field=what) from None


def one_day(text: str) -> date | None:
    """A day out of a form, or None."""
    try:
        return date.fromisoformat(text)
    except ValueError:
        return None
