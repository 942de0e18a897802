"""Calendars to subscribe to, as answers of the web."""

from __future__ import annotations

from urllib.parse import urlsplit

from django.conf import settings
from django.http import HttpResponse


def ics(body: bytes, *, public_: bool = False) -> HttpResponse:
    """A calendar as an answer. A secret one is kept by nobody on the way."""
    answer = HttpResponse(body, content_type="text/calendar; charset=utf-8")
    answer["Content-Disposition"] = 'inline; filename="school.ics"'
    answer["Cache-Control"] = f"{'public' if public_ else 'private'}, max-age=900"
    answer["Referrer-Policy"] = "no-referrer"
    return answer


def domain() -> str:
    """What makes the UIDs of calendars the installation's own."""
    return urlsplit(settings.PUBLIC_URL).hostname or "testamur"
