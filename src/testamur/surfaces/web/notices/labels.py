"""Pupil codes of a class: labels as a PDF, new codes, revoked ones (rows E18, E19, E31)."""

from __future__ import annotations

from uuid import UUID

from django.conf import settings
from django.contrib import messages
from django.http import HttpResponse
from django.urls import reverse
from django.utils.translation import gettext as _
from django.views.decorators.http import require_GET, require_POST

from testamur.access.accounts.rules import Area
from testamur.exchange.notifications import actions
from testamur.exchange.notifications.labels import pdf
from testamur.exchange.notifications.rules.labels import Sheet
from testamur.kernel.base.refused import NotFound
from testamur.register.people import queries as people
from testamur.register.schools import queries as schools
from testamur.register.schools.rules import GroupView
from testamur.surfaces.web import sightings
from testamur.surfaces.web.account.entering import SeeOther
from testamur.surfaces.web.doors import door
from testamur.surfaces.web.notices.school import classes as classes_of
from testamur.surfaces.web.notices.school import place
from testamur.surfaces.web.office.scope import ids_of
from testamur.surfaces.web.pages import page
from testamur.surfaces.web.requests import WebRequest


@door("notices.registrations", Area.OFFICE, Area.STAFF)
@require_GET
def classes(request: WebRequest) -> HttpResponse:
    """The classes."""
    place(request.visitor)
    return page(request, "web/notices/labels.html", groups=classes_of(request.visitor))


@door("notices.registrations", Area.OFFICE, Area.STAFF)
@require_GET
def group(request: WebRequest, group: UUID) -> HttpResponse:
    """The pupils of a class, for choosing whose code is renewed or revoked. The codes themselves are on paper only."""
    visitor = request.visitor
    room = _room(request, group)
    rows = schools.members(group=group, on=visitor.now.date())
    names = people.people(by=visitor.actor, ids=[row.person for row in rows], numbers=False)
    hidden = sightings.protected(names)
    sightings.note(visitor, visitor.actor, {key: names[key].path or room.path for key in hidden}, "notices.labels")
    shown = sorted(names.values(), key=lambda view: (view.sort_key, view.id))
    return page(request, "web/notices/group_labels.html", group=room, pupils=shown, hidden=hidden)


@door("notices.registrations", Area.OFFICE, Area.STAFF)
@require_POST
def sheet(request: WebRequest, group: UUID) -> HttpResponse:
    """The labels of a class."""
    room = _room(request, group)
    labels = actions.print_labels(by=request.visitor.actor, group=group, now=request.visitor.now)
    number = str(settings.SMS.get("from") or "")
    address = f"{settings.PUBLIC_URL.rstrip('/')}{reverse('notices:register')}".partition("://")[2]
    made = pdf(
        labels,
        Sheet(
            title=_("Pupil codes, %(group)s") % {"group": room.code},
            address=address,
            text_to=number if number.startswith("+") and settings.PHONE.get("sms_secret") else "",
            call=_call(),
            words=(
                ("call", _("Telephone code for")),
                ("text", _("Send the code by SMS to")),
                ("web", _("Or register at")),
            ),
        ),
    )
    answer = HttpResponse(made, content_type="application/pdf")
    answer["Content-Disposition"] = f'inline; filename="labels-{group}.pdf"'
    answer["Cache-Control"] = "no-store"
    return answer


@door("notices.registrations", Area.OFFICE, Area.STAFF)
@require_POST
def codes(request: WebRequest, group: UUID) -> HttpResponse:
    """Renew or revoke the codes of some pupils."""
    visitor = request.visitor
    _room(request, group)
    chosen = ids_of(request.POST.getlist("pupils"))
    if not chosen:
        messages.error(request, _("Choose at least one pupil."))
    elif request.POST.get("act") == "revoke":
        actions.revoke_codes(by=visitor.actor, group=group, pupils=chosen, now=visitor.now)
        messages.success(request, _("Those codes open nothing any more."))
    else:
        actions.renew_codes(by=visitor.actor, group=group, pupils=chosen, now=visitor.now)
        messages.success(request, _("New codes are made; the old labels are void. Print the labels again."))
    return SeeOther(reverse("notices:group_labels", args=[group]))


def _room(request: WebRequest, group: UUID) -> GroupView:
    """The class. Raises NotAllowed, NotFound for one that the visitor gives no labels to."""
    place(request.visitor)
    room = schools.group(group)
    if room is None:
        raise NotFound("There is no such class.", field="group")
    request.visitor.actor.must("people.code.issue", room.path, group=group)
    return room


def _call() -> str:
    numbers = str(settings.PHONE.get("numbers") or "")
    return numbers.split(",", maxsplit=1)[0].partition("=")[0].strip()
