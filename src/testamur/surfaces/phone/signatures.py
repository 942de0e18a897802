"""Whether the carrier it is that calls: `X-Twilio-Signature` over the public address and the form."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from urllib.parse import urlsplit, urlunsplit

from django.conf import settings

from testamur.access.accounts.methods.hiding import same
from testamur.kernel.delivery.channels.twilio import signature

_PORTS = {"https": 443, "http": 80}


def signed(*, path: str, form: Mapping[str, str], given: str) -> bool:
    """True when the signature is that of our carrier. `path` is the address's path with its query, as it was called.

    The address is built anew from `PUBLIC_URL`, whatever a proxy made of it; carriers sign it with its port or without.
    """
    token = settings.PHONE["token"]
    if not token or not given:
        return False
    return any(same(signature(token, url, form), given) for url in _spellings(absolute(path)))


def absolute(path: str) -> str:
    """The public address of a path."""
    return settings.PUBLIC_URL.rstrip("/") + path


def _spellings(url: str) -> Iterator[str]:
    parts = urlsplit(url)
    yield url
    if parts.port is None:
        yield urlunsplit(parts._replace(netloc=f"{parts.netloc}:{_PORTS.get(parts.scheme, 443)}"))
    else:
        yield urlunsplit(parts._replace(netloc=parts.hostname or ""))
