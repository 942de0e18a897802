"""Launching a learning tool from a group's page (LTI 1.3, as platform): we say who comes, and copy nothing back.

Sources: 1EdTech LTI Core 1.3, sections 4 and 5; 1EdTech Security Framework 1.0, section 5.1.1 (third-party initiated
login). A person is known to each tool by a number of its own; names go only where the body allows them for that tool,
and never of persons whose identity is protected.
"""

from __future__ import annotations

import hmac
import secrets
from collections.abc import Mapping
from datetime import timedelta
from typing import Any
from urllib.parse import urlencode, urlsplit
from uuid import UUID

from django.conf import settings
from django.core import signing
from django.http import HttpResponse, HttpResponseRedirect
from django.urls import reverse
from django.utils.crypto import salted_hmac
from django.views.decorators.csrf import csrf_exempt
from django.views.decorators.http import require_GET, require_http_methods

from testamur.access.accounts.rules import Area
from testamur.exchange.connectors.lms import keys
from testamur.kernel.base.refused import NotFound
from testamur.register.people import queries as people
from testamur.register.people.rules import Protection
from testamur.register.schools import queries as schools
from testamur.schoolday.support import queries
from testamur.schoolday.support.queries import PlacementView
from testamur.schoolday.support.rules import ToolView
from testamur.surfaces.web.doors import door
from testamur.surfaces.web.middleware import POLICY
from testamur.surfaces.web.pages import page
from testamur.surfaces.web.requests import Visitor, WebRequest

SALT = "support.launch"
HINT = timedelta(minutes=5)
"""How long a launch may take from our page to the tool and back."""
LASTS = timedelta(minutes=5)
"""How long the signed word holds."""
LONGEST_STATE = 2000
CLAIM = "https://purl.imsglobal.org/spec/lti/claim/"
_MEMBERSHIP = "http://purl.imsglobal.org/vocab/lis/v2/membership#"
ROLES: Mapping[str, str] = {"staff": "Instructor", "guardian": "Mentor", "self": "Learner"}


def issuer() -> str:
    """What tools know this installation by."""
    return str(settings.PUBLIC_URL).rstrip("/")


def authorize_address() -> str:
    """Where tools send the browser back to."""
    return issuer() + reverse("support:authorize")


@door("support.ask", Area.STAFF, Area.OFFICE, Area.FAMILY)
@require_GET
def launch(request: WebRequest, placement: UUID) -> HttpResponse:
    """On to the tool's login address, with a word that only this login can use and for minutes alone."""
    visitor = request.visitor
    found = _mine(visitor, placement)
    assert visitor.login is not None
    hint = signing.dumps([str(found.id), str(visitor.login.id)], salt=SALT)
    query = {
        "iss": issuer(), "login_hint": hint, "target_link_uri": found.tool.target_url,
        "lti_message_hint": str(found.id), "client_id": found.tool.client_id, "lti_deployment_id": found.tool.id.hex,
    }  # fmt: skip
    joint = "&" if urlsplit(found.tool.login_url).query else "?"
    return HttpResponseRedirect(f"{found.tool.login_url}{joint}{urlencode(query)}")


@door("support.ask", Area.STAFF, Area.OFFICE, Area.FAMILY)
@csrf_exempt  # the tool's page sends the browser here; nothing is changed, and the hint belongs to this login alone
@require_http_methods(["GET", "POST"])
def authorize(request: WebRequest) -> HttpResponse:
    """Who comes, signed, as a form for the tool's own address: nothing is sent to any other."""
    sent = request.POST if request.method == "POST" else request.GET
    visitor = request.visitor
    tool = queries.tool_of_client(sent.get("client_id", ""))
    target = sent.get("redirect_uri", "")
    right = (
        sent.get("response_type") == "id_token", sent.get("response_mode") == "form_post",
        "openid" in sent.get("scope", "").split(), bool(sent.get("nonce")), len(sent.get("state", "")) <= LONGEST_STATE,
    )  # fmt: skip
    if tool is None or target not in tool.redirect_urls or not all(right):
        raise NotFound("The learning tool asks for something that it may not.")
    try:
        placed, login = signing.loads(sent.get("login_hint", ""), salt=SALT, max_age=HINT)
    except (signing.BadSignature, ValueError, TypeError):
        raise NotFound("The launch took too long. Open the tool again.") from None
    if visitor.login is None or not hmac.compare_digest(str(visitor.login.id), str(login)):
        raise NotFound("The launch belongs to another login.")
    found = _mine(visitor, UUID(placed))
    if found.tool.id != tool.id:
        raise NotFound("The launch belongs to another tool.")
    answer = page(
        request,
        "web/support/launch.html",
        tool=tool,
        target=target,
        state=sent.get("state", ""),
        token=_token(visitor, found, sent["nonce"]),
        named=bool(_names(visitor, tool)),
    )
    parts = urlsplit(target)
    host = f"{parts.scheme}://{parts.netloc}"
    answer.headers["Content-Security-Policy"] = POLICY.replace("form-action 'self'", f"form-action 'self' {host}")
    answer.headers["Referrer-Policy"] = "no-referrer"
    return answer


def _mine(visitor: Visitor, placement: UUID) -> PlacementView:
    """A tool of one of the visitor's groups. Raises NotFound for every other."""
    found = queries.placement(placement)
    hat = visitor.hat
    if found is not None and hat is not None:
        if hat.unit is None:
            groups = schools.groups_of(persons=hat.wards, on=visitor.now.date())
            if found.families and any(one.id == found.group for some in groups.values() for one in some):
                return found
        else:
            group = schools.group(found.group)
            if group is not None and visitor.actor.may("support.link.set", group.path, group=group.id):
                return found
    raise NotFound("There is no such tool.", placement=str(placement))


def subject(tool: ToolView, person: UUID) -> str:
    """By what a tool knows a person: another number for each tool, from which nothing can be reckoned back."""
    return salted_hmac("support.subject", f"{tool.id}:{person}", algorithm="sha256").hexdigest()[:40]


def _token(visitor: Visitor, found: PlacementView, nonce: str) -> str:
    """The signed word of who comes, in which role, from which group."""
    hat = visitor.hat
    assert hat is not None
    at = int(visitor.now.timestamp())
    group = schools.group(found.group)
    role = ROLES[hat.role if hat.unit is None else "staff"]
    claims: dict[str, Any] = {
        "iss": issuer(), "sub": subject(found.tool, visitor.actor.id), "aud": found.tool.client_id,
        "iat": at, "exp": at + int(LASTS.total_seconds()), "nonce": nonce, "jti": secrets.token_urlsafe(18),
        f"{CLAIM}message_type": "LtiResourceLinkRequest",
        f"{CLAIM}version": "1.3.0",
        f"{CLAIM}deployment_id": found.tool.id.hex,
        f"{CLAIM}target_link_uri": found.tool.target_url,
        f"{CLAIM}resource_link": {"id": str(found.id), "title": found.label},
        f"{CLAIM}roles": [_MEMBERSHIP + role],
        f"{CLAIM}context": {"id": str(found.group), "label": group.code if group is not None else ""},
        f"{CLAIM}launch_presentation": {"document_target": "window"},
    }  # fmt: skip
    claims |= _names(visitor, found.tool)
    return keys.signed(claims)


def _names(visitor: Visitor, tool: ToolView) -> dict[str, str]:
    """The names that the tool is told: none where the body does not allow them, none of protected persons.

    None of a protected child's guardian either: beside the group it would tell where the child goes to school.
    """
    me = people.person(by=visitor.actor, id=visitor.actor.id) if tool.names else None
    wards = visitor.hat.wards if visitor.hat is not None else ()
    if me is None or me.protection is not Protection.NONE or people.protected(wards):
        return {}
    return {"name": me.name, "given_name": me.given, "family_name": me.family}
