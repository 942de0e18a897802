"""Learning platforms on loopback that check what a real one checks, and that can be told to lie.

`with Running(Moodle()) as platform` serves; `platform.launch(query)` is what its login page posts to us for an
authentication request. `platform.mood` makes its services lie: see `Platform._lie`.
"""

from __future__ import annotations

import json
import secrets
import threading
from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from typing import Any
from urllib.parse import parse_qs, parse_qsl, urlsplit

from joserfc import jwt
from joserfc.errors import JoseError
from joserfc.jwk import KeySet, RSAKey

from testamur.exchange.connectors.lms import keys as ours

ROLE = "http://purl.imsglobal.org/vocab/lis/v2/membership"
CLAIM = "https://purl.imsglobal.org/spec/lti/claim/"
NRPS = "https://purl.imsglobal.org/spec/lti-nrps/scope/contextmembership.readonly"
ITEMS = "https://purl.imsglobal.org/spec/lti-ags/scope/lineitem.readonly"
RESULTS = "https://purl.imsglobal.org/spec/lti-ags/scope/result.readonly"
Answer = tuple[int, dict[str, str], bytes]


def _key() -> RSAKey:
    made = RSAKey.generate_key(2048)
    return RSAKey.import_key(made.as_dict(private=True), {"kid": made.thumbprint(), "use": "sig", "alg": "RS256"})


@dataclass
class User:
    """Somebody in the course room."""

    id: str
    name: str
    email: str = ""
    number: str = ""
    roles: tuple[str, ...] = (f"{ROLE}#Learner",)
    status: str = "Active"


@dataclass
class Item:
    """A graded task. `own`: our tool made it. `results`: user id → (score, maximum, comment)."""

    key: str
    label: str
    maximum: float = 100
    own: bool = True
    results: dict[str, tuple[float | None, float | None, str]] = field(default_factory=dict)


@dataclass
class Platform:
    """What all platforms do: keys, tokens for our signed statements, launches."""

    client_id: str = "10000000000007"
    deployment: str = "3"
    users: list[User] = field(default_factory=list)
    items: list[Item] = field(default_factory=list)
    title: str = "DV1574 Databasteknik"
    context: str = "42"
    names: bool = True
    mood: str = ""
    busy: int = 0
    page: int = 10
    url: str = ""
    now: float = 0.0
    asked: list[str] = field(default_factory=list)
    redirect_uris: tuple[str, ...] = ()
    key: RSAKey = field(default_factory=_key)
    tokens: dict[str, set[str]] = field(default_factory=dict)
    used: set[str] = field(default_factory=set)
    members_path = "/members"
    items_path = "/items"

    # -- addresses -----------------------------------------------------------------------------------------------
    @property
    def told(self) -> dict[str, Any]:
        """What the platform shows an administrator of a tool."""
        return {
            "issuer": self.url,
            "client_id": self.client_id,
            "deployment_id": self.deployment,
            "auth_url": f"{self.url}/auth",
            "token_url": f"{self.url}/token",
            "jwks_url": f"{self.url}/jwks",
        }

    def members_url(self) -> str:
        return self.url + self.members_path

    def items_url(self) -> str:
        return self.url + self.items_path

    def item_url(self, item: Item) -> str:
        return f"{self.url}{self.items_path}/{item.key}"

    # -- launches ------------------------------------------------------------------------------------------------
    def begins(self, target: str, user: str = "7") -> dict[str, str]:
        """What the platform's page sends the browser to our login address with."""
        return {
            "iss": self.url,
            "login_hint": user,
            "target_link_uri": target,
            "lti_message_hint": '{"cmid":5,"launchid":"l1"}',
            "client_id": self.client_id,
            "lti_deployment_id": self.deployment,
        }

    def launch(
        self,
        address: str,
        *,
        roles: tuple[str, ...] = (f"{ROLE}#Instructor",),
        change: Mapping[str, Any] | None = None,
        without: tuple[str, ...] = (),
        sign: Callable[[dict[str, Any]], str] | None = None,
    ) -> dict[str, str]:
        """The form that the login page posts to us, for the address that we sent the browser to."""
        parts = urlsplit(address)
        assert f"{parts.scheme}://{parts.netloc}{parts.path}" == f"{self.url}/auth"
        asked = dict(parse_qsl(parts.query, strict_parsing=True))
        fixed = {"scope": "openid", "response_type": "id_token", "response_mode": "form_post", "prompt": "none"}
        assert fixed.items() <= asked.items()
        assert asked["client_id"] == self.client_id
        assert asked["redirect_uri"] in self.redirect_uris, "the platform knows no such redirect URI"
        assert asked["lti_message_hint"] == '{"cmid":5,"launchid":"l1"}'
        assert len(asked["nonce"]) >= 32
        assert len(asked["state"]) >= 32
        claims: dict[str, Any] = {
            "iss": self.url,
            "aud": self.client_id,
            "sub": asked["login_hint"],
            "iat": int(self.now),
            "exp": int(self.now) + 60,
            "nonce": asked["nonce"],
            f"{CLAIM}message_type": "LtiResourceLinkRequest",
            f"{CLAIM}version": "1.3.0",
            f"{CLAIM}deployment_id": self.deployment,
            f"{CLAIM}target_link_uri": asked["redirect_uri"],
            f"{CLAIM}resource_link": {"id": "5"},
            f"{CLAIM}roles": list(roles),
            f"{CLAIM}context": {"id": self.context, "label": "DV1574", "title": self.title},
            "https://purl.imsglobal.org/spec/lti-nrps/claim/namesroleservice": {
                "context_memberships_url": self.members_url(),
                "service_versions": ["1.0", "2.0"],
            },
            "https://purl.imsglobal.org/spec/lti-ags/claim/endpoint": {
                "scope": [ITEMS, RESULTS],
                "lineitems": self.items_url(),
            },
        }
        claims |= dict(change or {})
        for name in without:
            claims.pop(name)
        return {"state": asked["state"], "id_token": (sign or self.signed)(claims)}

    def signed(self, claims: dict[str, Any], key: RSAKey | None = None) -> str:
        """A token of the platform."""
        return jwt.encode({"alg": "RS256", "kid": self.key.kid}, claims, key or self.key, algorithms=["RS256"])

    # -- requests ------------------------------------------------------------------------------------------------
    def answer(self, method: str, target: str, headers: Mapping[str, str], body: bytes) -> Answer:
        """What the platform says to a request."""
        parts = urlsplit(target)
        query = {name: some[-1] for name, some in parse_qs(parts.query, keep_blank_values=True).items()}
        self.asked.append(f"{method} {target}")
        if (method, parts.path) == ("GET", "/jwks"):
            return _json({"keys": [self.key.as_dict(private=False)]})
        if (method, parts.path) == ("POST", "/token"):
            return self._token(dict(parse_qsl(body.decode())))
        lie = self._lie(target)
        if lie is not None:
            return lie
        return self.service(method, parts.path, query, headers)

    def service(self, method: str, path: str, query: dict[str, str], headers: Mapping[str, str]) -> Answer:
        raise NotImplementedError

    def may(self, headers: Mapping[str, str], scope: str) -> bool:
        """Whether the request has a token for that scope."""
        kind, _, token = headers.get("authorization", "").partition(" ")
        return kind == "Bearer" and scope in self.tokens.get(token, set())

    def _token(self, form: dict[str, str]) -> Answer:
        """A token for a signed statement that is ours, addressed to this platform, fresh, and used once."""
        if form.get("grant_type") != "client_credentials":
            return _json({"error": "unsupported_grant_type"}, 400)
        if form.get("client_assertion_type") != "urn:ietf:params:oauth:client-assertion-type:jwt-bearer":
            return _json({"error": "invalid_request"}, 400)
        try:
            known = KeySet.import_key_set(ours.public())  # type: ignore[arg-type]
            token = jwt.decode(form["client_assertion"], known, algorithms=["RS256"])
        except (JoseError, ValueError):
            return _json({"error": "invalid_client"}, 401)
        claims = token.claims
        good = (
            claims.get("iss") == claims.get("sub") == self.client_id
            and claims.get("aud") == f"{self.url}/token"
            and isinstance(claims.get("jti"), str)
            and claims["jti"] not in self.used
            and self.now - 60 <= claims.get("iat", 0) <= self.now + 60
            and self.now < claims.get("exp", 0) <= self.now + 3600
            and "kid" in token.header
        )
        if not good:
            return _json({"error": "invalid_client"}, 401)
        self.used.add(claims["jti"])
        if self.mood == "no_token":
            return _json({"token_type": "Bearer"})
        scopes = set(form["scope"].split()) & self.grants
        made = secrets.token_hex(16)
        self.tokens[made] = scopes
        return _json({"access_token": made, "token_type": "Bearer", "expires_in": 3600, "scope": " ".join(scopes)})

    grants = frozenset({NRPS, ITEMS, RESULTS})

    def _lie(self, target: str) -> Answer | None:
        """What a platform that lies says instead, by its mood."""
        here = f"{self.url}{target}"
        mark = "&" if "?" in here else "?"
        following = f"{here.partition(f'{mark}from=')[0]}{mark}from={len(self.asked)}"
        plain: dict[str, str] = {"Content-Type": "application/json"}
        empty = b"[]" if "items" in target else b'{"members":[]}'
        inside = "http://127.0.0.1:9/inside"
        lies: dict[str, Answer] = {
            "html": (200, {"Content-Type": "text/html"}, b"<!doctype html><title>Log in</title>"),
            "html as json": (200, plain, b"<!doctype html><title>Log in</title>"),
            "huge": (200, plain, b"[" + b" " * (6 * 2**20 if self.mood == "huge" else 0) + b"]"),
            "endless": (200, {**plain, "Link": f'<{following}>; rel="next"'}, empty),
            "round": (200, {**plain, "Link": f'<{here}>; rel="next"'}, empty),
            "redirect": (302, {"Location": inside}, b""),
            "elsewhere": (200, {**plain, "Link": f'<{inside}>; rel="next"'}, empty),
            "shape": (200, plain, b'{"members":{"user_id":"1"}}'),
            "deep": (200, plain, b"[" * 200_000 if self.mood == "deep" else b""),
            "down": (503, {"Content-Type": "text/html"}, b"Down for maintenance"),
        }
        return lies.get(self.mood)


class Running:
    """The platform's HTTP server, in a thread of its own."""

    def __init__(self, platform: Platform) -> None:
        self._platform = platform
        one = threading.Lock()

        class Handler(BaseHTTPRequestHandler):
            protocol_version = "HTTP/1.1"
            disable_nagle_algorithm = True

            def _do(self) -> None:
                body = self.rfile.read(int(self.headers.get("Content-Length", 0)))
                small = {key.lower(): value for key, value in self.headers.items()}
                with one:
                    status, headers, data = platform.answer(self.command, self.path, small, body)
                self.send_response(status)
                for name, value in {**headers, "Content-Length": str(len(data))}.items():
                    self.send_header(name, value)
                self.end_headers()
                self.wfile.write(data)

            do_GET = _do  # noqa: N815 - the names that http.server calls
            do_POST = _do  # noqa: N815 - as above

            def log_message(self, *_args: Any) -> None:
                """Say nothing."""

            def handle(self) -> None:
                try:
                    super().handle()
                except ConnectionError:  # whoever asked has heard enough
                    return

        self._server = ThreadingHTTPServer(("127.0.0.1", 0), Handler)
        self._server.daemon_threads = True
        self._thread = threading.Thread(target=self._server.serve_forever, kwargs={"poll_interval": 0.01}, daemon=True)

    def __enter__(self) -> Platform:
        self._platform.url = f"http://127.0.0.1:{self._server.server_port}"
        self._thread.start()
        return self._platform

    def __exit__(self, *_: object) -> None:
        self._server.shutdown()
        self._server.server_close()
        self._thread.join(10)


def paged(rows: list[Any], number: int, size: int) -> tuple[list[Any], int | None]:
    """The rows of a page that begins at `number`, and where the next one begins."""
    end = number + size
    return rows[number:end], end if end < len(rows) else None


def _json(told: object, status: int = 200, kind: str = "application/json", **headers: str) -> Answer:
    return status, {"Content-Type": kind, **headers}, json.dumps(told).encode()


answered = _json
