"""Asking a system for its roster: one host, bounded bytes, pages and time, patience where it asks for it."""

from __future__ import annotations

import json
import logging
import time
from collections.abc import Callable
from datetime import UTC, datetime
from email.utils import parsedate_to_datetime
from typing import Any, Self
from urllib.parse import urlsplit

import httpx

from testamur.exchange.connectors.roster.rules import SourceRefused
from testamur.kernel.base.answers import asked_to_wait, bounded
from testamur.kernel.base.refused import Refused

log = logging.getLogger(__name__)
MOST_BYTES, MOST_PAGES, SECONDS, SILENCE = 32 * 2**20, 20_000, 3600.0, 30.0
TRIES, PATIENCE = 4, 60.0
_BUSY = frozenset({429, 502, 503, 504})


class SourceFailed(Refused):
    """The source cannot be reached, or answers with something else than was asked. `found["why"]` says what."""

    code = "connectors.roster.failed"


def must_be_source(url: str, *, loopback: bool) -> None:
    """Raise SourceRefused unless `url` is an https address; with `loopback` also http on this machine."""
    try:
        parts = urlsplit(url)
        _port = parts.port
    except ValueError:
        raise SourceRefused("That is no address.", field="url") from None
    here = loopback and parts.scheme == "http" and parts.hostname in {"127.0.0.1", "localhost", "::1"}
    if (parts.scheme != "https" and not here) or not parts.hostname or parts.username is not None or parts.fragment:
        raise SourceRefused("An https address is needed, without a name, password or fragment.", field="url")


class Wire:
    """One conversation. `began` is the source's own clock at the first answer, else ours."""

    def __init__(
        self,
        *,
        base_url: str,
        token_url: str,
        client_id: str,
        secret: str,
        scope: str,
        now: datetime,
        loopback: bool = False,
        transport: httpx.BaseTransport | None = None,
        pause: Callable[[float], None] = time.sleep,
    ) -> None:
        """`transport` and `pause` replace the network and waiting in tests."""
        for url in (base_url, token_url):
            must_be_source(url, loopback=loopback)
        self.base = base_url.rstrip("/")
        self.began = now
        self._heard = False
        self._token_url, self._credentials, self._scope = token_url, (client_id, secret), scope
        self._token = ""
        self._pause, self._pages, self._ends = pause, 0, time.monotonic() + SECONDS
        self._client = httpx.Client(
            transport=transport, timeout=SILENCE, trust_env=False, follow_redirects=False,
            headers={"User-Agent": "testamur", "Accept": "application/json"},
        )  # fmt: skip

    def __enter__(self) -> Self:
        """The conversation begins."""
        return self

    def __exit__(self, *_: object) -> None:
        """Close the connections."""
        self._client.close()

    def get(self, url: str, query: dict[str, str] | None = None) -> tuple[Any, httpx.Headers]:
        """The JSON at an address of the source's own host. Raises SourceFailed."""
        return self._asked("GET", url, params=query or None)

    def post(self, url: str, body: object) -> Any:
        """The JSON that answers a body."""
        return self._asked("POST", url, json=body)[0]

    def tell(self, method: str, url: str, body: object = None) -> tuple[int, Any]:
        """The status of an answer, and its JSON where it has some; what the source refuses is no failure here."""
        given = {} if body is None else {"json": body}
        answer, data = self._answered(method, url, **given)
        try:
            return answer.status_code, json.loads(data)
        except (ValueError, RecursionError):
            return answer.status_code, None

    def _asked(self, method: str, url: str, **given: Any) -> tuple[Any, httpx.Headers]:
        answer, data = self._answered(method, url, **given)
        return _json(answer, data), answer.headers

    def _answered(self, method: str, url: str, **given: Any) -> tuple[httpx.Response, bytes]:
        address = httpx.URL(url)
        home = httpx.URL(self.base)
        if (address.scheme, address.host, address.port) != (home.scheme, home.host, home.port):
            raise SourceFailed("The source sends us to another host.", why="host")
        if not self._token:
            self._token = self._new_token()
        answer, data = self._patiently(method, url, headers=self._bearer(), **given)
        if answer.status_code == httpx.codes.UNAUTHORIZED:  # a token ends while a long list is read
            self._token = self._new_token()
            answer, data = self._patiently(method, url, headers=self._bearer(), **given)
        return answer, data

    def _bearer(self) -> dict[str, str]:
        return {"Authorization": f"Bearer {self._token}"}

    def _new_token(self) -> str:
        form = {"grant_type": "client_credentials", **({"scope": self._scope} if self._scope else {})}
        answer, data = self._patiently("POST", self._token_url, data=form, auth=self._credentials)
        told = _json(answer, data)
        token = told.get("access_token") if isinstance(told, dict) else None
        if not isinstance(token, str) or not token.isascii() or not token.isprintable() or " " in token:
            raise SourceFailed("The source gives no token.", why="token")
        return token

    def _patiently(self, method: str, url: str, **given: Any) -> tuple[httpx.Response, bytes]:
        for left in reversed(range(TRIES)):
            answer, data = self._once(method, url, **given)
            if answer.status_code not in _BUSY or not left:
                return answer, data
            self._pause(asked_to_wait(answer.headers.get("Retry-After", ""), PATIENCE, otherwise=2.0))
        raise SourceFailed("The source cannot be reached.", why="unreachable")

    def _once(self, method: str, url: str, **given: Any) -> tuple[httpx.Response, bytes]:
        self._pages += 1
        if self._pages > MOST_PAGES or time.monotonic() > self._ends:
            raise SourceFailed("The source's lists have no end.", why="too_much")
        try:
            with self._client.stream(method, url, **given) as answer:
                too_much = SourceFailed("The source sends too much in one answer.", why="too_much")
                data = bounded(answer.iter_bytes(), MOST_BYTES, too_much)
        except httpx.HTTPError as error:
            log.warning("roster source: %s", type(error).__name__)
            raise SourceFailed("The source cannot be reached.", why="unreachable") from error
        if not self._heard and "Date" in answer.headers:
            self._heard = True
            try:
                self.began = min(self.began, parsedate_to_datetime(answer.headers["Date"]).astimezone(UTC))
            except ValueError:
                log.warning("roster source: its clock cannot be read")
        return answer, data


def _json(answer: httpx.Response, data: bytes) -> Any:
    if not answer.is_success:
        raise SourceFailed(f"The source answers with {answer.status_code}.", why=f"status {answer.status_code}")
    try:
        return json.loads(data)
    except (ValueError, RecursionError):
        raise SourceFailed("The source answers with something else than JSON.", why="json") from None


def rows_in(told: Any, name: str) -> list[dict[str, Any]]:
    """The objects of a list in an answer. Raises SourceFailed for any other shape."""
    some = told.get(name) if isinstance(told, dict) else None
    if not isinstance(some, list) or not all(isinstance(one, dict) for one in some):
        raise SourceFailed("The source answers with something else than was asked.", why="shape")
    return some
