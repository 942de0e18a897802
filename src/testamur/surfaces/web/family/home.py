"""The home of a family: per child what is new, what waits for an answer, today, and every document, newest first."""

from __future__ import annotations

from collections import Counter
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date, timedelta
from uuid import UUID
from zoneinfo import ZoneInfo

from django.http import HttpResponse
from django.urls import reverse
from django.utils.functional import Promise
from django.utils.translation import gettext as _
from django.views.decorators.http import require_GET

from testamur.access.accounts.rules import SELF, Area
from testamur.register.people.rules import PersonView
from testamur.schoolday.diary.queries import pupil as diary
from testamur.schoolday.diary.rules.pupil import News, NewsItem, PupilLesson, Schooling, remark_name
from testamur.schoolday.diary.rules.states import Part
from testamur.schoolday.noticeboard.rules import EventView
from testamur.surfaces.web.doors import door
from testamur.surfaces.web.family import child as pages
from testamur.surfaces.web.family import reach
from testamur.surfaces.web.family.leave import STATES
from testamur.surfaces.web.family.more import Added, Doing, NewPart, added
from testamur.surfaces.web.family.results import studies_somewhere
from testamur.surfaces.web.pages import page
from testamur.surfaces.web.requests import Visitor, WebRequest
from testamur.trust.records.queries import CitizenRecord
from testamur.trust.records.queries.fetched import fetched_by

TOLD = 6
"""New things of one part that the home shows by themselves; the page of the part has all."""
COMING = timedelta(days=14)


@dataclass(frozen=True, slots=True)
class Line:
    """One document in the list; `new` until the visitor has fetched it."""

    record: CitizenRecord
    new: bool


@dataclass(frozen=True, slots=True)
class DiaryPart:
    """What the home says of one child's school day. `weak`: how much is new, for a login that may know no more."""

    schooling: Schooling
    tabs: tuple[pages.Tab, ...]
    parts: tuple[NewPart, ...]
    weak: tuple[tuple[str | Promise, int], ...]
    to_excuse: int
    to_consent: int
    lessons: tuple[PupilLesson, ...]
    events: tuple[EventView, ...]
    new: int
    todo: tuple[Doing, ...] = ()
    facts: tuple[Doing, ...] = ()

    @property
    def zone(self) -> ZoneInfo:
        """In which its hours are told: children of one family can go to school in two countries."""
        return pages.zone_of(self.schooling)


@dataclass(frozen=True, slots=True)
class Shelf:
    """One person's part of the home. `schools` counts documents where the login is too weak to tell what they are."""

    person: UUID
    name: str
    lines: tuple[Line, ...]
    schools: tuple[tuple[str, int], ...]
    diary: DiaryPart | None

    @property
    def new(self) -> int:
        """How many documents are unread."""
        return sum(line.new for line in self.lines)

    @property
    def fresh(self) -> int:
        """How much is new in all."""
        return self.new + (self.diary.new if self.diary is not None else 0)


@require_GET
@door("family.home", Area.FAMILY)
def home(request: WebRequest) -> HttpResponse:
    """What needs each child's family now (C17), and all documents (A2). A weak login sees numbers alone."""
    visitor = request.visitor
    seen = reach.persons(visitor, "family.home")
    every = reach.own(visitor)
    read = fetched_by(by=visitor.actor, records=[r.record for r in every])
    current = next((key for key in seen if str(key) == request.GET.get("child")), None)
    strong = reach.is_strong(visitor)
    shown = {key: person for key, person in seen.items() if current in {None, key}}
    days = diaries(visitor, shown, strong=strong)
    shelves = [
        Shelf(
            key,
            person.given or person.name,
            tuple(Line(r, r.record not in read) for r in every if r.subject == key),
            tuple(sorted(Counter(r.unit_name for r in every if r.subject == key).items())),
            days.get(key),
        )
        for key, person in shown.items()
    ]
    return page(
        request,
        "web/family/home.html",
        shelves=shelves,
        children=reach.switch(visitor, seen, current),
        strong=strong,
        oneself=visitor.hat is not None and visitor.hat.key == SELF,
        studies=studies_somewhere(visitor),
        new=sum(shelf.new for shelf in shelves),
        fresh=sum(one.new for one in days.values()),
    )


def diaries(visitor: Visitor, shown: Mapping[UUID, PersonView], *, strong: bool) -> dict[UUID, DiaryPart]:
    """The school day of those who go to a school; as many queries for several children as for one."""
    by, today = visitor.actor, visitor.now.date()
    places = diary.schoolings(by=by, pupils=list(shown), on=today)
    pupils = [key for key, one in places.items() if one.school is not None]
    if not pupils:
        return {}
    news = diary.news(by=by, pupils=pupils, now=visitor.now)
    if not strong:
        return {key: _weak(places[key], news[key]) for key in pupils}
    mine = {key: places[key] for key in pupils}
    beside = added(visitor, mine, news)
    groups = diary.groups_of(mine, today, today)
    lessons = diary.days(by=by, pupils=pupils, first=today, last=today, of=mine, groups=groups)
    events = pages.events(mine, groups, visitor.now, visitor.now + COMING)
    return {key: _strong(places[key], news[key], lessons[key], events[key], beside[key], today) for key in pupils}


def _weak(schooling: Schooling, news: News) -> DiaryPart:
    return DiaryPart(schooling, (), (), pages.weak_news(news), 0, 0, (), (), len(news.items))


def _strong(
    schooling: Schooling,
    news: News,
    lessons: tuple[PupilLesson, ...],
    events: tuple[EventView, ...],
    beside: Added,
    today: date,
) -> DiaryPart:
    since = news.since[Part.EVENTS]
    fresh = [one for one in events if one.changed_at > since]
    parts = [
        NewPart(
            label,
            icon,
            pages.address(name, schooling.pupil),
            len(items),
            tuple(_text(schooling, item) for item in items[:TOLD]),
        )
        for name, (label, icon, part) in pages.PAGES.items()
        if part is not None and (items := news.of(part))
    ]
    if fresh:
        label, icon, _part = pages.PAGES["events"]
        address = reverse("family:events", args=[schooling.pupil])
        parts.append(NewPart(label, icon, address, len(fresh), tuple(one.title for one in fresh[:TOLD])))
    return DiaryPart(
        schooling,
        pages.tabs(schooling, news, "", today),
        (*beside.parts, *parts),
        (),
        news.to_excuse,
        news.to_consent,
        lessons,
        events[:3],
        len(news.items) + len(fresh) + sum(part.count for part in beside.parts),
        beside.todo,
        beside.today,
    )


def _text(schooling: Schooling, item: NewsItem) -> str:
    """What is new in a few words; remarks and health are told on their own pages alone."""
    subject = schooling.subject(item.subject) if item.subject else ""
    if item.part is Part.MARKS:
        return f"{subject} {item.value}"
    if item.part is Part.ABSENCES:
        names = schooling.pack.diary.absence_name if schooling.pack is not None else {}
        return f"{subject}: {names.get(item.value, item.value)}"
    if item.part is Part.REMARKS:
        return remark_name(schooling, item.value)
    if item.part is Part.LEAVE:
        return str(STATES[item.value][0]) if item.value in STATES else ""
    return subject or _("A note")
