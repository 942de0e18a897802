"""A child's events and lessons in one's own calendar, by an address that is secret and can be made anew."""

from __future__ import annotations

from datetime import timedelta
from urllib.parse import urlsplit
from uuid import UUID

from django.conf import settings
from django.contrib import messages
from django.http import HttpResponse
from django.urls import reverse
from django.utils.translation import gettext as _
from django.views.decorators.http import require_GET, require_POST

from testamur.access.accounts.rules import Area
from testamur.kernel.base.actor import Actor, Grant
from testamur.kernel.base.refused import NotFound
from testamur.register.schools import queries as schools
from testamur.schoolday.diary.queries import pupil as diary
from testamur.schoolday.noticeboard import actions
from testamur.schoolday.noticeboard import queries as board
from testamur.schoolday.noticeboard.rules.feeds import calendar as drawn
from testamur.surfaces.web.account.entering import SeeOther
from testamur.surfaces.web.doors import door, public
from testamur.surfaces.web.family.child import events, opened, zone_of
from testamur.surfaces.web.pages import page
from testamur.surfaces.web.requests import WebRequest

JUST_MADE = "family.feed"
"""Key of the session: the address that was just made, shown once."""
BEHIND, AHEAD, LESSONS = timedelta(days=30), timedelta(days=200), timedelta(days=28)
"""How far the calendar reaches back and ahead, and for how long lessons stand in it."""


@require_GET
@door("family.records", Area.FAMILY)
def feed(request: WebRequest, pupil: UUID) -> HttpResponse:
    """Whether there is an address, and (once) what it is."""
    visitor = request.visitor
    child = opened(visitor, pupil, "events")
    made = request.session.pop(JUST_MADE, None)
    address = ""
    if made and made["child"] == pupil.hex:
        address = request.build_absolute_uri(reverse("family:calendar", args=[made["secret"]]))
    return page(
        request,
        "web/family/feed.html",
        child=child,
        made=board.feed_made(by=visitor.actor, child=pupil),
        address=address,
        children=child.children,
    )


@require_POST
@door("family.records", Area.FAMILY)
def renew(request: WebRequest, pupil: UUID) -> HttpResponse:
    """Make the address (anew), or end it (`act` is ``end``)."""
    visitor = request.visitor
    opened(visitor, pupil, "events")
    if request.POST.get("act") == "end":
        actions.end_feed(by=visitor.actor, child=pupil, now=visitor.now)
        messages.success(request, _("The address opens nothing any more."))
    else:
        secret = actions.renew_feed(by=visitor.actor, child=pupil, now=visitor.now)
        request.session[JUST_MADE] = {"child": pupil.hex, "secret": secret}
    return SeeOther(reverse("family:feed", args=[pupil]))


@require_GET
@public
def calendar(request: WebRequest, secret: str) -> HttpResponse:
    """The calendar itself, for whoever has the address: it names no child, and holds no mark and no absence."""
    now = request.visitor.now
    found = board.feed_of(secret=secret, on=now.date())
    if found is None:
        raise NotFound("There is no such calendar.")
    grant = Grant("guardian", "/", ("diary.family.see",), wards=frozenset({found.child}))
    by = Actor(found.person, "feed", (grant,))
    known = diary.schoolings(by=by, pupils=[found.child], on=now.date())
    schooling = known[found.child]
    groups = diary.groups_of(known, now.date(), now.date())
    planned = events(known, groups, now - BEHIND, now + AHEAD, cancelled=True)[found.child]
    mine = [group.id for group in groups[found.child]]
    lessons = schools.planned(on=(now.date(), now.date() + LESSONS), groups=mine) if mine else ()
    body = drawn(
        name=f"{schooling.school.name} {schooling.class_code}".strip() if schooling.school is not None else "Testamur",
        events=planned,
        lessons=lessons,
        subjects={code: schooling.subject(code) for code in {one.slot.subject for one in lessons}},
        zone=zone_of(schooling),
        domain=urlsplit(settings.PUBLIC_URL).hostname or "testamur",
        now=now,
    )
    answer = HttpResponse(body, content_type="text/calendar; charset=utf-8")
    answer["Content-Disposition"] = 'inline; filename="school.ics"'
    answer["Cache-Control"] = "private, max-age=900"
    answer["Referrer-Policy"] = "no-referrer"
    return answer
