"""At eighteen: whether one's former guardians go on seeing one's records."""

from __future__ import annotations

from uuid import UUID

from django.contrib import messages
from django.http import HttpResponse
from django.urls import reverse
from django.utils.translation import gettext as _
from django.views.decorators.http import require_GET, require_POST

from testamur.register.people import actions
from testamur.register.people import queries as people
from testamur.register.people.rules import comes_of_age
from testamur.surfaces.web.account.entering import SeeOther
from testamur.surfaces.web.doors import door
from testamur.surfaces.web.pages import error_page, page
from testamur.surfaces.web.requests import WebRequest


@door("account.consent")
@require_GET
def consent(request: WebRequest) -> HttpResponse:
    """Guardians whose access ended at eighteen, and those who have it by consent."""
    visitor = request.visitor
    me, today = visitor.actor.id, visitor.now.date()
    of_age = _of_age(request)
    found = people.guardians(by=visitor.actor, children=[me], on=today)[me]
    return page(request, "web/account/consent.html", guardians=found, of_age=of_age, today=today)


@door("account.consent")
@require_POST
def set_consent(request: WebRequest, guardianship: UUID) -> HttpResponse:
    """Give or take back."""
    visitor = request.visitor
    me, today = visitor.actor.id, visitor.now.date()
    if not _of_age(request):
        return error_page(request, 403, _("You decide about this from the day on which you turn 18."))
    mine = people.guardians(by=visitor.actor, children=[me], on=today)[me]
    if guardianship not in {one.id for one in mine}:
        return error_page(request, 404, _("There is no such page or thing, or it is not yours to see."))
    gives = request.POST.get("give") == "yes"
    actions.set_consent(
        by=visitor.actor, guardianship=guardianship, consent_from=today if gives else None, now=visitor.now
    )
    messages.success(request, _("Saved. It holds at once, and you can change it whenever you like."))
    return SeeOther(reverse("account:consent"))


def _of_age(request: WebRequest) -> bool:
    visitor = request.visitor
    me = people.person(by=visitor.actor, id=visitor.actor.id)
    born = me.birth_date if me is not None else None
    return born is not None and visitor.now.date() >= comes_of_age(born)
