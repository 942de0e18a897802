"""A learning tool on a real socket, written from LTI 1.3 alone: it looks at everything before it believes a launch."""

from __future__ import annotations

import json
import secrets
import time
from base64 import urlsafe_b64decode
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from threading import Thread
from typing import Any
from urllib.parse import parse_qs, urlencode, urlsplit

import httpx
from cryptography.exceptions import InvalidSignature
from cryptography.hazmat.primitives import hashes
from cryptography.hazmat.primitives.asymmetric import padding, rsa

CLAIM = "https://purl.imsglobal.org/spec/lti/claim/"
VERSION, MESSAGE = "1.3.0", "LtiResourceLinkRequest"


class Tool:
    """One that runs. What its administrator entered about the platform are plain attributes.

    `launched` holds the claims of every launch that it believed, `refused` why it did not believe others.
    """

    def __init__(self) -> None:
        self.issuer = self.auth_url = self.jwks_url = self.client_id = self.deployment = ""
        self.launched: list[dict[str, Any]] = []
        self.refused: list[str] = []
        self.spoil: Callable[[dict[str, str]], dict[str, str]] = lambda asked: asked
        self.clock: Callable[[], float] = time.time
        self._begun: dict[str, str] = {}
        self._spent: set[str] = set()
        outer = self

        class Handler(BaseHTTPRequestHandler):
            def do_GET(self) -> None:
                query = {name: values[0] for name, values in parse_qs(urlsplit(self.path).query).items()}
                self._say(*outer.login(query))

            def do_POST(self) -> None:
                body = self.rfile.read(int(self.headers["Content-Length"])).decode()
                self._say(*outer.land({name: values[0] for name, values in parse_qs(body).items()}))

            def _say(self, status: int, head: dict[str, str], body: str) -> None:
                self.send_response(status)
                for name, value in head.items():
                    self.send_header(name, value)
                self.end_headers()
                self.wfile.write(body.encode())

            def log_message(self, *_: object) -> None:
                """Nothing is said."""

        self.server = ThreadingHTTPServer(("127.0.0.1", 0), Handler)
        self.base = f"http://127.0.0.1:{self.server.server_port}"

    def login(self, sent: dict[str, str]) -> tuple[int, dict[str, str], str]:
        """A platform wants to launch: back to it with state and nonce (Security Framework 1.0, section 5.1.1)."""
        if sent.get("iss") != self.issuer or sent.get("client_id") != self.client_id:
            return 403, {}, "that platform is not known"
        state, nonce = secrets.token_urlsafe(16), secrets.token_urlsafe(16)
        self._begun[state] = nonce
        asked = self.spoil({
            "scope": "openid", "response_type": "id_token", "response_mode": "form_post", "prompt": "none",
            "client_id": self.client_id, "redirect_uri": f"{self.base}/launch", "state": state, "nonce": nonce,
            "login_hint": sent["login_hint"], "lti_message_hint": sent.get("lti_message_hint", ""),
        })  # fmt: skip
        return 302, {"Location": f"{self.auth_url}?{urlencode(asked)}"}, ""

    def land(self, sent: dict[str, str]) -> tuple[int, dict[str, str], str]:
        """The platform's word came."""
        try:
            claims = self._believed(sent)
        except (AssertionError, InvalidSignature, KeyError, ValueError) as error:
            self.refused.append(str(error) or type(error).__name__)
            return 403, {}, f"not believed: {error}"
        self.launched.append(claims)
        return 200, {}, "<h1>The quiz</h1>"

    def _believed(self, sent: dict[str, str]) -> dict[str, Any]:
        nonce = self._begun.pop(sent["state"], None)
        assert nonce is not None, "state"
        head, claims = _read(sent["id_token"])
        assert head["alg"] == "RS256", "algorithm"
        keys = httpx.get(self.jwks_url, trust_env=False, timeout=60).json()["keys"]
        key = next((one for one in keys if one["kid"] == head["kid"]), None)
        assert key is not None, "key"
        _verify(sent["id_token"], key)
        assert claims["iss"] == self.issuer, "issuer"
        assert claims["aud"] == self.client_id, "audience"
        assert claims["sub"], "subject"
        assert claims["iat"] - 60 <= self.clock() <= claims["exp"], "time"
        assert claims["nonce"] == nonce, "nonce"
        assert nonce not in self._spent, "replay"
        self._spent.add(nonce)
        assert claims[f"{CLAIM}deployment_id"] == self.deployment, "deployment"
        assert (claims[f"{CLAIM}version"], claims[f"{CLAIM}message_type"]) == (VERSION, MESSAGE), "message"
        assert claims[f"{CLAIM}resource_link"]["id"], "resource link"
        assert claims[f"{CLAIM}target_link_uri"] == f"{self.base}/quiz", "target"
        assert isinstance(claims[f"{CLAIM}roles"], list), "roles"
        return dict(claims)


def _bytes(text: str) -> bytes:
    return urlsafe_b64decode(text + "=" * (-len(text) % 4))


def _read(token: str) -> tuple[dict[str, Any], dict[str, Any]]:
    """Head and claims of a token (RFC 7515, section 3.1)."""
    head, claims, _signature = token.split(".")
    return json.loads(_bytes(head)), json.loads(_bytes(claims))


def _verify(token: str, key: dict[str, str]) -> None:
    """Raise where that key (RFC 7518, section 6.3.1) did not sign the token."""
    modulus, exponent = (int.from_bytes(_bytes(key[name])) for name in ("n", "e"))
    assert modulus.bit_length() >= 2048, "key is short"
    content, _dot, signature = token.rpartition(".")
    public = rsa.RSAPublicNumbers(exponent, modulus).public_key()
    public.verify(_bytes(signature), content.encode(), padding.PKCS1v15(), hashes.SHA256())


@contextmanager
def running() -> Iterator[Tool]:
    """It runs as long as this."""
    tool = Tool()
    Thread(target=tool.server.serve_forever, kwargs={"poll_interval": 0.01}, daemon=True).start()
    try:
        yield tool
    finally:
        tool.server.shutdown()
        tool.server.server_close()
