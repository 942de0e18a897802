"""Registrations that wait for the school, readers whom nothing reaches, and what messages cost (rows E19, E20)."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime
from decimal import Decimal
from uuid import UUID

from django.contrib import messages
from django.http import HttpResponse
from django.urls import reverse
from django.utils.functional import Promise
from django.utils.translation import gettext as _
from django.views.decorators.http import require_GET, require_POST

from testamur.access.accounts.rules import Area
from testamur.exchange.notifications import actions
from testamur.exchange.notifications.queries import registrations as queries
from testamur.kernel.base.refused import NotFound, Refused
from testamur.kernel.delivery import queries as delivery
from testamur.surfaces.web import refusals, sightings
from testamur.surfaces.web.account.entering import SeeOther
from testamur.surfaces.web.doors import door
from testamur.surfaces.web.notices.school import own_groups, place
from testamur.surfaces.web.notices.words import ROUTES, WAYS
from testamur.surfaces.web.pages import page
from testamur.surfaces.web.requests import Visitor, WebRequest


@door("notices.registrations", Area.OFFICE, Area.STAFF)
@require_GET
def overview(request: WebRequest) -> HttpResponse:
    """What waits, who is not reached, what it costs."""
    visitor = request.visitor
    path, groups = place(visitor), own_groups(visitor)
    waiting = queries.waiting(by=visitor.actor, path=path, groups=groups, now=visitor.now)
    unreached = () if groups else queries.unreached(by=visitor.actor, path=path)
    seen = {one.pupil.id: one.pupil for one in waiting} | {one.person.id: one.person for one in unreached}
    hidden = sightings.protected(seen)
    sightings.note(visitor, visitor.actor, {key: seen[key].path or path for key in hidden}, "notices.registrations")
    return page(
        request,
        "web/notices/registrations.html",
        waiting=[(one, ROUTES[one.registration.route]) for one in waiting],
        unreached=unreached,
        hidden=hidden,
        costs=_costs(visitor, path) if not groups else (),
        whole=not groups,
    )


@door("notices.registrations", Area.OFFICE, Area.STAFF)
@require_POST
def decide(request: WebRequest, registration: UUID) -> HttpResponse:
    """Say whose it is, or that it is nobody's."""
    visitor = request.visitor
    who = request.POST.get("guardian", "")
    try:
        if request.POST.get("act") == "refuse":
            actions.refuse_registration(by=visitor.actor, registration=registration, now=visitor.now)
            messages.success(request, _("Refused. Nothing is sent to that address."))
        else:
            guardian = _id(who)
            actions.confirm_registration(
                by=visitor.actor, registration=registration, guardian=guardian, now=visitor.now
            )
            messages.success(request, _("Confirmed. Messages go there from now on."))
    except NotFound:
        raise
    except Refused as refused:
        if refused.code == "not_allowed":
            raise
        messages.error(request, refusals.sentence(refused))
    return SeeOther(reverse("notices:registrations"))


def _id(text: str) -> UUID:
    try:
        return UUID(text)
    except ValueError:
        return UUID(int=0)


@dataclass(frozen=True, slots=True)
class Spent:
    """What one way was used for in a month; `amount` is None where no price was told."""

    channel: str | Promise
    messages: int
    parts: int
    amount: Decimal | None
    currency: str


_SENT = {way.value: text for way, text in WAYS.items()}


def _spent(cost: delivery.Cost) -> Spent:
    amount = (Decimal(cost.cost) / 10_000).quantize(Decimal("0.01")) if cost.priced else None
    return Spent(_SENT.get(cost.channel, cost.channel), cost.messages, cost.parts, amount, cost.currency)


def _costs(visitor: Visitor, path: str) -> list[tuple[datetime, list[Spent]]]:
    """This month and the two before."""
    if not visitor.actor.may("delivery.message.see", path):
        return []
    starts = [visitor.now.replace(day=1, hour=0, minute=0, second=0, microsecond=0)]
    for _month in range(2):
        last = starts[-1]
        starts.append(last.replace(year=last.year - (last.month == 1), month=(last.month - 2) % 12 + 1))
    ends = [visitor.now, *starts]
    found = []
    for start, end in zip(starts, ends, strict=False):
        costs = delivery.costs(by=visitor.actor, path=path, since=start, until=end)
        if costs:
            found.append((start, [_spent(one) for one in costs]))
    return found
