"""Preschool and after-school care as SS 12000 has them: places, hours, and who came and went."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Callable, Collection, Mapping, Sequence
from datetime import date, timedelta
from typing import Any
from uuid import UUID

from django.http import HttpRequest

from testamur.access.accounts.rules import clients as scopes
from testamur.exchange.connectors.roster import tracking
from testamur.exchange.connectors.roster.rules import Entity, Kind
from testamur.register.people import queries as people
from testamur.register.schools import queries as schools
from testamur.register.schools.rules import Form
from testamur.schoolday.care import queries as care
from testamur.schoolday.care.queries import feeds
from testamur.schoolday.care.queries.feeds import Event, Schedule
from testamur.surfaces.api.doors import Answer, Reader, program_door
from testamur.surfaces.api.ss12000 import listing, paging, shapes
from testamur.surfaces.api.ss12000.entities import meta, reference, stamp
from testamur.surfaces.api.ss12000.lessons import between

SCHEDULES = (
    "placement", "startDate.onOrAfter", "startDate.onOrBefore", "endDate.onOrAfter", "endDate.onOrBefore",
    *listing.MODIFIED,
)  # fmt: skip
EVENTS = ("time.onOrAfter", "time.onOrBefore", "person", "group", *listing.MODIFIED)
DAYS = ("Måndag", "Tisdag", "Onsdag", "Torsdag", "Fredag", "Lördag", "Söndag")
FURTHER = (scopes.PROTECTED,)
_AROUND = timedelta(days=100)
"""Days that differ are told from so long ago, and so far ahead."""


# -- places -----------------------------------------------------------------------------------------------------


def units(path: str) -> list[UUID]:
    """The units of a place that have care."""
    return sorted(care.has_care({one.id: one for one in schools.units_under(path)}))


def place_refs(path: str) -> list[tuple[str, object]]:
    """What has to hold of a membership in the catalogue that is a place in care."""
    return [("role", "student"), ("school__in", [str(one) for one in units(path)])]


def placements(some: Sequence[Entity], reader: Reader, *, names: bool) -> list[dict[str, Any]]:
    """Places of children; owners are those who have custody, where the program may know them."""
    kept = schools.units({UUID(one.refs["school"]) for one in some})
    groups = schools.groups_by_id({UUID(one.refs["group"]) for one in some})
    titles: dict[UUID, str] = {}
    if names:
        titles = {key: unit.name for key, unit in kept.items()}
        titles |= {key: view.name or view.code for key, view in groups.items()}
    children = [UUID(one.refs["person"]) for one in some]
    guardians = people.guardians(by=reader.actor, children=children, on=reader.now.date())
    return [_placement(one, kept[UUID(one.refs["school"])].form, titles, guardians) for one in some]


def _placement(
    one: Entity, form: Form, titles: Mapping[UUID, str], guardians: Mapping[UUID, Sequence[Any]]
) -> dict[str, Any]:
    child = UUID(one.refs["person"])
    told: dict[str, Any] = {
        "id": str(one.id), "meta": meta(one), "placedAt": reference(UUID(one.refs["school"]), titles),
        "group": reference(UUID(one.refs["group"]), titles), "child": {"id": str(child)},
        "owners": [{"id": str(view.guardian.id)} for view in guardians.get(child, ()) if view.custody],
        "schoolType": "FS" if form is Form.PRESCHOOL else "FTH", "startDate": one.refs["starts"],
    }  # fmt: skip
    return told | ({"endDate": one.refs["ends"]} if one.refs["ends"] else {})


def _places(reader: Reader) -> dict[tuple[UUID, UUID], list[Entity]]:
    """(child, unit) → the places there; those of children whom the reader may not see aside."""
    path = reader.client.path
    tracking.follow(path, now=reader.now)
    hidden = people.hidden_from(reader.actor)
    found: dict[tuple[UUID, UUID], list[Entity]] = defaultdict(list)
    for one in tracking.page(path=path, kinds=[Kind.ENROLMENT], refs=place_refs(path)):
        child = UUID(one.refs["person"])
        if child not in hidden:
            found[child, UUID(one.refs["school"])].append(one)
    return found


# -- hours ------------------------------------------------------------------------------------------------------


@program_door(scopes.CARE, says=shapes.error, what="ss12000.attendanceSchedules", further=FURTHER)
def schedules(request: HttpRequest, reader: Reader) -> Answer:
    """Regular weeks, and days that differ (``temporary``); a day without care has no entries."""
    asked, after = paging.asked(request, SCHEDULES)
    wanted = listing.id_asked(asked, "placement")
    found = [
        ((stamp(one.at), str(one.id)), (one, place))
        for one, place in _schedules(reader)
        if wanted in {None, place.id} and listing.fits(asked, one.at, one.at) and _runs(one, asked)
    ]
    return listing.page(request, asked, after, found, lambda some: [_schedule(*one) for one in some])


def _schedules(reader: Reader) -> list[tuple[Schedule, Entity]]:
    places, today = _places(reader), reader.now.date()
    found = feeds.schedules(
        children={child for child, _unit in places}, units={unit for _child, unit in places},
        first=today - _AROUND, last=today + _AROUND,
    )  # fmt: skip
    told = []
    for one in found:
        place = next((place for place in places.get((one.child, one.unit), ()) if _meets(one, place)), None)
        if place is not None:
            told.append((one, place))
    return told


def _meets(one: Schedule, place: Entity) -> bool:
    ends = place.refs["ends"]
    begins_in_time = one.last is None or date.fromisoformat(place.refs["starts"]) <= one.last
    return begins_in_time and (ends is None or one.first <= date.fromisoformat(ends))


def _runs(one: Schedule, asked: Mapping[str, str]) -> bool:
    starts = (listing.day_asked(asked, "startDate.onOrAfter"), listing.day_asked(asked, "startDate.onOrBefore"))
    ends = (listing.day_asked(asked, "endDate.onOrAfter"), listing.day_asked(asked, "endDate.onOrBefore"))
    return (
        (starts[0] is None or one.first >= starts[0])
        and (starts[1] is None or one.first <= starts[1])
        and (one.last is None or ends[0] is None or one.last >= ends[0])
        and (one.last is None or ends[1] is None or one.last <= ends[1])
    )


def _schedule(one: Schedule, place: Entity) -> dict[str, Any]:
    told: dict[str, Any] = {
        "id": str(one.id), "meta": listing.meta(one.at, one.at), "placement": {"id": str(place.id)},
        "numberOfWeeks": 1, "startDate": one.first.isoformat(), "temporary": one.single,
        "state": [{"state": "Godkänt", "registeredAt": stamp(one.at)}],
        "scheduleEntries": [
            {"weekOffset": 0, "dayOfWeek": DAYS[day - 1], "startTime": f"{hours.starts:%H:%M}",
             "length": hours.minutes}
            for day, hours in sorted(one.days.items())
        ],
    }  # fmt: skip
    return told | ({"endDate": one.last.isoformat()} if one.last is not None else {})


def _schedules_by_id(reader: Reader, ids: Collection[UUID]) -> Mapping[UUID, dict[str, Any]]:
    return {one.id: _schedule(one, place) for one, place in _schedules(reader) if one.id in ids}


# -- who came and went ------------------------------------------------------------------------------------------


@program_door(scopes.CARE, says=shapes.error, what="ss12000.attendanceEvents", further=FURTHER)
def events(request: HttpRequest, reader: Reader) -> Answer:
    """When children came and went between two times. Who fetched them is not told."""
    asked, after = paging.asked(request, EVENTS)
    first, last = between(asked, "time")
    person, group = listing.id_asked(asked, "person"), listing.id_asked(asked, "group")
    places = _places(reader)
    children = {child for child, _unit in places if person in {None, child}}
    found = [
        ((stamp(one.at), str(one.id)), one)
        for one in feeds.events(children=children, units={unit for _child, unit in places}, first=first, last=last)
        if group in {None, one.group} and listing.fits(asked, one.noted_at, one.noted_at)
    ]
    return listing.page(request, asked, after, found, lambda some: [_event(one) for one in some])


def _event(one: Event) -> dict[str, Any]:
    return {
        "id": str(one.id), "meta": listing.meta(one.noted_at, one.noted_at), "time": stamp(one.at),
        "eventType": "In" if one.comes else "Ut", "person": {"id": str(one.child)}, "group": {"id": str(one.group)},
        "registeredBy": {"id": str(one.noted_by)},
    }  # fmt: skip


def _events_by_id(reader: Reader, ids: Collection[UUID]) -> Mapping[UUID, dict[str, Any]]:
    places = _places(reader)
    found = feeds.events(
        children={child for child, _unit in places}, units={unit for _child, unit in places},
        first=reader.now - _AROUND, last=reader.now + _AROUND,
    )  # fmt: skip
    return {one.id: _event(one) for one in found if one.id in ids}


schedule: Callable[..., Any] = listing.single(scopes.CARE, "attendanceSchedules", _schedules_by_id, further=FURTHER)
schedules_lookup = listing.lookup(scopes.CARE, "attendanceSchedules", _schedules_by_id, further=FURTHER)
event: Callable[..., Any] = listing.single(scopes.CARE, "attendanceEvents", _events_by_id, further=FURTHER)
events_lookup = listing.lookup(scopes.CARE, "attendanceEvents", _events_by_id, further=FURTHER)
