"""Home of those who report: what waits for me, my drafts, what came back, what is sent; any list by its number."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from datetime import timedelta
from uuid import UUID

from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect
from django.utils.translation import get_language
from django.utils.translation import gettext as _
from django.views.decorators.http import require_GET

from testamur.access.accounts.rules import Area
from testamur.kernel.base.refused import NotAllowed, Refused
from testamur.schoolday.noticeboard import queries as board
from testamur.schoolday.noticeboard.rules import Audience, Service
from testamur.schoolday.reporting.queries import lists
from testamur.schoolday.reporting.rules.states import ListState
from testamur.schoolday.reporting.rules.views import ListHead
from testamur.surfaces.web.doors import door
from testamur.surfaces.web.pages import page
from testamur.surfaces.web.requests import Visitor
from testamur.surfaces.web.results import common

NEWS = 3
DONE = timedelta(days=60)
"""So long a signed list stands on its maker's home."""
LONGEST = 40
"""Characters of a course code that is searched for."""
DIGITS = 18
OPEN = (ListState.DRAFT, ListState.SENT, ListState.SIGNED, ListState.ENTERED)


@require_GET
@door("results.home", Area.RESULTS)
def home(request: HttpRequest) -> HttpResponse:
    """What needs me now, first what waits for my signature; news and the state of the service (rows B1, B2)."""
    return _shown(request)


@require_GET
@door("results.home", Area.RESULTS)
def open_list(request: HttpRequest) -> HttpResponse:
    """The list with the number that was typed, one's own or a colleague's (row B30)."""
    typed = request.GET.get("number", "").strip().lstrip("#")
    if not (typed.isascii() and typed.isdigit() and len(typed) <= DIGITS):
        return _shown(request, typed=typed, wrong=_("A list number has digits alone, such as 1042."))
    try:
        head = lists.by_number(by=common.visitor_of(request).actor, number=int(typed))
    except NotAllowed:
        return _shown(
            request,
            typed=typed,
            wrong=_("List %(n)s belongs to a department where you may not see lists.") % {"n": typed},
        )
    except Refused:
        return _shown(request, typed=typed, wrong=_("There is no list %(n)s that you may see.") % {"n": typed})
    return redirect("results:list", head.id)


def _shown(request: HttpRequest, *, typed: str = "", wrong: str = "") -> HttpResponse:
    visitor = common.visitor_of(request)
    by, asked = visitor.actor, request.GET.get("course", "").strip()[:LONGEST]
    waiting = lists.waiting_for(by=by, examiner=by.id)
    mine = lists.mine(by=by, person=by.id, states=OPEN)
    found = _search(visitor, asked) if asked else ()
    every = common.lines(visitor, [*waiting, *mine, *found])
    told = {one.head.id: one for one in every}
    groups = _groups(mine, told)
    return page(
        request,
        "web/results/home.html",
        status=422 if wrong else 200,
        typed=typed,
        wrong=wrong,
        asked=asked,
        found=[told[head.id] for head in found],
        waiting=[told[head.id] for head in waiting],
        nothing=not (waiting or mine),
        may_open=by.may("reporting.list.open", _place(visitor)),
        may_write=by.may("reporting.feedback.send", _place(visitor)),
        news=board.news(
            locale=get_language() or "en",
            now=visitor.now,
            audiences=(Audience.EVERYBODY, Audience.STAFF),
            limit=NEWS,
        ),
        outages={one.service for one in board.outages(now=visitor.now)},
        signing=Service.SIGNING,
        **groups,
    )


def _groups(mine: Sequence[ListHead], told: Mapping[UUID, common.Line]) -> dict[str, list[common.Line]]:
    """My lists by where they stand; of those that are signed the recent ones."""
    every = [told[head.id] for head in mine]
    drafts = [one for one in every if one.head.state is ListState.DRAFT]
    done = [one for one in every if one.head.state in {ListState.SIGNED, ListState.ENTERED}]
    latest = max((one.head.signed_at for one in done if one.head.signed_at), default=None)
    return {
        "returned": [one for one in drafts if one.returned],
        "drafts": [one for one in drafts if not one.returned],
        "sent": [one for one in every if one.head.state is ListState.SENT],
        "done": [one for one in done if latest and one.head.signed_at and one.head.signed_at > latest - DONE],
    }


def _search(visitor: Visitor, course: str) -> Sequence[ListHead]:
    """Lists of a course (or of one of its modules: ``DV1574/1405``) where the visitor's role reaches."""
    code, _slash, module = course.partition("/")
    path = _place(visitor)
    if not visitor.actor.may("reporting.list.read", path):
        return ()
    return lists.search(by=visitor.actor, path=path, course=code.strip().upper(), module=module.strip(), states=OPEN)


def _place(visitor: Visitor) -> str:
    """The unit of the role that is worn."""
    return visitor.hat.unit_path if visitor.hat is not None else "/"
