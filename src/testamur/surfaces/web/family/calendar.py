"""A child's events and lessons in one's own calendar, by an address that is secret and can be made anew."""

from __future__ import annotations

from collections.abc import Mapping
from uuid import UUID

from django.contrib import messages
from django.http import HttpResponse
from django.urls import reverse
from django.utils.functional import Promise
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy, pgettext_lazy
from django.views.decorators.http import require_GET, require_POST

from testamur.access.accounts.rules import Area
from testamur.kernel.base.actor import Actor, Grant
from testamur.kernel.base.refused import NotFound, Refused
from testamur.register.schools.rules import Form
from testamur.schoolday.diary.queries import pupil as diary
from testamur.schoolday.diary.rules.pupil import Schooling
from testamur.schoolday.noticeboard import actions
from testamur.schoolday.noticeboard import queries as board
from testamur.schoolday.noticeboard.rules.contents import Content, FeedKind
from testamur.schoolday.noticeboard.rules.feeds import calendar as drawn
from testamur.surfaces.web import refusals
from testamur.surfaces.web.account.entering import SeeOther
from testamur.surfaces.web.calendars import domain, ics
from testamur.surfaces.web.doors import door, public
from testamur.surfaces.web.family.calendar_entries import entries_of
from testamur.surfaces.web.family.child import opened
from testamur.surfaces.web.pages import page
from testamur.surfaces.web.requests import WebRequest

JUST_MADE = "family.feed"
"""Key of the session: the address that was just made, shown once."""


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
        contents=_contents(child.schooling),
        chosen=board.feed_content(by=visitor.actor, child=pupil),
        children=child.children,
    )


@require_POST
@door("family.records", Area.FAMILY)
def renew(request: WebRequest, pupil: UUID) -> HttpResponse:
    """Make the address (anew), end it (`act` is ``end``), or change what it holds (``choose``)."""
    visitor, content = request.visitor, request.POST.getlist("content")
    child = opened(visitor, pupil, "events")
    if request.POST.get("act") == "end":
        actions.end_feed(by=visitor.actor, child=pupil, now=visitor.now)
        messages.success(request, _("The address opens nothing any more."))
        return SeeOther(reverse("family:feed", args=[pupil]))
    try:
        if request.POST.get("act") == "choose":
            actions.choose_content(by=visitor.actor, child=pupil, content=content, now=visitor.now)
            messages.success(request, _("The calendar holds what you chose, from its next look on."))
        else:
            secret = actions.renew_feed(by=visitor.actor, child=pupil, content=content, now=visitor.now)
            request.session[JUST_MADE] = {"child": pupil.hex, "secret": secret}
    except Refused as refused:
        if refused.code != "noticeboard.feed.content":
            raise
        return page(
            request, "web/family/feed.html", status=422, child=child, address="", problem=refusals.sentence(refused),
            made=board.feed_made(by=visitor.actor, child=pupil), contents=_contents(child.schooling),
            chosen=frozenset(content), children=child.children,
        )  # fmt: skip
    return SeeOther(reverse("family:feed", args=[pupil]))


@require_GET
@public
def calendar(request: WebRequest, secret: str) -> HttpResponse:
    """The calendar itself, for whoever has the address: it names no child, and holds no mark and no absence."""
    now = request.visitor.now
    found = board.feed_of(secret=secret, on=now.date())
    if found is None or found.kind is not FeedKind.CHILD:
        raise NotFound("There is no such calendar.")
    grant = Grant("guardian", "/", ("diary.family.see", "care.week.see"), wards=frozenset({found.child}))
    by = Actor(found.person, "feed", (grant,))
    schooling = diary.schoolings(by=by, pupils=[found.child], on=now.date())[found.child]
    name = f"{schooling.school.name} {schooling.class_code}".strip() if schooling.school is not None else "Testamur"
    entries = entries_of(by, schooling, found.content, now)
    return ics(drawn(name=name, entries=entries, domain=domain()))


CONTENTS: Mapping[Content, str | Promise] = {
    Content.LESSONS: gettext_lazy("Lessons, with what a day changes"),
    Content.TESTS: gettext_lazy("Tests"),
    Content.EVENTS: gettext_lazy("Meetings, trips and other events"),
    Content.HOMEWORK: gettext_lazy("Homework on the day it is due"),
    Content.CARE: gettext_lazy("When the child is brought and fetched"),
    Content.MENU: pgettext_lazy("food", "Menu"),
    Content.HOLIDAYS: gettext_lazy("Holidays and the first and last day of terms"),
}


def _contents(schooling: Schooling) -> list[tuple[str, str | Promise]]:
    """What can be chosen at the child's school: care only where there is some."""
    form = schooling.school.form if schooling.school is not None else Form.NONE
    cared = form in {Form.PRESCHOOL, Form.AFTER_SCHOOL, Form.PRESCHOOL_CLASS, Form.COMPULSORY}
    return [(one.value, name) for one, name in CONTENTS.items() if cared or one is not Content.CARE]
