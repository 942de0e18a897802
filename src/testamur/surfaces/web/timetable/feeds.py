"""The lessons that one gives, in one's own calendar, by an address that is secret and can be made anew."""

from __future__ import annotations

from datetime import datetime, timedelta
from uuid import UUID
from zoneinfo import ZoneInfo

from django.conf import settings
from django.contrib import messages
from django.http import HttpResponse
from django.urls import reverse
from django.utils.translation import gettext as _
from django.views.decorators.http import require_GET, require_POST

from testamur.access.accounts.rules import Area
from testamur.exchange.notifications.rules import ZONES
from testamur.kernel.base.refused import NotFound
from testamur.law.tables import PACKS
from testamur.register.schools import queries as schools
from testamur.schoolday.diary.queries.changed import week_of
from testamur.schoolday.diary.queries.lessons import Line
from testamur.schoolday.noticeboard import actions
from testamur.schoolday.noticeboard import queries as board
from testamur.schoolday.noticeboard.rules.contents import FeedKind
from testamur.schoolday.noticeboard.rules.feeds import Entry
from testamur.schoolday.noticeboard.rules.feeds import calendar as drawn
from testamur.surfaces.web.account.entering import SeeOther
from testamur.surfaces.web.calendars import domain, ics
from testamur.surfaces.web.diary.about import subject_names
from testamur.surfaces.web.doors import door, public
from testamur.surfaces.web.pages import page
from testamur.surfaces.web.requests import WebRequest

JUST_MADE = "timetable.feed"
"""Key of the session: the address that was just made, shown once."""
BEHIND, AHEAD = timedelta(days=14), timedelta(days=56)


@require_GET
@door("timetable.home", Area.STAFF)
def feed(request: WebRequest) -> HttpResponse:
    """Whether there is an address, and (once) what it is."""
    secret = request.session.pop(JUST_MADE, "")
    address = request.build_absolute_uri(reverse("timetable:calendar", args=[secret])) if secret else ""
    return page(
        request, "web/timetable/feed.html", made=board.work_feed_made(by=request.visitor.actor), address=address
    )


@require_POST
@door("timetable.home", Area.STAFF)
def renew(request: WebRequest) -> HttpResponse:
    """Make the address (anew), or end it (`act` is ``end``)."""
    visitor = request.visitor
    if request.POST.get("act") == "end":
        actions.end_work_feed(by=visitor.actor, now=visitor.now)
        messages.success(request, _("The address opens nothing any more."))
    else:
        request.session[JUST_MADE] = actions.renew_work_feed(by=visitor.actor, now=visitor.now)
    return SeeOther(reverse("timetable:feed"))


@require_GET
@public
def calendar(request: WebRequest, secret: str) -> HttpResponse:
    """The calendar itself, for whoever has the address: lessons by class and room; it names nobody."""
    now = request.visitor.now
    found = board.feed_of(secret=secret, on=now.date())
    if found is None or found.kind is not FeedKind.WORK:
        raise NotFound("There is no such calendar.")
    first, last = (now - BEHIND).date(), (now + AHEAD).date()
    lines = week_of(first=first, last=last, teacher=found.person)
    return ics(drawn(name="Testamur", entries=_entries(lines, found.person, now), domain=domain()))


def _entries(lines: tuple[Line, ...], person: UUID, now: datetime) -> list[Entry]:
    units = schools.units({line.lesson.school for line in lines})
    names: dict[str, str] = {}
    for unit in units.values():
        pack = PACKS.get(schools.pack_of(unit.id, on=now.date()))
        names |= subject_names(pack) if pack is not None else {}
    entries = []
    for line in lines:
        one = line.lesson
        school = units.get(one.school)
        zone = ZoneInfo(ZONES.get(school.country if school is not None else "", settings.TIME_ZONE))
        entries.append(
            Entry(
                f"{one.key}-{one.on:%Y%m%d}",
                f"{line.code} {names.get(one.subject, one.subject)}".strip(),
                datetime.combine(one.on, one.starts, zone),
                datetime.combine(one.on, one.ends, zone),
                now,
                place=one.room,
                seq=one.version,
                # what somebody else gives is no longer one's own, and what is cancelled is not given
                cancelled=one.cancelled or one.teacher != person,
            )
        )
    return entries
