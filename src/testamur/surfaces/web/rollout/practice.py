"""The practice installation: one chooses whom to be, and begins again with a school of one's own at will (row D4).

There is no such page in a real installation. A fresh school is made in the background; the page waits for it.
What was practised before stays, for whoever is at it, until the installation is reset (`testamur practice --reset`).
"""

from __future__ import annotations

from datetime import timedelta
from itertools import groupby
from uuid import UUID

from django.conf import settings
from django.contrib import messages
from django.http import Http404, HttpResponse
from django.urls import reverse
from django.utils.translation import gettext as _
from django.views.decorators.http import require_http_methods

from testamur.access.accounts import queries as accounts
from testamur.access.accounts.actions import limit
from testamur.access.accounts.rules import TooMany
from testamur.kernel.base.actor import Actor, Grant
from testamur.kernel.base.ids import new_id
from testamur.register.schools import queries as schools
from testamur.register.schools.rules import UnitKind, UnitView
from testamur.schoolday.rollout import queries, tasks
from testamur.schoolday.rollout.rules import Crowded
from testamur.surfaces.web import refusals
from testamur.surfaces.web.account.entering import DOORKEEPER, SeeOther
from testamur.surfaces.web.doors import public
from testamur.surfaces.web.pages import page
from testamur.surfaces.web.proxies import network
from testamur.surfaces.web.requests import NOBODY, WebRequest
from testamur.surfaces.web.roles import ROLE_NAMES

SHOWN = 20
AGAIN = 2
"""Seconds until the page of a school that is being made looks again, by itself and without JavaScript."""
USUAL = timedelta(seconds=60)
"""A school that is not there by then takes longer than it should."""
BOUNDS = (("practice.begin", 60, timedelta(minutes=10)), ("practice.begin.day", 150, timedelta(days=1)))
"""So many fresh schools may be asked for from one network: a room full of teachers sits behind one address, and nobody
uses up alone what the installation holds."""
PRACTISER = Actor(
    id=NOBODY.id, identified_by=NOBODY.identified_by, grants=(Grant("web", "/", ("rollout.practice.begin",)),)
)
"""Whoever comes to the practice installation: nobody has to say who he is before he chooses whom to be."""


@public
@require_http_methods(["GET", "POST"])
def practice(request: WebRequest) -> HttpResponse:
    """Choose whom to be at a practice school; POST: have a fresh school made, in its first state."""
    if not settings.PRACTICE:
        raise Http404
    if request.method == "POST":
        return _begin(request)
    if (asked := _uuid(request.GET.get("beginning", ""))) is not None:
        return _wait(request, asked)
    known = sorted(schools.units_under("/", kind=UnitKind.SCHOOL), key=lambda unit: unit.code, reverse=True)
    chosen = next(
        (unit for unit in known if str(unit.id) == request.GET.get("school", "")), known[0] if known else None
    )
    return page(
        request,
        "web/rollout/practice.html",
        fresh=new_id(),
        chosen=chosen,
        others=[unit for unit in known if unit != chosen][:SHOWN],
        places=_people(request, chosen),
    )


def _begin(request: WebRequest) -> HttpResponse:
    """The form carries the id of what it asks for: sent twice, it asks once."""
    asked = _uuid(request.POST.get("beginning", "")) or new_id()
    now = request.visitor.now
    try:
        for name, most, within in BOUNDS:
            limit(by=DOORKEEPER, name=name, key=network(request), most=most, within=within, now=now)
        tasks.ask_afresh(by=PRACTISER, id=asked, now=now)
    except (TooMany, Crowded) as refused:
        messages.error(request, refusals.sentence(refused))
        return SeeOther(reverse("rollout:practice"))
    return SeeOther(reverse("rollout:practice") + f"?beginning={asked}")


def _wait(request: WebRequest, asked: UUID) -> HttpResponse:
    """It is being made, it is there, or it cannot be made."""
    found = queries.beginning(id=asked, now=request.visitor.now)
    if found is None or found.failed:
        messages.error(request, _("The school could not be made. Try again, or take one of the others."))
        return SeeOther(reverse("rollout:practice"))
    if found.school is not None:
        messages.success(request, _("Here is a school of your own, in its first state."))
        return SeeOther(reverse("rollout:practice") + f"?school={found.school}")
    slow = request.visitor.now - found.asked_at > USUAL
    answer = page(request, "web/rollout/practice_wait.html", slow=slow)
    answer.headers["Refresh"] = str(AGAIN)
    answer.headers["Cache-Control"] = "no-store"
    return answer


def _uuid(text: str) -> UUID | None:
    try:
        return UUID(text)
    except ValueError:
        return None


def _people(request: WebRequest, chosen: UnitView | None) -> list[tuple[str, list[tuple[object, object]]]]:
    """Whom one may be: those of the school, and of the body above it."""
    if chosen is None:
        return []
    places = {unit.path for unit in schools.units_above(chosen.path)}
    found = accounts.demo_people(on=request.visitor.now.date(), at=places)
    return [
        (place, [(one, ROLE_NAMES.get(one.role, one.role)) for one in some])
        for place, some in groupby(found, key=lambda one: one.place)
    ]
