"""Lessons and rooms as SS 12000 has them, from the timetable and what the days change of it."""

from __future__ import annotations

from collections.abc import Callable, Collection, Mapping, Sequence
from datetime import datetime
from typing import Any
from uuid import UUID, uuid5

from django.http import HttpRequest

from testamur.access.accounts.rules import clients as scopes
from testamur.exchange.connectors.roster.rules import duty_id
from testamur.register.people import queries as people
from testamur.register.schools import queries as schools
from testamur.register.schools.rules import Role
from testamur.surfaces.api.doors import Answer, Reader, program_door
from testamur.surfaces.api.ss12000 import listing, paging, shapes
from testamur.surfaces.api.ss12000.entities import stamp
from testamur.surfaces.api.ss12000.lessons import LONGEST, Told, between, days_around, lessons

EVENTS = ("startTime.onOrAfter", "startTime.onOrBefore", "activity", "student", "teacher", "organisation", "group")


@program_door(scopes.CALENDAR, says=shapes.error, what="ss12000.calendarEvents")
def events(request: HttpRequest, reader: Reader) -> Answer:
    """The lessons between two times as they are held: moved, with another teacher or room, or cancelled."""
    asked, after = paging.asked(request, EVENTS)
    first, last = between(asked, "startTime")
    found = [((stamp(one.starts), str(one.id)), one) for one in _wanted(reader, asked, first, last)]
    return listing.page(request, asked, after, found, _events, personal=False)


def _wanted(reader: Reader, asked: dict[str, str], first: datetime, last: datetime) -> list[Told]:
    wanted = {name: paging.uuid(asked[name], name) for name in EVENTS[2:] if name in asked}
    units = {wanted["organisation"]} if "organisation" in wanted else None
    groups = {wanted["group"]} if "group" in wanted else None
    if "student" in wanted:
        student, days = wanted["student"], days_around(first, last)
        both = {one.id for day in days for one in schools.groups_of(persons=[student], on=day)[student]}
        mine = set() if student in people.hidden_from(reader.actor) else both
        groups = mine if groups is None else groups & mine
    return [
        one
        for one in lessons(reader, first, last, groups=groups)
        if (units is None or one.view.school in units)
        and wanted.get("activity", one.activity) == one.activity
        and ("teacher" not in wanted or wanted["teacher"] == _teacher(one))
    ]


def _teacher(one: Told) -> UUID | None:
    view = one.view
    return duty_id(view.school, view.teacher, Role.TEACHER.value) if view.teacher is not None else None


def _events(some: Sequence[Told]) -> list[dict[str, Any]]:
    return [_event(one) for one in some]


def _event(one: Told) -> dict[str, Any]:
    view, teacher = one.view, _teacher(one)
    return {
        "id": str(one.id), "activity": {"id": str(one.activity)}, "cancelled": view.cancelled,
        "startTime": stamp(one.starts), "endTime": stamp(one.ends),
        "teachers": [{"duty": {"id": str(teacher)}}] if teacher is not None else [],
        "rooms": [{"id": str(_room(view.school, view.room)), "displayName": view.room}] if view.room else [],
    }  # fmt: skip


def _events_by_id(reader: Reader, ids: Collection[UUID]) -> Mapping[UUID, dict[str, Any]]:
    """Of the lessons not longer ago, and not further ahead, than can be asked for at once."""
    near = lessons(reader, reader.now - LONGEST, reader.now + LONGEST)
    return {one.id: _event(one) for one in near if one.id in ids}


def _room(unit: UUID, name: str) -> UUID:
    return uuid5(unit, f"room {name}")


@program_door(scopes.CALENDAR, says=shapes.error, what="ss12000.rooms")
def rooms(request: HttpRequest, reader: Reader) -> Answer:
    """The rooms of the timetable in force."""
    asked, after = paging.asked(request, ("owner",))
    owner = listing.id_asked(asked, "owner")
    found = [((name, str(unit)), (unit, name)) for unit, name in _rooms(reader) if owner in {None, unit}]
    return listing.page(request, asked, after, found, lambda some: [_told(*one) for one in some], personal=False)


def _rooms(reader: Reader) -> set[tuple[UUID, str]]:
    today = reader.now.date()
    return {
        (unit.id, slot.room)
        for unit in schools.units_under(reader.client.path)
        for slot in schools.slots(on=(today, today + LONGEST), school=unit.id)
        if slot.room
    }


def _told(unit: UUID, name: str) -> dict[str, Any]:
    return {"id": str(_room(unit, name)), "displayName": name, "owner": {"id": str(unit)}}


def _rooms_by_id(reader: Reader, ids: Collection[UUID]) -> Mapping[UUID, dict[str, Any]]:
    return {_room(*one): _told(*one) for one in _rooms(reader) if _room(*one) in ids}


event: Callable[..., Any] = listing.single(scopes.CALENDAR, "calendarEvents", _events_by_id, personal=False)
events_lookup = listing.lookup(scopes.CALENDAR, "calendarEvents", _events_by_id, personal=False)
room: Callable[..., Any] = listing.single(scopes.CALENDAR, "rooms", _rooms_by_id, personal=False)
rooms_lookup = listing.lookup(scopes.CALENDAR, "rooms", _rooms_by_id, personal=False)
