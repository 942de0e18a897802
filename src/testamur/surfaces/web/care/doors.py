"""The board at the door: who is here, who comes, who fetches; one tap for each arrival and departure."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime
from uuid import UUID, uuid4

from django.contrib import messages
from django.http import HttpResponse, JsonResponse
from django.urls import reverse
from django.utils.dateparse import parse_datetime
from django.utils.timezone import is_naive
from django.utils.translation import gettext as _
from django.views.decorators.http import require_GET, require_POST

from testamur.access.accounts.rules import Area
from testamur.kernel.base.refused import NotAllowed, NotFound, Refused
from testamur.register.schools.rules import GroupView, UnitView
from testamur.schoolday.care import actions, queries
from testamur.schoolday.care.queries import BoardLine
from testamur.schoolday.care.rules import UNDO_WITHIN, Act, Note, State, state_of
from testamur.surfaces.web import refusals
from testamur.surfaces.web.account.entering import SeeOther
from testamur.surfaces.web.care.desk import Desk, Face
from testamur.surfaces.web.care.fetchers import fetchers_of
from testamur.surfaces.web.care.hours import fetcher_key, fetcher_of
from testamur.surfaces.web.doors import door
from testamur.surfaces.web.pages import page
from testamur.surfaces.web.requests import WebRequest

REFUSED = 409


@dataclass(frozen=True, slots=True)
class UnitLine:
    """A unit with its groups, each with how many children are here."""

    unit: UnitView
    groups: tuple[tuple[GroupView, int, int], ...]
    arranges: bool


@dataclass(frozen=True, slots=True)
class Card:
    """A child on the board. `key` makes its next note safe to send twice; `undo` is the note that can be taken back."""

    line: BoardLine
    face: Face
    key: UUID
    fetchers: tuple[tuple[str, str], ...]
    chosen: str
    fetcher: str
    undo: UUID | None


@require_GET
@door("care.home", Area.STAFF, Area.OFFICE)
def home(request: WebRequest) -> HttpResponse:
    """The units and groups of the visitor, with how many children are here now."""
    desk = Desk(request.visitor)
    lines = []
    for unit in desk.units():
        groups = queries.groups_of_staff(by=desk.by, unit=unit.id, on=desk.today)
        where = queries.children_of([one.id for one in groups], desk.today)
        standing = queries.standing(where, desk.today)
        here = [where[child] for child, notes in standing.items() if state_of(notes) is State.HERE]
        counted = tuple((one, here.count(one.id), list(where.values()).count(one.id)) for one in groups)
        lines.append(UnitLine(unit, counted, desk.by.may("care.setting.write", unit.path)))
    return page(request, "web/care/home.html", lines=lines)


@require_GET
@door("care.home", Area.STAFF, Area.OFFICE)
def board(request: WebRequest, group: UUID) -> HttpResponse:
    """The children of a group today."""
    return _shown(request, group)


@require_POST
@door("care.home", Area.STAFF, Area.OFFICE)
def note(request: WebRequest, group: UUID) -> HttpResponse:
    """Note an arrival or a departure; a program of the page is answered in JSON, and may send the same note again."""
    desk = Desk(request.visitor)
    try:
        told = _note(request)
        actions.note_presence(by=desk.by, group=group, note=told, now=desk.now, zone=desk.zone)
    except (NotAllowed, NotFound):
        raise
    except Refused as refused:
        if _by_program(request):
            return JsonResponse({"refused": refused.code, "text": str(refusals.sentence(refused))}, status=REFUSED)
        return _shown(request, group, problem=str(refusals.sentence(refused)))
    if _by_program(request):
        return JsonResponse({"noted": str(told.key)})
    messages.success(request, _("Noted."))
    return SeeOther(reverse("care:board", args=[group]))


@require_POST
@door("care.home", Area.STAFF, Area.OFFICE)
def undo(request: WebRequest, group: UUID) -> HttpResponse:
    """Take back the latest note of a child."""
    desk = Desk(request.visitor)
    presence = _id(request.POST.get("presence", ""))
    if presence is None:
        raise NotFound("There is no such note.", field="presence")
    try:
        actions.undo_presence(by=desk.by, group=group, presence=presence, now=desk.now)
    except (NotAllowed, NotFound):
        raise
    except Refused as refused:
        return _shown(request, group, problem=str(refusals.sentence(refused)))
    messages.success(request, _("It is taken back."))
    return SeeOther(reverse("care:board", args=[group]))


def _shown(request: WebRequest, group: UUID, *, problem: str = "") -> HttpResponse:
    desk = Desk(request.visitor)
    found = queries.board(by=desk.by, group=group, on=desk.today, now=desk.now, zone=desk.zone)
    lines = {line.child: line for line in found.lines}
    faces = desk.faces(lines, found.at.group.path, "care.board")
    cards = _cards(desk, lines, faces)
    return page(
        request,
        "web/care/board.html",
        status=422 if problem else 200,
        at=found.at,
        on=found.on,
        cards=sorted(cards, key=lambda card: not card.line.late),
        late=[card for card in cards if card.line.late],
        here=sum(card.line.state is State.HERE for card in cards),
        expected=sum(card.line.day.hours is not None and card.line.state is State.AWAY for card in cards),
        gone=sum(card.line.state is State.GONE for card in cards),
        problem=problem,
    )


def _cards(desk: Desk, lines: dict[UUID, BoardLine], faces: dict[UUID, Face]) -> list[Card]:
    fetchers = fetchers_of(desk.visitor, list(lines), desk.today)
    found = []
    for child, face in faces.items():
        line = lines[child]
        may = fetchers[child].on(desk.today)
        chosen = fetcher_key(line.fetching)
        latest = line.latest
        undo = latest.id if latest is not None and desk.now <= latest.noted_at + UNDO_WITHIN else None
        found.append(Card(line, face, uuid4(), tuple(may), chosen, dict(may).get(chosen, ""), undo))
    return found


def _note(request: WebRequest) -> Note:
    """What was sent. Raises NotFound for what no form of ours sends."""
    sent = request.POST
    child, key = _id(sent.get("child", "")), _id(sent.get("key", ""))
    if child is None or key is None or sent.get("act") not in {act.value for act in Act}:
        raise NotFound("There is no such child or act.", field="child")
    person, collector = fetcher_of(sent.get("who", ""))
    return Note(key, child, Act(sent["act"]), _at(sent.get("at", "")) or request.visitor.now, person, collector)


def _at(text: str) -> datetime | None:
    """The instant that a tablet kept; none for nonsense."""
    try:
        found = parse_datetime(text) if text else None
    except ValueError:
        return None
    return None if found is None or is_naive(found) else found


def _id(text: str) -> UUID | None:
    try:
        return UUID(text)
    except ValueError:
        return None


def _by_program(request: WebRequest) -> bool:
    return request.headers.get("Accept", "") == "application/json"
