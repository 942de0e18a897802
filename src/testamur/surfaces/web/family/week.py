"""A child's week: lessons as the days changed them, homework, events."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date, datetime, time, timedelta
from typing import Any
from uuid import UUID

from django.http import HttpResponse
from django.utils import timezone
from django.views.decorators.http import require_GET

from testamur.access.accounts.rules import Area
from testamur.register.people import queries as people
from testamur.register.schools.rules import GroupView
from testamur.schoolday.diary.queries import pupil as diary
from testamur.schoolday.diary.rules.pupil import PupilLesson, Week
from testamur.schoolday.noticeboard.rules import EventView
from testamur.surfaces.web.doors import door
from testamur.surfaces.web.family.child import ChildPage, events, opened, zone_of
from testamur.surfaces.web.pages import page
from testamur.surfaces.web.requests import Visitor, WebRequest

DAYS = 7
FURTHEST = timedelta(weeks=60)
"""So far from today one may leaf."""


@dataclass(frozen=True, slots=True)
class DayPart:
    """One day of the week; `free` is the name of a holiday."""

    on: date
    lessons: tuple[PupilLesson, ...]
    events: tuple[EventView, ...]
    free: str
    today: bool


@require_GET
@door("family.records", Area.FAMILY)
def week(request: WebRequest, pupil: UUID) -> HttpResponse:
    """The week that is asked for, else this one; on a weekend the next one (E29)."""
    child = opened(request.visitor, pupil, "week")
    return page(request, "web/family/week.html", child=child, children=child.children, **facts(request, child))


def facts(request: WebRequest, child: ChildPage) -> dict[str, Any]:
    """What a page of the week shows: lessons and events by day, homework, teachers' names, the weeks beside it."""
    visitor, pupil = request.visitor, child.pupil
    monday = _monday(request.GET.get("monday", ""), child.today)
    known = {pupil: child.schooling}
    groups = diary.groups_of(known, monday, monday + timedelta(days=4))
    found = diary.week(by=visitor.actor, pupils=[pupil], monday=monday, on=monday, of=known, groups=groups)[pupil]
    planned = events_of(child, groups, monday, monday + timedelta(days=DAYS))
    teachers = {one.teacher for one in found.lessons if one.teacher is not None}
    return {
        "week": found,
        "days": _days(found, planned, child.today),
        "teachers": names(visitor, teachers),
        "earlier": monday - timedelta(days=DAYS),
        "later": monday + timedelta(days=DAYS),
        "this": _monday("", child.today),
    }


def events_of(
    child: ChildPage, groups: Mapping[UUID, tuple[GroupView, ...]], first: date, end: date, *, cancelled: bool = False
) -> tuple[EventView, ...]:
    """The events of the child's groups and school from the day `first` until before the day `end`."""
    zone = zone_of(child.schooling)
    begins, ends = datetime.combine(first, time(), zone), datetime.combine(end, time(), zone)
    return events({child.pupil: child.schooling}, groups, begins, ends, cancelled=cancelled)[child.pupil]


def names(visitor: Visitor, persons: set[UUID]) -> dict[UUID, str]:
    """Teachers' names as the visitor may see them."""
    found = people.people(by=visitor.actor, ids=sorted(persons), numbers=False) if persons else {}
    return {key: person.name for key, person in found.items()}


def _monday(wanted: str, today: date) -> date:
    try:
        day = date.fromisoformat(wanted) if wanted else None
    except ValueError:
        day = None
    if day is None or abs(day - today) > FURTHEST:
        day = today + timedelta(days=2) if today.weekday() > 4 else today  # noqa: PLR2004 - Saturday, Sunday
    return day - timedelta(days=day.weekday())


def _days(found: Week, events: tuple[EventView, ...], today: date) -> list[DayPart]:
    free = dict(found.free)
    days = []
    for n in range(DAYS):
        on = found.first + timedelta(days=n)
        lessons = tuple(one for one in found.lessons if one.on == on)
        mine = tuple(
            one
            for one in events
            if timezone.localtime(one.starts_at).date() <= on <= timezone.localtime(one.ends_at).date()
        )
        if n < 5 or lessons or mine:  # noqa: PLR2004 - a weekend without anything is left out
            days.append(DayPart(on, lessons, mine, free.get(on, ""), today=on == today))
    return days
