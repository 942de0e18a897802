"""The test calendar: which class has how many tests in which week, and what the law lets it have."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import date, datetime, time, timedelta
from uuid import UUID

from django.http import HttpResponse
from django.views.decorators.http import require_GET

from testamur.access.accounts.rules import Area
from testamur.law.diary import NO_LIMIT, TestRule
from testamur.law.tables import PACKS
from testamur.register.schools import queries as schools
from testamur.register.schools.rules import GroupKind, GroupView
from testamur.schoolday.noticeboard import queries as board
from testamur.schoolday.noticeboard.rules import EventKind, EventView
from testamur.surfaces.web.diary.about import subject_names
from testamur.surfaces.web.diary.about import today as day_here
from testamur.surfaces.web.diary.planning import PLAN
from testamur.surfaces.web.doors import door
from testamur.surfaces.web.office.scope import place_of
from testamur.surfaces.web.pages import page
from testamur.surfaces.web.requests import WebRequest
from testamur.surfaces.web.times import zone_of
from testamur.surfaces.web.timetable.views import running_groups, tabs
from testamur.surfaces.web.timetable.weeks import DAYS, monday_of

WEEKS = 6
"""So many weeks stand beside each other."""


@dataclass(frozen=True, slots=True)
class TestLine:
    """A test as the calendar shows it; `shared`: it is of another group that has pupils of the class."""

    __test__ = False  # the name begins as a test's, for pytest

    event: EventView
    on: date
    subject: str
    group: str
    shared: bool


@dataclass(frozen=True, slots=True)
class Load:
    """The tests of a class in a week; `full`: no further one fits; `over`: there are more than the law lets be."""

    monday: date
    tests: tuple[TestLine, ...]
    full: bool
    over: bool
    busy: tuple[date, ...]
    """Days that have as many as a day may have."""


@dataclass(frozen=True, slots=True)
class ClassLoad:
    """A class and its weeks."""

    group: GroupView
    weeks: tuple[Load, ...]
    may_plan: bool


@require_GET
@door("timetable.home", Area.STAFF, Area.OFFICE)
def exams(request: WebRequest) -> HttpResponse:
    """Every class and its tests, six weeks at a time; of one class (``?class=``) each week in full."""
    visitor, place = request.visitor, place_of(request)
    school = place.one
    monday = monday_of(request.GET.get("monday", ""), day_here(visitor))
    classes = [one for one in running_groups(place, visitor) if one.kind is GroupKind.CLASS]
    chosen = next((one for one in classes if str(one.id) == request.GET.get("class", "")), None)
    pack = PACKS.get(schools.pack_of(school.id, on=monday))
    rule = pack.diary.tests if pack is not None else NO_LIMIT
    shown = [chosen] if chosen is not None else classes
    tests = _tests(request, shown, school.path, monday, subject_names(pack) if pack is not None else {})
    mondays = [monday + timedelta(weeks=n) for n in range(WEEKS)]
    by = visitor.actor
    return page(
        request,
        "web/timetable/exams.html",
        place=place,
        chosen_school=school.id,
        tabs=tabs(visitor, school, "exams"),
        classes=classes,
        chosen=chosen,
        rule=rule,
        mondays=mondays,
        rows=[
            ClassLoad(
                one,
                tuple(load_of(rule, start, tests[one.id]) for start in mondays),
                by.may(PLAN, one.path, group=one.id),
            )
            for one in shown
        ],
        earlier=monday - timedelta(weeks=WEEKS),
        later=monday + timedelta(weeks=WEEKS),
    )


def load_of(rule: TestRule, monday: date, tests: Sequence[TestLine]) -> Load:
    """What a week of a class holds, measured by the law."""
    mine = tuple(one for one in tests if monday <= one.on < monday + timedelta(days=DAYS))
    days = [one.on for one in mine]
    most_day, most_week = rule.per_day, rule.per_week
    busy = tuple(sorted({on for on in days if most_day is not None and days.count(on) >= most_day}))
    over = (most_week is not None and len(mine) > most_week) or (
        most_day is not None and any(days.count(on) > most_day for on in days)
    )
    return Load(monday, mine, most_week is not None and len(mine) >= most_week, over, busy)


def _tests(
    request: WebRequest, classes: Sequence[GroupView], path: str, monday: date, subjects: Mapping[str, str]
) -> dict[UUID, list[TestLine]]:
    """Class → its tests, those of other groups that share pupils with it too; four queries."""
    zone = zone_of(request.visitor)
    begins = datetime.combine(monday, time(), zone)
    ends = datetime.combine(monday + timedelta(weeks=WEEKS), time(), zone)
    found = [one for one in board.events(starts_at=begins, ends_at=ends, under=path) if one.kind is EventKind.TEST]
    groups = schools.groups_by_id({one.group for one in found if one.group is not None})
    wanted = {one.id for one in classes}
    inside = schools.members_of(groups=wanted | set(groups), on=max(monday, day_here(request.visitor)))
    pupils = {key: {row.person for row in rows} for key, rows in inside.items()}
    tests: dict[UUID, list[TestLine]] = defaultdict(list)
    for event in found:
        if event.group is None or event.group not in groups:
            continue
        code, on = groups[event.group].code, event.starts_at.astimezone(zone).date()
        for one in classes:
            shared = event.group != one.id
            if not shared or pupils[one.id] & pupils[event.group]:
                name = subjects.get(event.subject, event.subject)
                tests[one.id].append(TestLine(event, on, name, code, shared))
    return tests
