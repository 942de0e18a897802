"""A draft goes to its examiner, or is taken back before the signature (rows B34, B44)."""

from __future__ import annotations

from uuid import UUID

from django.contrib import messages
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect
from django.utils.translation import gettext as _
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
def send(request: HttpRequest, result_list: UUID) -> HttpResponse:
    """Freeze the list and send it to an examiner, who gets mail; who is the examiner goes on to review and sign."""
    visitor = common.visitor_of(request)
    try:
        examiner = UUID(request.POST.get("examiner", ""))
        revision = int(request.POST.get("revision", "0")[: common.LONG])
    except ValueError:
        return shown(request, result_list, status=422, trouble=_("Choose an examiner."))
    try:
        actions.send(by=visitor.actor, list=result_list, examiner=examiner, revision=revision, now=visitor.now)
    except (NotAllowed, NotFound):
        raise
    except Refused as refused:
        return shown(request, result_list, status=422, trouble=refusals.sentence(refused))
    if examiner == visitor.actor.id:
        return redirect("results:review", result_list)
    messages.success(request, _("The list was sent. The examiner gets mail; you are told when it is signed."))
    return redirect("results:list", result_list)


@door("results.home", Area.RESULTS)
@require_POST
def recall(request: HttpRequest, result_list: UUID) -> HttpResponse:
    """Take the list back before it is signed: it is a draft again."""
    visitor = common.visitor_of(request)
    try:
        actions.recall(by=visitor.actor, list=result_list, now=visitor.now)
    except (NotAllowed, NotFound):
        raise
    except Refused as refused:
        return shown(request, result_list, status=422, trouble=refusals.sentence(refused))
    messages.success(request, _("The list is a draft again. The examiner can no longer sign what was sent."))
    return redirect("results:list", result_list)
