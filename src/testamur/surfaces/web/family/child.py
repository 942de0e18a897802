"""One child's part of the family's pages: who it is, by which rules, what is new, and the ways from page to page."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date, datetime
from functools import cache
from uuid import UUID
from zoneinfo import ZoneInfo

from django.conf import settings
from django.urls import reverse
from django.utils import timezone
from django.utils.functional import Promise
from django.utils.translation import gettext_lazy as _

from testamur.access.accounts.rules import GUARDIAN, SELF
from testamur.exchange.notifications.rules import ZONES
from testamur.kernel.base.refused import NotFound
from testamur.register.people.rules import PersonView
from testamur.register.schools.rules import Form, GroupView
from testamur.schoolday.care import queries as care
from testamur.schoolday.diary import actions
from testamur.schoolday.diary.queries import pupil as diary
from testamur.schoolday.diary.queries.compare import may_compare
from testamur.schoolday.diary.rules.pupil import News, Schooling
from testamur.schoolday.diary.rules.states import Part
from testamur.schoolday.noticeboard import queries as board
from testamur.schoolday.noticeboard.rules import EventView
from testamur.surfaces.web.family import reach
from testamur.surfaces.web.requests import Visitor

PAGES: Mapping[str, tuple[str | Promise, str, Part | None]] = {
    "marks": (_("Marks"), "graduation-cap", Part.MARKS),
    "year": (_("Results of the year"), "award", Part.RESULTS),
    "absences": (_("Absences"), "calendar-x", Part.ABSENCES),
    "leave": (_("Leave"), "calendar-check", Part.LEAVE),
    "week": (_("Week"), "calendar-days", None),
    "care": (_("Care"), "clock", None),
    "events": (_("Events"), "calendar-clock", Part.EVENTS),
    "messages": (_("Messages"), "mail", None),
    "forms": (_("Forms"), "clipboard-list", None),
    "remarks": (_("Remarks"), "message-square", Part.REMARKS),
    "assessments": (_("Assessments"), "notebook-pen", Part.ASSESSMENTS),
    "learning": (_("Learning"), "book-open", Part.LEARNING),
    "health": (_("Health"), "heart-pulse", Part.HEALTH),
    "compare": (_("Comparison"), "chart-column", None),
}
"""Page of a child → its name, icon, and the part of the diary that is seen there."""
BEYOND: Mapping[str, str] = {
    "care": "care:week",
    "learning": "learning:child",
    "messages": "messages:child",
    "forms": "forms:forms",
}
"""Page of a child that lies outside `family` → the name of its address."""
_NOT_EVERYWHERE = frozenset({"compare", "year"})
"""Pages that another child's law may not know: the way to that child goes to the marks."""
_NO_MARKS = frozenset({"marks", "year", "remarks", "assessments", "compare"})
_WITHOUT: Mapping[Form, frozenset[str]] = {Form.PRESCHOOL: _NO_MARKS, Form.AFTER_SCHOOL: _NO_MARKS}
"""Form of school → pages that it has no use for."""


def address(page: str, pupil: UUID) -> str:
    """Where a page of a child is."""
    return _pattern(page).replace(str(_NOBODY), str(pupil))


_NOBODY = UUID(int=0)


@cache
def _pattern(page: str) -> str:
    """The address with nobody's id in it: a home names a dozen addresses of each child."""
    return reverse(BEYOND.get(page, f"family:{page}"), args=[_NOBODY])


def fits(page: str, schooling: Schooling, today: date) -> bool:
    """Whether the child's school has that page: what its law knows, and care where the child has it."""
    form = schooling.school.form if schooling.school is not None else Form.NONE
    if page in _WITHOUT.get(form, frozenset()):
        return False
    if page == "year":
        return schooling.pack is not None and schooling.pack.year_end is not None
    if page == "care":
        return bool(care.places(children=[schooling.pupil], on=today))
    return page != "compare" or may_compare(schooling, today)


@dataclass(frozen=True, slots=True)
class Tab:
    """One entry of the row of a child's pages; `count` is how much is new there."""

    label: str | Promise
    address: str
    icon: str
    current: bool
    count: int | None


@dataclass(frozen=True, slots=True)
class ChildPage:
    """What every page of one child stands on.

    Attributes:
        today: the day at the child's school.
        oneself: a pupil looks at his or her own page.
        children: the child switch: the same page of each child; marks where not every law has the page.
    """

    pupil: UUID
    name: str
    person: PersonView
    schooling: Schooling
    news: News
    today: date
    oneself: bool
    tabs: tuple[Tab, ...]
    children: tuple[reach.Child, ...]

    def new(self, part: Part) -> frozenset[UUID]:
        """The rows of a part that the visitor has not seen yet."""
        return frozenset(item.ref for item in self.news.of(part))


def weak_news(news: News) -> tuple[tuple[str | Promise, int], ...]:
    """What is new by number alone, for a login that is too weak to be told more."""
    labels = {part: label for label, _icon, part in PAGES.values() if part is not None}
    return tuple((labels[Part(part)], n) for part, n in news.counts)


def zone_of(schooling: Schooling) -> ZoneInfo:
    """The zone of a school's hours."""
    country = schooling.school.country if schooling.school is not None else ""
    return ZoneInfo(ZONES.get(country, settings.TIME_ZONE))


def tabs(schooling: Schooling, news: News, current: str, today: date) -> tuple[Tab, ...]:
    """The pages of a child."""
    return tuple(
        Tab(
            label,
            address(name, schooling.pupil),
            icon,
            name == current,
            len(news.of(part)) or None if part is not None else None,
        )
        for name, (label, icon, part) in PAGES.items()
        if fits(name, schooling, today)
    )


def opened(visitor: Visitor, pupil: UUID, page: str) -> ChildPage:
    """The child that a page is about. Raises NotFound for everybody whom the hat does not reach, known or not.

    Times are told in the zone of the child's school from here on.
    """
    if pupil not in reach.subjects(visitor):
        raise NotFound("There is no such pupil.", pupil=str(pupil))
    seen = reach.persons(visitor, f"family.{page}")
    by, person = visitor.actor, seen[pupil]
    schooling = diary.schoolings(by=by, pupils=[pupil], on=visitor.now.date())[pupil]
    zone = zone_of(schooling)
    timezone.activate(zone)
    today = visitor.now.astimezone(zone).date()
    news = diary.news(by=by, pupils=[pupil], now=visitor.now)[pupil]
    here = page if page in PAGES else "events"
    return ChildPage(
        pupil,
        person.given or person.name,
        person,
        schooling,
        news,
        today,
        visitor.hat is not None and visitor.hat.key == SELF,
        tabs(schooling, news, page, today),
        _switch(visitor, seen, pupil, here),
    )


def events(
    known: Mapping[UUID, Schooling],
    groups: Mapping[UUID, tuple[GroupView, ...]],
    starts_at: datetime,
    ends_at: datetime,
    *,
    cancelled: bool = False,
) -> dict[UUID, tuple[EventView, ...]]:
    """The events of each child between two instants: of its groups, its school and the units above; one query."""
    mine = {child: {group.id for group in some} for child, some in groups.items()}
    above = {child: {unit.id for unit in one.above} for child, one in known.items()}
    found = board.events(
        starts_at=starts_at,
        ends_at=ends_at,
        units=set().union(*above.values()),
        groups=set().union(*mine.values()),
        audiences=board.FAMILY,
        cancelled=cancelled,
    )
    return {
        child: tuple(
            one for one in found if (one.group in mine[child] if one.group is not None else one.unit in above[child])
        )
        for child in known
    }


def was_seen(visitor: Visitor, child: ChildPage, part: Part) -> None:
    """Remember that the visitor has seen what was new in a part; nothing to remember where nothing was."""
    if child.news.of(part):
        actions.note_visit(by=visitor.actor, pupil=child.pupil, part=part, now=visitor.now)


def _switch(visitor: Visitor, seen: Mapping[UUID, PersonView], pupil: UUID, page: str) -> tuple[reach.Child, ...]:
    if visitor.hat is None or visitor.hat.key != GUARDIAN or len(seen) < 2:  # noqa: PLR2004 - nothing to switch between
        return ()
    return (
        reach.Child(str(_("All children")), reverse("family:home"), current=False),
        *(
            reach.Child(
                p.given or p.name,
                address("marks" if page in _NOT_EVERYWHERE and key != pupil else page, key),
                current=key == pupil,
            )
            for key, p in seen.items()
        ),
    )
