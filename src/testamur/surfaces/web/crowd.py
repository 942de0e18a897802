"""The publication minute: when more people come than the machine can serve at once, the rest get a place in a queue.

A process answers so many requests at a time (`WEB_ROOM`); a page asked for beyond that is answered at once with a small
page that asks again by itself after some seconds, each visitor after others, so that they do not all come back
together. People who are inside already go before those who arrive. A form that is sent is never turned away, and
nothing is lost.
"""

from __future__ import annotations

import secrets
from collections.abc import Callable
from threading import Lock

from django.conf import settings
from django.http import HttpRequest, HttpResponse
from django.templatetags.static import static
from django.utils.html import format_html
from django.utils.translation import get_language_from_request, override
from django.utils.translation import gettext as _

Next = Callable[[HttpRequest], HttpResponse]
SHORTEST, LONGEST = 4, 12
"""Seconds after which a queueing visitor asks again."""
FREE = ("/static/", "/log/", "/verify/trust.json", "/robots.txt")
"""What costs next to nothing is never queued."""

_PAGE = """<!DOCTYPE html>
<html lang="{}">
<head><meta charset="utf-8"><meta name="viewport" content="width=device-width, initial-scale=1"><title>{} –
Testamur</title> <link rel="stylesheet" href="{}"></head>
<body><main class="queue"><h1>{}</h1><p>{}</p><p><a href="">{}</a></p></main></body></html>"""


def bare(language: str, heading: str, text: str) -> bytes:
    """A page that needs no session, no database and no template, in that language."""
    with override(language):
        moment, again = _("One moment"), _("Try now")
    return format_html(_PAGE, language, moment, static("web/app.css"), heading, text, again).encode()


class CrowdMiddleware:
    """Lets in as many as there is room for. First in the chain: whoever queues costs no session and no query."""

    def __init__(self, get_response: Next) -> None:
        """`get_response` is the rest of the chain."""
        self.get_response = get_response
        self.room: int = settings.WEB_ROOM
        self._lock = Lock()
        self._inside = 0
        self._pages: dict[str, bytes] = {}

    def __call__(self, request: HttpRequest) -> HttpResponse:
        """Serve, or queue."""
        if not self.room or request.method not in {"GET", "HEAD"} or request.path.startswith(FREE):
            return self.get_response(request)
        known = settings.SESSION_COOKIE_NAME in request.COOKIES
        with self._lock:
            full = self._inside >= (self.room if known else max(1, self.room // 2))
            if not full:
                self._inside += 1
        if full:
            return self._queue(request)
        try:
            return self.get_response(request)
        finally:
            with self._lock:
                self._inside -= 1

    def _queue(self, request: HttpRequest) -> HttpResponse:
        language = get_language_from_request(request)
        if language not in self._pages:
            with override(language):
                self._pages[language] = bare(
                    language,
                    _("Many people are here right now"),
                    _("You have a place in the queue. This page goes on by itself in a few seconds; nothing is lost."),
                )
        wait = SHORTEST + secrets.randbelow(LONGEST - SHORTEST)
        headers = {
            "Content-Length": str(len(self._pages[language])),  # the middleware that adds it stands further in
            "Refresh": str(wait),
            "Retry-After": str(wait),
            "Cache-Control": "no-store",
            "X-Robots-Tag": "noindex",
            "X-Queue": "1",
            "Content-Security-Policy": "default-src 'none'; style-src 'self'; frame-ancestors 'self'",
        }
        return HttpResponse(self._pages[language], headers=headers)
