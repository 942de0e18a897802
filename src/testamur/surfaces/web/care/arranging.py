"""Arranging the care of a unit: opening hours, deadline, ratio, closing days and who needs care on them."""

from __future__ import annotations

from datetime import time, timedelta
from typing import Any
from uuid import UUID

from django import forms
from django.contrib import messages
from django.http import HttpResponse
from django.urls import reverse
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy
from django.views.decorators.http import require_http_methods, require_POST

from testamur.access.accounts.rules import Area
from testamur.kernel.base.refused import NotFound, Refused
from testamur.schoolday.care import actions, queries
from testamur.schoolday.care.queries import ClosingView, NeedView
from testamur.schoolday.care.rules import Hours, Setting
from testamur.surfaces.web import refusals
from testamur.surfaces.web.account.entering import SeeOther
from testamur.surfaces.web.care.desk import Desk
from testamur.surfaces.web.care.hours import WEEKDAYS
from testamur.surfaces.web.doors import door
from testamur.surfaces.web.family.leave import Time
from testamur.surfaces.web.forms import Day
from testamur.surfaces.web.pages import page
from testamur.surfaces.web.requests import WebRequest

AHEAD = timedelta(days=400)


class SettingForm(forms.Form):
    """Opening hours of each weekday, the deadline, children for one adult."""

    deadline_days = forms.IntegerField(
        label=gettext_lazy("Hours are locked how many days before the Monday of their week?"),
        help_text=gettext_lazy("4 is the Thursday before; 0 is the Monday itself."),
        min_value=0,
        max_value=14,
    )
    deadline_at = forms.TimeField(label=gettext_lazy("At what time?"), widget=Time())
    small_per_adult = forms.IntegerField(
        label=gettext_lazy("Children of one to three years for one adult"), min_value=1, max_value=50
    )
    big_per_adult = forms.IntegerField(label=gettext_lazy("Older children for one adult"), min_value=1, max_value=50)

    own_weeks = forms.BooleanField(
        label=gettext_lazy("Each guardian of a child with two homes writes only their own odd or even weeks"),
        required=False,
        help_text=gettext_lazy("Otherwise both write all weeks, and what was saved last holds."),
    )

    def __init__(self, setting: Setting, data: Any = None) -> None:
        """With what stands."""
        initial: dict[str, object] = {
            "deadline_days": setting.deadline_days,
            "deadline_at": setting.deadline_at,
            "small_per_adult": setting.small_per_adult,
            "big_per_adult": setting.big_per_adult,
            "own_weeks": setting.own_weeks,
        }
        for n, hours in setting.opening.items():
            initial |= {f"starts_{n}": hours.starts, f"ends_{n}": hours.ends}
        super().__init__(data, initial=initial)
        for n, name in WEEKDAYS.items():
            for kind, text in (("starts", _("%(day)s: opens at")), ("ends", _("%(day)s: closes at"))):
                self.fields[f"{kind}_{n}"] = forms.TimeField(label=text % {"day": name}, required=False, widget=Time())

    def setting(self, unit: UUID) -> Setting:
        """What the verb takes; a weekday with one hour alone is an error of its field."""
        told = self.cleaned_data
        opening = {
            n: Hours(told[f"starts_{n}"], told[f"ends_{n}"] or time(0))
            for n in WEEKDAYS
            if told[f"starts_{n}"] is not None or told[f"ends_{n}"] is not None
        }
        return Setting(
            unit, opening, told["deadline_days"], told["deadline_at"], told["small_per_adult"], told["big_per_adult"],
            own_weeks=told["own_weeks"],
        )  # fmt: skip

    def clean(self) -> dict[str, Any]:
        """Both hours or none."""
        told: dict[str, Any] = super().clean() or self.cleaned_data
        for n in WEEKDAYS:
            if (told.get(f"starts_{n}") is None) is not (told.get(f"ends_{n}") is None):
                self.add_error(f"ends_{n}", _("Write both hours, or none."))
        return told

    def rows(self) -> list[tuple[str, Any, Any]]:
        """Weekday and its fields."""
        return [(str(name), self[f"starts_{n}"], self[f"ends_{n}"]) for n, name in WEEKDAYS.items()]


class ClosingForm(forms.Form):
    """A day without care."""

    on = forms.DateField(label=gettext_lazy("Day"), widget=Day())
    name = forms.CharField(label=gettext_lazy("Why?"), max_length=120, help_text=gettext_lazy("Families read it."))
    answer_by = forms.DateField(
        label=gettext_lazy("Families tell until when whether they need care anyway"),
        widget=Day(),
        required=False,
        help_text=gettext_lazy("Empty: nobody is asked."),
    )


@require_http_methods(["GET", "POST"])
@door("care.home", Area.STAFF, Area.OFFICE)
def arrange(request: WebRequest, unit: UUID) -> HttpResponse:
    """Opening hours, deadline and ratio; closing days with their answers."""
    desk = Desk(request.visitor)
    setting = _setting(desk, unit)
    form = SettingForm(setting, request.POST if request.method == "POST" else None)
    if request.method == "POST" and form.is_valid():
        try:
            actions.arrange(by=desk.by, setting=form.setting(unit), now=desk.now)
        except Refused as refused:
            refusals.into(form, refused)
        else:
            messages.success(request, _("It holds from now on."))
            return SeeOther(reverse("care:arrange", args=[unit]))
    return _shown(request, desk, unit, form, ClosingForm())


@require_POST
@door("care.home", Area.STAFF, Area.OFFICE)
def close(request: WebRequest, unit: UUID) -> HttpResponse:
    """Decide on a closing day; families are told."""
    desk = Desk(request.visitor)
    setting = _setting(desk, unit)
    form = ClosingForm(request.POST)
    if form.is_valid():
        try:
            actions.close_day(by=desk.by, unit=unit, now=desk.now, **form.cleaned_data)
        except Refused as refused:
            refusals.into(form, refused)
        else:
            messages.success(request, _("The day is closed. Families are told the way they chose."))
            return SeeOther(reverse("care:arrange", args=[unit]))
    return _shown(request, desk, unit, SettingForm(setting), form)


@require_POST
@door("care.home", Area.STAFF, Area.OFFICE)
def reopen(request: WebRequest, unit: UUID) -> HttpResponse:
    """Call a closing day off."""
    desk = Desk(request.visitor)
    _setting(desk, unit)
    ahead = queries.closings(units=[unit], first=desk.today, last=desk.today + AHEAD)
    told = next((one.id for one in ahead if str(one.id) == request.POST.get("closing", "")), None)
    if told is None:
        raise NotFound("There is no such closing day.", field="closing")
    actions.open_day(by=desk.by, closing=told, now=desk.now)
    messages.success(request, _("The day is open after all. Families are told the way they chose."))
    return SeeOther(reverse("care:arrange", args=[unit]))


def _setting(desk: Desk, unit: UUID) -> Setting:
    """How the unit's care is arranged, or would be where it has none yet; for who arranges it."""
    view, setting = queries.arrangeable(unit)
    desk.by.must("care.setting.write", view.path)
    return setting


def _shown(request: WebRequest, desk: Desk, unit: UUID, form: SettingForm, closing: ClosingForm) -> HttpResponse:
    view, _known = queries.arrangeable(unit)
    ahead = queries.closings(units=[unit], first=desk.today, last=desk.today + AHEAD)
    needs = queries.needs(closings=[one.id for one in ahead])
    faces = desk.faces({one.child for one in needs if one.hours is not None}, view.path, "care.closing")
    return page(
        request,
        "web/care/arrange.html",
        status=422 if form.errors or closing.errors else 200,
        unit=view,
        form=form,
        closing=closing,
        closings=[(one, *_told(one, needs, faces)) for one in ahead],
    )


def _told(one: ClosingView, needs: tuple[NeedView, ...], faces: Any) -> tuple[list[tuple[str, Hours]], int]:
    """Who needs care on a closing day, by name and hours; and how many said that they do not."""
    mine = [need for need in needs if need.closing == one.id]
    coming = [(faces[need.child].name, need.hours) for need in mine if need.hours is not None and need.child in faces]
    return sorted(coming, key=lambda pair: pair[0]), sum(need.hours is None for need in mine)
