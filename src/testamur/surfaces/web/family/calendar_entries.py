"""What stands in a child's calendar: each part that was chosen, as entries that name nobody."""

from __future__ import annotations

from collections.abc import Callable, Collection, Iterator, Mapping
from dataclasses import dataclass
from datetime import date, datetime, timedelta
from uuid import UUID
from zoneinfo import ZoneInfo

from django.utils.translation import get_language
from django.utils.translation import gettext as _

from testamur.kernel.base.actor import Actor
from testamur.kernel.base.refused import Refused
from testamur.register.schools import queries as schools
from testamur.register.schools.rules import GroupView, SchoolYearView
from testamur.schoolday.care import queries as care
from testamur.schoolday.diary.queries import pupil as diary
from testamur.schoolday.diary.rules.pupil import Schooling
from testamur.schoolday.noticeboard import queries as board
from testamur.schoolday.noticeboard.rules import EventKind
from testamur.schoolday.noticeboard.rules.contents import Content
from testamur.schoolday.noticeboard.rules.feeds import Entry, of_event
from testamur.surfaces.web.family.child import events, zone_of

BEHIND, AHEAD, LESSONS = timedelta(days=30), timedelta(days=200), timedelta(days=28)
"""How far the calendar reaches back and ahead, and for how long lessons stand in it."""
DAY = timedelta(days=1)


@dataclass(frozen=True, slots=True)
class _Asked:
    """Whose calendar is drawn, and when."""

    by: Actor
    schooling: Schooling
    groups: Mapping[UUID, tuple[GroupView, ...]]
    now: datetime

    @property
    def child(self) -> UUID:
        """The child."""
        return self.schooling.pupil

    @property
    def zone(self) -> ZoneInfo:
        """Of the school's hours."""
        return zone_of(self.schooling)

    @property
    def today(self) -> date:
        """At the school."""
        return self.now.astimezone(self.zone).date()


def entries_of(by: Actor, schooling: Schooling, content: Collection[Content], now: datetime) -> list[Entry]:
    """The entries of all parts that were chosen; the caller has asked whether the calendar may be read."""
    today = now.astimezone(zone_of(schooling)).date()
    asked = _Asked(by, schooling, diary.groups_of({schooling.pupil: schooling}, today, today), now)
    parts = [_PARTS[one](asked) for one in Content if one in content and one in _PARTS]
    if {Content.TESTS, Content.EVENTS} & set(content):
        parts.append(_events(asked, content))
    return [entry for part in parts for entry in part]


def _events(asked: _Asked, content: Collection[Content]) -> Iterator[Entry]:
    known = {asked.child: asked.schooling}
    found = events(known, asked.groups, asked.now - BEHIND, asked.now + AHEAD, cancelled=True)[asked.child]
    for one in found:
        part = Content.TESTS if one.kind is EventKind.TEST else Content.EVENTS
        if part in content and not (one.kind is EventKind.HOLIDAY and Content.HOLIDAYS in content):
            yield of_event(one)


def _lessons(asked: _Asked) -> Iterator[Entry]:
    first, last = asked.today - timedelta(days=7), asked.today + LESSONS
    found = diary.days(
        by=asked.by, pupils=[asked.child], first=first, last=last, of={asked.child: asked.schooling},
        groups=asked.groups,
    )[asked.child]  # fmt: skip
    for one in found:
        yield Entry(
            f"{one.slot or one.lesson}-{one.on:%Y%m%d}",
            f"{one.subject_name} {one.group_code}".strip(),
            datetime.combine(one.on, one.starts, asked.zone),
            datetime.combine(one.on, one.ends, asked.zone),
            asked.now,
            place=one.room,
            seq=one.version,
            cancelled=one.cancelled,
        )


def _homework(asked: _Asked) -> Iterator[Entry]:
    for one in diary.homework(by=asked.by, pupils=[asked.child], on=asked.today)[asked.child]:
        if one.due is not None:
            yield Entry(
                f"homework-{one.lesson}", _("Homework: %(subject)s") % {"subject": one.subject_name}, one.due,
                one.due + DAY, asked.now, text=one.text, free=True,
            )  # fmt: skip


def _menu(asked: _Asked) -> Iterator[Entry]:
    school = asked.schooling.school
    if school is None:
        return
    place = (school.path, school.form.value)
    menus = board.menus_for(places=[place])[place]
    first, last = asked.today, asked.today + LESSONS
    found = board.dishes_of(menus=[one.id for one in menus], first=first, last=last)
    for menu in menus:
        for on, dishes in found[menu.id].items():
            names = [dish.name(get_language() or "") for dish in dishes]
            yield Entry(
                f"menu-{menu.id}-{on:%Y%m%d}", ", ".join(names)[:200], on, on + DAY, menu.changed_at,
                text="\n".join(names), free=True,
            )  # fmt: skip


def _care(asked: _Asked) -> Iterator[Entry]:
    """When the child is brought and fetched, for two weeks; nothing for a child without care."""
    monday = asked.today - timedelta(days=asked.today.weekday())
    for n in range(2):
        start = monday + timedelta(weeks=n)
        try:
            found = care.week(by=asked.by, child=asked.child, monday=start, now=asked.now, zone=asked.zone)
        except Refused:
            return
        for day in found.days:
            if day.hours is not None:
                yield Entry(
                    f"care-{asked.child}-{day.on:%Y%m%d}", _("Care"),
                    datetime.combine(day.on, day.hours.starts, asked.zone),
                    datetime.combine(day.on, day.hours.ends, asked.zone), asked.now, free=True,
                )  # fmt: skip


def _holidays(asked: _Asked) -> Iterator[Entry]:
    path = asked.schooling.path
    first, last = asked.today - BEHIND, asked.today + timedelta(days=400)
    for one in schools.holidays(path=path, first=first, last=last):
        yield Entry(f"holiday-{one.id}", one.name, one.starts, one.ends + DAY, asked.now, free=True)
    for year in years_at(path):
        for term in year.terms:
            for on, said in ((term.starts, _("First day of the term")), (term.ends, _("Last day of the term"))):
                if first <= on <= last:
                    yield Entry(f"term-{term.id}-{on:%Y%m%d}", said, on, on + DAY, asked.now, free=True)


def years_at(path: str) -> tuple[SchoolYearView, ...]:
    """The school years that hold at a place: those of the nearest unit above that keeps some."""
    for unit in reversed(schools.units_above(path)):
        if found := schools.school_years(unit.id):
            return found
    return ()


_PARTS: Mapping[Content, Callable[[_Asked], Iterator[Entry]]] = {
    Content.LESSONS: _lessons,
    Content.HOMEWORK: _homework,
    Content.CARE: _care,
    Content.MENU: _menu,
    Content.HOLIDAYS: _holidays,
}
"""Part → what gives its entries; tests and events are read together."""
