"""Events of classes and of the school: tests, trips, parents' meetings; planned with a look at what there is."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Any
from uuid import UUID

from django import forms
from django.contrib import messages
from django.http import HttpResponse, HttpResponseRedirect
from django.urls import reverse
from django.utils import timezone
from django.utils.functional import Promise
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy
from django.views.decorators.http import require_http_methods, require_POST, require_safe

from testamur.access.accounts.rules import Area
from testamur.kernel.base.refused import NotAllowed, Refused
from testamur.schoolday.noticeboard import actions, queries
from testamur.schoolday.noticeboard.rules import (
    LONGEST,
    LONGEST_TITLE,
    Audience,
    EventChange,
    EventKind,
    EventView,
    NewEvent,
    TestDay,
)
from testamur.surfaces.web import refusals
from testamur.surfaces.web.diary.planning import Planner, planner_of
from testamur.surfaces.web.doors import door
from testamur.surfaces.web.forms import Moment
from testamur.surfaces.web.pages import fragment, page
from testamur.surfaces.web.requests import WebRequest
from testamur.surfaces.web.times import zone_of

AHEAD, BEHIND = timedelta(days=200), timedelta(days=60)
"""How far the list reaches."""
KINDS: dict[EventKind, Promise] = {
    EventKind.TEST: gettext_lazy("Test"),
    EventKind.MEETING: gettext_lazy("Parents' meeting"),
    EventKind.TRIP: gettext_lazy("Trip"),
    EventKind.EVENT: gettext_lazy("Other event"),
}
ICONS: dict[EventKind, str] = {
    EventKind.TEST: "clipboard-check",
    EventKind.MEETING: "users-round",
    EventKind.TRIP: "bus",
    EventKind.EVENT: "calendar",
    EventKind.HOLIDAY: "tree-palm",
}
_FIRST_YEAR, _LAST_YEAR = 2000, 2200


class EventForm(forms.Form):
    """What an event is, for whom, when and where."""

    kind = forms.ChoiceField(
        label=gettext_lazy("What is it?"),
        choices=[(kind.value, name) for kind, name in KINDS.items()],
        widget=forms.RadioSelect,
    )
    group = forms.ChoiceField(label=gettext_lazy("For whom?"), required=False)
    subject = forms.ChoiceField(label=gettext_lazy("In which subject?"), required=False)
    title = forms.CharField(
        label=gettext_lazy("Title"),
        help_text=gettext_lazy("Short; it stands in calendars and messages. Name no pupil."),
        max_length=LONGEST_TITLE,
    )
    starts_at = forms.DateTimeField(label=gettext_lazy("Begins"), widget=Moment)
    ends_at = forms.DateTimeField(label=gettext_lazy("Ends"), widget=Moment)
    place = forms.CharField(label=gettext_lazy("Where?"), max_length=200, required=False)
    text = forms.CharField(
        label=gettext_lazy("More about it"),
        required=False,
        max_length=LONGEST,
        widget=forms.Textarea(attrs={"rows": 3}),
    )
    audience = forms.ChoiceField(
        label=gettext_lazy("Who is told?"),
        choices=[
            (Audience.FAMILY.value, gettext_lazy("Families and staff")),
            (Audience.STAFF.value, gettext_lazy("Staff only")),
        ],
    )

    def __init__(self, planner: Planner, *args: Any, **kwargs: Any) -> None:
        """The groups and subjects of whoever plans."""
        super().__init__(*args, **kwargs)
        fields: Any = self.fields
        whole = [("", planner.unit.name)] if planner.leads else []
        fields["group"].choices = whole + [(str(one.id), one.code) for one in planner.groups.values()]
        fields["group"].required = not planner.leads
        fields["subject"].choices = [("", _("None")), *planner.subjects.items()]

    def clean_starts_at(self) -> datetime:
        """A year in which there is a calendar."""
        return _in_calendar(self.cleaned_data["starts_at"])

    def clean_ends_at(self) -> datetime:
        """As above."""
        return _in_calendar(self.cleaned_data["ends_at"])


@dataclass(frozen=True, slots=True)
class Line:
    """An event in a list."""

    event: EventView
    kind: str
    icon: str
    group: str
    subject: str
    over: bool


@door("staff.home", Area.STAFF, Area.OFFICE)
@require_safe
def events(request: WebRequest) -> HttpResponse:
    """What is planned for the visitor's groups and school; with ``?past=1`` what was."""
    planner, now, past = planner_of(request.visitor), request.visitor.now, bool(request.GET.get("past"))
    start = timezone.localtime(now).replace(hour=0, minute=0, second=0, microsecond=0)
    found = planner.events(start - BEHIND, start) if past else planner.events(start, start + AHEAD)
    return page(
        request,
        "web/diary/events.html",
        planner=planner,
        lines=[line(planner, one) for one in (reversed(found) if past else found)],
        past=past,
        may_plan=planner.leads or bool(planner.groups),
    )


@door("staff.home", Area.STAFF, Area.OFFICE)
@require_http_methods(["GET", "HEAD", "POST"])
def plan(request: WebRequest) -> HttpResponse:
    """Plan an event. A test on a day on which the pupils have another is planned only by whoever says so."""
    planner = planner_of(request.visitor)
    if not (planner.leads or planner.groups):
        raise NotAllowed
    if request.method != "POST":
        known = {name: request.GET[name] for name in EventForm.base_fields if name in request.GET}
        form = EventForm(planner, initial={"kind": EventKind.TEST.value, "audience": Audience.FAMILY.value} | known)
        if request.htmx:
            return fragment(request, "web/diary/plan.html", "collisions", tests=_collisions(request, planner, form))
        return _plan_page(request, planner, form)
    form = EventForm(planner, request.POST)
    if not form.is_valid():
        return _plan_page(request, planner, form, status=422)
    tests = _collisions(request, planner, form)
    if tests and not planner.refuses and not request.POST.get("sure"):
        return _plan_page(request, planner, form, tests=tests, status=422)
    try:
        event = actions.plan_event(by=planner.by, event=_new(planner, form), now=request.visitor.now)
    except Refused as refused:
        refusals.into(form, refused)
        return _plan_page(request, planner, form, tests=tests, status=422)
    messages.success(request, _("It is planned. Families are told the way they chose."))
    return HttpResponseRedirect(reverse("diary:event", kwargs={"event": event}), status=303)


@door("staff.home", Area.STAFF, Area.OFFICE)
@require_POST
def change(request: WebRequest, event: UUID) -> HttpResponse:
    """Change what is planned; whoever was told is told again."""
    planner = planner_of(request.visitor)
    found = planner.event(event)
    planner.by.must("noticeboard.event.plan", found.path, group=found.group)
    form = change_form(planner, found, request.POST)
    if form.is_valid():
        said = form.cleaned_data
        new = EventChange(
            event, title=said["title"], text=said["text"], place=said["place"], subject=said.get("subject"),
            starts_at=said["starts_at"], ends_at=said["ends_at"], audience=Audience(said["audience"]),
        )  # fmt: skip
        try:
            actions.change_event(by=planner.by, change=new, now=request.visitor.now)
        except Refused as refused:
            refusals.into(form, refused)
    if form.errors:
        return page(request, "web/diary/change.html", status=422, planner=planner, event=found, form=form)
    messages.success(request, _("The event is changed. Whoever was told is told again."))
    return HttpResponseRedirect(reverse("diary:event", kwargs={"event": event}), status=303)


@door("staff.home", Area.STAFF, Area.OFFICE)
@require_POST
def cancel(request: WebRequest, event: UUID) -> HttpResponse:
    """Call an event off."""
    planner_of(request.visitor).event(event)
    actions.cancel_event(by=request.visitor.actor, event=event, now=request.visitor.now)
    messages.success(request, _("It is called off. Whoever was told is told again."))
    return HttpResponseRedirect(reverse("diary:event", kwargs={"event": event}), status=303)


def line(planner: Planner, event: EventView) -> Line:
    """An event with its words."""
    return Line(
        event,
        str(KINDS.get(event.kind, _("Holiday"))),
        ICONS[event.kind],
        planner.group_code(event),
        planner.subjects.get(event.subject, event.subject),
        event.ends_at < planner.visitor.now,
    )


def change_form(planner: Planner, event: EventView, sent: Any = None) -> EventForm:
    """The form filled with an event; what it is and for whom stays."""
    values = {
        "title": event.title, "text": event.text, "place": event.place, "subject": event.subject,
        "starts_at": timezone.localtime(event.starts_at), "ends_at": timezone.localtime(event.ends_at),
        "audience": event.audience.value,
    }  # fmt: skip
    form = EventForm(planner, sent, initial=values, auto_id="change_%s")
    del form.fields["kind"], form.fields["group"]
    if event.kind is not EventKind.TEST:
        del form.fields["subject"]
    return form


def _new(planner: Planner, form: EventForm) -> NewEvent:
    said = form.cleaned_data
    return NewEvent(
        unit=planner.unit.id,
        kind=EventKind(said["kind"]),
        title=said["title"],
        starts_at=said["starts_at"],
        ends_at=said["ends_at"],
        group=UUID(said["group"]) if said["group"] else None,
        subject=said["subject"] if said["kind"] == EventKind.TEST else "",
        text=said["text"],
        place=said["place"],
        audience=Audience(said["audience"]),
    )


def _collisions(request: WebRequest, planner: Planner, form: EventForm) -> Sequence[TestDay]:
    """The tests that the pupils of the chosen group have on that day already; none for anything but a test."""
    told = request.POST if request.method == "POST" else request.GET
    group = next((one for one in planner.groups if str(one) == told.get("group", "")), None)
    if told.get("kind") != EventKind.TEST or group is None:
        return ()
    try:
        at = _in_calendar(form.fields["starts_at"].clean(told.get("starts_at", "")))
    except forms.ValidationError:
        return ()
    zone = zone_of(request.visitor)
    return queries.tests_on(group=group, on=at.astimezone(zone).date(), zone=zone)


def _plan_page(
    request: WebRequest, planner: Planner, form: EventForm, *, tests: Sequence[TestDay] = (), status: int = 200
) -> HttpResponse:
    return page(
        request,
        "web/diary/plan.html",
        status=status,
        planner=planner,
        form=form,
        tests=tests,
        asked=bool(tests) and not planner.refuses,
    )


def _in_calendar(at: datetime) -> datetime:
    if not _FIRST_YEAR <= at.year <= _LAST_YEAR:
        raise forms.ValidationError(_("Choose a day of these years."))
    return at
