"""The link in each letter: no more of them, without logging in."""

from __future__ import annotations

from django.http import HttpResponse
from django.views.decorators.http import require_http_methods

from testamur.exchange.notifications import actions
from testamur.exchange.notifications.stopping import read_token
from testamur.kernel.base.refused import NotFound
from testamur.surfaces.web.doors import public
from testamur.surfaces.web.notices.words import WAYS
from testamur.surfaces.web.pages import page
from testamur.surfaces.web.requests import WebRequest


@public
@require_http_methods(["GET", "POST"])
def stop(request: WebRequest, stop: str) -> HttpResponse:
    """Ask once; a mail program that only looks at the link stops nothing."""
    named = read_token(stop)
    if named is None:
        raise NotFound("There is no such link.", field="stop")
    done = request.method == "POST"
    if done:
        actions.stop_by_link(by=request.visitor.actor, token=stop, now=request.visitor.now)
    return page(request, "web/notices/stop.html", way=WAYS[named[1]], done=done)
