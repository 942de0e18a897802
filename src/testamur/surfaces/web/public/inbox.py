"""The demonstration's letter box: the e-mails and text messages that would have been sent."""

from __future__ import annotations

from django.conf import settings
from django.http import Http404, HttpRequest, HttpResponse
from django.views.decorators.http import require_safe

from testamur.kernel.delivery.channels import outbox
from testamur.surfaces.web.doors import public
from testamur.surfaces.web.pages import page


@public
@require_safe
def inbox(request: HttpRequest) -> HttpResponse:
    """Newest first. There is no such page outside a demonstration."""
    if settings.MODE != "demo":
        raise Http404
    return page(request, "web/public/inbox.html", letters=outbox.inbox(limit=50))
