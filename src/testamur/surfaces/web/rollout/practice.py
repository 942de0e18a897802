"""The practice installation: one chooses whom to be, and begins again with a school of one's own at will (row D4).

There is no such page in a real installation. What was practised before stays, for whoever is at it, until the
installation is reset in the night (`testamur practice --reset`).
"""

from __future__ import annotations

from itertools import groupby
from uuid import UUID

from django.conf import settings
from django.contrib import messages
from django.http import Http404, HttpResponse
from django.urls import reverse
from django.utils.module_loading import import_string
from django.utils.translation import gettext as _
from django.views.decorators.http import require_http_methods

from testamur.access.accounts import queries as accounts
from testamur.register.schools import queries as schools
from testamur.register.schools.rules import UnitKind, UnitView
from testamur.surfaces.web.account.entering import SeeOther
from testamur.surfaces.web.doors import public
from testamur.surfaces.web.pages import page
from testamur.surfaces.web.requests import WebRequest
from testamur.surfaces.web.roles import ROLE_NAMES

MOST = 300
"""Schools that one installation keeps until it is reset."""
SHOWN = 20


@public
@require_http_methods(["GET", "POST"])
def practice(request: WebRequest) -> HttpResponse:
    """Choose whom to be at a practice school; POST: a fresh school, in its first state."""
    if not settings.PRACTICE:
        raise Http404
    known = sorted(schools.units_under("/", kind=UnitKind.SCHOOL), key=lambda unit: unit.code, reverse=True)
    if request.method == "POST":
        if len(known) >= MOST:
            messages.error(request, _("There are too many practice schools. Take one of them, or wait until tomorrow."))
            return SeeOther(reverse("rollout:practice"))
        made: UUID = import_string(settings.PRACTICE_SCHOOL)(now=request.visitor.now)
        messages.success(request, _("Here is a school of your own, in its first state."))
        return SeeOther(reverse("rollout:practice") + f"?school={made}")
    chosen = next(
        (unit for unit in known if str(unit.id) == request.GET.get("school", "")), known[0] if known else None
    )
    return page(
        request,
        "web/rollout/practice.html",
        chosen=chosen,
        others=[unit for unit in known if unit != chosen][:SHOWN],
        places=_people(request, chosen),
    )


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
