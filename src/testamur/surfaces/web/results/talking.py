"""About a list: comments, further graders, the title of a degree project, the end of anonymity, giving a draft up."""

from __future__ import annotations

from collections.abc import Callable
from uuid import UUID

from django.contrib import messages
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect
from django.utils.functional import Promise
from django.utils.translation import gettext_lazy as _
from django.views.decorators.http import require_POST

from testamur.access.accounts.rules import Area
from testamur.kernel.base.refused import NotAllowed, NotFound, Refused
from testamur.schoolday.reporting import actions
from testamur.surfaces.web import refusals
from testamur.surfaces.web.doors import door
from testamur.surfaces.web.results import common
from testamur.surfaces.web.results.lists import shown


@door("results.home", Area.RESULTS)
@require_POST
def comment(request: HttpRequest, result_list: UUID) -> HttpResponse:
    """Say something about the list, or about one student of it; those who work with the list read it."""
    visitor, row = common.visitor_of(request), _id_or_none(request.POST.get("row", ""))
    return _done(
        request, result_list, _("Your comment stands with the list."),
        lambda: actions.comment(
            by=visitor.actor, list=result_list, row=row, text=request.POST.get("text", ""), now=visitor.now
        ),
        anchor="#comments",
    )  # fmt: skip


@door("results.home", Area.RESULTS)
@require_POST
def graders(request: HttpRequest, result_list: UUID) -> HttpResponse:
    """Let a colleague grade in the list too, or no more."""
    visitor, act = common.visitor_of(request), request.POST.get("act", "")
    verb = actions.remove_grader if act == "remove" else actions.add_grader
    said = _("The colleague grades here no more.") if act == "remove" else _("The colleague can grade in this list.")
    return _done(
        request, result_list, said,
        lambda: verb(by=visitor.actor, list=result_list, person=_id(request.POST.get("person", "")), now=visitor.now),
    )  # fmt: skip


@door("results.home", Area.RESULTS)
@require_POST
def title(request: HttpRequest, result_list: UUID) -> HttpResponse:
    """The title of the degree project, in its language and in English (row B5)."""
    visitor = common.visitor_of(request)
    return _done(
        request, result_list, _("The titles are saved."),
        lambda: actions.set_title(
            by=visitor.actor, list=result_list, title=request.POST.get("title", ""),
            title_en=request.POST.get("title_en", ""), now=visitor.now,
        ),
    )  # fmt: skip


@door("results.home", Area.RESULTS)
@require_POST
def reveal(request: HttpRequest, result_list: UUID) -> HttpResponse:
    """All are graded: show the names behind the codes."""
    visitor = common.visitor_of(request)
    return _done(
        request, result_list, _("The names are shown now."),
        lambda: actions.reveal(by=visitor.actor, list=result_list, now=visitor.now),
    )  # fmt: skip


@door("results.home", Area.RESULTS)
@require_POST
def unregistered(request: HttpRequest, result_list: UUID) -> HttpResponse:
    """Mail me the students without a valid registration (rows B7, B8): nobody is registered by that."""
    visitor = common.visitor_of(request)
    return _done(
        request, result_list,
        _("The list of students without registration is on its way to your e-mail. You can pass it on to the office."),
        lambda: actions.mail_unregistered(by=visitor.actor, list=result_list, now=visitor.now),
    )  # fmt: skip


@door("results.home", Area.RESULTS)
@require_POST
def discard(request: HttpRequest, result_list: UUID) -> HttpResponse:
    """Give the draft up; it stays in the history."""
    visitor = common.visitor_of(request)
    try:
        actions.discard(by=visitor.actor, list=result_list, now=visitor.now)
    except (NotAllowed, NotFound):
        raise
    except Refused as refused:
        return shown(request, result_list, status=422, trouble=refusals.sentence(refused))
    messages.success(request, str(_("The draft was discarded.")))
    return redirect("results:home")


def _done(
    request: HttpRequest, result_list: UUID, said: str | Promise, act: Callable[[], object], *, anchor: str = ""
) -> HttpResponse:
    """Do it and go back to the list; a refusal is told there, and nothing that was typed elsewhere is lost."""
    try:
        act()
    except (NotAllowed, NotFound):
        raise
    except Refused as refused:
        return shown(request, result_list, status=422, trouble=refusals.sentence(refused))
    messages.success(request, str(said))
    answer = redirect("results:list", result_list)
    answer["Location"] += anchor
    return answer


def _id(text: str) -> UUID:
    try:
        return UUID(text)
    except ValueError:
        raise NotFound("There is no such person.") from None


def _id_or_none(text: str) -> UUID | None:
    return _id(text) if text else None
