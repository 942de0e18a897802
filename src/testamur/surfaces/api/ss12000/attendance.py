"""Absences as SS 12000 has them: from lessons, summed up, and as families reported them or the school granted them."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Callable, Collection, Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import date, datetime, time, timedelta
from typing import Any
from uuid import UUID
from zoneinfo import ZoneInfo

from django.http import HttpRequest

from testamur.access.accounts.rules import clients as scopes
from testamur.register.schools import queries as schools
from testamur.schoolday.diary.queries import absences, leaves
from testamur.schoolday.diary.rules.absences import AbsenceView
from testamur.schoolday.diary.rules.leaves import LeaveView
from testamur.schoolday.diary.rules.states import AbsenceKind, LeaveKind
from testamur.surfaces.api import asking
from testamur.surfaces.api.doors import Answer, Reader, program_door
from testamur.surfaces.api.refusing import QueryInvalid
from testamur.surfaces.api.ss12000 import listing, paging, shapes
from testamur.surfaces.api.ss12000.entities import stamp
from testamur.surfaces.api.ss12000.lessons import Told, between, days_around, instant, lessons, pupils, zone_of

ATTENDANCES = ("calendarEvent.startTime.onOrAfter", "calendarEvent.startTime.onOrBefore", "student", "organisation")
SUMS = ("startDate", "endDate", "student", "organisation")
ABSENCES = (
    "startTime.onOrAfter", "startTime.onOrBefore", "endTime.onOrAfter", "endTime.onOrBefore", "student",
    "organisation", "type", *listing.MODIFIED,
)  # fmt: skip
TYPES: Mapping[LeaveKind, str] = {LeaveKind.REPORT: "Anmäld frånvaro", LeaveKind.LEAVE: "Beviljad ledighet"}
FURTHER = (scopes.PROTECTED,)
_AROUND = timedelta(days=400)
"""Reported absences and leave are told from so long ago, and so far ahead."""


# -- from lessons -----------------------------------------------------------------------------------------------


@program_door(scopes.ATTENDANCES, says=shapes.error, what="ss12000.attendances", further=FURTHER)
def attendances(request: HttpRequest, reader: Reader) -> Answer:
    """Absences from lessons between two times; whoever was there is not told one by one, as nothing is written then."""
    asked, after = paging.asked(request, ATTENDANCES)
    first, last = between(asked, "calendarEvent.startTime")
    missed = _missed(reader, asked, first, last)
    unit = listing.id_asked(asked, "organisation")
    known = _lessons_of(reader, missed, first, last)
    found = [
        ((one.changed_at.isoformat(), one.id.hex), (one, known[one.lesson]))
        for one in missed
        if one.lesson in known and unit in {None, known[one.lesson].view.school}
    ]
    return listing.page(request, asked, after, found, lambda some: [_attendance(*one) for one in some])


def _missed(reader: Reader, asked: dict[str, str], first: datetime, last: datetime) -> list[AbsenceView]:
    wanted, student = pupils(reader), listing.id_asked(asked, "student")
    if student is not None:
        wanted &= {student}
    days = days_around(first, last)
    found = absences.absences_of(pupils=sorted(wanted), first=days[0], last=days[1])
    return [one for mine in found.values() for one in mine]


def _lessons_of(reader: Reader, some: Iterable[AbsenceView], first: datetime, last: datetime) -> dict[UUID, Told]:
    """The lessons by the id of their row, of which these absences are."""
    told = lessons(reader, first, last, groups={one.group for one in some})
    return {one.view.id: one for one in told if one.view.id is not None}


def _attendances_by_id(reader: Reader, ids: Collection[UUID]) -> Mapping[UUID, dict[str, Any]]:
    mine = pupils(reader)
    some = [one for one in absences.absences_by_id(ids) if one.pupil in mine]
    if not some:
        return {}
    zone = zone_of(reader)
    days = [one.on for one in some]
    told: dict[UUID, dict[str, Any]] = {}
    for on in set(days):
        first = instant(on, time.min, zone)
        known = _lessons_of(reader, [one for one in some if one.on == on], first, first + timedelta(days=1))
        told |= {one.id: _attendance(one, known[one.lesson]) for one in some if one.on == on and one.lesson in known}
    return told


def _attendance(one: AbsenceView, lesson: Told) -> dict[str, Any]:
    missed = _minutes(one, lesson)
    return {
        "id": str(one.id), "meta": listing.meta(one.changed_at, one.changed_at),
        "calendarEvent": {"id": str(lesson.id)}, "student": {"id": str(one.pupil)}, "isReported": True,
        "attendanceMinutes": max(0, lesson.minutes - missed),
        "validAbsenceMinutes": missed if one.excused else 0,
        "invalidAbsenceMinutes": 0 if one.excused else missed,
    }  # fmt: skip


def _minutes(one: AbsenceView, lesson: Told) -> int:
    if one.minutes is not None:
        return one.minutes
    return lesson.minutes if one.kind is AbsenceKind.ABSENT else 0


# -- summed up --------------------------------------------------------------------------------------------------


@dataclass(slots=True)
class _Sum:
    """Minutes of one pupil in one activity."""

    offered: int = 0
    reported: int = 0
    valid: int = 0
    invalid: int = 0


@program_door(scopes.ATTENDANCES, says=shapes.error, what="ss12000.aggregatedAttendance", further=FURTHER)
def aggregated(request: HttpRequest, reader: Reader) -> Answer:
    """Minutes of each pupil in each activity between two days: offered, reported, there and absent."""
    asked, after = paging.asked(request, SUMS)
    first, last = between(asked, "startDate", last="endDate")
    sums = _sums(reader, asked, first, last)
    ends = (last - timedelta(microseconds=1)).date()

    def told(some: Sequence[tuple[UUID, UUID]]) -> list[dict[str, Any]]:
        return [_sum(pupil, activity, sums[pupil, activity], (first.date(), ends)) for pupil, activity in some]

    found = [((str(pupil), str(activity)), (pupil, activity)) for pupil, activity in sums]
    return listing.page(request, asked, after, found, told)


def _sums(reader: Reader, asked: dict[str, str], first: datetime, last: datetime) -> dict[tuple[UUID, UUID], _Sum]:
    unit, student = listing.id_asked(asked, "organisation"), listing.id_asked(asked, "student")
    wanted = pupils(reader)
    if student is not None:
        wanted &= {student}
    held = [
        one for one in lessons(reader, first, last, units=None if unit is None else {unit}) if not one.view.cancelled
    ]
    days = days_around(first, last)
    stays = schools.stays(groups={one.view.group for one in held}, first=days[0], last=days[1])
    missed = {(one.lesson, one.pupil): one for one in _missed(reader, asked, first, last)}
    sums: dict[tuple[UUID, UUID], _Sum] = defaultdict(_Sum)
    for lesson in held:
        on = lesson.view.on
        for pupil in {one.person for one in stays[lesson.view.group] if one.starts <= on <= (one.ends or on)} & wanted:
            mine = sums[pupil, lesson.activity]
            mine.offered += lesson.minutes
            if not lesson.view.taken or lesson.view.id is None:
                continue
            mine.reported += lesson.minutes
            absence = missed.get((lesson.view.id, pupil))
            if absence is not None and absence.excused:
                mine.valid += _minutes(absence, lesson)
            elif absence is not None:
                mine.invalid += _minutes(absence, lesson)
    return dict(sums)


def _sum(pupil: UUID, activity: UUID, one: _Sum, days: tuple[date, date]) -> dict[str, Any]:
    return {
        "student": {"id": str(pupil)}, "activity": {"id": str(activity)},
        "startDate": days[0].isoformat(), "endDate": days[1].isoformat(),
        "offeredSum": one.offered, "reportedSum": one.reported,
        "attendanceSum": max(0, one.reported - one.valid - one.invalid),
        "validAbsenceSum": one.valid, "invalidAbsenceSum": one.invalid,
    }  # fmt: skip


# -- reported and granted ---------------------------------------------------------------------------------------


@program_door(scopes.ABSENCES, says=shapes.error, what="ss12000.absences", further=FURTHER)
def reported(request: HttpRequest, reader: Reader) -> Answer:
    """What families reported and the school granted: from when to when, never why."""
    asked, after = paging.asked(request, ABSENCES)
    if asked.get("type", TYPES[LeaveKind.REPORT]) not in TYPES.values():
        raise QueryInvalid(f"type is {' or '.join(TYPES.values())}.", parameter="type")
    zone = zone_of(reader)
    found = [
        ((stamp(changed), str(one.id)), one)
        for one in _leaves(reader, asked)
        if listing.fits(asked, one.asked_at, changed := one.decided_at or one.asked_at) and _inside(one, asked, zone)
    ]
    return listing.page(request, asked, after, found, lambda some: [_leave(one, zone) for one in some])


def _leaves(reader: Reader, asked: Mapping[str, str]) -> list[LeaveView]:
    wanted, student = pupils(reader), listing.id_asked(asked, "student")
    if student is not None:
        wanted &= {student}
    today = reader.now.date()
    unit, path = listing.id_asked(asked, "organisation"), reader.client.path
    return [
        one
        for one in leaves.held(pupils=sorted(wanted), first=today - _AROUND, last=today + _AROUND)
        if one.path.startswith(path)
        and unit in {None, one.school}
        and asked.get("type", TYPES[one.kind]) == TYPES[one.kind]
    ]


def _inside(one: LeaveView, asked: Mapping[str, str], zone: ZoneInfo) -> bool:
    for name, at in zip(("startTime", "endTime"), _times(one, zone), strict=True):
        after, before = f"{name}.onOrAfter", f"{name}.onOrBefore"
        if after in asked and at < asking.read_instant(asked[after], after):
            return False
        if before in asked and at > asking.read_instant(asked[before], before):
            return False
    return True


def _times(one: LeaveView, zone: ZoneInfo) -> tuple[datetime, datetime]:
    """From when to when; whole days go from midnight to midnight."""
    starts = instant(one.first, one.from_time or time.min, zone)
    if one.to_time is not None:
        return starts, instant(one.last, one.to_time, zone)
    return starts, instant(one.last + timedelta(days=1), time.min, zone)


def _leave(one: LeaveView, zone: ZoneInfo) -> dict[str, Any]:
    starts, ends = _times(one, zone)
    return {
        "id": str(one.id), "meta": listing.meta(one.asked_at, one.decided_at or one.asked_at),
        "startTime": stamp(starts), "endTime": stamp(ends), "type": TYPES[one.kind],
        "student": {"id": str(one.pupil)}, "organisation": {"id": str(one.school)},
    }  # fmt: skip


def _leaves_by_id(reader: Reader, ids: Collection[UUID]) -> Mapping[UUID, dict[str, Any]]:
    zone = zone_of(reader)
    return {one.id: _leave(one, zone) for one in _leaves(reader, {}) if one.id in ids}


attendance: Callable[..., Any] = listing.single(scopes.ATTENDANCES, "attendances", _attendances_by_id, further=FURTHER)
attendances_lookup = listing.lookup(scopes.ATTENDANCES, "attendances", _attendances_by_id, further=FURTHER)
absence: Callable[..., Any] = listing.single(scopes.ABSENCES, "absences", _leaves_by_id, further=FURTHER)
absences_lookup = listing.lookup(scopes.ABSENCES, "absences", _leaves_by_id, further=FURTHER)
