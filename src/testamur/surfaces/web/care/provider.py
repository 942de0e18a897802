"""What care adds to the home of a family: today's hours, who fetches, and what is missing for next week."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from datetime import timedelta
from uuid import UUID

from django.urls import reverse
from django.utils.formats import date_format
from django.utils.translation import gettext as _

from testamur.schoolday.care import queries
from testamur.schoolday.care.queries import FetchingView, NeedView
from testamur.schoolday.care.rules import DayView, monday_of
from testamur.schoolday.diary.rules.pupil import News, Schooling
from testamur.surfaces.web.care.fetchers import names_of
from testamur.surfaces.web.care.hours import REASONS
from testamur.surfaces.web.family.child import zone_of
from testamur.surfaces.web.family.more import Added, Doing
from testamur.surfaces.web.requests import Visitor

ASKED = timedelta(days=60)


def care(visitor: Visitor, known: Mapping[UUID, Schooling], _news: Mapping[UUID, News]) -> Mapping[UUID, Added]:
    """Of each child with care; three queries where none has any."""
    placed = queries.places(children=list(known), on=visitor.now.date())
    if not placed:
        return {}
    zone = zone_of(known[next(iter(placed))])
    today = visitor.now.astimezone(zone).date()
    following = monday_of(today) + timedelta(weeks=1)
    days = queries.days_of(placed, today, following + timedelta(days=6), now=visitor.now, zone=zone)
    fetched = queries.fetchings(list(placed), today, today)
    names = _names(visitor, fetched.values())
    closings = queries.closings(units={one.unit for one in placed.values()}, first=today, last=today + ASKED)
    asked = [one for one in closings if one.asks and one.answer_by is not None and one.answer_by >= today]
    needs = queries.needs(closings=[one.id for one in asked], children=list(placed)) if asked else ()
    writes = {
        child: visitor.actor.may("care.week.write", one.group_path, person=child) for child, one in placed.items()
    }
    return {
        child: Added(
            todo=(*_missing(child, days[child]), *_asked(child, one.unit, asked, needs)) if writes[child] else (),
            today=_today(child, days[child][0], fetched.get((child, today)), names),
        )
        for child, one in placed.items()
    }


def _today(child: UUID, day: DayView, fetching: FetchingView | None, names: Mapping[UUID, str]) -> tuple[Doing, ...]:
    if day.hours is not None:
        hours = {"starts": f"{day.hours.starts:%H:%M}", "ends": f"{day.hours.ends:%H:%M}"}
        text = _("Care %(starts)s–%(ends)s") % hours
        who = (fetching.person or fetching.collector) if fetching is not None else None
        if who is not None and who in names:
            text = _("%(care)s, fetched by %(name)s") % {"care": text, "name": names[who]}
    elif day.reason is not None:
        text = str(REASONS[day.reason])
    else:
        return ()
    return (Doing(text, reverse("care:week", args=[child])),)


def _missing(child: UUID, days: tuple[DayView, ...]) -> tuple[Doing, ...]:
    """The first week that can still be written and has days of which nobody said anything."""
    day = next((day for day in days if day.missing and not day.locked), None)
    if day is None:
        return ()
    monday = monday_of(day.on)
    text = _("Hours of care for the week from %(day)s are missing") % {"day": date_format(monday, "SHORT_DATE_FORMAT")}
    return (Doing(text, f"{reverse('care:week', args=[child])}?monday={monday:%Y-%m-%d}"),)


def _asked(child: UUID, unit: UUID, asked: list[queries.ClosingView], needs: tuple[NeedView, ...]) -> tuple[Doing, ...]:
    told = {one.closing for one in needs if one.child == child}
    return tuple(
        Doing(
            _("Closed on %(day)s: do you need care?") % {"day": date_format(one.on, "SHORT_DATE_FORMAT")},
            f"{reverse('care:week', args=[child])}?monday={monday_of(one.on):%Y-%m-%d}",
        )
        for one in asked
        if one.unit == unit and one.id not in told
    )


def _names(visitor: Visitor, fetched: Iterable[FetchingView]) -> dict[UUID, str]:
    some = tuple(fetched)
    if not some:
        return {}
    names = names_of(visitor, {one.person for one in some if one.person is not None})
    known = queries.collectors_seen(by=visitor.actor, children={one.child for one in some}, on=some[0].on)
    return names | {one.id: one.name or _("Somebody else") for each in known.values() for one in each}
