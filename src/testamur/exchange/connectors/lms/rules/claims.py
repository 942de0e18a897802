"""What a launch has to say before it is believed (LTI Core 1.3, section 5; Security Framework 1.0, section 5.1.3)."""

from __future__ import annotations

import hmac
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Any

from testamur.exchange.connectors.lms.rules.addresses import AddressRefused, must_be_asked
from testamur.kernel.base.refused import Refused
from testamur.kernel.base.text import harmless

CLAIM = "https://purl.imsglobal.org/spec/lti/claim/"
NRPS = "https://purl.imsglobal.org/spec/lti-nrps/claim/namesroleservice"
AGS = "https://purl.imsglobal.org/spec/lti-ags/claim/endpoint"
ROLE = "http://purl.imsglobal.org/vocab/lis/v2/membership"
TEACHES = (f"{ROLE}#Instructor", f"{ROLE}#Administrator", f"{ROLE}#ContentDeveloper", f"{ROLE}/Instructor#")
SKEW = timedelta(minutes=2)
OLDEST = timedelta(minutes=10)
_CONTEXT, _TITLE = 255, 200


class LaunchRefused(Refused):
    """A launch is not believed, or is of no use. `found["why"]` says what was wrong: for the log and the words."""

    code = "connectors.lms.launch"


@dataclass(frozen=True, slots=True)
class Expected:
    """What the platform and this launch have to be. `hosts`: those whose addresses may be asked later."""

    issuer: str
    client_id: str
    deployment_id: str
    nonce: str
    target: str
    hosts: frozenset[str]
    loopback: bool = False


@dataclass(frozen=True, slots=True)
class Launch:
    """A teacher came from this course room. Says nothing about who it is here."""

    context: str
    title: str
    memberships_url: str
    lineitems_url: str


def launch_of(claims: Mapping[str, Any], expected: Expected, now: datetime) -> Launch:
    """The room that a verified token tells of. Raises `LaunchRefused`.

    `claims` are those of a token whose signature is right.
    """
    _addressed(claims, expected)
    _timely(claims, now)
    _need(claims.get(f"{CLAIM}message_type") == "LtiResourceLinkRequest", "message_type")
    _need(claims.get(f"{CLAIM}version") == "1.3.0", "version")
    deployment = claims.get(f"{CLAIM}deployment_id")
    _need(isinstance(deployment, str) and bool(deployment), "deployment_id")
    _need(expected.deployment_id in {"", deployment}, "deployment_id")
    _need(claims.get(f"{CLAIM}target_link_uri") == expected.target, "target_link_uri")
    _need(_teaches(claims.get(f"{CLAIM}roles")), "not_teacher")
    context = claims.get(f"{CLAIM}context")
    _need(isinstance(context, Mapping), "context")
    assert isinstance(context, Mapping)
    key = context.get("id")
    _need(isinstance(key, str) and 0 < len(key) <= _CONTEXT and key.isprintable(), "context")
    title = next((context[n] for n in ("title", "label") if isinstance(context.get(n), str)), "")
    members = _address(claims, NRPS, "context_memberships_url", expected)
    items = _address(claims, AGS, "lineitems", expected)
    _need(bool(members or items), "no_services")
    return Launch(str(key), harmless(title)[:_TITLE], members, items)


def _addressed(claims: Mapping[str, Any], expected: Expected) -> None:
    _need(claims.get("iss") == expected.issuer, "iss")
    audience = claims.get("aud")
    several = audience if isinstance(audience, list) else [audience]
    _need(expected.client_id in several, "aud")
    _need(len(several) == 1 or claims.get("azp") == expected.client_id, "azp")
    _need(claims.get("azp", expected.client_id) == expected.client_id, "azp")
    nonce = claims.get("nonce")
    _need(isinstance(nonce, str) and hmac.compare_digest(nonce.encode(), expected.nonce.encode()), "nonce")
    _need(isinstance(claims.get("sub"), str) and bool(claims["sub"]), "sub")


def _timely(claims: Mapping[str, Any], now: datetime) -> None:
    at, skew = now.timestamp(), SKEW.total_seconds()
    for name in ("exp", "iat"):
        _need(isinstance(claims.get(name), int | float) and not isinstance(claims[name], bool), name)
    _need(claims["exp"] > at - skew, "exp")
    _need(at - OLDEST.total_seconds() < claims["iat"] < at + skew, "iat")


def _teaches(roles: object) -> bool:
    told = [one for one in roles if isinstance(one, str)] if isinstance(roles, Sequence) else []
    return any(one.startswith(TEACHES) or one == "Instructor" for one in told)


def _address(claims: Mapping[str, Any], claim: str, name: str, expected: Expected) -> str:
    """An address of a service: of a host that the administrator entered, or none at all."""
    service = claims.get(claim)
    url = service.get(name) if isinstance(service, Mapping) else None
    if not isinstance(url, str) or not url:
        return ""
    try:
        must_be_asked(url, hosts=expected.hosts, loopback=expected.loopback)
    except AddressRefused:
        raise LaunchRefused("A service of the platform is on a host that nobody entered.", why="service_host") from None
    return url


def _need(condition: bool, why: str) -> None:  # noqa: FBT001 - reads as a sentence where it is called
    if not condition:
        raise LaunchRefused("The launch of the learning platform is not believed.", why=why)
