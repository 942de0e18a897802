"""What the pages of a class's year stand on: names as the visitor may see them, tabs, words of the law."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from uuid import UUID

from django.urls import reverse
from django.utils.translation import gettext as _

from testamur.register.people import queries as people
from testamur.register.people.rules import PersonView
from testamur.schoolday.diary.rules.rooms import Room
from testamur.surfaces.web import sightings
from testamur.surfaces.web.requests import Visitor


def persons(visitor: Visitor, ids: Iterable[UUID], room: Room, seen: str) -> dict[UUID, PersonView]:
    """Pupils by name, in the order of a class list; true names of protected ones are noted under `seen`."""
    found = people.people(by=visitor.actor, ids=set(ids), numbers=False)
    hidden = sightings.protected(found)
    if hidden:
        sightings.note(visitor, visitor.actor, dict.fromkeys(hidden, room.school.path), seen)
    return {one.id: one for one in sorted(found.values(), key=lambda one: (one.sort_key, one.id))}


def tabs(group: UUID, moments: Mapping[str, str], now: str) -> list[dict[str, object]]:
    """The moments of the year, then its end; `now`: the code of the one that is shown, empty for the end."""
    found: list[dict[str, object]] = [
        {"label": name, "address": reverse("yearend:close", args=[group, code]), "current": code == now}
        for code, name in moments.items()
    ]
    return [*found, {"label": _("Year end"), "address": reverse("yearend:year", args=[group]), "current": not now}]
