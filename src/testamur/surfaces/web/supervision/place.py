"""What the pages of supervision share: the place, its tabs, what was chosen."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from urllib.parse import urlencode
from uuid import UUID

from django.urls import reverse
from django.utils.formats import number_format
from django.utils.translation import gettext as _

from testamur.register.people import queries as people
from testamur.register.schools import queries as schools
from testamur.register.schools.rules import UnitView
from testamur.schoolday.supervision.queries import Choice
from testamur.schoolday.supervision.rules import Order
from testamur.schoolday.transcripts.rules import Step
from testamur.surfaces.web import sightings
from testamur.surfaces.web.requests import Visitor, WebRequest

GRADES = range(14)


@dataclass(frozen=True, slots=True)
class Tab:
    """A page about the place."""

    address: str
    label: str
    current: bool
    count: str = ""


def chosen(request: WebRequest) -> Choice:
    """What is asked for; what is not understood is as if it were not asked."""
    asked = request.GET
    step = next((one for one in Step if one.value == asked.get("step", "")), None)
    order = next((one for one in Order if one.value == asked.get("sort", "")), Order.PLACE)
    return Choice(asked.get("year", "")[:20], level_of(asked.get("level", "")), step, order, asked.get("q", "")[:80])


def level_of(text: str) -> int | None:
    """A year level; None for all."""
    return int(text) if text.isascii() and text.isdigit() and len(text) < 3 and int(text) in GRADES else None  # noqa: PLR2004 - two digits


def tabs(place: UnitView, year: str, here: str, late: int | None = None) -> list[Tab]:
    """The pages about a place in a school year; `here` is the one that is shown."""
    names = (
        ("place", _("Board")),
        ("late", _("Who is late")),
        ("reminders", _("Reminders")),
        ("trend", _("Course of time")),
        ("reports", _("Closing report")),
    )
    return [
        Tab(
            address(name, place.id, year=year),
            label,
            name == here,
            number_format(late, force_grouping=True) if name == "late" and late else "",
        )
        for name, label in names
    ]


def address(name: str, unit: UUID, **query: str) -> str:
    """The address of a page about a place, with what is to be kept."""
    kept = {key: value for key, value in query.items() if value}
    return reverse(f"supervision:{name}", args=[unit]) + (f"?{urlencode(kept)}" if kept else "")


def names_of(request: WebRequest, persons: Iterable[UUID], path: str, where: str) -> dict[UUID, str]:
    """Names as the visitor may see them; true names of protected persons are written down as seen."""
    visitor = request.visitor
    found = people.people(by=visitor.actor, ids=dict.fromkeys(persons), numbers=False)
    hidden = sightings.protected(found)
    if hidden:
        sightings.note(visitor, visitor.actor, dict.fromkeys(hidden, path), where)
    return {key: one.name for key, one in found.items()}


def crumbs(visitor: Visitor, place: UnitView, year: str, way: tuple[UnitView, ...] = ()) -> list[tuple[str, str]]:
    """The way from the place of the role down to this one, itself left out: names and addresses."""
    assert visitor.hat is not None
    top = visitor.hat.path
    found = way or schools.units_above(place.path)
    return [
        (one.name, address("place", one.id, year=year))
        for one in found
        if one.path.startswith(top) and one.id != place.id
    ]
