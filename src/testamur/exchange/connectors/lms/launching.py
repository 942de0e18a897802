"""A launch from a platform: begun by the browser, and believed once when it comes back signed.

A launch is no login here and writes nothing about a person. What is kept meanwhile is a random state with its nonce:
technical, without a journal entry, gone after a day.
"""

from __future__ import annotations

import hmac
import logging
import secrets
from dataclasses import dataclass
from datetime import datetime, timedelta
from urllib.parse import urlencode, urlsplit
from uuid import UUID

import httpx
from django.conf import settings

from testamur.exchange.connectors.lms import trusting
from testamur.exchange.connectors.lms.client import hosts_of
from testamur.exchange.connectors.lms.queries import platform_of
from testamur.exchange.connectors.lms.rules import Expected, Launch, LaunchRefused, PlatformView, launch_of
from testamur.exchange.connectors.lms.wire import PlatformFailed, Wire
from testamur.exchange.connectors.models import LmsPlatform, LtiNonce

log = logging.getLogger(__name__)
LIFETIME = timedelta(minutes=10)
KEEP = timedelta(days=1)
MOST = 2000
"""Launches that one platform may have under way; more is an attack or a fault, and fills a table."""
_LONGEST = 2000


@dataclass(frozen=True, slots=True)
class Begun:
    """Where the browser goes to be launched. `state` is tied to the browser by a cookie."""

    go: str
    state: str


def begin(
    *, issuer: str, login_hint: str, target: str, launch: str, client_id: str, message_hint: str, now: datetime
) -> Begun:
    """Begin a launch (OpenID Connect third-party initiated login; Security Framework 1.0, section 5.1.1).

    `launch` is our own launch address: `target` has to be it. Raises `LaunchRefused`.
    """
    platform = _platform(issuer, client_id)
    if target != launch:
        raise LaunchRefused("The platform launches another address than ours.", why="target_link_uri")
    if not login_hint or len(login_hint) + len(message_hint) > _LONGEST:
        raise LaunchRefused("The platform says not who comes.", why="login_hint")
    if LtiNonce.objects.filter(platform=platform.id, at__gt=now - LIFETIME, used_at__isnull=True).count() >= MOST:
        raise LaunchRefused("There are too many launches under way.", why="too_many")
    state, nonce = secrets.token_urlsafe(32), secrets.token_urlsafe(32)
    LtiNonce.objects.create(state=state, nonce=nonce, platform_id=platform.id, at=now)
    asked = {
        "scope": "openid",
        "response_type": "id_token",
        "response_mode": "form_post",
        "prompt": "none",
        "client_id": platform.client_id,
        "redirect_uri": launch,
        "login_hint": login_hint,
        "state": state,
        "nonce": nonce,
        **({"lti_message_hint": message_hint} if message_hint else {}),
    }
    mark = "&" if urlsplit(platform.auth_url).query else "?"
    return Begun(f"{platform.auth_url}{mark}{urlencode(asked)}", state)


def frame_of(*, issuer: str, client_id: str) -> str:
    """The origins that may hold a page of ours in a frame: the platform's own. Raises `LaunchRefused`."""
    platform = _platform(issuer, client_id)
    parts = [urlsplit(url) for url in (platform.issuer, platform.auth_url, platform.token_url)]
    return " ".join(dict.fromkeys(f"{one.scheme}://{one.netloc}" for one in parts if one.netloc))


def land(
    *,
    state: str,
    token: str,
    cookie: str,
    launch: str,
    now: datetime,
    transport: httpx.BaseTransport | None = None,
) -> tuple[UUID, Launch]:
    """The platform and the room that a launch came from. A state opens one try, whatever comes of it.

    `cookie` is the state that the browser holds. Raises `LaunchRefused`, and a `PlatformFailed` when the platform's
    keys cannot be read.
    """
    if not cookie or not hmac.compare_digest(cookie.encode(), state.encode()):
        raise LaunchRefused("The launch did not begin in this browser.", why="browser")
    rows = LtiNonce.objects.filter(state=state, used_at__isnull=True, at__gt=now - LIFETIME)
    row = rows.select_related("platform").first()
    if row is None or not rows.update(used_at=now):
        raise LaunchRefused("The launch is over, or was used already.", why="state")
    platform = platform_of(row.platform)
    if platform.ended_at is not None:
        raise LaunchRefused("The platform is used no more.", why="platform")
    loopback = settings.MODE == "demo"
    hosts = hosts_of(platform)
    try:
        with Wire(hosts, loopback=loopback, bounds=trusting.BOUNDS, transport=transport) as wire:
            claims = trusting.claims_of(token, platform=platform, wire=wire)
        expected = Expected(
            platform.issuer, platform.client_id, platform.deployment_id, row.nonce, launch, hosts, loopback
        )
        return platform.id, launch_of(claims, expected, now)
    except (LaunchRefused, PlatformFailed) as refused:
        log.warning("launch of platform %s refused: %s", platform.id, refused.found.get("why"))
        raise


def tidy(*, now: datetime) -> int:
    """Remove launches that began a day ago; returns how many."""
    return LtiNonce.objects.filter(at__lt=now - KEEP).delete()[0]


def _platform(issuer: str, client_id: str) -> PlatformView:
    """The platform in use with that issuer; the client id decides where an issuer has several clients."""
    rows = LmsPlatform.objects.filter(issuer=issuer, ended_at__isnull=True)
    found = list(rows.filter(client_id=client_id) if client_id else rows)[:2]
    if len(found) != 1:
        raise LaunchRefused("That learning platform is not entered here.", why="platform")
    return platform_of(found[0])
