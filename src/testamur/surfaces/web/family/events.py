"""Events of a child's groups and school, answers to them, and times at parents' meetings."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import timedelta
from uuid import UUID

from django.contrib import messages
from django.http import HttpResponse
from django.urls import reverse
from django.utils.translation import gettext as _
from django.views.decorators.http import require_GET, require_POST

from testamur.access.accounts.rules import Area
from testamur.kernel.base.refused import NotFound, Refused
from testamur.register.people.rules import Protection
from testamur.register.schools.rules import GroupView
from testamur.schoolday.diary.actions import note_visit
from testamur.schoolday.diary.queries import pupil as diary
from testamur.schoolday.diary.rules.states import Part
from testamur.schoolday.noticeboard import actions
from testamur.schoolday.noticeboard import queries as board
from testamur.schoolday.noticeboard.rules import EventKind, EventView, Reply, TimeView
from testamur.surfaces.web import refusals
from testamur.surfaces.web.account.entering import SeeOther
from testamur.surfaces.web.doors import door
from testamur.surfaces.web.family.child import ChildPage, opened
from testamur.surfaces.web.family.week import events_of, names
from testamur.surfaces.web.pages import page
from testamur.surfaces.web.requests import Visitor, WebRequest

AHEAD, BEHIND = timedelta(days=200), timedelta(days=14)
"""How far the page reaches."""


@dataclass(frozen=True, slots=True)
class EventLine:
    """An event in the list; `over` when it has ended, `time` what is booked at it."""

    event: EventView
    over: bool
    new: bool
    time: TimeView | None


@dataclass(frozen=True, slots=True)
class HostTimes:
    """The times of one host at a meeting; `mine` is the one that is booked for the child."""

    host: UUID
    name: str
    times: tuple[TimeView, ...]
    mine: TimeView | None


@require_GET
@door("family.records", Area.FAMILY)
def events(request: WebRequest, pupil: UUID) -> HttpResponse:
    """What is planned, and what was lately (E10, E11)."""
    visitor = request.visitor
    child = opened(visitor, pupil, "events")
    found = events_of(child, _groups(child), child.today - BEHIND, child.today + AHEAD, cancelled=True)
    booked = {one.event: one for one in board.times_of(by=visitor.actor, children=[pupil], since=visitor.now)}
    since = child.news.since[Part.EVENTS]
    lines = [EventLine(one, one.ends_at < visitor.now, one.changed_at > since, booked.get(one.id)) for one in found]
    response = page(
        request,
        "web/family/events.html",
        child=child,
        coming=[line for line in lines if not line.over],
        past=[line for line in reversed(lines) if line.over],
        protected=child.person.protection is not Protection.NONE,
        children=child.children,
    )
    if any(line.new for line in lines):
        note_visit(by=visitor.actor, pupil=pupil, part=Part.EVENTS, now=visitor.now)
    return response


@require_GET
@door("family.records", Area.FAMILY)
def event(request: WebRequest, pupil: UUID, event: UUID) -> HttpResponse:
    """One event: what, when, where, what the family answered, and the times that can be booked."""
    visitor = request.visitor
    child = opened(visitor, pupil, "events")
    return _shown(request, child, _one(child, event))


@require_POST
@door("family.records", Area.FAMILY)
def answer(request: WebRequest, pupil: UUID, event: UUID) -> HttpResponse:
    """Answer for the child."""
    visitor = request.visitor
    child = opened(visitor, pupil, "events")
    found = _one(child, event)
    told = request.POST.get("reply", "")
    if told not in {reply.value for reply in Reply}:
        return _shown(request, child, found, problem=_("Choose an answer."))
    try:
        actions.answer_event(by=visitor.actor, event=event, child=pupil, reply=Reply(told), now=visitor.now)
    except Refused as refused:
        return _shown(request, child, found, problem=refusals.sentence(refused))
    messages.success(request, _("Your answer is noted."))
    return SeeOther(reverse("family:event", args=[pupil, event]))


@require_POST
@door("family.records", Area.FAMILY)
def book(request: WebRequest, pupil: UUID, event: UUID) -> HttpResponse:
    """Book a time at a meeting, or give it back (`act` is ``cancel``)."""
    visitor = request.visitor
    child = opened(visitor, pupil, "events")
    found = _one(child, event)
    times = {str(one.id): one for one in board.times(by=visitor.actor, event=event)}
    time = times.get(request.POST.get("time", ""))
    if time is None:
        return _shown(request, child, found, problem=_("Choose a time."))
    cancel = request.POST.get("act") == "cancel"
    try:
        if cancel:
            if time.child != pupil:
                raise NotFound("The time is not booked.", field="time")
            actions.cancel_booking(by=visitor.actor, time=time.id, now=visitor.now)
        else:
            actions.book_time(by=visitor.actor, time=time.id, child=pupil, now=visitor.now)
    except Refused as refused:
        return _shown(request, child, found, problem=refusals.sentence(refused))
    messages.success(request, _("The time is free again.") if cancel else _("The time is yours."))
    return SeeOther(reverse("family:event", args=[pupil, event]))


def _groups(child: ChildPage) -> Mapping[UUID, tuple[GroupView, ...]]:
    return diary.groups_of({child.pupil: child.schooling}, child.today, child.today)


def _one(child: ChildPage, event: UUID) -> EventView:
    """One of the child's events. Raises NotFound for every other."""
    found = board.event(event)
    day = child.today
    mine = found is not None and any(
        one.id == event
        for one in events_of(
            child,
            _groups(child),
            min(day, found.starts_at.date()) - timedelta(days=1),
            max(day, found.ends_at.date()) + timedelta(days=2),
            cancelled=True,
        )
    )
    if found is None or not mine:
        raise NotFound("There is no such event.", event=str(event))
    return found


def _shown(request: WebRequest, child: ChildPage, found: EventView, *, problem: str = "") -> HttpResponse:
    visitor = request.visitor
    by = visitor.actor
    open_ = found.cancelled_at is None and found.starts_at > visitor.now
    answers = [one for one in board.answers(by=by, event=found.id) if one.child == child.pupil]
    return page(
        request,
        "web/family/event.html",
        status=422 if problem else 200,
        child=child,
        event=found,
        open=open_,
        problem=problem,
        answers=[(one, one.person == by.id) for one in answers],
        mine=next((one.reply.value for one in answers if one.person == by.id), ""),
        answering=open_
        and found.kind is not EventKind.TEST
        and by.may("noticeboard.event.answer", found.path, person=child.pupil),
        hosts=_hosts(visitor, child, found) if found.kind is EventKind.MEETING else [],
        booking=open_ and by.may("noticeboard.time.book", found.path, person=child.pupil),
        children=child.children,
    )


def _hosts(visitor: Visitor, child: ChildPage, found: EventView) -> list[HostTimes]:
    by_host: dict[UUID, list[TimeView]] = defaultdict(list)
    for one in board.times(by=visitor.actor, event=found.id):
        by_host[one.host].append(one)
    called = names(visitor, set(by_host))
    return [
        HostTimes(host, called.get(host, ""), tuple(times), next((t for t in times if t.child == child.pupil), None))
        for host, times in by_host.items()
    ]
