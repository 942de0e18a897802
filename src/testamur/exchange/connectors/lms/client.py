"""The services of a platform: tokens, members of a room, line items, results."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from datetime import datetime
from typing import Any, TypeVar

from testamur.exchange.connectors.lms import keys
from testamur.exchange.connectors.lms.rules import (
    LineItem,
    Member,
    PlatformView,
    Result,
    host_of,
    line_items_of,
    members_of,
    part_of,
    results_of,
    with_query,
)
from testamur.exchange.connectors.lms.wire import PlatformFailed, PlatformTooMuch, Wire

MEMBERS = "https://purl.imsglobal.org/spec/lti-nrps/scope/contextmembership.readonly"
LINE_ITEMS = "https://purl.imsglobal.org/spec/lti-ags/scope/lineitem.readonly"
RESULTS = "https://purl.imsglobal.org/spec/lti-ags/scope/result.readonly"
_CONTAINER = "application/vnd.ims.lti-nrps.v2.membershipcontainer+json"
_ITEMS = "application/vnd.ims.lis.v2.lineitemcontainer+json"
_RESULTS = "application/vnd.ims.lis.v2.resultcontainer+json"
_ASSERTION = "urn:ietf:params:oauth:client-assertion-type:jwt-bearer"
_LONGEST_TOKEN = 8000
A_PAGE = "500"
T = TypeVar("T")


def hosts_of(platform: PlatformView) -> frozenset[str]:
    """Where that platform may send us: the hosts that an administrator entered."""
    told = (platform.issuer, platform.auth_url, platform.token_url, platform.jwks_url)
    return frozenset(filter(None, map(host_of, told)))


class Client:
    """What a platform gives us, within the bounds of one conversation."""

    def __init__(self, platform: PlatformView, wire: Wire, now: datetime) -> None:
        """`wire` is open and goes on being the caller's."""
        self._platform, self._wire, self._now = platform, wire, now

    def members(self, url: str) -> tuple[Member, ...]:
        """The students of a room (NRPS 2.0). Raises a `PlatformFailed`."""
        pages = self._pages(with_query(url, limit=A_PAGE), _CONTAINER, MEMBERS, members_of)
        return tuple({member.user_id: member for member in pages}.values())

    def line_items(self, url: str) -> tuple[LineItem, ...]:
        """The graded tasks of a room that the platform lets us see (AGS 2.0)."""
        return tuple(self._pages(with_query(url, limit=A_PAGE), _ITEMS, LINE_ITEMS, line_items_of))

    def results(self, item: str) -> tuple[Result, ...]:
        """What users have in a line item."""
        address = with_query(part_of(item, "results"), limit=A_PAGE)
        return tuple(self._pages(address, _RESULTS, RESULTS, results_of))

    def _pages(self, url: str, accept: str, scope: str, read: Callable[[object], tuple[T, ...] | None]) -> Iterator[T]:
        """Every row of every page; a page twice, or more pages or rows than the bounds, ends in a refusal."""
        bounds, token = self._wire.bounds, self._token(scope)
        seen: set[str] = set()
        rows = 0
        while url:
            if url in seen or len(seen) == bounds.pages:
                raise PlatformTooMuch("The learning platform's pages have no end.", why="pages")
            seen.add(url)
            page, url = self._wire.get(url, accept=accept, token=token)
            found = read(page)
            if found is None:
                raise PlatformFailed("The learning platform answers with something else than was asked.", why="shape")
            rows += len(found)
            if rows > bounds.rows:
                raise PlatformTooMuch("The learning platform's lists have no end.", why="rows")
            yield from found

    def _token(self, scope: str) -> str:
        """An access token for one scope, by our signed statement (client credentials)."""
        answer: Any = self._wire.post(
            self._platform.token_url,
            {
                "grant_type": "client_credentials",
                "client_assertion_type": _ASSERTION,
                "client_assertion": keys.assertion(
                    client_id=self._platform.client_id, token_url=self._platform.token_url, now=self._now
                ),
                "scope": scope,
            },
        )
        token = answer.get("access_token") if isinstance(answer, dict) else None
        plain = isinstance(token, str) and token.isascii() and token.isprintable() and " " not in token
        if not plain or not 0 < len(str(token)) <= _LONGEST_TOKEN:
            raise PlatformFailed("The learning platform gives no token.", why="token")
        return str(token)
