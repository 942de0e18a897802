"""Who is in the house, and the list for a fire: read on the device without a connection, ticked off, printed."""

from __future__ import annotations

from dataclasses import dataclass
from uuid import UUID

from django.http import HttpResponse
from django.views.decorators.http import require_GET

from testamur.access.accounts.rules import Area
from testamur.schoolday.care import queries
from testamur.schoolday.care.queries import FireLine
from testamur.surfaces.web.care.desk import Desk, Face
from testamur.surfaces.web.doors import door
from testamur.surfaces.web.pages import page
from testamur.surfaces.web.requests import WebRequest


@dataclass(frozen=True, slots=True)
class Room:
    """A group with those who are here, and those who should be and are not noted."""

    name: str
    here: tuple[tuple[Face, FireLine], ...]
    unknown: tuple[tuple[Face, FireLine], ...]


@require_GET
@door("care.home", Area.STAFF, Area.OFFICE)
def fire(request: WebRequest, unit: UUID) -> HttpResponse:
    """Everybody in the house now, group by group, whom to call, with a box to tick for each child that is found."""
    desk = Desk(request.visitor)
    found = queries.fire_list(by=desk.by, unit=unit, now=desk.now, zone=desk.zone)
    view, _setting = queries.care_unit(unit)
    lines = {line.child: line for line in found.lines}
    faces = desk.faces(lines, view.path, "care.fire")
    rooms = []
    for group in sorted(found.groups, key=lambda one: one.code):
        mine = [(face, lines[key]) for key, face in faces.items() if lines[key].group == group.id]
        rooms.append(
            Room(
                group.code,
                tuple(pair for pair in mine if pair[1].here),
                tuple(pair for pair in mine if not pair[1].here),
            )
        )
    return page(
        request,
        "web/care/fire.html",
        unit=view,
        rooms=rooms,
        count=found.count,
        unknown=len(found.lines) - found.count,
        at=found.at,
        on=desk.today,
    )
