"""Where other systems tell us that something of theirs changed."""

from __future__ import annotations

from uuid import UUID

from django.http import HttpRequest, HttpResponse
from django.views.decorators.csrf import csrf_exempt

from testamur.exchange.connectors.rostering import listening
from testamur.kernel.base import clock
from testamur.kernel.base.refused import NotFound


@csrf_exempt  # a program has no cookie; the last part of the address is known to the source alone
def roster(request: HttpRequest, key: UUID, secret: str) -> HttpResponse:
    """A source of SS 12000 says that something changed. What it says is not read: all is asked for anyway."""
    if request.method != "POST":
        return HttpResponse(status=405, headers={"Allow": "POST"})
    try:
        listening.heard(source=key, word=secret, now=clock.now())
    except NotFound:
        return HttpResponse(status=404)
    return HttpResponse(status=200)


roster.door = ("public", ())  # type: ignore[attr-defined]  # read by the matrix test: a word is asked for
