"""The seals of the body, or of one of its schools."""

from __future__ import annotations

from uuid import UUID

from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect
from django.urls import reverse
from django.views.decorators.http import require_GET

from testamur.access.accounts.rules import Area
from testamur.kernel.base.refused import NotFound
from testamur.surfaces.web.doors import door
from testamur.surfaces.web.office.scope import actor_of, place_of, visitor_of
from testamur.surfaces.web.office.seals.forms import told
from testamur.surfaces.web.office.seals.owner import Owner, owner_of
from testamur.surfaces.web.pages import page
from testamur.trust.sealing import queries
from testamur.trust.sealing.rules import SealState


@door("office.home", Area.OFFICE)
@require_GET
def seals(request: HttpRequest) -> HttpResponse:
    """All seals of the body, those in use first."""
    place, by = place_of(request), actor_of(request)
    body = place.authority
    if not by.may("sealing.seal.read", body.path):
        mine = place.school if place.school is not None and by.may("sealing.seal.read", place.school.path) else None
        return page(request, "web/office/seals.html", owner=Owner(body, body), elsewhere=True, school=mine)
    return _list(request, Owner(body, body))


@door("office.home", Area.OFFICE)
@require_GET
def school_seals(request: HttpRequest, unit: UUID) -> HttpResponse:
    """The seals of one school: its own, or word that it uses that of its body."""
    owner = owner_of(request, unit)
    actor_of(request).must("sealing.seal.read", owner.unit.path)
    return _list(request, owner)


def _list(request: HttpRequest, owner: Owner) -> HttpResponse:
    place, by, now = place_of(request), actor_of(request), visitor_of(request).now
    order = {SealState.ACTIVE: 0, SealState.REQUESTED: 1, SealState.RETIRED: 2}
    found = sorted(queries.seals(by=by, organisation=owner.unit.id), key=lambda s: order[s.state])
    shown = [told(seal, now) for seal in found]
    among = () if owner.is_school else place.schools
    own = queries.sealing_themselves([one.id for one in among], now) if among else frozenset()
    return page(
        request,
        "web/office/seals.html",
        owner=owner,
        seals=shown,
        active=next((t for t in shown if t.seal.state is SealState.ACTIVE), None),
        may=owner.may(by, "sealing.seal.request"),
        sealing=[one for one in among if one.id in own],
        others=[one for one in among if one.id not in own],
        address=_request_address(owner),
    )


@door("office.home", Area.OFFICE)
@require_GET
def choose_school(request: HttpRequest) -> HttpResponse:
    """From the list of schools to the page of one."""
    wanted = request.GET.get("unit", "")
    if not wanted:
        return redirect("office:seals")
    found = next((one for one in place_of(request).schools if str(one.id) == wanted), None)
    if found is None:
        raise NotFound("There is no such school.", field="unit")
    return redirect("office:school_seals", found.id)


def _request_address(owner: Owner) -> str:
    return (
        reverse("office:school_seal_request", args=[owner.unit.id])
        if owner.is_school
        else reverse("office:seal_request")
    )
