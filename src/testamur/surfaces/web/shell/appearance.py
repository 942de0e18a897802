"""Light, dark, or as the device says: a cookie of the browser, no script needed."""

from __future__ import annotations

from django.conf import settings
from django.http import HttpRequest, HttpResponse, HttpResponseRedirect

from testamur.surfaces.web.account.entering import is_ours
from testamur.surfaces.web.doors import public

COOKIE = "testamur_scheme"
SCHEMES = ("auto", "light", "dark")
YEAR = 31_536_000


def scheme_of(request: HttpRequest) -> str:
    """What the browser's cookie says; `auto` when it says nothing we know."""
    found = request.COOKIES.get(COOKIE, "")
    return found if found in SCHEMES else "auto"


def back(request: HttpRequest) -> str:
    """The page that the form was on, when it is one of ours; else the first page."""
    wanted = request.POST.get("next", "")
    return wanted if is_ours(request, wanted) else "/"


@public
def choose(request: HttpRequest) -> HttpResponse:
    """Remember the choice for a year and go back to the page."""
    response = HttpResponseRedirect(back(request))
    response.status_code = 303
    wanted = request.POST.get("scheme", "")
    if request.method == "POST" and wanted in SCHEMES:
        response.set_cookie(
            COOKIE, wanted, max_age=YEAR, secure=settings.SESSION_COOKIE_SECURE, httponly=True, samesite="Lax"
        )
    return response
