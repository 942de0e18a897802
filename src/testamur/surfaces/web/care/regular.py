"""A family's page of regular weeks: one for every week, or with two homes one for odd and one for even weeks."""

from __future__ import annotations

from datetime import date, timedelta
from uuid import UUID
from zoneinfo import ZoneInfo

from django.contrib import messages
from django.http import HttpResponse
from django.urls import reverse
from django.utils.functional import Promise
from django.utils.translation import gettext as _
from django.views.decorators.http import require_http_methods

from testamur.access.accounts.rules import Area
from testamur.kernel.base.refused import Refused
from testamur.schoolday.care import actions, queries
from testamur.schoolday.care.rules import Hours, Parity, Regular, Setting, in_force, is_locked, monday_of, two_alike
from testamur.surfaces.web import refusals
from testamur.surfaces.web.account.entering import SeeOther
from testamur.surfaces.web.care.family import must_write, writes
from testamur.surfaces.web.care.fetchers import names_of
from testamur.surfaces.web.care.hours import PARITIES, RegularForm, regular_initial
from testamur.surfaces.web.doors import door
from testamur.surfaces.web.family.child import opened, zone_of
from testamur.surfaces.web.pages import page
from testamur.surfaces.web.requests import Visitor, WebRequest

AHEAD = timedelta(days=200)
"""So far ahead it is said where two odd weeks follow one another."""


@require_http_methods(["GET", "POST"])
@door("care.home", Area.FAMILY)
def regular(request: WebRequest, pupil: UUID) -> HttpResponse:
    """The regular week, and the ones before and after it."""
    visitor = request.visitor
    child = opened(visitor, pupil, "care")
    zone = zone_of(child.schooling)
    here = queries.place(child=pupil, on=child.today)
    _unit, setting = queries.care_unit(here.unit)
    known = queries.regular(by=visitor.actor, child=pupil, on=child.today)
    monday = _open_monday(setting, child.today, visitor, zone)
    parity = request.GET.get("weeks", "") if request.GET.get("weeks") in PARITIES else ""
    initial: dict[str, object] = dict(regular_initial(_held(known, Parity(parity))))
    initial |= {"valid_from": monday, "parity": parity}
    form = RegularForm(setting.opening, request.POST if request.method == "POST" else None, initial=initial)
    if request.method == "POST":
        must_write(visitor, child)
        if form.is_valid():
            try:
                actions.write_regular(
                    by=visitor.actor, child=pupil, valid_from=form.cleaned_data["valid_from"], days=form.days(),
                    now=visitor.now, zone=zone, parity=Parity(form.cleaned_data["parity"]),
                )  # fmt: skip
            except Refused as refused:
                refusals.into(form, refused)
            else:
                messages.success(request, _("The regular week is saved. Days that you wrote by themselves stay."))
                return SeeOther(reverse("care:regular", args=[pupil]))
    return page(
        request,
        "web/care/regular.html",
        status=422 if form.errors else 200,
        child=child,
        form=form,
        known=_told(known, names_of(visitor, {one.by for one in known})),
        current={one.at for day in (child.today, child.today + timedelta(weeks=1)) if (one := in_force(known, day))},
        two_homes=any(one.parity is not Parity.EVERY for one in known),
        alike=two_alike(child.today, child.today + AHEAD),
        own_weeks=setting.own_weeks,
        writes=writes(visitor, child),
        children=child.children,
    )


def _told(
    known: tuple[Regular, ...], names: dict[UUID, str]
) -> list[tuple[Regular, str | Promise, str, list[tuple[int, Hours]]]]:
    return [
        (one, PARITIES[one.parity.value] if one.parity is not Parity.EVERY else "", names.get(one.by, ""),
         sorted(one.days.items()))
        for one in known
    ]  # fmt: skip


def _held(known: tuple[Regular, ...], parity: Parity) -> Regular | None:
    """The latest regular week of that kind, else the latest for every week; of several kinds the first to look at."""
    return next((one for one in known if one.parity is parity), known[0] if known else None)


def _open_monday(setting: Setting, today: date, visitor: Visitor, zone: ZoneInfo) -> date:
    """The first Monday whose week is not locked."""
    monday = monday_of(today) + timedelta(weeks=1)
    while is_locked(setting, monday, visitor.now, zone):
        monday += timedelta(weeks=1)
    return monday
