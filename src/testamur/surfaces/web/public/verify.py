"""Is it genuine? The page that checks a file in the browser, and what is known of a code on paper (row A22)."""

from __future__ import annotations

from datetime import timedelta

from django.http import HttpRequest, HttpResponse, HttpResponseRedirect
from django.template.loader import render_to_string
from django.urls import reverse
from django.views.decorators.http import require_safe

from testamur.access.accounts.actions import limit
from testamur.access.accounts.rules import TooMany
from testamur.surfaces.web import refusals
from testamur.surfaces.web.account.entering import DOORKEEPER
from testamur.surfaces.web.doors import public
from testamur.surfaces.web.pages import error_page, page
from testamur.surfaces.web.proxies import network
from testamur.surfaces.web.requests import WebRequest
from testamur.trust.records import bundle
from testamur.trust.records import queries as records

LONGEST = 40
MOST, WITHIN = 200, timedelta(minutes=10)
"""So many codes may be looked up from one network: a whole town hall sits behind one address."""


@public
@require_safe
def verify(request: HttpRequest) -> HttpResponse:
    """Drop a file (it stays in the browser), scan a QR code, or type the code that is printed on the paper."""
    code = "".join(c for c in request.GET.get("code", "")[:LONGEST] if c.isalnum() or c in "- ").strip()
    if code:
        return HttpResponseRedirect(reverse("public:code", kwargs={"code": code}))
    return page(request, "web/public/verify.html")


@public
@require_safe
def by_code(request: WebRequest, code: str) -> HttpResponse:
    """What the issuer's own register says of a document now: kind, issuer, day, whether it holds. No name, no mark."""
    at = network(request)
    try:
        limit(by=DOORKEEPER, name="verify.code", key=at, most=MOST, within=WITHIN, now=request.visitor.now)
    except TooMany as refused:
        return error_page(request, 429, refusals.sentence(refused))
    found = records.by_code(code)
    response = page(request, "web/public/code.html", record=found, code=code[:LONGEST], status=200 if found else 404)
    response.headers["X-Robots-Tag"] = "noindex, nofollow, noarchive"
    return response


@public
@require_safe
def offline(request: WebRequest) -> HttpResponse:
    """The checking page as one file that works without a network; with the trust bundle of today inside."""
    from testamur.surfaces.web.public.offline import offline_page

    html = offline_page(
        trust=bundle.current(now=request.visitor.now),
        template_html=render_to_string("web/public/offline.html", {}, request),
    )
    name = f'attachment; filename="testamur-verify-{request.visitor.now:%Y-%m-%d}.html"'
    return HttpResponse(html, headers={"Content-Disposition": name})
