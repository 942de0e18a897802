"""Records at the store, seen from the pupil: a class, what was rejected and why, the tries of one record."""

from __future__ import annotations

from collections.abc import Collection, Mapping
from dataclasses import dataclass
from uuid import UUID

from django.core.paginator import Paginator
from django.http import HttpResponse
from django.urls import reverse
from django.utils.http import urlencode
from django.views.decorators.http import require_GET

from testamur.access.accounts.rules import Area
from testamur.exchange.connectors.ministry import queries
from testamur.kernel.base.refused import NotFound
from testamur.register.people.rules import PersonView
from testamur.register.schools import queries as schools
from testamur.register.schools.rules import GroupView, UnitView
from testamur.schoolday.transcripts.queries import handover
from testamur.schoolday.transcripts.rules import HandoverState, HandoverView
from testamur.surfaces.web.doors import door
from testamur.surfaces.web.handover import words
from testamur.surfaces.web.office import paging, persons
from testamur.surfaces.web.office.scope import place_of
from testamur.surfaces.web.pages import page
from testamur.surfaces.web.requests import WebRequest
from testamur.trust.records import queries as records

SIZE = 50


@dataclass(frozen=True, slots=True)
class Line:
    """One record: whose, where, what is said of it and what can be done.

    Attributes:
        data, decisions: addresses where the pupil's data and the decisions are corrected; empty where nobody does here.
        chain: address where the class is verified and its records are made and signed.
        again: it can be sent again as it is.
        replaced: a later record of the same year counts instead.
    """

    view: HandoverView
    person: PersonView | None
    group: str
    school: str
    word: words.Text
    colour: str
    meaning: words.Meaning | None
    data: str
    decisions: str
    chain: str
    again: bool
    replaced: bool


@require_GET
@door("handover.home", Area.OFFICE)
def rejected(request: WebRequest) -> HttpResponse:
    """What the store rejected at the visitor's place, with the reason and what to do."""
    by = request.visitor.actor
    place = place_of(request)
    chosen = place.school if request.GET.get("school") else None
    path = chosen.path if chosen is not None else place.unit.path
    tally = handover.tally(by=by, path=path)
    code = request.GET.get("code", "")
    code = code if code in tally.reasons else ""
    count = tally.reasons[code] if code else tally.states.get(HandoverState.REJECTED, 0)
    found = handover.handovers(
        by=by, path=path, state=HandoverState.REJECTED, code=code, offset=paging.offset(request, SIZE), limit=SIZE
    )
    query = {"school": str(chosen.id)} if chosen is not None else {}
    tabs = [("", words.STATES[HandoverState.REJECTED][0], tally.states.get(HandoverState.REJECTED, 0))]
    tabs += [(one, one, n) for one, n in sorted(tally.reasons.items(), key=lambda pair: -pair[1])]
    return page(
        request,
        "web/handover/rejected.html",
        place=place,
        school=chosen,
        tabs=[
            {
                "address": f"{request.path}?{urlencode({**query, 'code': one} if one else query)}",
                "label": label,
                "count": n,
                "current": one == code,
            }
            for one, label, n in tabs
        ],
        lines=lines(request, found, "handover.rejected"),
        page=Paginator(range(count), SIZE).get_page(paging.number(request)),
        may_again=by.may("transcripts.handover.ask", path),
    )


@require_GET
@door("handover.home", Area.OFFICE, Area.STAFF)
def group(request: WebRequest, group: UUID) -> HttpResponse:
    """A class: each pupil's record, the newest one."""
    by = request.visitor.actor
    one = schools.group(group)
    unit = schools.unit(one.school) if one is not None else None
    if one is None or unit is None or not by.may("transcripts.handover.see", unit.path, group=group):
        raise NotFound("There is no such class.", field="group")
    newest = {view.pupil: view for view in handover.of_group(by=by, group=group)}
    told = lines(request, list(newest.values()), "handover.class")
    told.sort(key=lambda line: (line.view.state is not HandoverState.REJECTED, line.person.name if line.person else ""))
    return page(
        request,
        "web/handover/class.html",
        group=one,
        school=unit,
        lines=told,
        may_ask=by.may("transcripts.handover.ask", unit.path, group=group),
        chain=reverse("transcripts:class", args=[group]),
    )


@require_GET
@door("handover.home", Area.OFFICE, Area.STAFF)
def record(request: WebRequest, record: UUID) -> HttpResponse:
    """One record: where it stands, why it was rejected, what to do, and every try."""
    by = request.visitor.actor
    view = handover.handover(by=by, record=record)
    if view is None:
        raise NotFound("This record was never asked for.", field="record")
    (line,) = lines(request, [view], "handover.record")
    tries = queries.tries(by=by, record=record, path=view.path, group=view.group)
    office = request.visitor.hat is not None and Area.OFFICE in request.visitor.hat.areas
    remake = bool(line.data or line.decisions) and by.may("records.record.draft", view.path)
    found = records.by_ids(by=by, records=[record]) if remake and by.may("records.record.read", view.path) else []
    return page(
        request,
        "web/handover/record.html",
        line=line,
        period=found[0].period if found else "",
        tries=[(one, *words.TRIES[one.state], words.meaning(one.code) if one.code else None) for one in tries],
        may_again=line.again and by.may("transcripts.handover.ask", view.path, group=view.group),
        office=office,
        others=[one for one in handover.of_pupil(by=by, pupil=view.pupil) if one.record != record],
        states={state: word for state, (word, _colour) in words.STATES.items()},
    )


def lines(request: WebRequest, found: Collection[HandoverView], where: str) -> list[Line]:
    """Records with the names that the visitor may see."""
    names = persons.shown(request, list({one.pupil for one in found}), where)
    groups = schools.groups_by_id({one.group for one in found})
    units = schools.units({one.unit for one in found})
    newest = handover.newest({one.pupil for one in found if one.state is HandoverState.REJECTED})
    return [_line(request, one, names, groups, units, newest) for one in found]


def _line(
    request: WebRequest,
    view: HandoverView,
    names: Mapping[UUID, PersonView],
    groups: Mapping[UUID, GroupView],
    units: Mapping[UUID, UnitView],
    newest: Mapping[tuple[UUID, str], UUID],
) -> Line:
    word, colour = words.STATES[view.state]
    is_rejected = view.state is HandoverState.REJECTED
    replaced = is_rejected and newest.get((view.pupil, view.school_year)) != view.record
    meaning = words.meaning(view.code) if is_rejected else None
    corrects = meaning is not None and meaning.remedy == "correct" and not replaced
    hat, actor = request.visitor.hat, request.visitor.actor
    office = hat is not None and Area.OFFICE in hat.areas and corrects
    at = urlencode({"school": str(view.unit)})
    return Line(
        view,
        names.get(view.pupil),
        groups[view.group].code if view.group in groups else "",
        units[view.unit].name if view.unit in units else "",
        word,
        colour,
        meaning,
        f"{reverse('office:register_pupil', args=[view.pupil])}?{at}"
        if office and actor.may("schools.group.see", view.path)
        else "",
        f"{reverse('office:decisions', args=[view.pupil])}?{at}"
        if office and actor.may("results.decision.rectification", view.path)
        else "",
        reverse("transcripts:class", args=[view.group]) if corrects and view.group in groups else "",
        is_rejected and not replaced and meaning is not None and meaning.remedy != "none",
        replaced,
    )
