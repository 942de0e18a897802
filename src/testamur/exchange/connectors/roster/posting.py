"""Posting to an address that a program gave: a stranger's, so https only and never into our own network.

Names are resolved here, and the connection goes to the address that was looked at. No redirect is followed, no proxy of
the environment used, and nothing of the answer but its status is read.
"""

from __future__ import annotations

import json
import socket
from collections.abc import Mapping
from ipaddress import IPv4Address, IPv6Address, ip_address, ip_network
from urllib.parse import urlsplit

import httpx

from testamur.exchange.connectors.roster.rules import SubscriptionRefused

TIMEOUT = 5.0
LONGEST = 800


class Failed(Exception):  # noqa: N818 - an answer, not an error of ours
    """The target was not told; `why` is a short code."""

    def __init__(self, why: str) -> None:
        """`why`: ``inside``, ``unreachable`` or ``status 500``."""
        super().__init__(why)
        self.why = why


def must_be_target(url: str, *, loopback: bool) -> None:
    """Raise SubscriptionRefused for what is no https address, or plainly one of our own network.

    `loopback`: http to a loopback address is taken too (demonstration and tests).
    """
    plain = len(url) <= LONGEST and url.isprintable() and not {" ", "\\"} & set(url)
    try:
        parts = urlsplit(url) if plain else None
        host = (parts.hostname or "") if parts else ""
        _port = parts.port if parts else None
    except ValueError:
        parts, host = None, ""
    if parts is None or not host or parts.username is not None or parts.password is not None or parts.fragment:
        raise SubscriptionRefused("target is an https address without a name, password or fragment.", field="target")
    place = _literal(host)
    inside = host == "localhost" or (place is not None and not outside(place))
    allowed = loopback and (host == "localhost" or (place is not None and ip_address(place).is_loopback))
    if (parts.scheme != "https" or inside) and not (allowed and parts.scheme in {"http", "https"}):
        raise SubscriptionRefused("target is an https address outside our own network.", field="target")


def post(url: str, body: Mapping[str, object], *, loopback: bool) -> None:
    """Post JSON. Raises Failed."""
    try:
        must_be_target(url, loopback=loopback)
        at = httpx.URL(url)
        place = _place(at.host, at.port or (443 if at.scheme == "https" else 80), loopback=loopback)
    except SubscriptionRefused as no:
        raise Failed("inside") from no
    except (OSError, UnicodeError, httpx.InvalidURL) as no:
        raise Failed("unreachable") from no
    try:
        with httpx.Client(timeout=TIMEOUT, follow_redirects=False, trust_env=False) as client:
            request = client.build_request(
                "POST", at.copy_with(host=place), content=json.dumps(body).encode(),
                headers={"Host": at.netloc.decode("ascii"), "Content-Type": "application/json"},
                extensions={"sni_hostname": at.host},
            )  # fmt: skip
            answer = client.send(request, stream=True)
            answer.close()
    except httpx.HTTPError as no:
        raise Failed("unreachable") from no
    if not answer.is_success:
        raise Failed(f"status {answer.status_code}")


def resolve(host: str, port: int) -> list[str]:
    """The addresses of a name, IPv4 first. Raises OSError."""
    found = socket.getaddrinfo(host, port, type=socket.SOCK_STREAM)
    return [str(entry[4][0]) for entry in sorted(found, key=lambda entry: entry[0] != socket.AF_INET)]


def _place(host: str, port: int, *, loopback: bool) -> str:
    """The address to connect to. Raises Failed when one of the name's lies in our own network."""
    addresses = [host] if _literal(host) else resolve(host, port)
    if not addresses or not all(outside(one) or (loopback and ip_address(one).is_loopback) for one in addresses):
        raise Failed("inside")
    return addresses[0]


_NAT64 = ip_network("64:ff9b::/96")
"""An IPv4 address for whoever has IPv6 alone (RFC 6052)."""


def outside(address: str) -> bool:
    """Whether an address lies outside every network of our own; one that wraps another, whether the other does."""
    place = ip_address(address.partition("%")[0])
    if isinstance(place, IPv6Address):
        place = _wrapped(place) or place
    return place.is_global and not place.is_multicast


def _wrapped(place: IPv6Address) -> IPv4Address | None:
    """The IPv4 address to which a gateway would lead: mapped, of 6to4, of NAT64, or of the old kind ``::1.2.3.4``."""
    if place in _NAT64 or int(place) >> 32 == 0:
        return IPv4Address(int(place) & 0xFFFFFFFF)
    return place.ipv4_mapped or place.sixtofour


def _literal(host: str) -> str | None:
    try:
        ip_address(host.partition("%")[0])
    except ValueError:
        return None
    return host
