"""Pages for what went wrong before a view was reached."""

from __future__ import annotations

from django.http import HttpRequest, HttpResponse
from django.utils.translation import gettext as _

from testamur.surfaces.web.pages import error_page


def csrf_failure(request: HttpRequest, reason: str = "") -> HttpResponse:  # noqa: ARG001 - Django's signature
    """A form that was open for too long, or came from elsewhere."""
    return error_page(request, 403, _("This form is no longer valid. Go back, reload the page and send it again."))


def not_found(request: HttpRequest, exception: Exception | None = None) -> HttpResponse:  # noqa: ARG001 - Django's signature
    """No such address."""
    return error_page(request, 404, _("There is no such page or thing, or it is not yours to see."))


def failed(request: HttpRequest) -> HttpResponse:
    """A fault of the program."""
    return error_page(
        request, 500, _("Something went wrong on our side. What you saved before is kept. Try again in a while.")
    )
