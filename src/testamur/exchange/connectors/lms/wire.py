"""Asking a platform: no redirect, no proxy of the environment, bounded bytes and time, JSON or nothing."""

from __future__ import annotations

import json
import logging
import time
from collections.abc import Callable
from typing import Any, Self

import httpx

from testamur.exchange.connectors.lms.rules import Bounds, must_be_asked
from testamur.kernel.base.answers import asked_to_wait
from testamur.kernel.base.refused import Refused

log = logging.getLogger(__name__)
TRIES = 3
_PATIENCE = 2.0
"""Seconds that are waited at most for a platform that asks us to wait: somebody sits before the page."""


class PlatformFailed(Refused):
    """The platform cannot be reached, or answers with something else than was asked. `found["why"]` says what."""

    code = "connectors.lms.failed"


class PlatformBusy(PlatformFailed):
    """The platform says that it was asked too often; later it answers again."""

    code = "connectors.lms.busy"


class PlatformTooMuch(PlatformFailed):
    """The platform sends more than is taken: in one answer, in pages or in time."""

    code = "connectors.lms.too_much"


class Wire:
    """One conversation with a platform; its time runs from the beginning."""

    def __init__(
        self,
        hosts: frozenset[str],
        *,
        loopback: bool,
        bounds: Bounds | None = None,
        transport: httpx.BaseTransport | None = None,
        pause: Callable[[float], None] = time.sleep,
    ) -> None:
        """`hosts` as an administrator entered them; `transport` replaces the network in tests."""
        self.bounds = bounds or Bounds()
        self._hosts, self._loopback, self._pause = hosts, loopback, pause
        self._ends = time.monotonic() + self.bounds.seconds
        self._client = httpx.Client(
            transport=transport,
            timeout=self.bounds.silence,
            trust_env=False,
            follow_redirects=False,
            headers={"User-Agent": "testamur"},
        )

    def __enter__(self) -> Self:
        """The conversation begins."""
        return self

    def __exit__(self, *_: object) -> None:
        """Close the connections."""
        self._client.close()

    def get(self, url: str, *, accept: str, token: str = "") -> tuple[Any, str]:
        """The JSON at `url`, and the address of the next page (empty for the last). Raises a `PlatformFailed`."""
        headers = {"Accept": accept, **({"Authorization": f"Bearer {token}"} if token else {})}
        answer, data = self._asked("GET", url, headers=headers)
        following = answer.links.get("next", {}).get("url", "")
        return _json(answer, data), str(httpx.URL(url).join(following)) if following else ""

    def post(self, url: str, form: dict[str, str]) -> Any:
        """The JSON that answers a form."""
        return _json(*self._asked("POST", url, data=form, headers={"Accept": "application/json"}))

    def _asked(self, method: str, url: str, **given: Any) -> tuple[httpx.Response, bytes]:
        must_be_asked(url, hosts=self._hosts, loopback=self._loopback)
        for left in reversed(range(TRIES)):
            answer, data = self._once(method, url, **given)
            if not _busy(answer, data):
                return answer, data
            if left:
                self._pause(asked_to_wait(answer.headers.get("Retry-After", ""), _PATIENCE, otherwise=0.5))
        raise PlatformBusy("The learning platform asks us to wait.", why="busy")

    def _once(self, method: str, url: str, **given: Any) -> tuple[httpx.Response, bytes]:
        try:
            with self._client.stream(method, url, **given) as answer:
                data = bytearray()
                for piece in answer.iter_bytes():
                    data += piece
                    if len(data) > self.bounds.answer:
                        raise PlatformTooMuch("The learning platform sends too much.", why="bytes")
                    self._must_be_in_time()
                self._must_be_in_time()
                return answer, bytes(data)
        except httpx.HTTPError as error:
            log.warning("learning platform: %s", type(error).__name__)
            raise PlatformFailed("The learning platform cannot be reached.", why="unreachable") from error

    def _must_be_in_time(self) -> None:
        if time.monotonic() > self._ends:
            raise PlatformTooMuch("The learning platform takes too long.", why="time")


def _busy(answer: httpx.Response, data: bytes) -> bool:
    """429, or 403 with the words that Canvas has for the same."""
    status = answer.status_code
    return status == httpx.codes.TOO_MANY_REQUESTS or (
        status == httpx.codes.FORBIDDEN and b"rate limit exceeded" in data[:400].lower()
    )


def _json(answer: httpx.Response, data: bytes) -> Any:
    status = answer.status_code
    if status in {httpx.codes.UNAUTHORIZED, httpx.codes.FORBIDDEN}:
        raise PlatformFailed("The learning platform refuses us.", why="refused", status=status)
    if status not in {httpx.codes.OK, httpx.codes.CREATED}:
        raise PlatformFailed("The learning platform answers with an error.", why="status", status=status)
    kind = answer.headers.get("Content-Type", "").partition(";")[0].strip().lower()
    if not (kind == "application/json" or kind.endswith("+json")):
        raise PlatformFailed("The learning platform answers with something else than JSON.", why="kind")
    try:
        return json.loads(data)
    except (ValueError, RecursionError):
        raise PlatformFailed("The learning platform answers with broken JSON.", why="json") from None
