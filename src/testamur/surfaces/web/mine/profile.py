"""My profile (row C20): what the school has to reach me, my language, what I am told, and what is held."""

from __future__ import annotations

from django.http import HttpResponse
from django.views.decorators.http import require_GET

from testamur.access.accounts import queries as accounts
from testamur.access.accounts.rules import SELF, Area
from testamur.exchange.notifications.queries import choices
from testamur.exchange.notifications.rules.families import PUSHED
from testamur.kernel.delivery import queries as delivery
from testamur.register.people import queries as people
from testamur.surfaces.web.doors import door
from testamur.surfaces.web.family import reach
from testamur.surfaces.web.notices.words import PARTS, WAYS
from testamur.surfaces.web.pages import page
from testamur.surfaces.web.requests import WebRequest


@door("family.notices", Area.FAMILY)
@require_GET
def profile(request: WebRequest) -> HttpResponse:
    """Everything on one page, each with the way to change it."""
    visitor = request.visitor
    me = visitor.actor
    contacts = people.contacts(by=me, persons=[me.id])[me.id]
    seen = reach.persons(visitor, "mine.profile")
    chosen = choices.choices(person=me.id, children=list(seen))
    settings = choices.settings_of(me.id)
    children = [
        {
            "id": key,
            "name": person.given or person.name,
            "ways": [
                (WAYS[way], [PARTS[part] for part, one in chosen[key].items() if way in one.ways])
                for way in PUSHED
                if way not in settings.stopped
            ],
        }
        for key, person in seen.items()
    ]
    return page(
        request,
        "web/mine/profile.html",
        contacts=contacts,
        children=children,
        devices=delivery.devices_of(by=me, persons=[me.id]),
        allowed=accounts.app_allowed(by=me),
        apps=len(accounts.app_devices(by=me, now=visitor.now)),
        subjects=[(key, person.given or person.name) for key, person in seen.items()],
        oneself=visitor.hat is not None and visitor.hat.key == SELF,
    )
