"""Pages for what went wrong before a view was reached."""

from __future__ import annotations

import sys

from django.db import InterfaceError, OperationalError
from django.http import HttpRequest, HttpResponse
from django.utils.translation import get_language_from_request, override
from django.utils.translation import gettext as _

from testamur.surfaces.web.crowd import bare
from testamur.surfaces.web.pages import error_page

AGAIN = 10
"""Seconds after which a page that found the service away asks again."""


def csrf_failure(request: HttpRequest, reason: str = "") -> HttpResponse:  # noqa: ARG001 - Django's signature
    """A form that was open for too long, or came from elsewhere."""
    return error_page(request, 403, _("This form is no longer valid. Go back, reload the page and send it again."))


def not_found(request: HttpRequest, exception: Exception | None = None) -> HttpResponse:  # noqa: ARG001 - Django's signature
    """No such address."""
    return error_page(request, 404, _("There is no such page or thing, or it is not yours to see."))


def failed(request: HttpRequest) -> HttpResponse:
    """A fault of the program; or the database is away, which is told as such and by a page that does not need it."""
    if isinstance(sys.exc_info()[1], OperationalError | InterfaceError):
        return _away(request)
    return error_page(
        request, 500, _("Something went wrong on our side. What you saved before is kept. Try again in a while.")
    )


def _away(request: HttpRequest) -> HttpResponse:
    language = get_language_from_request(request)
    with override(language):
        heading = _("The service cannot be reached right now")
        text = _("It is being looked after. What you saved is kept; try again in a moment.")
    headers = {"Retry-After": str(AGAIN), "Cache-Control": "no-store", "X-Robots-Tag": "noindex"}
    if request.method in {"GET", "HEAD"}:
        headers["Refresh"] = str(AGAIN)
    return HttpResponse(bare(language, heading, text), status=503, headers=headers)
