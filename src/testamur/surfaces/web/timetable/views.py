"""Timetables week by week: of a class or group, a teacher, a room, a pupil; for those who work at the school."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import timedelta
from typing import Any
from uuid import UUID

from django.http import HttpResponse
from django.shortcuts import redirect
from django.utils.translation import gettext as _
from django.views.decorators.http import require_GET

from testamur.access.accounts.rules import Area
from testamur.kernel.base.refused import NotFound
from testamur.register.people import queries as people
from testamur.register.people.rules import PersonView
from testamur.register.schools import queries as schools
from testamur.register.schools.rules import GroupKind, GroupView, Role, UnitView
from testamur.schoolday.diary.queries.changed import week_of
from testamur.schoolday.diary.queries.lessons import Line
from testamur.schoolday.diary.queries.rooms import EVERY
from testamur.surfaces.web import sightings
from testamur.surfaces.web.diary.about import today as day_here
from testamur.surfaces.web.diary.about import where
from testamur.surfaces.web.doors import door
from testamur.surfaces.web.office.scope import Place, place_of
from testamur.surfaces.web.pages import page
from testamur.surfaces.web.requests import Visitor, WebRequest
from testamur.surfaces.web.timetable.weeks import DAYS, monday_of, week_from

TEACHERS = frozenset({Role.TEACHER, Role.CLASS_TEACHER, Role.EXAMINER, Role.PRINCIPAL})
SIGHT = "timetable.pupil"


@dataclass(frozen=True, slots=True)
class Choice:
    """Something whose week can be opened."""

    name: str
    address: str


@require_GET
@door("timetable.home", Area.STAFF, Area.OFFICE)
def home(request: WebRequest) -> HttpResponse:
    """Whose week? Classes, groups, teachers and rooms of the school."""
    visitor, place = request.visitor, place_of(request)
    on = day_here(visitor)
    groups = running_groups(place, visitor)
    teachers = staff_of(visitor, place.one).values()
    return page(
        request,
        "web/timetable/home.html",
        place=place,
        chosen_school=place.one.id,
        tabs=tabs(visitor, place.one, "home"),
        on=on,
        classes=[Choice(one.code, where("timetable:group", group=one.id)) for one in groups if _is_class(one)],
        groups=[Choice(one.code, where("timetable:group", group=one.id)) for one in groups if not _is_class(one)],
        teachers=[Choice(one.name, where("timetable:teacher", teacher=one.id)) for one in teachers],
        rooms=rooms_of(place.one, visitor),
    )


@require_GET
@door("timetable.home", Area.STAFF)
def mine(request: WebRequest) -> HttpResponse:
    """One's own week."""
    return redirect("timetable:teacher", request.visitor.actor.id)


@require_GET
@door("timetable.home", Area.STAFF, Area.OFFICE)
def group(request: WebRequest, group: UUID) -> HttpResponse:
    """The week of a class or a teaching group: of a class with what its pupils have in other groups' hours beside."""
    found = schools.group(group)
    place = place_of(request, str(found.school) if found is not None else "none")
    assert found is not None  # place_of refuses "none"
    monday = monday_of(request.GET.get("monday", ""), day_here(request.visitor))
    lines = week_of(first=monday, last=monday + timedelta(days=DAYS - 1), groups=[group])
    return _week(request, place, lines, _("Class %(name)s") % {"name": found.code} if _is_class(found) else found.code)


@require_GET
@door("timetable.home", Area.STAFF, Area.OFFICE)
def teacher(request: WebRequest, teacher: UUID) -> HttpResponse:
    """The week of a teacher of the school. Raises NotFound for whoever holds no post there."""
    visitor, place = request.visitor, place_of(request)
    known = staff_of(visitor, place.one)
    if teacher not in known:
        raise NotFound("There is no such teacher.", teacher=str(teacher))
    monday = monday_of(request.GET.get("monday", ""), day_here(visitor))
    lines = week_of(first=monday, last=monday + timedelta(days=DAYS - 1), teacher=teacher, school=place.one.id)
    return _week(request, place, lines, known[teacher].name, own=teacher == visitor.actor.id)


@require_GET
@door("timetable.home", Area.STAFF, Area.OFFICE)
def room(request: WebRequest) -> HttpResponse:
    """The week of a room (``?room=``). Raises NotFound for one in which nothing is ever planned."""
    visitor, place, name = request.visitor, place_of(request), request.GET.get("room", "")[:40].strip()
    monday = monday_of(request.GET.get("monday", ""), day_here(visitor))
    lines = week_of(first=monday, last=monday + timedelta(days=DAYS - 1), school=place.one.id)
    lines = tuple(line for line in lines if line.lesson.room.casefold() == name.casefold())
    if not name or not (lines or name in rooms_of(place.one, visitor)):
        raise NotFound("There is no such room.", room=name)
    return _week(request, place, lines, _("Room %(name)s") % {"name": name})


@require_GET
@door("timetable.home", Area.STAFF, Area.OFFICE)
def pupil(request: WebRequest, pupil: UUID) -> HttpResponse:
    """The week of one pupil in all his or her groups, for who works with the pupil. A protected name is noted."""
    visitor, on = request.visitor, day_here(request.visitor)
    groups = schools.groups_of(persons=[pupil], on=on)[pupil]
    mine = [one for one in groups if visitor.actor.may("diary.attendance.see", one.path, group=one.id)]
    if not mine:
        raise NotFound("There is no such pupil.", pupil=str(pupil))
    place = place_of(request, str(mine[0].school))
    seen = people.people(by=visitor.actor, ids=[pupil], numbers=False)
    hidden = sightings.protected(seen)
    if hidden:
        sightings.note(visitor, visitor.actor, dict.fromkeys(hidden, place.one.path), SIGHT)
    monday = monday_of(request.GET.get("monday", ""), on)
    here = [one.id for one in groups if one.school == place.one.id]
    lines = week_of(first=monday, last=monday + timedelta(days=DAYS - 1), groups=here)
    return _week(request, place, lines, seen[pupil].name)


def tabs(visitor: Visitor, school: UnitView, current: str) -> list[dict[str, Any]]:
    """The pages about timetables, as `components/tabs.html` wants them."""
    offers = [
        (_("Timetables"), "home"), (_("Changes of the day"), "changes"), (_("Test calendar"), "exams"),
    ]  # fmt: skip
    if visitor.actor.may(EVERY, school.path):
        offers.insert(2, (_("A teacher is away"), "away"))
    mine = f"?school={school.id}"
    return [
        {"label": label, "address": where(f"timetable:{name}") + mine, "current": name == current}
        for label, name in offers
    ]


def running_groups(place: Place, visitor: Visitor) -> list[GroupView]:
    """The groups of the school year that runs (else of the next one), in order of code."""
    today = day_here(visitor)
    year = next((one for one in place.years if one.ends >= today), place.years[-1] if place.years else None)
    if year is None:
        return []
    return sorted(schools.groups(school=place.one.id, school_year=year.id), key=lambda one: (one.code, one.id))


def staff_of(visitor: Visitor, school: UnitView) -> dict[UUID, PersonView]:
    """Who teaches at the school today, by name as the visitor may see it."""
    posts = schools.posts_at(unit=school.id, on=day_here(visitor))
    ids = {post.person for post in posts if post.role in TEACHERS}
    found = people.people(by=visitor.actor, ids=ids, numbers=False).values()
    return {one.id: one for one in sorted(found, key=lambda one: (one.sort_key, one.id))}


def rooms_of(school: UnitView, visitor: Visitor) -> list[str]:
    """The rooms that the timetable of these weeks names, in order."""
    today = day_here(visitor)
    slots = schools.slots(on=(today, today + timedelta(days=DAYS - 1)), school=school.id)
    return sorted({slot.room for slot in slots if slot.room})


def _week(request: WebRequest, place: Place, lines: tuple[Line, ...], name: str, *, own: bool = False) -> HttpResponse:
    visitor = request.visitor
    today = day_here(visitor)
    monday = monday_of(request.GET.get("monday", ""), today)
    return page(
        request,
        "web/timetable/week.html",
        place=place,
        name=name,
        own=own,
        week=week_from(visitor, place.one, lines, monday, today),
        edits=visitor.actor.may(EVERY, place.one.path),
        tabs=tabs(visitor, place.one, ""),
    )


def _is_class(one: GroupView) -> bool:
    return one.kind is GroupKind.CLASS
