"""A family's pages of care: the week, the regular week, copies, closing days, who may fetch the child (row C4)."""

from __future__ import annotations

from datetime import date, timedelta
from typing import Any
from uuid import UUID

from django import forms
from django.contrib import messages
from django.http import HttpResponse, HttpResponseRedirect
from django.urls import reverse
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy, ngettext
from django.views.decorators.http import require_GET, require_http_methods, require_POST

from testamur.access.accounts.rules import Area
from testamur.kernel.base.refused import NotAllowed, NotFound, Refused
from testamur.schoolday.care import actions, queries
from testamur.schoolday.care.queries import CareWeek
from testamur.schoolday.care.rules import (
    MOST_COPIES,
    Hours,
    NewCollector,
    Relation,
    monday_of,
)
from testamur.surfaces.web import refusals
from testamur.surfaces.web.account.entering import SeeOther
from testamur.surfaces.web.care.fetchers import RELATIONS, choices_by_day, fetchers_of, names_of
from testamur.surfaces.web.care.hours import WeekForm
from testamur.surfaces.web.doors import door
from testamur.surfaces.web.family import reach
from testamur.surfaces.web.family.child import ChildPage, opened, zone_of
from testamur.surfaces.web.family.leave import Time
from testamur.surfaces.web.forms import Day
from testamur.surfaces.web.pages import page
from testamur.surfaces.web.requests import Visitor, WebRequest

FURTHEST = timedelta(days=370)
AHEAD = timedelta(days=90)
"""How far closing days are shown."""
WRITE = "care.week.write"


class CollectorForm(forms.Form):
    """Somebody who may fetch the child."""

    name = forms.CharField(label=gettext_lazy("Name"), max_length=120)
    phone = forms.CharField(label=gettext_lazy("Telephone"), max_length=30)
    relation = forms.ChoiceField(
        label=gettext_lazy("Who is it?"), choices=[(one.value, text) for one, text in RELATIONS.items()]
    )
    starts = forms.DateField(label=gettext_lazy("From"), widget=Day())
    ends = forms.DateField(
        label=gettext_lazy("Until"),
        widget=Day(),
        required=False,
        help_text=gettext_lazy("Choose the same day for one day only. Empty: until you end it."),
    )
    picture = forms.FileField(
        label=gettext_lazy("Picture"),
        required=False,
        help_text=gettext_lazy(
            "JPEG, PNG or WebP, at most 2 MB. Only the staff of the child's group see it; where and with what it was "
            "taken is removed."
        ),
    )

    def new(self, child: UUID) -> NewCollector:
        """What the verb takes."""
        told = self.cleaned_data
        picture = told["picture"].read(2 * 1024 * 1024 + 1) if told["picture"] else b""
        return NewCollector(
            child, told["name"], told["phone"], Relation(told["relation"]), told["starts"], told["ends"], picture
        )


class CopyForm(forms.Form):
    """To how many weeks, and to which siblings."""

    weeks = forms.IntegerField(
        label=gettext_lazy("To the next weeks"),
        min_value=0,
        max_value=MOST_COPIES,
        initial=1,
        help_text=gettext_lazy("How many weeks. With 0, only this week is copied, to siblings."),
    )
    alike = forms.BooleanField(
        label=gettext_lazy("Only to odd weeks from an odd one, to even weeks from an even one"), required=False
    )
    siblings = forms.MultipleChoiceField(
        label=gettext_lazy("Also for"), required=False, widget=forms.CheckboxSelectMultiple
    )

    def __init__(self, siblings: list[tuple[str, str]], *args: Any, **kwargs: Any) -> None:
        """With the siblings in the same form."""
        super().__init__(*args, **kwargs)
        field: Any = self.fields["siblings"]
        field.choices = siblings
        if not siblings:
            del self.fields["siblings"]


class NeedForm(forms.Form):
    """Whether care is needed on a closing day, and when."""

    starts = forms.TimeField(label=gettext_lazy("Comes at"), required=False, widget=Time())
    ends = forms.TimeField(label=gettext_lazy("Leaves at"), required=False, widget=Time())


@require_GET
@door("care.home", Area.FAMILY)
def week(request: WebRequest, pupil: UUID) -> HttpResponse:
    """The child's week: hours, who fetches, what is closed, and until when it can be changed."""
    visitor = request.visitor
    child = opened(visitor, pupil, "care")
    if not queries.places(children=[pupil], on=child.today):  # the child switch leads here for every child
        return HttpResponseRedirect(reverse("family:week", args=[pupil]))
    return _shown(request, child, _week(visitor, child, monday_in(request.GET.get("monday", ""), child.today)))


@require_POST
@door("care.home", Area.FAMILY)
def save(request: WebRequest, pupil: UUID) -> HttpResponse:
    """Write the week."""
    visitor = request.visitor
    child = opened(visitor, pupil, "care")
    must_write(visitor, child)
    found = _week(visitor, child, monday_in(request.POST.get("monday", ""), child.today))
    form = _form(visitor, child, found, request.POST)
    zone = zone_of(child.schooling)
    if form.is_valid():
        try:
            count = actions.write_days(by=visitor.actor, child=pupil, days=form.days(), now=visitor.now, zone=zone)
            for on, person, collector in form.chosen():
                actions.choose_fetcher(
                    by=visitor.actor, child=pupil, on=on, person=person, collector=collector, now=visitor.now, zone=zone
                )
                count += 1
        except Refused as refused:
            return _shown(request, child, found, form=form, problem=refusals.sentence(refused))
        messages.success(request, _("The week is saved.") if count else _("Nothing was changed."))
        return SeeOther(_address(pupil, found.days[0].on))
    return _shown(request, child, found, form=form)


@require_POST
@door("care.home", Area.FAMILY)
def copy(request: WebRequest, pupil: UUID) -> HttpResponse:
    """Copy the week to the next ones, and to siblings."""
    visitor = request.visitor
    child = opened(visitor, pupil, "care")
    must_write(visitor, child)
    found = _week(visitor, child, monday_in(request.POST.get("monday", ""), child.today))
    form = CopyForm(_siblings(visitor, child), request.POST)
    if not form.is_valid():
        return _shown(request, child, found, copying=form)
    try:
        count = actions.copy_week(
            by=visitor.actor, child=pupil, monday=found.days[0].on, weeks=form.cleaned_data["weeks"],
            siblings=[UUID(one) for one in form.cleaned_data.get("siblings", ())], now=visitor.now,
            zone=zone_of(child.schooling), alike=form.cleaned_data["alike"],
        )  # fmt: skip
    except Refused as refused:
        return _shown(request, child, found, copying=form, problem=refusals.sentence(refused))
    text = ngettext(
        "%(count)d day is written. Days that are closed or locked were left as they are.",
        "%(count)d days are written. Days that are closed or locked were left as they are.",
        count,
    )
    messages.success(request, text % {"count": count})
    return SeeOther(_address(pupil, found.days[0].on))


@require_http_methods(["GET", "POST"])
@door("care.home", Area.FAMILY)
def collectors(request: WebRequest, pupil: UUID) -> HttpResponse:
    """Who may fetch the child beside its guardians; somebody new."""
    visitor = request.visitor
    child = opened(visitor, pupil, "care")
    here = queries.place(child=pupil, on=child.today)
    if not visitor.actor.may("care.collector.see", here.group_path, person=pupil):
        raise NotAllowed
    sent = request.method == "POST"
    form = CollectorForm(
        request.POST if sent else None, request.FILES if sent else None, initial={"starts": child.today}
    )
    if sent and form.is_valid():
        try:
            actions.add_collector(by=visitor.actor, collector=form.new(pupil), now=visitor.now)
        except Refused as refused:
            refusals.into(form, refused)
        else:
            messages.success(request, _("The staff see it at the door."))
            return SeeOther(reverse("care:collectors", args=[pupil]))
    known = queries.collectors(by=visitor.actor, place=here, on=child.today)
    return page(
        request,
        "web/care/collectors.html",
        status=422 if form.errors else 200,
        child=child,
        form=form,
        known=[(one, RELATIONS[one.relation]) for one in known],
        children=child.children,
    )


@require_POST
@door("care.home", Area.FAMILY)
def end_collector(request: WebRequest, pupil: UUID, collector: UUID) -> HttpResponse:
    """That person may no longer collect the child."""
    visitor = request.visitor
    opened(visitor, pupil, "care")
    actions.end_collector(by=visitor.actor, collector=collector, child=pupil, now=visitor.now)
    messages.success(request, _("That person may no longer collect the child."))
    return SeeOther(reverse("care:collectors", args=[pupil]))


@require_POST
@door("care.home", Area.FAMILY)
def need(request: WebRequest, pupil: UUID, closing: UUID) -> HttpResponse:
    """Answer whether care is needed on a closing day (`act` is ``no`` where it is not)."""
    visitor = request.visitor
    child = opened(visitor, pupil, "care")
    must_write(visitor, child)
    found = queries.closing(closing)
    if found is None:
        raise NotFound("There is no such closing day.", closing=str(closing))
    week_ = _week(visitor, child, monday_of(found.on))
    form = NeedForm(request.POST)
    hours = None
    if request.POST.get("act") != "no":
        told = form.cleaned_data if form.is_valid() else {}
        if not told.get("starts") or not told.get("ends"):
            return _shown(request, child, week_, problem=_("Write both hours, or say that no care is needed."))
        hours = Hours(told["starts"], told["ends"])
    try:
        actions.answer_closing(by=visitor.actor, closing=closing, child=pupil, hours=hours, now=visitor.now)
    except Refused as refused:
        return _shown(request, child, week_, problem=refusals.sentence(refused))
    messages.success(request, _("Your answer is noted."))
    return SeeOther(_address(pupil, monday_of(found.on)))


@require_POST
@door("care.home", Area.FAMILY)
def tell(request: WebRequest, pupil: UUID) -> HttpResponse:
    """Choose to be told when the child comes and leaves (`act` is ``on``), or no longer."""
    visitor = request.visitor
    child = opened(visitor, pupil, "care")
    must_write(visitor, child)
    wanted = request.POST.get("act") == "on"
    actions.wish_told(by=visitor.actor, child=pupil, wanted=wanted, now=visitor.now)
    messages.success(
        request,
        _("You are told when the child comes and leaves.") if wanted else _("You are not told of that any more."),
    )
    return SeeOther(reverse("care:week", args=[pupil]))


def _week(visitor: Visitor, child: ChildPage, monday: date) -> CareWeek:
    zone = zone_of(child.schooling)
    return queries.week(by=visitor.actor, child=child.pupil, monday=monday, now=visitor.now, zone=zone)


def _form(visitor: Visitor, child: ChildPage, found: CareWeek, data: object = None) -> WeekForm:
    some = fetchers_of(visitor, [child.pupil], child.today)[child.pupil]
    return WeekForm(
        found,
        data,
        regulars=queries.regular(by=visitor.actor, child=child.pupil, on=child.today),
        fetchers=choices_by_day(some, [day.on for day in found.days]),
        today=child.today,
    )


def _shown(
    request: WebRequest,
    child: ChildPage,
    found: CareWeek,
    *,
    form: WeekForm | None = None,
    copying: CopyForm | None = None,
    problem: str = "",
) -> HttpResponse:
    visitor = request.visitor
    some = fetchers_of(visitor, [child.pupil], child.today)[child.pupil]
    form = form or _form(visitor, child, found)
    copying = copying or CopyForm(_siblings(visitor, child))
    names = names_of(visitor, {day.by for day in found.days if day.by is not None})
    monday = found.days[0].on
    may = writes(visitor, child)
    bad = bool(problem or (form.is_bound and form.errors) or (copying.is_bound and copying.errors))
    return page(
        request,
        "web/care/week.html",
        status=422 if bad else 200,
        child=child,
        week=found,
        monday=monday,
        sunday=found.days[-1].on,
        earlier=monday - timedelta(weeks=1),
        later=monday + timedelta(weeks=1),
        this=monday_of(child.today),
        form=form,
        rows=form.rows(names, some.called),
        copying=copying,
        problem=problem,
        writes=may,
        collectors=[one for one in some.collectors if one.holds(child.today)] if may else [],
        closings=_closings(child, found),
        told=bool(queries.wishes(person=visitor.actor.id, children=[child.pupil])),
        children=child.children,
    )


def _closings(child: ChildPage, found: CareWeek) -> list[tuple[queries.ClosingView, queries.NeedView | None]]:
    """The closing days ahead, each with what was answered for the child."""
    ahead = queries.closings(units=[found.place.unit], first=child.today, last=child.today + AHEAD)
    told = {one.closing: one for one in queries.needs(closings=[one.id for one in ahead], children=[child.pupil])}
    return [(one, told.get(one.id)) for one in ahead]


def _siblings(visitor: Visitor, child: ChildPage) -> list[tuple[str, str]]:
    """The visitor's other children in the same form of care."""
    placed = queries.places(children=reach.subjects(visitor), on=child.today)
    mine = placed.get(child.pupil)
    return [
        (str(key), visitor.persons[key].given or visitor.persons[key].name)
        for key, one in placed.items()
        if mine is not None and key != child.pupil and one.form is mine.form and key in visitor.persons
    ]


def writes(visitor: Visitor, child: ChildPage) -> bool:
    """A guardian does; a pupil reads."""
    return visitor.actor.may(WRITE, child.schooling.path, person=child.pupil)


def must_write(visitor: Visitor, child: ChildPage) -> None:
    """Raises NotAllowed for whoever reads alone."""
    visitor.actor.must(WRITE, child.schooling.path, person=child.pupil)


def monday_in(wanted: str, today: date) -> date:
    """The Monday of the week that is asked for; of this one for nonsense, and for what is too far away."""
    try:
        day = date.fromisoformat(wanted) if wanted else today
    except ValueError:
        day = today
    return monday_of(day if abs(day - today) <= FURTHEST else today)


def _address(pupil: UUID, monday: date) -> str:
    return f"{reverse('care:week', args=[pupil])}?monday={monday:%Y-%m-%d}"
