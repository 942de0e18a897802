"""One call to the registry: media types, pace, time limits, and every answer that is no success as one typed refusal.

Only calls that change nothing are tried a second time; what may have been done is looked for by whoever goes on.
"""

from __future__ import annotations

import json
import logging
import threading
import time
from collections.abc import Callable, Mapping
from typing import Any, Literal

import httpx

from testamur.exchange.connectors.ladok.settings import LadokSettings
from testamur.kernel.base.answers import asked_to_wait, bounded, json_object
from testamur.kernel.base.refused import Refused

log = logging.getLogger(__name__)

MAX_ANSWER = 40_000_000
"""Bytes of an answer that are read; more is nothing that was asked for."""
PAUSE = 0.2
"""Seconds before the second try of a call that changes nothing."""
LONGEST_WAIT = 3600
MESSAGE = 400
ATOM = "application/atom+xml"
Service = Literal["resultat", "kataloginformation", "studentinformation", "studiedeltagande", "utbildningsinformation"]


class RegistryRefused(Refused):
    """The registry said no. Its own message is shown; the id of the fault (FelUID) is written to the log.

    `found` has ``fault`` (FelUID), ``group`` (Felgrupp) and ``status``.
    """

    code = "connectors.registry.refused"


class RegistryDown(Refused):
    """The registry cannot be reached, is slow, or asks us to wait; what was asked may have been done all the same."""

    code = "connectors.registry.down"
    wait: float = 0.0
    """Seconds that the registry asks for; 0 where it does not say."""


class NotAuthorised(RegistryDown):
    """Our certificate is not accepted: nothing goes until somebody renews it."""

    code = "connectors.registry.not_authorised"


class BadAnswer(Refused):
    """The registry's answer has not the shape that its documentation gives."""

    code = "connectors.registry.bad_answer"


class Bucket:
    """At most `rate` calls a second, after a burst of as many; 0 is no bound. Threads share it."""

    def __init__(
        self,
        rate: float,
        *,
        monotonic: Callable[[], float] = time.monotonic,
        sleep: Callable[[float], None] = time.sleep,
    ) -> None:
        """`monotonic` and `sleep` are the machine's own, except in tests."""
        self._rate, self._room = rate, max(1.0, rate)
        self._left, self._at = self._room, monotonic()
        self._monotonic, self._sleep = monotonic, sleep
        self._lock = threading.Lock()

    def take(self) -> None:
        """Wait for one's turn."""
        if not self._rate:
            return
        with self._lock:
            now = self._monotonic()
            self._left = min(self._room, self._left + (now - self._at) * self._rate)
            self._at = now
            self._left -= 1
            wait = max(0.0, -self._left / self._rate)
        if wait:
            self._sleep(wait)


class Wire:
    """Calls over one kept connection."""

    def __init__(
        self, http: httpx.Client, url: str, *, bucket: Bucket, sleep: Callable[[float], None] = time.sleep
    ) -> None:
        """`http` carries the TLS context and the time limits; `url` is the base of the API and ends with ``/``."""
        self._http, self._url, self._bucket, self._sleep = http, url, bucket, sleep
        self._base = httpx.URL(url)

    def close(self) -> None:
        """Let go of the connection."""
        self._http.close()

    def get(self, service: Service, path: str) -> Any:
        """Read something: JSON. Raises `RegistryRefused`, `RegistryDown`, `BadAnswer`."""
        return self._json(self._twice("GET", path, service, None))

    def ask(self, service: Service, path: str, body: Mapping[str, Any]) -> Any:
        """A PUT that only searches or checks: JSON. Raises as `get`."""
        return self._json(self._twice("PUT", path, service, body))

    def write(self, method: Literal["PUT", "POST"], service: Service, path: str, body: Mapping[str, Any]) -> Any:
        """Change something, once: JSON. Raises as `get`; after `RegistryDown` nobody knows whether it was done."""
        return self._json(self._once(method, path, service, body))

    def atom(self, address: str) -> bytes:
        """A page of the feed. `address` is a path of ours, or a link of the registry's on the very same host."""
        return self._twice("GET", self._ours(address), None, None)

    def _ours(self, address: str) -> str:
        link = self._base.join(address)
        if (link.host, link.port or 443) != (self._base.host, self._base.port or 443) or link.scheme != "https":
            raise BadAnswer("The registry's feed points to another host.", field="feed")
        return str(link)

    def _twice(self, method: str, path: str, service: Service | None, body: Mapping[str, Any] | None) -> bytes:
        try:
            return self._once(method, path, service, body)
        except NotAuthorised:
            raise
        except RegistryDown as down:
            if down.wait:  # it told us when to come again: that is not now
                raise
            self._sleep(PAUSE)
            return self._once(method, path, service, body)

    def _once(self, method: str, path: str, service: Service | None, body: Mapping[str, Any] | None) -> bytes:
        self._bucket.take()
        media = f"application/vnd.ladok-{service}+json" if service else ATOM
        headers = {"Accept": media}
        content = None
        if body is not None:
            headers["Content-Type"] = media
            content = json.dumps(body, ensure_ascii=False, separators=(",", ":")).encode()
        url = path if path.startswith("https:") else self._url + path
        try:
            with self._http.stream(method, url, content=content, headers=headers) as reply:
                data = bounded(reply.iter_bytes(), MAX_ANSWER, BadAnswer("The registry's answer is too long."))
        except httpx.HTTPError as error:
            raise RegistryDown(f"The registry cannot be reached ({type(error).__name__}).") from error
        if reply.is_success:
            return data
        raise refusal(reply.status_code, data, reply.headers.get("Retry-After", ""))

    @staticmethod
    def _json(data: bytes) -> Any:
        if not data:
            return {}
        try:
            return json.loads(data)
        except (ValueError, RecursionError) as error:
            raise BadAnswer("The registry's answer is no JSON.") from error


def http_client(settings: LadokSettings) -> httpx.Client:
    """The client for production: our TLS context, no proxy from the environment, no redirects."""
    return httpx.Client(
        verify=settings.ssl_context(), timeout=settings.timeout, trust_env=False, follow_redirects=False
    )


def refusal(status: int, data: bytes, retry_after: str = "") -> Refused:
    """The one refusal for an answer without success. 401 and 403 name our certificate; 408, 429 and 5xx will pass."""
    if 300 <= status < 400:  # noqa: PLR2004 - redirects
        return BadAnswer("The registry sends us elsewhere; we do not follow.", status=status)
    told = json_object(data)
    message = str(told.get("Meddelande") or told.get("DetaljkodText") or told.get("Felgrupptext") or "")[:MESSAGE]
    fault = str(told.get("FelUID") or "")[:64]
    group = str(told.get("Felgrupp") or told.get("Detaljkod") or "")[:120]
    log.warning("the registry answered %s %s FelUID=%s", status, group, fault)
    if status in {401, 403}:
        return NotAuthorised(message or "The registry does not accept our certificate.", status=status, fault=fault)
    if status in {408, 429} or status >= 500:  # noqa: PLR2004 - server errors
        down = RegistryDown(message or f"The registry answered {status}.", status=status, fault=fault)
        down.wait = asked_to_wait(retry_after, LONGEST_WAIT)
        return down
    return RegistryRefused(message or f"The registry answered {status}.", fault=fault, group=group, status=status)
