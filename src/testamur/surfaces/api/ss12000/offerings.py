"""What a school teaches, as SS 12000 has it: one offering for each school and year, with its syllabuses."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Callable, Collection, Mapping
from datetime import date
from typing import Any
from uuid import UUID, uuid5

from django.http import HttpRequest

from testamur.access.accounts.rules import clients as scopes
from testamur.exchange.connectors.roster import tracking
from testamur.exchange.connectors.roster.rules import Kind
from testamur.law.tables import PACKS
from testamur.register.schools import queries as schools
from testamur.surfaces.api.doors import Answer, Reader, program_door
from testamur.surfaces.api.ss12000 import listing, paging, shapes
from testamur.surfaces.api.syllabuses import KINDS, UNIVERSITY, subject_id

OFFERINGS = ("offeredAt", "offeredSyllabuses", "startDate.onOrBefore", "endDate.onOrAfter")


@program_door(scopes.ACTIVITIES, says=shapes.error, what="ss12000.schoolUnitOfferings")
def offerings(request: HttpRequest, reader: Reader) -> Answer:
    """The subjects of the law's own list that are taught at each school in a school year; about nobody."""
    asked, after = paging.asked(request, OFFERINGS)
    unit, syllabus = listing.id_asked(asked, "offeredAt"), asked.get("offeredSyllabuses")
    begun, going = listing.day_asked(asked, "startDate.onOrBefore"), listing.day_asked(asked, "endDate.onOrAfter")
    found = [
        ((told["startDate"], told["id"]), told)
        for told in _offerings(reader).values()
        if (unit is None or told["offeredAt"]["id"] == str(unit))
        and (syllabus is None or {"id": syllabus} in told["offeredSyllabuses"])
        and (begun is None or date.fromisoformat(told["startDate"]) <= begun)
        and (going is None or date.fromisoformat(told["endDate"]) >= going)
    ]
    return listing.page(request, asked, after, found, list, personal=False)


def _offerings(reader: Reader) -> dict[UUID, dict[str, Any]]:
    path = reader.client.path
    tracking.follow(path, now=reader.now)
    activities = tracking.page(path=path, kinds=[Kind.ACTIVITY])
    years = schools.school_years_of(groups={UUID(one.refs["group"]) for one in activities})
    units = {one.id: one for one in schools.units_under(path)}
    above = schools.units_above(path)
    body_pack = above[0].pack if above else ""
    taught: dict[tuple[UUID, date, date], set[UUID]] = defaultdict(set)
    for one in activities:
        unit, code = UUID(one.refs["school"]), one.refs["subject"]
        pack = (units[unit].pack if unit in units else "") or body_pack
        if pack in KINDS and pack != UNIVERSITY and code in {subject.code for subject in PACKS[pack].subjects}:
            taught[unit, *years[UUID(one.refs["group"])]].add(subject_id(pack, code))
    found = {}
    for (unit, starts, ends), some in taught.items():
        key = uuid5(unit, f"offering {starts.isoformat()}")
        found[key] = {
            "id": str(key), "offeredAt": {"id": str(unit)}, "startDate": starts.isoformat(),
            "endDate": ends.isoformat(), "offeredSyllabuses": [{"id": str(one)} for one in sorted(some)],
        }  # fmt: skip
    return found


def _by_id(reader: Reader, ids: Collection[UUID]) -> Mapping[UUID, dict[str, Any]]:
    return {key: told for key, told in _offerings(reader).items() if key in ids}


offering: Callable[..., Any] = listing.single(scopes.ACTIVITIES, "schoolUnitOfferings", _by_id, personal=False)
offerings_lookup = listing.lookup(scopes.ACTIVITIES, "schoolUnitOfferings", _by_id, personal=False)
