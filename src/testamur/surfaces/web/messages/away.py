"""Being away: on which days one does not answer, and who does; and how one is told of messages."""

from __future__ import annotations

from uuid import UUID

from django.contrib import messages
from django.http import HttpResponse
from django.urls import reverse
from django.utils.translation import gettext as _
from django.views.decorators.http import require_http_methods, require_POST

from testamur.access.accounts.rules import Area
from testamur.kernel.base.refused import Refused
from testamur.schoolday.conversations import actions, queries
from testamur.schoolday.conversations.rules import Pace
from testamur.surfaces.web import refusals
from testamur.surfaces.web.account.entering import SeeOther
from testamur.surfaces.web.doors import door
from testamur.surfaces.web.messages.fields import AwayForm, TellingForm
from testamur.surfaces.web.messages.recipients import desk_of, unit_of
from testamur.surfaces.web.pages import page
from testamur.surfaces.web.requests import WebRequest


@door("messages.home", Area.STAFF, Area.OFFICE)
@require_http_methods(["GET", "HEAD", "POST"])
def away(request: WebRequest) -> HttpResponse:
    """One's own absences, and the form for another."""
    visitor = request.visitor
    desk = desk_of(visitor)
    colleagues = [(str(key), name) for key, name in desk.colleagues.items()]
    form = AwayForm(colleagues, request.POST if request.method == "POST" else None, initial={"first": desk.on})
    if form.is_bound and form.is_valid():
        said = form.cleaned_data
        try:
            actions.say_away(
                by=visitor.actor, unit=desk.unit.id, first=said["first"], last=said["last"], note=said["note"],
                substitute=UUID(said["substitute"]) if said["substitute"] else None, now=visitor.now,
            )  # fmt: skip
        except Refused as refused:
            refusals.into(form, refused)
        else:
            messages.success(request, _("Whoever writes to you on these days is told."))
            return SeeOther(reverse("messages:away"))
    return page(
        request,
        "web/messages/away.html",
        status=422 if form.is_bound and form.errors else 200,
        form=form,
        desk=desk,
        away=queries.own_away(by=visitor.actor, unit=desk.unit.id, on=desk.on),
    )


@door("messages.home", Area.STAFF, Area.OFFICE)
@require_http_methods(["GET", "HEAD", "POST"])
def telling(request: WebRequest) -> HttpResponse:
    """How one is told that messages wait."""
    visitor = request.visitor
    unit = unit_of(visitor)
    initial = {"pace": queries.pace_of(visitor.actor.id).value}
    form = TellingForm(request.POST if request.method == "POST" else None, initial=initial)
    if form.is_bound and form.is_valid():
        pace = Pace(form.cleaned_data["pace"])
        actions.choose_pace(by=visitor.actor, unit=unit.id, pace=pace, now=visitor.now)
        messages.success(request, _("Saved."))
        return SeeOther(reverse("messages:home"))
    return page(
        request,
        "web/messages/telling.html",
        status=422 if form.is_bound and form.errors else 200,
        form=form,
        unit=unit,
    )


@door("messages.home", Area.STAFF, Area.OFFICE)
@require_POST
def end(request: WebRequest, away: UUID) -> HttpResponse:
    """Be back."""
    actions.end_away(by=request.visitor.actor, away=away, now=request.visitor.now)
    messages.success(request, _("You are back."))
    return SeeOther(reverse("messages:away"))
