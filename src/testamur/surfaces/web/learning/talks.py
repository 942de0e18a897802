"""Talks about pupils' development, for those who teach them: planned, prepared, minuted, followed up."""

from __future__ import annotations

from datetime import date, datetime, timedelta
from typing import Any
from uuid import UUID

from django import forms
from django.contrib import messages
from django.http import HttpResponse
from django.urls import reverse
from django.utils import timezone
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy, pgettext_lazy
from django.views.decorators.http import require_http_methods, require_POST, require_safe

from testamur.access.accounts.rules import Area
from testamur.kernel.base.refused import NotFound, Refused
from testamur.schoolday.learning import actions, queries
from testamur.schoolday.learning.rules import TalkView
from testamur.schoolday.noticeboard import queries as board
from testamur.schoolday.noticeboard.rules import TimeView
from testamur.surfaces.web import refusals
from testamur.surfaces.web.account.entering import SeeOther
from testamur.surfaces.web.diary.about import names_of
from testamur.surfaces.web.doors import door
from testamur.surfaces.web.forms import Moment
from testamur.surfaces.web.learning.about import Place, place_of
from testamur.surfaces.web.learning.development import PARTS
from testamur.surfaces.web.office.scope import ids_of
from testamur.surfaces.web.pages import page
from testamur.surfaces.web.requests import WebRequest

SEE, WRITE = "learning.talk.see", "learning.talk.write"
BACK = timedelta(days=60)
_YEARS = range(2000, 2200)


class TalkForm(forms.Form):
    """When, where and about what."""

    at = forms.DateTimeField(label=gettext_lazy("When"), widget=Moment)
    place = forms.CharField(label=gettext_lazy("Where"), required=False, max_length=200)
    agenda = forms.CharField(
        label=gettext_lazy("What we speak about"), required=False, widget=forms.Textarea(attrs={"rows": 4})
    )
    seen = forms.IntegerField(required=False, widget=forms.HiddenInput, min_value=1, max_value=1_000_000)

    def clean_at(self) -> datetime:
        """A year in which there is a calendar."""
        at: datetime = self.cleaned_data["at"]
        if at.year not in _YEARS:
            raise forms.ValidationError(_("Choose a day of these years."))
        return at


class NewTalkForm(TalkForm):
    """With whom too; a time that the family has booked stands for day and hour."""

    field_order = ("pupil", "time", "at", "place", "agenda")
    pupil = forms.ChoiceField(label=gettext_lazy("Pupil"))
    time = forms.ChoiceField(
        label=gettext_lazy("Booked time"),
        required=False,
        help_text=gettext_lazy("Times that families booked at a parents' meeting. It stands for day and hour."),
    )
    at = forms.DateTimeField(label=gettext_lazy("When"), widget=Moment, required=False)

    def __init__(self, place: Place, times: list[TimeView], *args: Any, **kwargs: Any) -> None:
        """The pupils of the class, and what was booked for them."""
        super().__init__(*args, **kwargs)
        fields: Any = self.fields
        fields["pupil"].choices = [(str(one.id), one.name) for one in place.pupils.values()]
        fields["time"].choices = [
            ("", _("None")),
            *(
                (str(one.id), f"{timezone.localtime(one.starts_at):%Y-%m-%d %H:%M} {place.pupils[one.child].name}")
                for one in times
                if one.child is not None
            ),
        ]

    def clean_at(self) -> datetime:
        """Needed where no time was chosen."""
        return super().clean_at() if self.cleaned_data.get("at") is not None else self.cleaned_data["at"]

    def clean(self) -> dict[str, Any]:
        """One of the two."""
        told: dict[str, Any] = super().clean() or {}
        if not told.get("time") and not told.get("at") and "at" not in self.errors:
            self.add_error("at", _("Choose a booked time, or a day and an hour."))
        return told


class MinutesForm(forms.Form):
    """What was said, and what is to be done until when."""

    minutes = forms.CharField(label=pgettext_lazy("of a talk", "Minutes"), widget=forms.Textarea(attrs={"rows": 6}))
    points = forms.CharField(
        label=gettext_lazy("Points to follow up"),
        required=False,
        widget=forms.Textarea(attrs={"rows": 4}),
        help_text=gettext_lazy("One a line, the day first: 2027-01-31 reads every evening."),
    )
    seen = forms.IntegerField(widget=forms.HiddenInput, min_value=1, max_value=1_000_000)

    def clean_points(self) -> list[tuple[str, date]]:
        """(text, day) of each line."""
        found = []
        for line in self.cleaned_data["points"].splitlines():
            if not line.strip():
                continue
            day, _space, text = line.strip().partition(" ")
            try:
                found.append((text.strip(), date.fromisoformat(day)))
            except ValueError as error:
                raise forms.ValidationError(_("Begin each line with a day such as 2027-01-31.")) from error
        return found


@door("learning.home", Area.STAFF)
@require_safe
def talks(request: WebRequest, group: UUID) -> HttpResponse:
    """The talks of a class."""
    place = place_of(request.visitor, group, "learning.talks", SEE)
    found = queries.talks(by=place.by, group=group)
    now = request.visitor.now
    lines = [(one, place.pupils.get(one.pupil)) for one in found]
    return page(
        request,
        "web/learning/talks.html",
        place=place,
        tabs=place.tabs("talks"),
        coming=[line for line in reversed(lines) if line[0].at >= now and line[0].minutes_at is None],
        past=[line for line in lines if line[0].at < now or line[0].minutes_at is not None],
        may_write=place.may(WRITE),
    )


@door("learning.home", Area.STAFF)
@require_http_methods(["GET", "HEAD", "POST"])
def new(request: WebRequest, group: UUID) -> HttpResponse:
    """Plan a talk, at a time that the family booked or at another one."""
    place = place_of(request.visitor, group, "learning.talks", WRITE)
    times = _times(request, place)
    initial = {"pupil": request.GET.get("pupil", "")}
    form = NewTalkForm(place, times, request.POST if request.method == "POST" else None, initial=initial)
    if request.method == "POST" and form.is_valid():
        told = form.cleaned_data
        time = next(iter(ids_of([told["time"]])), None)
        try:
            key = actions.plan_talk(
                by=place.by, group=group, pupil=UUID(told["pupil"]), at=told["at"] or request.visitor.now,
                place=told["place"], agenda=told["agenda"], time=time, now=request.visitor.now,
            )  # fmt: skip
        except Refused as refused:
            refusals.into(form, refused)
        else:
            messages.success(request, _("The talk is planned. The family is told, and can prepare it."))
            return SeeOther(reverse("learning:talk", args=[key]))
    status = 422 if form.errors else 200
    return page(request, "web/learning/talk_new.html", status=status, place=place, form=form)


@door("learning.home", Area.STAFF)
@require_safe
def talk(request: WebRequest, talk: UUID) -> HttpResponse:
    """One talk: what the family prepared, and the minutes."""
    found, place = _opened(request, talk)
    return _shown(request, found, place)


@door("learning.home", Area.STAFF)
@require_POST
def act(request: WebRequest, talk: UUID) -> HttpResponse:
    """Change a talk, call it off, hand over its minutes, or say that a point is done."""
    found, place = _opened(request, talk)
    what, now = request.POST.get("act", ""), request.visitor.now
    if what == "minutes":
        return _minuted(request, found, place)
    if what == "change":
        return _changed(request, found, place)
    if what == "off":
        actions.call_off_talk(by=place.by, talk=talk, now=now)
        messages.success(request, _("The talk is called off. The family is told."))
    elif what in {"done", "undone"}:
        point = next(iter(ids_of([request.POST.get("point", "")])), None)
        if point not in {one.id for one in found.follow_ups} or point is None:
            raise NotFound("There is no such point.")
        actions.follow_up(by=place.by, point=point, done=what == "done", now=now)
        messages.success(request, _("It is noted."))
    else:
        messages.warning(request, _("Nothing was changed."))
    return SeeOther(reverse("learning:talk", args=[talk]))


def _minuted(request: WebRequest, found: TalkView, place: Place) -> HttpResponse:
    form = MinutesForm(request.POST, prefix="said")
    if form.is_valid():
        told = form.cleaned_data
        try:
            actions.write_minutes(
                by=place.by, talk=found.id, minutes=told["minutes"], points=told["points"], seen=told["seen"],
                now=request.visitor.now,
            )  # fmt: skip
        except Refused as refused:
            refusals.into(form, refused)
    if form.errors:
        return _shown(request, found, place, minutes=form)
    messages.success(request, _("The minutes are handed over: the family reads the same."))
    return SeeOther(reverse("learning:talk", args=[found.id]))


def _changed(request: WebRequest, found: TalkView, place: Place) -> HttpResponse:
    form = TalkForm(request.POST)
    if form.is_valid():
        told = form.cleaned_data
        try:
            actions.change_talk(
                by=place.by, talk=found.id, at=told["at"], place=told["place"], agenda=told["agenda"],
                seen=told["seen"] or 0, now=request.visitor.now,
            )  # fmt: skip
        except Refused as refused:
            refusals.into(form, refused)
    if form.errors:
        return _shown(request, found, place, change=form)
    messages.success(request, _("The talk is changed. The family is told."))
    return SeeOther(reverse("learning:talk", args=[found.id]))


def _opened(request: WebRequest, talk: UUID) -> tuple[TalkView, Place]:
    found = queries.talk(by=request.visitor.actor, talk=talk)
    return found, place_of(request.visitor, found.group, "learning.talks", SEE)


def _times(request: WebRequest, place: Place) -> list[TimeView]:
    """What families of the class booked and no talk is planned for."""
    booked = board.times_of(by=place.by, children=list(place.pupils), since=request.visitor.now - BACK)
    taken = queries.times_taken([one.id for one in booked])
    return [one for one in booked if one.id not in taken]


def _shown(
    request: WebRequest,
    found: TalkView,
    place: Place,
    *,
    change: TalkForm | None = None,
    minutes: MinutesForm | None = None,
) -> HttpResponse:
    names = names_of(request.visitor, [found.host])
    points = "\n".join(f"{one.due.isoformat()} {one.text}" for one in found.follow_ups)
    told = {"minutes": found.minutes, "points": points, "seen": found.seen}
    now = {"at": timezone.localtime(found.at), "place": found.place, "agenda": found.agenda, "seen": found.seen}
    problem = bool((change and change.errors) or (minutes and minutes.errors))
    return page(
        request,
        "web/learning/talk.html",
        status=422 if problem else 200,
        place=place,
        talk=found,
        person=place.pupils.get(found.pupil),
        host=names.get(found.host, ""),
        prepared=[(PARTS[one.part], one) for one in found.preparations],
        open=found.minutes_at is None and found.called_off_at is None,
        change=change or TalkForm(initial=now),
        minutes=minutes or MinutesForm(initial=told, prefix="said"),
        may_write=place.may(WRITE),
        problem=problem,
    )
