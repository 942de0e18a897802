"""Lessons, rooms and attendance as SS 12000 has them, from the timetable and the register of absences."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import UTC, date, datetime, time, timedelta
from typing import Any
from uuid import UUID, uuid5
from zoneinfo import ZoneInfo

from django.conf import settings
from django.http import HttpRequest

from testamur.access.accounts.rules import clients as scopes
from testamur.exchange.connectors.roster import tracking
from testamur.exchange.connectors.roster.rules import Kind, activity_id, duty_id
from testamur.exchange.notifications.rules import ZONES
from testamur.register.people import queries as people
from testamur.register.schools import queries as schools
from testamur.register.schools.rules import Planned, Role
from testamur.schoolday.diary.queries import absences
from testamur.schoolday.diary.rules.absences import AbsenceView
from testamur.schoolday.diary.rules.states import AbsenceKind
from testamur.surfaces.api import asking
from testamur.surfaces.api.doors import Answer, Reader, program_door
from testamur.surfaces.api.refusing import QueryInvalid
from testamur.surfaces.api.ss12000 import paging, shapes
from testamur.surfaces.api.ss12000.entities import stamp
from testamur.surfaces.api.ss12000.paging import MOST, PAGE

LONGEST = timedelta(days=42)
EVENTS = ("startTime.onOrAfter", "startTime.onOrBefore", "activity", "student", "teacher", "organisation", "group")
ATTENDANCES = ("calendarEvent.startTime.onOrAfter", "calendarEvent.startTime.onOrBefore", "student", "organisation")


@program_door(scopes.CALENDAR, says=shapes.error, what="ss12000.calendarEvents")
def events(request: HttpRequest, reader: Reader) -> Answer:
    """The lessons that the timetable plans between two times, holidays left out."""
    asked, after = paging.asked(request, EVENTS)
    limit = asking.number(request, "limit", PAGE, least=1, most=MOST)
    first, last = _between(asked, "startTime")
    found = sorted(
        ((stamp(starts), key, one) for key, starts, one in _lessons(reader, asked, first, last)), key=lambda at: at[:2]
    )
    if after is not None:
        found = [one for one in found if (one[0], str(one[1])) > after]
    told = [_event(key, one, _zone(reader)) for _at, key, one in found[:limit]]
    more = paging.token(request, asked, (found[limit - 1][0], found[limit - 1][1])) if len(found) > limit else None
    return Answer({"data": told, "pageToken": more})


def _between(asked: dict[str, str], name: str) -> tuple[datetime, datetime]:
    names = (f"{name}.onOrAfter", f"{name}.onOrBefore")
    if not set(names) <= set(asked):
        raise QueryInvalid(f"{names[0]} and {names[1]} are needed.", parameter=names[0])
    first, last = (asking.read_instant(asked[one], one) for one in names)
    if last < first or last - first > LONGEST:
        raise QueryInvalid(f"At most {LONGEST.days} days can be asked for.", parameter=names[1])
    return first, last


def _lessons(
    reader: Reader, asked: dict[str, str], first: datetime, last: datetime
) -> list[tuple[UUID, datetime, Planned]]:
    zone = _zone(reader)
    wanted = {name: paging.uuid(asked[name], name) for name in EVENTS[2:] if name in asked}
    days = ((first - timedelta(days=1)).date(), (last + timedelta(days=1)).date())
    groups: set[UUID] | None = None
    if "student" in wanted:
        student = wanted["student"]
        both = {one for day in (days[0], days[1]) for one in schools.groups_of(persons=[student], on=day)[student]}
        groups = set() if student in people.hidden_from(reader.actor) else {one.id for one in both}
    units = [unit.id for unit in schools.units_under(reader.client.path)]
    if "organisation" in wanted:
        units = [unit for unit in units if unit == wanted["organisation"]]
    found = []
    for unit in units:
        for one in schools.planned(on=days, school=unit):
            at = _at(one.on, one.slot.starts, zone)
            inside = first <= at <= last and (groups is None or one.slot.group in groups)
            if inside and _meets(one, unit, wanted):
                found.append((_key(one.slot.group, one.on, one.slot.starts, one.slot.subject), at, one))
    return list({key: (key, at, one) for key, at, one in found}.values())


def _meets(one: Planned, unit: UUID, wanted: dict[str, UUID]) -> bool:
    slot = one.slot
    teaches = duty_id(unit, slot.teacher, Role.TEACHER.value) if slot.teacher else None
    return (
        wanted.get("group", slot.group) == slot.group
        and ("activity" not in wanted or wanted["activity"] == _activity(one))
        and ("teacher" not in wanted or wanted["teacher"] == teaches)
    )


def _activity(one: Planned) -> UUID:
    return activity_id(one.slot.group, one.slot.subject or one.group.course or one.group.subject)


def _key(group: UUID, on: date, starts: time, subject: str) -> UUID:
    """Id of a lesson: always the same, whether the timetable or the register of absences tells it."""
    return uuid5(group, f"lesson {on.isoformat()} {starts.isoformat()} {subject}")


def _event(key: UUID, one: Planned, zone: ZoneInfo) -> dict[str, Any]:
    slot = one.slot
    told: dict[str, Any] = {
        "id": str(key), "activity": {"id": str(_activity(one))}, "cancelled": False,
        "startTime": stamp(_at(one.on, slot.starts, zone)), "endTime": stamp(_at(one.on, slot.ends, zone)),
        "teachers": [], "rooms": [],
    }  # fmt: skip
    if slot.teacher:
        told["teachers"] = [{"duty": {"id": str(duty_id(slot.school, slot.teacher, Role.TEACHER.value))}}]
    if slot.room:
        told["rooms"] = [{"id": str(_room(slot.school, slot.room)), "displayName": slot.room}]
    return told


def _room(unit: UUID, name: str) -> UUID:
    return uuid5(unit, f"room {name}")


def _at(on: date, at: time, zone: ZoneInfo) -> datetime:
    """A time of the timetable, which is the school's own clock, in UTC."""
    return datetime.combine(on, at, zone).astimezone(UTC)


def _zone(reader: Reader) -> ZoneInfo:
    """The zone of the hours of the place that is read."""
    unit = schools.unit_at(reader.client.path)
    return ZoneInfo(ZONES.get(unit.country if unit is not None else "", settings.LOCAL_ZONE))


@program_door(scopes.CALENDAR, says=shapes.error, what="ss12000.rooms")
def rooms(request: HttpRequest, reader: Reader) -> Answer:
    """The rooms of the timetable in force."""
    asked, after = paging.asked(request, ("owner",))
    limit = asking.number(request, "limit", PAGE, least=1, most=MOST)
    today = reader.now.date()
    owner = paging.uuid(asked["owner"], "owner") if "owner" in asked else None
    found = sorted({
        (slot.room, str(unit.id))
        for unit in schools.units_under(reader.client.path)
        if owner in {None, unit.id}
        for slot in schools.slots(on=(today, today + LONGEST), school=unit.id)
        if slot.room
    })  # fmt: skip
    if after is not None:
        found = [one for one in found if one > after]
    told = [
        {"id": str(_room(UUID(unit), name)), "displayName": name, "owner": {"id": unit}} for name, unit in found[:limit]
    ]
    more = paging.token(request, asked, found[limit - 1]) if len(found) > limit else None
    return Answer({"data": told, "pageToken": more})


@program_door(scopes.ATTENDANCES, says=shapes.error, what="ss12000.attendances", further=(scopes.PROTECTED,))
def attendances(request: HttpRequest, reader: Reader) -> Answer:
    """Absences from lessons between two times; whoever was there is not told one by one, as nothing is written then."""
    asked, after = paging.asked(request, ATTENDANCES)
    limit = asking.number(request, "limit", PAGE, least=1, most=MOST)
    first, last = _between(asked, "calendarEvent.startTime")
    path, zone = reader.client.path, _zone(reader)
    tracking.follow(path, now=reader.now)
    refs = [("at__0__isnull", False)]
    pupils = {one.id for one in tracking.page(path=path, kinds=[Kind.PERSON], refs=refs)}
    pupils -= people.hidden_from(reader.actor)
    if "student" in asked:
        pupils &= {paging.uuid(asked["student"], "student")}
    days = ((first - timedelta(days=1)).date(), (last + timedelta(days=1)).date())
    some = [
        one
        for mine in absences.absences_of(pupils=sorted(pupils), first=days[0], last=days[1]).values()
        for one in mine
        if first <= _at(one.on, one.starts, zone) <= last
    ]
    views = schools.groups_by_id({one.group for one in some})
    unit = paging.uuid(asked["organisation"], "organisation") if "organisation" in asked else None
    found = sorted(
        (one.changed_at.isoformat(), one.id.hex, one)
        for one in some
        if views[one.group].path.startswith(path) and unit in {None, views[one.group].school}
    ) if some else []  # fmt: skip
    if after is not None:
        found = [one for one in found if one[:2] > after]
    lengths = _lengths([one for _at_, _id, one in found[:limit]], zone)
    told = [_attendance(one, lengths) for _at_, _id, one in found[:limit]]
    more = paging.token(request, asked, found[limit - 1][:2]) if len(found) > limit else None
    return Answer({"data": told, "pageToken": more}, len(told))


def _lengths(some: Sequence[AbsenceView], zone: ZoneInfo) -> dict[UUID, int]:
    """Minutes of the lessons of the timetable that these absences are from."""
    if not some:
        return {}
    first, last = min(one.on for one in some), max(one.on for one in some)
    return {
        _key(one.slot.group, one.on, one.slot.starts, one.slot.subject): int(
            (_at(one.on, one.slot.ends, zone) - _at(one.on, one.slot.starts, zone)).total_seconds() // 60
        )
        for one in schools.planned(on=(first, last), groups={one.group for one in some})
    }


def _attendance(one: AbsenceView, lengths: dict[UUID, int]) -> dict[str, Any]:
    lesson = _key(one.group, one.on, one.starts, one.subject)
    length = lengths.get(lesson, 0)
    missed = one.minutes if one.minutes is not None else (length if one.kind is AbsenceKind.ABSENT else 0)
    told: dict[str, Any] = {
        "id": str(one.id), "meta": {"created": stamp(one.changed_at), "modified": stamp(one.changed_at)},
        "calendarEvent": {"id": str(lesson)}, "student": {"id": str(one.pupil)}, "isReported": True,
        "attendanceMinutes": max(0, length - missed),
        "validAbsenceMinutes": missed if one.excused else 0,
        "invalidAbsenceMinutes": 0 if one.excused else missed,
    }  # fmt: skip
    return told
