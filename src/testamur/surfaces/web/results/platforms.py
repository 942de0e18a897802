"""Students and grades from a learning platform, or out of a file (rows B31, B33)."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from typing import Any
from uuid import UUID

from django.http import HttpRequest

from testamur.exchange.connectors.lms import fetching
from testamur.exchange.connectors.lms import queries as platforms
from testamur.exchange.connectors.lms.rules import Brought, LineItem
from testamur.kernel.base.refused import NotAllowed, NotFound, Refused
from testamur.schoolday.reporting import actions
from testamur.schoolday.reporting.rules.states import Source
from testamur.schoolday.reporting.rules.views import Fetched, ListHead
from testamur.surfaces.web.lti import words
from testamur.surfaces.web.requests import Visitor

FETCH = "connectors.lms.fetch"
TOLD = 60
"""So many remarks about a source are told."""


class FileMissing(Refused):
    """No file was chosen."""

    code = "web.results.no_file"


def context(request: HttpRequest, visitor: Visitor, head: ListHead) -> dict[str, Any]:
    """Rooms of the course in platforms that are connected; what was graded in the one that is chosen."""
    if not visitor.actor.may(FETCH, head.path):
        return {"rooms": (), "room": None, "items": (), "room_trouble": "", "may_file": False}
    rooms = platforms.rooms(by=visitor.actor, course_code=head.course_code)
    room = next((one for one in rooms if str(one.id) == request.GET.get("room")), None)
    items: tuple[LineItem, ...] = ()
    trouble = ""
    if room is not None and room.grades:
        try:
            items = fetching.line_items(by=visitor.actor, room=room.id, now=visitor.now)
        except (NotAllowed, NotFound):
            raise
        except Refused as refused:
            trouble = words.sentence(refused)
    return {"rooms": rooms, "room": room, "items": items, "room_trouble": trouble, "may_file": True}


def ways(request: HttpRequest, visitor: Visitor, head: ListHead) -> Mapping[str, Callable[[], Fetched]]:
    """Button → what it fetches."""
    return {
        "members": lambda: _brought(
            visitor, head, fetching.members(by=visitor.actor, room=_room(request), now=visitor.now)
        ),
        "grades": lambda: _brought(
            visitor,
            head,
            fetching.grades(
                by=visitor.actor,
                room=_room(request),
                line_item=request.POST.get("item", ""),
                scale=head.scale,
                thresholds=request.POST.get("thresholds", ""),
                now=visitor.now,
            ),
        ),
        "file": lambda: _brought(visitor, head, _file(request, visitor, head)),
    }


def _file(request: HttpRequest, visitor: Visitor, head: ListHead) -> Brought:
    sent = request.FILES.get("file")
    if sent is None:
        raise FileMissing("Choose a file first.", field="file")
    return fetching.file(
        by=visitor.actor,
        path=head.path,
        scale=head.scale,
        name=sent.name or "",
        data=sent.read(),
        line_item=request.POST.get("graded", ""),
        thresholds=request.POST.get("thresholds", ""),
        now=visitor.now,
    )


def _brought(visitor: Visitor, head: ListHead, brought: Brought) -> Fetched:
    """Into the list: what stands there is left alone; whom nobody knows is named."""
    came = actions.add_students(
        by=visitor.actor, list=head.id, incoming=brought.incoming, source=Source.LMS, now=visitor.now
    )
    return Fetched(
        came.added,
        came.there,
        (*brought.unknown, *came.unknown),
        came.filled,
        came.kept,
        (*map(words.told, brought.notes[:TOLD]), *came.notes),
    )


def _room(request: HttpRequest) -> UUID:
    try:
        return UUID(request.POST.get("room", ""))
    except ValueError:
        raise NotFound("There is no such course room.") from None
