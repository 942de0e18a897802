"""The buttons: ask for delivery, send again, let rest and go on, withdraw a batch that was refused."""

from __future__ import annotations

from collections.abc import Callable
from uuid import UUID

from django.contrib import messages
from django.http import HttpResponse
from django.urls import reverse
from django.utils.http import url_has_allowed_host_and_scheme
from django.utils.translation import gettext as _
from django.utils.translation import ngettext
from django.views.decorators.http import require_POST

from testamur.access.accounts.rules import Area
from testamur.exchange.connectors.ministry import actions, tasks
from testamur.kernel.base.refused import NotAllowed, NotFound, Refused
from testamur.register.schools import queries as schools
from testamur.schoolday.transcripts.actions import handover
from testamur.surfaces.web import refusals
from testamur.surfaces.web.account.entering import SeeOther
from testamur.surfaces.web.doors import door
from testamur.surfaces.web.office.scope import ids_of, place_of
from testamur.surfaces.web.requests import WebRequest

STEERS = {
    "pause": {"paused": True},
    "resume": {"paused": False},
    "automatic": {"automatic": True, "nightly": False},
    "nightly": {"automatic": False, "nightly": True},
    "manual": {"automatic": False, "nightly": False},
}


@require_POST
@door("handover.home", Area.OFFICE, Area.STAFF)
def ask(request: WebRequest) -> HttpResponse:
    """Everything that is sealed at the place (or in one class) shall go."""
    visitor = request.visitor
    groups = ids_of([request.POST.get("group", "")])
    group = groups[0] if groups else None
    path = _class_path(group) if group is not None else place_of(request).unit.path

    def act() -> str:
        n = actions.ask(by=visitor.actor, path=path, group=group, now=visitor.now)
        return ngettext("%(n)s record waits to be sent.", "%(n)s records wait to be sent.", n) % {"n": n}

    back = reverse("handover:class", args=[group]) if group is not None else reverse("handover:home")
    return _acted(request, act, back)


def _class_path(group: UUID) -> str:
    one = schools.group(group)
    unit = schools.unit(one.school) if one is not None else None
    if unit is None:
        raise NotFound("There is no such class.", field="group")
    return unit.path


@require_POST
@door("handover.home", Area.OFFICE, Area.STAFF)
def again(request: WebRequest) -> HttpResponse:
    """Rejected records go once more as they are."""
    visitor = request.visitor
    records = ids_of(request.POST.getlist("records"))
    if not records:
        raise NotFound("No record is named.", field="records")

    def act() -> str:
        n = handover.ask_again(by=visitor.actor, records=records, now=visitor.now)
        return ngettext("%(n)s record waits to be sent.", "%(n)s records wait to be sent.", n) % {"n": n}

    return _acted(request, act, reverse("handover:home"))


@require_POST
@door("handover.home", Area.OFFICE)
def steer(request: WebRequest, organisation: UUID) -> HttpResponse:
    """Let a body's deliveries rest, go on, go by themselves or when asked for, or go now."""
    visitor, way = request.visitor, request.POST.get("way", "")
    said = {
        "pause": _("The deliveries rest. What is asked for waits here."),
        "resume": _("The deliveries go on."),
        "automatic": _("From now on every sealed record is sent by itself."),
        "nightly": _("From now on every night what is sealed is sent, as the plan in force says."),
        "manual": _("From now on only what is asked for is sent."),
        "now": _("What waits is sent now."),
    }
    if way not in said:
        raise NotFound("There is no such choice.", field="way")

    def act() -> str:
        if way == "now":
            actions.send_now(by=visitor.actor, organisation=organisation, now=visitor.now)
            tasks.send.enqueue()
        else:
            actions.set_out(by=visitor.actor, organisation=organisation, now=visitor.now, **STEERS[way])
        return said[way]

    return _acted(request, act, reverse("handover:home"))


@require_POST
@door("handover.home", Area.OFFICE)
def withdraw(request: WebRequest, batch: UUID) -> HttpResponse:
    """A batch that the store refused as a whole: its records wait again."""
    visitor = request.visitor

    def act() -> str:
        n = actions.withdraw(by=visitor.actor, batch=batch, now=visitor.now)
        return ngettext("%(n)s record waits to be sent.", "%(n)s records wait to be sent.", n) % {"n": n}

    return _acted(request, act, reverse("handover:batch", args=[batch]))


def _acted(request: WebRequest, act: Callable[[], str], back: str) -> HttpResponse:
    """Do it, say so, and go back to where the button was; a refusal is told there and nothing else is changed."""
    try:
        said = act()
    except (NotAllowed, NotFound):
        raise
    except Refused as refused:
        messages.error(request, str(refusals.sentence(refused)))
    else:
        messages.success(request, said)
    wanted = request.POST.get("next", "")
    own = url_has_allowed_host_and_scheme(wanted, allowed_hosts=None) and wanted.startswith("/")
    return SeeOther(wanted if own else back)
