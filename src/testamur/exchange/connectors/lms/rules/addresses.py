"""Which addresses are asked: those of hosts that an administrator entered, over https, and nothing else."""

from __future__ import annotations

from collections.abc import Collection
from dataclasses import dataclass
from ipaddress import ip_address
from urllib.parse import SplitResult, parse_qsl, urlencode, urlsplit

from testamur.kernel.base.refused import Refused

LONGEST = 800
"""Characters of an address; the column holds no more."""


class AddressRefused(Refused):
    """An address is not https, has a name or password in it, or is of a host that nobody entered."""

    code = "connectors.lms.address"


@dataclass(frozen=True, slots=True)
class Bounds:
    """What is taken of a platform at most: bytes of one answer, pages, rows in all, seconds in all, seconds silent."""

    answer: int = 4 * 2**20
    pages: int = 200
    rows: int = 20_000
    seconds: float = 45.0
    silence: float = 10.0


def must_be_asked(url: str, *, hosts: Collection[str] | None = None, loopback: bool = False) -> None:
    """Raise `AddressRefused` unless `url` may be asked.

    `hosts`: as `host_of` tells them; None for an address that an administrator enters now. `loopback`: http is taken
    too where the host is a loopback address (demonstration and tests).
    """
    parts = _split(url)
    secure = parts.scheme == "https" or (loopback and parts.scheme == "http" and _is_loopback(parts.hostname or ""))
    if not secure or not parts.hostname or parts.username is not None or parts.password is not None or parts.fragment:
        raise AddressRefused("An https address is needed, without a name, a password or a fragment.", field="url")
    if hosts is not None and host_of(url) not in hosts:
        raise AddressRefused("The platform sends us to a host that nobody entered.", field="url", host=parts.hostname)


def host_of(url: str) -> str:
    """Scheme, host and port of an address, with the scheme's own port said; empty for what is no address."""
    try:
        parts = _split(url)
    except AddressRefused:
        return ""
    port = parts.port or {"https": 443, "http": 80}.get(parts.scheme, 0)
    return f"{parts.scheme}://{(parts.hostname or '').lower()}:{port}"


def part_of(url: str, part: str) -> str:
    """The address of a part of a thing (``results``): it goes before a query string (AGS 2.0, section 3.2.4)."""
    parts = _split(url)
    return parts._replace(path=f"{parts.path.rstrip('/')}/{part}").geturl()


def with_query(url: str, **more: str) -> str:
    """`url` with further parameters beside those that it has; one that stands there already is left alone."""
    parts = _split(url)
    given = parse_qsl(parts.query, keep_blank_values=True)
    names = {name for name, _value in given}
    given += [(name, value) for name, value in more.items() if name not in names]
    return parts._replace(query=urlencode(given)).geturl()


def _split(url: str) -> SplitResult:
    if len(url) > LONGEST or any(c <= " " or c in {"\x7f", "\\"} for c in url):
        raise AddressRefused("That is no address.", field="url")
    try:
        parts = urlsplit(url)
        _port = parts.port
    except ValueError:
        raise AddressRefused("That is no address.", field="url") from None
    return parts


def _is_loopback(host: str) -> bool:
    try:
        return ip_address(host).is_loopback
    except ValueError:
        return host == "localhost"
