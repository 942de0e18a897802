"""Students and grades from a learning platform, or out of a file (rows B31, B33)."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Mapping
from typing import Any
from uuid import UUID

from django.http import HttpRequest
from django.utils.functional import Promise
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from testamur.exchange.connectors.lms import fetching
from testamur.exchange.connectors.lms import queries as platforms
from testamur.exchange.connectors.lms.rules import Brought, LineItem, Note
from testamur.kernel.base.refused import NotAllowed, NotFound, Refused
from testamur.schoolday.reporting import actions
from testamur.schoolday.reporting.rules.states import Source
from testamur.schoolday.reporting.rules.views import Fetched, ListHead
from testamur.surfaces.web import refusals
from testamur.surfaces.web.requests import Visitor

FETCH = "connectors.lms.fetch"
TOLD = 60
"""So many remarks about a source are told."""

NOTES: Mapping[str, str | Promise] = {
    "twice": gettext_lazy("stands there twice; the first was taken"),
    "conflict": gettext_lazy("stands there twice with different grades; no grade was taken"),
    "off_scale": gettext_lazy("is no grade of this scale; the cell was left empty"),
    "below": gettext_lazy("lies below every threshold; the cell was left empty"),
    "no_number": gettext_lazy("is no number; the cell was left empty"),
    "no_maximum": gettext_lazy("has no maximum to reckon a share of; the cell was left empty"),
    "ungraded": gettext_lazy("is not graded there"),
    "no_key": gettext_lazy("has neither number nor e-mail address; nobody could be found"),
    "of_score_date": gettext_lazy("the day of grading is not taken for the examination date; write that yourself"),
}
"""Code of a remark about a source → what it says."""


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
            trouble = refusals.sentence(refused)
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
        (*_said(brought.notes), *came.notes),
    )


def _said(notes: Iterable[Note]) -> list[str]:
    """Remarks about a source in words, each with its line and what stands there."""
    found = []
    for note in list(notes)[:TOLD]:
        words = note.said or str(NOTES.get(note.code, note.code))
        where = _("Line %(n)s") % {"n": note.row} if note.row else ""
        what = f"“{note.found}”" if note.found else ""
        found.append(" ".join(filter(None, (f"{where}:" if where else "", what, words))))
    return found


def _room(request: HttpRequest) -> UUID:
    try:
        return UUID(request.POST.get("room", ""))
    except ValueError:
        raise NotFound("There is no such course room.") from None
