"""What a student takes along to other systems: completed courses as ELMO, one of them as a badge."""

from __future__ import annotations

from uuid import UUID

from django.http import HttpResponse
from django.views.decorators.http import require_GET

from testamur.access.accounts.rules import Area
from testamur.exchange.connectors.badges import actions as badges
from testamur.exchange.connectors.completed import NothingCompleted
from testamur.exchange.connectors.elmo import making as elmo
from testamur.kernel.base.refused import NotFound
from testamur.surfaces.web.doors import door
from testamur.surfaces.web.family import reach
from testamur.surfaces.web.files import attachment
from testamur.surfaces.web.requests import Visitor, WebRequest


@require_GET
@door("family.results", Area.FAMILY)
def file(request: WebRequest) -> HttpResponse:
    """The completed courses of the one who looks, with the sealed certificates inside, for another university."""
    visitor = request.visitor
    try:
        made = elmo.of(by=visitor.actor, person=visitor.actor.id, now=visitor.now)
    except NothingCompleted as nothing:
        raise NotFound("There is nothing to take along.") from nothing
    return attachment(made, f"elmo-{visitor.now:%Y-%m-%d}.xml", "application/xml")


@require_GET
@door("family.results", Area.FAMILY)
def badge(request: WebRequest, record: UUID) -> HttpResponse:
    """The badge of a completed course, with its proof inside."""
    return _badge(request.visitor, record, badges.Form.JSON, "application/ld+json")


@require_GET
@door("family.results", Area.FAMILY)
def badge_jwt(request: WebRequest, record: UUID) -> HttpResponse:
    """The same as a signed token, for wallets that take no other."""
    return _badge(request.visitor, record, badges.Form.JWT, "application/jwt")


def _badge(visitor: Visitor, record: UUID, form: badges.Form, kind: str) -> HttpResponse:
    held = reach.one(visitor, record)
    try:
        made = badges.issue(by=visitor.actor, person=visitor.actor.id, record=record, form=form, now=visitor.now)
    except badges.NoBadge as none:
        raise NotFound("There is no badge for this document.", record=str(record)) from none
    return attachment(made, f"badge-{held.code}.{form.value}", kind)
