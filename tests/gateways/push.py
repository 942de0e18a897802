"""A push service on loopback: hands out subscriptions, checks VAPID and headers, decrypts what devices are given.

`with Running(PushService()) as service`: `service.subscribe()` is a browser's subscription, `service.received` what
arrived. Give `service.vapid` the key that browsers subscribed with (`queries.push_key()`), to have it checked.
"""

from __future__ import annotations

import base64
import json
import os
import time
from dataclasses import dataclass, field
from random import Random
from typing import Any

import http_ece
from cryptography.hazmat.primitives.asymmetric import ec
from cryptography.hazmat.primitives.serialization import Encoding, PublicFormat
from py_vapid import Vapid02

from tests.gateways.serving import Served


@dataclass(frozen=True)
class Subscription:
    """What a browser sends to the installation, and the private key that it keeps."""

    endpoint: str
    p256dh: str
    auth: str
    key: ec.EllipticCurvePrivateKey
    secret: bytes

    @property
    def sent(self) -> dict[str, str]:
        """The arguments of `register_device`."""
        return {"endpoint": self.endpoint, "p256dh": self.p256dh, "auth": self.auth}


@dataclass
class PushService:
    """`gone` endpoints are answered with 410; `busy` requests per hundred with 429; `down` is a status for all.

    `received` holds (endpoint, content, headers) of each push that was taken; `refused` why one was not.
    """

    url: str = ""
    vapid: str = ""
    down: int = 0
    busy: int = 0
    gone: set[str] = field(default_factory=set)
    received: list[tuple[str, dict[str, str], dict[str, str]]] = field(default_factory=list)
    refused: list[str] = field(default_factory=list)
    random: Random = field(default_factory=lambda: Random(8030))
    _known: dict[str, Subscription] = field(default_factory=dict)

    def subscribe(self) -> Subscription:
        """A new device."""
        key = ec.generate_private_key(ec.SECP256R1())
        point = key.public_key().public_bytes(Encoding.X962, PublicFormat.UncompressedPoint)
        secret = os.urandom(16)
        endpoint = f"{self.url}/push/{len(self._known)}"
        made = Subscription(endpoint, _b64(point), _b64(secret), key, secret)
        self._known[endpoint] = made
        return made

    def serve(self, path: str, headers: dict[str, str], body: bytes) -> tuple[int, bytes]:
        endpoint = self.url + path
        if self.down or endpoint not in self._known or endpoint in self.gone:
            return self.down or (410 if endpoint in self.gone else 404), b""
        if self.random.randrange(100) < self.busy:
            return 429, b""
        wrong = self._wrong(headers, body)
        if wrong:
            self.refused.append(wrong)
            return 400, wrong.encode()
        known = self._known[endpoint]
        content = http_ece.decrypt(body, private_key=known.key, auth_secret=known.secret, version="aes128gcm")
        self.received.append((endpoint, json.loads(content), headers))
        return 201, b""

    def _wrong(self, headers: dict[str, str], body: bytes) -> str:
        if len(body) > 4096 or headers.get("content-encoding") != "aes128gcm":
            return "content"
        if not headers.get("ttl", "").isdecimal() or int(headers["ttl"]) == 0:
            return "ttl"
        return self._wrong_key(headers.get("authorization", ""))

    def _wrong_key(self, authorization: str) -> str:
        scheme, _, rest = authorization.partition(" ")
        parts = dict(part.strip().split("=", 1) for part in rest.split(",") if "=" in part)
        if scheme.lower() != "vapid" or not Vapid02.verify(authorization):
            return "signature"
        if self.vapid and parts["k"].rstrip("=") != self.vapid:
            return "key"
        claims: dict[str, Any] = json.loads(_unb64(parts["t"].split(".")[1]))
        if claims["aud"] != self.url or not 0 < claims["exp"] - time.time() <= 86_400:
            return "claims"
        return "" if str(claims.get("sub", "")).startswith(("mailto:", "https://")) else "sub"


class Running:
    """The push service's HTTP server, in a thread of its own."""

    def __init__(self, service: PushService) -> None:
        self._service = service
        self._served = Served(service.serve)

    def __enter__(self) -> PushService:
        self._service.url = self._served.__enter__()
        return self._service

    def __exit__(self, *problem: object) -> None:
        self._served.__exit__(*problem)


def _b64(data: bytes) -> str:
    return base64.urlsafe_b64encode(data).rstrip(b"=").decode()


def _unb64(text: str) -> bytes:
    return base64.urlsafe_b64decode(text + "=" * (-len(text) % 4))
