"""Web push (RFC 8030, 8291, 8292): content encrypted for the device, our key known to the push service.

The address of a push service comes from a browser, so it is a stranger's: https only, never into our own network
(names are resolved here and the connection goes to the address that was looked at), no redirects.
"""

from __future__ import annotations

import base64
import hashlib
import socket
import ssl
from collections.abc import Mapping
from dataclasses import dataclass, field
from ipaddress import ip_address
from urllib.parse import urlsplit

import httpx
from django.conf import settings
from py_vapid import Vapid02
from pywebpush import WebPusher

from testamur.kernel.delivery import vapid
from testamur.kernel.delivery.channels.contract import (
    ChannelDown,
    NeverSent,
    Outgoing,
    Report,
    ReportRefused,
    TryAgain,
)
from testamur.kernel.delivery.rules import MAX_PUSH, Keys, Taken, push_content

TIMEOUT = 5.0
_GONE = frozenset({404, 410})


@dataclass(slots=True)
class Push:
    """One run's connections to push services; a service that does not answer is not asked again in the same run."""

    key: Vapid02
    contact: str
    inside: bool = False
    """Push services on loopback are allowed (demonstration and tests)."""
    parallel: int = 8
    _client: httpx.Client = field(init=False)
    _signed: dict[str, dict[str, str]] = field(default_factory=dict, init=False)
    _places: dict[str, str] = field(default_factory=dict, init=False)
    _silent: set[str] = field(default_factory=set, init=False)

    def __post_init__(self) -> None:
        """Open nothing yet."""
        self._client = httpx.Client(verify=trusted(), timeout=TIMEOUT, follow_redirects=False, trust_env=False)

    def send(self, message: Outgoing) -> Taken:
        """Encrypt for the device and hand over to its push service."""
        keys = message.device
        if keys is None:
            raise NeverSent("push.gone")
        content = push_content(message.subject, message.text, message.url, message.tag)
        if len(content) > MAX_PUSH:
            raise NeverSent("push.too_long")
        try:
            pusher = WebPusher({"endpoint": keys.endpoint, "keys": {"p256dh": keys.p256dh, "auth": keys.auth}})
            body = bytes(pusher.encode(content)["body"])
        except Exception as error:  # the keys are a browser's; whatever is wrong with them stays wrong
            raise NeverSent("push.keys") from error
        _judge(self._post(keys, body, self._headers(keys, message)))
        return Taken()

    def _headers(self, keys: Keys, message: Outgoing) -> dict[str, str]:
        parts = urlsplit(keys.endpoint)
        service = f"{parts.scheme}://{parts.netloc}"
        if service not in self._signed:
            self._signed[service] = self.key.sign({"aud": service, "sub": self.contact})
        headers = {
            **self._signed[service],
            "TTL": str(max(1, int(message.keep.total_seconds()))),
            "Urgency": "high" if message.urgent else "normal",
            "Content-Encoding": "aes128gcm",
            "Content-Type": "application/octet-stream",
        }
        if message.tag:  # a later one takes the place of one that the device has not fetched
            digest = hashlib.sha256(message.tag.encode()).digest()
            headers["Topic"] = base64.urlsafe_b64encode(digest[:24]).decode()
        return headers

    def _post(self, keys: Keys, body: bytes, headers: Mapping[str, str]) -> int:
        url = httpx.URL(keys.endpoint)
        if url.host in self._silent:
            raise TryAgain("push.unreachable", shared=False)
        place = self._place(url.host)
        request = self._client.build_request(
            "POST",
            url.copy_with(host=place),
            content=body,
            headers={**headers, "Host": url.netloc.decode("ascii")},
            extensions={"sni_hostname": url.host},
        )
        try:
            answer = self._client.send(request, stream=True)  # its body is nothing to us, however long it is
            answer.close()
        except httpx.HTTPError as error:
            self._silent.add(url.host)
            raise TryAgain("push.unreachable", shared=False) from error
        return answer.status_code

    def _place(self, host: str) -> str:
        """The address to connect to. Raises NeverSent when it lies in our own network."""
        if host not in self._places:
            try:
                addresses = resolve(host)
            except OSError as error:
                self._silent.add(host)
                raise TryAgain("push.unreachable", shared=False) from error
            if not addresses or not all(
                _outside(one) or (self.inside and ip_address(one).is_loopback) for one in addresses
            ):
                raise NeverSent("push.inside")
            self._places[host] = addresses[0]
        return self._places[host]

    def read_report(self, *, url: str, signature: str, form: Mapping[str, str]) -> Report:  # noqa: ARG002 - the contract's shape
        """Push services send no reports."""
        raise ReportRefused("Pushes have no delivery reports.")

    def close(self) -> None:
        """Let go of connections."""
        self._client.close()


def trusted() -> ssl.SSLContext:
    """The roots that push services' certificates end in: those of every browser."""
    return httpx.create_ssl_context(trust_env=False)


def resolve(host: str) -> list[str]:
    """The addresses of a name, IPv4 first. Raises OSError."""
    found = socket.getaddrinfo(host, 443, type=socket.SOCK_STREAM)
    return [str(entry[4][0]) for entry in sorted(found, key=lambda entry: entry[0] != socket.AF_INET)]


def _outside(address: str) -> bool:
    place = ip_address(address.partition("%")[0])
    mapped = getattr(place, "ipv4_mapped", None)
    return (mapped or place).is_global and not (mapped or place).is_multicast


def _judge(status: int) -> None:
    """A push service's answer says something about this device alone, never about the channel."""
    if status in {200, 201, 202, 204}:
        return
    if status in _GONE:
        raise NeverSent("push.gone")
    if status == 429 or status >= 500:  # noqa: PLR2004 - HTTP's own numbers
        raise TryAgain(f"push.{status}", shared=False)
    raise NeverSent(f"push.{status}")


def configured() -> Push:
    """The key of `settings.PUSH`. Raises ChannelDown without one."""
    key = vapid.private_key()
    if key is None:
        raise ChannelDown("push.no_key")
    return Push(Vapid02(private_key=key), vapid.known().contact, inside=settings.MODE == "demo")
