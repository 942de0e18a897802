"""What a learning platform and the browser that it sends call: login, launch, our keys.

None of it gives a login here. A page of ours in a frame of the platform would have no cookies, so the one thing shown
there is a link that opens a window of its own.
"""

from __future__ import annotations

from dataclasses import asdict
from urllib.parse import urlencode

from django.conf import settings
from django.core import signing
from django.http import HttpResponse, HttpResponseRedirect, JsonResponse
from django.urls import reverse
from django.views.decorators.csrf import csrf_exempt
from django.views.decorators.http import require_http_methods, require_POST, require_safe

from testamur.exchange.connectors.lms import keys as our_keys
from testamur.exchange.connectors.lms import launching
from testamur.kernel.base.refused import Refused
from testamur.surfaces.web.doors import public
from testamur.surfaces.web.lti import words
from testamur.surfaces.web.middleware import POLICY
from testamur.surfaces.web.pages import error_page, page
from testamur.surfaces.web.requests import WebRequest

ROOM = "testamur_lti_room"
"""Cookie with the room of the last launch, signed: what `rooms.room` links."""
SALT = "lti.room"
LASTS = 3600
_GIVEN = ("iss", "login_hint", "target_link_uri", "lti_message_hint", "client_id", "lti_deployment_id")
_FRAMES = frozenset({"iframe", "frame", "embed", "object"})


@public
@csrf_exempt  # the platform's page sends the browser here; what comes back is tied to it by a cookie of its own
@require_http_methods(["GET", "POST"])
def login(request: WebRequest) -> HttpResponse:
    """A platform wants to launch us: on to its own login with state and nonce; out of its frame first."""
    sent = request.POST if request.method == "POST" else request.GET
    given = {name: sent.get(name, "") for name in _GIVEN}
    try:
        if request.headers.get("Sec-Fetch-Dest", "") in _FRAMES:
            return _window(request, given)
        begun = launching.begin(
            issuer=given["iss"],
            login_hint=given["login_hint"],
            target=given["target_link_uri"],
            launch=address("launch"),
            client_id=given["client_id"],
            message_hint=given["lti_message_hint"],
            now=request.visitor.now,
        )
    except Refused as refused:
        return error_page(request, 403, words.sentence(refused))
    answer = HttpResponseRedirect(begun.go)
    # the launch comes as a form from elsewhere: only a cookie without SameSite's protection comes with it
    answer.set_cookie(
        _name(begun.state), begun.state, max_age=600, path=reverse("lti:launch"), secure=True, httponly=True,
        samesite="None",
    )  # fmt: skip
    return answer


@public
@csrf_exempt  # as above: state, nonce and cookie say that this browser asked for it
@require_POST
def launch(request: WebRequest) -> HttpResponse:
    """The platform's signed word, believed once; the room is kept in a signed cookie until somebody links it."""
    state = request.POST.get("state", "")[:100]
    cookie = request.COOKIES.get(_name(state), "")
    try:
        platform, found = launching.land(
            state=state,
            token=request.POST.get("id_token", ""),
            cookie=cookie,
            launch=address("launch"),
            now=request.visitor.now,
        )
    except Refused as refused:
        answer = error_page(request, 403, words.sentence(refused))
    else:
        answer = HttpResponse(status=303, headers={"Location": reverse("lti:room")})
        answer.set_cookie(
            ROOM, signing.dumps({"platform": str(platform), **asdict(found)}, salt=SALT, compress=True),
            max_age=LASTS, path=reverse("lti:room"), secure=bool(settings.SESSION_COOKIE_SECURE), httponly=True,
            samesite="Lax",
        )  # fmt: skip
    if cookie:
        answer.delete_cookie(_name(state), path=reverse("lti:launch"), samesite="None")
    return answer


@public
@require_safe
def keys(_request: WebRequest) -> HttpResponse:
    """Our public keys, for platforms (JSON Web Key Set)."""
    answer = JsonResponse(our_keys.public())
    answer.headers["Cache-Control"] = "public, max-age=300"
    return answer


def address(name: str) -> str:
    """One of our addresses as platforms know it."""
    return settings.PUBLIC_URL.rstrip("/") + reverse(f"lti:{name}")


def _window(request: WebRequest, given: dict[str, str]) -> HttpResponse:
    """A page for the frame of that platform alone: a link to the same launch in a window of its own."""
    frame = launching.frame_of(issuer=given["iss"], client_id=given["client_id"])
    again = f"{address('login')}?{urlencode({name: text for name, text in given.items() if text})}"
    answer = page(request, "web/lti/window.html", again=again)
    answer.headers["Content-Security-Policy"] = POLICY.replace(
        "frame-ancestors 'self'", f"frame-ancestors 'self' {frame}"
    )
    answer.headers["Cross-Origin-Resource-Policy"] = "cross-origin"
    return answer


def _name(state: str) -> str:
    """One cookie for each launch, so that two windows do not meet."""
    plain = "".join(c for c in state[:12] if c.isascii() and (c.isalnum() or c in "-_"))
    return f"testamur_lti_{plain}"
