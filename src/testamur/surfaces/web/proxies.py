"""Where a request comes from: what a proxy tells of it counts only when the proxy is one of our own."""

from __future__ import annotations

import ipaddress
from collections.abc import Callable

from django.conf import settings
from django.http import HttpRequest, HttpResponse

Next = Callable[[HttpRequest], HttpResponse]
Network = ipaddress.IPv4Network | ipaddress.IPv6Network
TOLD = ("HTTP_X_FORWARDED_FOR", "HTTP_X_FORWARDED_PROTO", "HTTP_X_FORWARDED_HOST", "HTTP_X_FORWARDED_PORT")
"""Headers in which a proxy tells of the request that it passes on; anybody can send them."""


class ProxyMiddleware:
    """First in the chain: forgets what strangers say in the name of a proxy, before anything reads it."""

    def __init__(self, get_response: Next) -> None:
        """`get_response` is the rest of the chain."""
        self.get_response = get_response

    def __call__(self, request: HttpRequest) -> HttpResponse:
        """Drop the headers unless one of our own proxies sent them."""
        if not _ours(_peer(request)):
            for name in TOLD:
                request.META.pop(name, None)
        return self.get_response(request)


def address(request: HttpRequest) -> str:
    """Address of the browser; behind our own proxies the last one in X-Forwarded-For that is none of them."""
    seen = _peer(request)
    for hop in reversed(request.META.get("HTTP_X_FORWARDED_FOR", "").split(",")):
        if not hop.strip() or not _ours(seen):
            break
        seen = hop.strip()
    try:
        at = ipaddress.ip_address(seen)
    except ValueError:
        return "127.0.0.1"  # a socket without address, or a header that nobody should believe
    mapped = at.ipv4_mapped if at.version == 6 else None  # noqa: PLR2004 - IPv6
    return str(mapped or at)


def network(request: HttpRequest) -> str:
    """The address without its last part: what is counted, and enough for somebody to recognise one's own."""
    at = ipaddress.ip_address(address(request))
    return str(ipaddress.ip_network(f"{at}/{24 if at.version == 4 else 48}", strict=False))  # noqa: PLR2004 - IPv4


def _peer(request: HttpRequest) -> str:
    return str(request.META.get("REMOTE_ADDR", ""))


def _ours(text: str) -> bool:
    try:
        at = ipaddress.ip_address(text)
    except ValueError:
        return False
    return any(at in ipaddress.ip_network(net) for net in settings.TRUSTED_PROXIES)
