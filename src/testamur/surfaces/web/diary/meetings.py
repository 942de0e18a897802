"""One event: what was answered to it, and the times of a parents' meeting: offered, booked, given back."""

from __future__ import annotations

from collections import Counter, defaultdict
from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any
from uuid import UUID

from django import forms
from django.contrib import messages
from django.http import HttpResponse, HttpResponseRedirect
from django.urls import reverse
from django.utils import timezone
from django.utils.functional import Promise
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy, ngettext
from django.views.decorators.http import require_POST, require_safe

from testamur.access.accounts.rules import Area
from testamur.kernel.base.actor import Actor
from testamur.kernel.base.refused import NotFound, Refused
from testamur.register.people import queries as people
from testamur.register.people.rules import PersonView
from testamur.schoolday.noticeboard import actions, queries
from testamur.schoolday.noticeboard.rules import EventKind, EventView, Offer, Reply, TimeView
from testamur.surfaces.web import refusals, sightings
from testamur.surfaces.web.diary import events
from testamur.surfaces.web.diary.planning import Planner, planner_of
from testamur.surfaces.web.doors import door
from testamur.surfaces.web.forms import Moment
from testamur.surfaces.web.office.scope import ids_of
from testamur.surfaces.web.pages import page
from testamur.surfaces.web.requests import WebRequest

REPLIES: dict[Reply, Promise] = {
    Reply.YES: gettext_lazy("Yes"),
    Reply.MAYBE: gettext_lazy("Perhaps"),
    Reply.NO: gettext_lazy("No"),
}


class OfferForm(forms.Form):
    """Hours in which teachers have conversations, cut into times."""

    hosts = forms.MultipleChoiceField(label=gettext_lazy("Who?"), widget=forms.CheckboxSelectMultiple)
    starts_at = forms.DateTimeField(label=gettext_lazy("From"), widget=Moment)
    ends_at = forms.DateTimeField(label=gettext_lazy("Until"), widget=Moment)
    minutes = forms.IntegerField(label=gettext_lazy("Minutes each"), min_value=5, max_value=180, initial=10)
    pause = forms.IntegerField(
        label=gettext_lazy("Minutes between"), min_value=0, max_value=60, initial=0, required=False
    )
    room = forms.CharField(label=gettext_lazy("Room"), max_length=40, required=False)

    def __init__(self, hosts: Sequence[tuple[str, str]], *args: Any, **kwargs: Any) -> None:
        """`hosts`: who can be chosen."""
        super().__init__(*args, **kwargs)
        fields: Any = self.fields
        fields["hosts"].choices = hosts


@dataclass(frozen=True, slots=True)
class Host:
    """One who has conversations, with the times in order."""

    name: str
    times: tuple[TimeLine, ...]
    free: int


@dataclass(frozen=True, slots=True)
class TimeLine:
    """A time and who comes. `mine`: the visitor may take it back or give it free."""

    time: TimeView
    child: PersonView | None
    guardian: PersonView | None
    mine: bool


@dataclass(frozen=True, slots=True)
class AnswerLine:
    """What a family answered for a child."""

    child: PersonView
    reply: str
    who: str


@door("staff.home", Area.STAFF, Area.OFFICE)
@require_safe
def event(request: WebRequest, event: UUID) -> HttpResponse:
    """The event with its answers and times, fit to be printed."""
    planner = planner_of(request.visitor)
    return _page(request, planner, planner.event(event))


@door("staff.home", Area.STAFF, Area.OFFICE)
@require_POST
def offer(request: WebRequest, event: UUID) -> HttpResponse:
    """Offer times at a meeting."""
    planner = planner_of(request.visitor)
    found = planner.event(event)
    planner.by.must("noticeboard.time.offer", found.path, group=found.group)
    form = OfferForm(_choices(planner, found), request.POST, auto_id="offer_%s")
    if not form.is_valid():
        return _page(request, planner, found, form, status=422)
    said = form.cleaned_data
    offers = [
        Offer(UUID(host), said["starts_at"], said["ends_at"], said["minutes"], said["pause"] or 0, said["room"])
        for host in said["hosts"]
    ]
    try:
        made = actions.offer_times(by=planner.by, event=event, offers=offers, now=request.visitor.now)
    except Refused as refused:
        refusals.into(form, refused)
        return _page(request, planner, found, form, status=422)
    told = ngettext("%(n)d time can be booked now.", "%(n)d times can be booked now.", len(made))
    messages.success(request, told % {"n": len(made)})
    return _back(event)


@door("staff.home", Area.STAFF, Area.OFFICE)
@require_POST
def withdraw(request: WebRequest, event: UUID) -> HttpResponse:
    """Take free times back."""
    found = planner_of(request.visitor).event(event)
    request.visitor.actor.must("noticeboard.time.offer", found.path, group=found.group)
    chosen = ids_of(request.POST.getlist("times"))
    if not chosen:
        messages.warning(request, _("Choose the times that you take back."))
        return _back(event)
    count = actions.withdraw_times(by=request.visitor.actor, event=event, times=chosen, now=request.visitor.now)
    told = ngettext("%(n)d time is taken back.", "%(n)d times are taken back.", count)
    messages.success(request, told % {"n": count})
    return _back(event)


@door("staff.home", Area.STAFF, Area.OFFICE)
@require_POST
def free(request: WebRequest, event: UUID, time: UUID) -> HttpResponse:
    """Give a booked time free again, for a family that asked by telephone."""
    planner_of(request.visitor).event(event)
    if time not in {one.id for one in queries.times(by=request.visitor.actor, event=event)}:
        raise NotFound("There is no such time.")
    actions.cancel_booking(by=request.visitor.actor, time=time, now=request.visitor.now)
    messages.success(request, _("The time is free again."))
    return _back(event)


def _page(
    request: WebRequest, planner: Planner, found: EventView, form: OfferForm | None = None, status: int = 200
) -> HttpResponse:
    by, may_plan = planner.by, planner.may_plan(found)
    times = queries.times(by=by, event=found.id) if found.kind is EventKind.MEETING else ()
    answers = queries.answers(by=by, event=found.id)
    asked = found.kind is not EventKind.TEST and by.may("noticeboard.time.see", found.path, group=found.group)
    pupils = planner.pupils(found) if asked else []  # nobody is asked whether a child comes to a test
    ids = {one for time in times for one in (time.host, time.child, time.guardian) if one is not None}
    ids |= {one.person for one in answers} | {one.child for one in answers} | set(pupils)
    names = people.people(by=by, ids=ids, numbers=False)
    hidden = sightings.protected(names)
    if hidden:
        sightings.note(request.visitor, by, dict.fromkeys(hidden, planner.unit.path), "diary.event")
    replied = {one.child: one for one in reversed(answers)}
    meets = found.kind is EventKind.MEETING and found.starts_at > request.visitor.now and found.cancelled_at is None
    may_offer = meets and by.may("noticeboard.time.offer", found.path, group=found.group)
    return page(
        request,
        "web/diary/event.html",
        status=status,
        line=events.line(planner, found),
        event=found,
        may_change=may_plan and found.cancelled_at is None and found.ends_at > request.visitor.now,
        change_form=events.change_form(planner, found) if may_plan else None,
        hosts=_hosts(by, found, times, names),
        taken=sum(1 for one in times if not one.free),
        answers=_answers(names, replied),
        counts=[(str(REPLIES[reply]), n) for reply, n in _counted(replied)],
        silent=sorted((names[p] for p in pupils if p not in replied and p in names), key=lambda one: one.sort_key),
        offer=(form or _offer(planner, found)) if may_offer else None,
        offer_open=form is not None,
    )


def _hosts(by: Actor, found: EventView, times: Sequence[TimeView], names: dict[UUID, PersonView]) -> list[Host]:
    rows: dict[UUID, list[TimeLine]] = defaultdict(list)
    every = by.may("noticeboard.event.plan", found.path, group=found.group)
    for time in times:
        child = names.get(time.child) if time.child is not None else None
        guardian = names.get(time.guardian) if time.guardian is not None else None
        rows[time.host].append(TimeLine(time, child, guardian, every or time.host == by.id))
    hosts = [
        Host(names[host].name if host in names else "", tuple(some), sum(1 for one in some if one.time.free))
        for host, some in rows.items()
    ]
    return sorted(hosts, key=lambda one: one.name)


def _answers(names: dict[UUID, PersonView], replied: dict[UUID, Any]) -> list[AnswerLine]:
    lines = [
        AnswerLine(names[child], str(REPLIES[one.reply]), names[one.person].name if one.person in names else "")
        for child, one in replied.items()
        if child in names
    ]
    return sorted(lines, key=lambda one: (one.child.sort_key, one.child.id))


def _counted(replied: dict[UUID, Any]) -> list[tuple[Reply, int]]:
    counted = Counter(one.reply for one in replied.values())
    return [(reply, counted[reply]) for reply in REPLIES if counted[reply]]


def _offer(planner: Planner, found: EventView) -> OfferForm:
    initial = {
        "hosts": [str(planner.by.id)],
        "starts_at": timezone.localtime(found.starts_at),
        "ends_at": timezone.localtime(found.ends_at),
    }
    return OfferForm(_choices(planner, found), initial=initial, auto_id="offer_%s")


def _choices(planner: Planner, found: EventView) -> list[tuple[str, str]]:
    """Who can be chosen as host: oneself, and all who teach there for whoever plans the meeting."""
    every = planner.hosts(found)
    chosen = every if planner.may_plan(found) else tuple(one for one in every if one == planner.by.id)
    names = people.people(by=planner.by, ids=chosen, numbers=False)
    return [(str(one.id), one.name) for one in sorted(names.values(), key=lambda one: (one.sort_key, one.id))]


def _back(event: UUID) -> HttpResponse:
    return HttpResponseRedirect(reverse("diary:event", kwargs={"event": event}), status=303)
