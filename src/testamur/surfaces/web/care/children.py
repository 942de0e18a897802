"""A child's care as its staff see it: the week, which they change after the deadline too, and who fetches."""

from __future__ import annotations

from datetime import timedelta
from typing import Any
from uuid import UUID

from django import forms
from django.contrib import messages
from django.http import HttpResponse
from django.urls import reverse
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy
from django.views.decorators.http import require_GET, require_http_methods, require_POST

from testamur.access.accounts.rules import Area
from testamur.kernel.base.refused import NotFound, Refused
from testamur.schoolday.care import actions, queries
from testamur.schoolday.care.queries import CarePlace
from testamur.schoolday.care.rules import LONGEST_NOTE, monday_of
from testamur.surfaces.web import refusals
from testamur.surfaces.web.account.entering import SeeOther
from testamur.surfaces.web.care.desk import Desk
from testamur.surfaces.web.care.family import monday_in
from testamur.surfaces.web.care.fetchers import RELATIONS, choices_by_day, fetchers_of, names_of
from testamur.surfaces.web.care.hours import WeekForm
from testamur.surfaces.web.doors import door
from testamur.surfaces.web.pages import page
from testamur.surfaces.web.requests import WebRequest

HISTORY = timedelta(days=14)


class CautionForm(forms.Form):
    """What has to be known at the door."""

    text = forms.CharField(
        label=gettext_lazy("What the staff have to know"),
        help_text=gettext_lazy("Who may not fetch the child. No more than is needed at the door."),
        max_length=LONGEST_NOTE,
        widget=forms.Textarea(attrs={"rows": 3}),
    )


@require_http_methods(["GET", "POST"])
@door("care.home", Area.STAFF, Area.OFFICE)
def child(request: WebRequest, pupil: UUID) -> HttpResponse:
    """The child's week, who may fetch it, the last arrivals; written by staff, locked or not."""
    desk = Desk(request.visitor)
    here = _place(desk, pupil)
    monday = monday_in((request.POST if request.method == "POST" else request.GET).get("monday", ""), desk.today)
    form = _form(desk, here, monday, request.POST if request.method == "POST" else None)
    if request.method != "POST":
        return _shown(request, desk, here, form)
    if not form.is_valid():
        return _shown(request, desk, here, form)
    try:
        actions.write_days(by=desk.by, child=pupil, days=form.days(), now=desk.now, zone=desk.zone)
        for on, person, collector in form.chosen():
            actions.choose_fetcher(
                by=desk.by, child=pupil, on=on, person=person, collector=collector, now=desk.now, zone=desk.zone
            )
    except Refused as refused:
        return _shown(request, desk, here, form, problem=str(refusals.sentence(refused)))
    messages.success(request, _("The week is saved."))
    return SeeOther(f"{reverse('care:child', args=[pupil])}?monday={monday:%Y-%m-%d}")


@require_POST
@door("care.home", Area.STAFF, Area.OFFICE)
def caution(request: WebRequest, pupil: UUID) -> HttpResponse:
    """Note what the staff of the group have to know at the door."""
    desk = Desk(request.visitor)
    here = _place(desk, pupil)
    desk.by.must("safety.caution.write", here.group_path)
    form = CautionForm(request.POST)
    if form.is_valid():
        try:
            actions.write_caution(by=desk.by, child=pupil, text=form.cleaned_data["text"], now=desk.now)
        except Refused as refused:
            refusals.into(form, refused)
    if form.errors:
        return _shown(request, desk, here, _form(desk, here, monday_of(desk.today), None), noting=form)
    messages.success(request, _("The staff of the group see it at the door."))
    return SeeOther(reverse("care:child", args=[pupil]))


@require_POST
@door("care.home", Area.STAFF, Area.OFFICE)
def end_caution(request: WebRequest, pupil: UUID) -> HttpResponse:
    """That no longer has to be known."""
    desk = Desk(request.visitor)
    here = _place(desk, pupil)
    known = {str(one.id): one.id for one in queries.cautions(by=desk.by, place=here)}
    told = known.get(request.POST.get("caution", ""))
    if told is None:
        raise NotFound("There is no such note.", field="caution")
    actions.end_caution(by=desk.by, caution=told, now=desk.now)
    messages.success(request, _("It is ended."))
    return SeeOther(reverse("care:child", args=[pupil]))


@require_GET
@door("care.home", Area.STAFF, Area.OFFICE, Area.FAMILY)
def picture(request: WebRequest, collector: UUID) -> HttpResponse:
    """A collector's picture, for the staff of the child's group and the child's guardians."""
    visitor = request.visitor
    data = queries.picture(by=visitor.actor, collector=collector, on=visitor.now.date())
    answer = HttpResponse(data, content_type="image/jpeg")
    answer.headers["Cache-Control"] = "private, max-age=600"
    answer.headers["Content-Disposition"] = "inline"
    return answer


def _place(desk: Desk, pupil: UUID) -> CarePlace:
    """Where the child has care, for the staff of its group. Raises NotFound, NotAllowed."""
    here = queries.place(child=pupil, on=desk.today)
    desk.by.must(queries.SEE, here.group_path, group=here.group)
    return here


def _form(desk: Desk, here: CarePlace, monday: Any, data: Any) -> WeekForm:
    week = queries.week(by=desk.by, child=here.child, monday=monday, now=desk.now, zone=desk.zone)
    some = fetchers_of(desk.visitor, [here.child], desk.today)[here.child]
    return WeekForm(
        week,
        data,
        regulars=queries.regular(by=desk.by, child=here.child, on=desk.today),
        fetchers=choices_by_day(some, [day.on for day in week.days]),
        today=desk.today,
        staff=True,
    )


def _shown(
    request: WebRequest,
    desk: Desk,
    here: CarePlace,
    form: WeekForm,
    *,
    problem: str = "",
    noting: CautionForm | None = None,
) -> HttpResponse:
    week, pupil = form.week, here.child
    monday = week.days[0].on
    face = desk.faces([pupil], here.group_path, "care.child")[pupil]
    some = fetchers_of(desk.visitor, [pupil], desk.today)[pupil]
    wrote = {day.by for day in week.days if day.by is not None}
    names = {} if face.masked else names_of(desk.visitor, wrote)  # a guardian's name would tell the child's
    notes = queries.history(by=desk.by, child=pupil, place=here, first=desk.today - HISTORY, last=desk.today)
    ended = queries.collector_names(by=desk.by, ids={one.collector for one in notes if one.collector})
    called = {f"c{key}": name for key, name in ended.items()} | some.called
    return page(
        request,
        "web/care/child.html",
        status=422 if problem or form.errors or noting is not None else 200,
        face=face,
        here=here,
        week=week,
        monday=monday,
        sunday=week.days[-1].on,
        earlier=monday - timedelta(weeks=1),
        later=monday + timedelta(weeks=1),
        form=form,
        rows=form.rows(names, some.called),
        problem=problem,
        cautions=queries.cautions(by=desk.by, place=here),
        noting=noting or (CautionForm() if desk.by.may("safety.caution.write", here.group_path) else None),
        guardians=some.guardians,
        collectors=[(one, RELATIONS[one.relation], one.holds(desk.today)) for one in some.collectors],
        notes=[
            (one, called.get(f"p{one.person}" if one.person is not None else f"c{one.collector}", "")) for one in notes
        ],
    )
