"""Calls to the store: put a numbered batch, ask for the receipt of a number. Every other answer is one typed refusal.

::

    PUT senders/<sender>/batches/<number>     Content-Type: application/zip, Batch-SHA256: <digest of batch.xml>
    GET senders/<sender>/batches/<number>

200 is a receipt; 202 says that the store is at work (ask again, after ``Retry-After``); 404 that it has no such batch;
409 ``{"code": "out_of_sequence", "expected": n}`` or ``{"code": "other_batch"}``; another 4xx ``{"code", "text"}``
that the batch as a whole is refused and was not taken. A batch put twice is taken once.
"""

from __future__ import annotations

import logging
from collections.abc import Mapping
from typing import Self
from urllib.parse import quote

import httpx

from testamur.exchange.connectors.ministry.settings import StoreSettings
from testamur.kernel.base.answers import asked_to_wait, bounded, json_object
from testamur.kernel.base.refused import Refused

log = logging.getLogger(__name__)

MAX_ANSWER = 20_000_000
"""Bytes of an answer that are read; a receipt for a thousand records is below one million."""
LONGEST_WAIT = 3600
MESSAGE = 400
_OK, _WORKING, _UNKNOWN, _CONFLICT = 200, 202, 404, 409


class StoreDown(Refused):
    """The store cannot be reached, is slow, or asks us to wait; what was put may have been taken all the same."""

    code = "connectors.delivery.down"
    wait: float = 0.0
    """Seconds that the store asks for; 0 where it does not say."""


class StillWorking(StoreDown):
    """The store has the batch and has not finished with it."""

    code = "connectors.delivery.working"


class NotAuthorised(StoreDown):
    """Our certificate is not accepted: nothing goes until somebody renews it."""

    code = "connectors.delivery.not_authorised"


class OutOfStep(Refused):
    """The store counts otherwise than we do, or has another batch under this number: a person looks at it."""

    code = "connectors.delivery.out_of_step"


class BatchRefused(Refused):
    """The store refuses the batch as a whole, and has not taken it."""

    code = "connectors.delivery.batch_refused"


class Wire:
    """Calls over one kept connection."""

    def __init__(self, http: httpx.Client, url: str) -> None:
        """`http` carries the TLS context and the time limits; `url` ends with ``/``."""
        self._http, self._url = http, url

    @classmethod
    def of(cls, settings: StoreSettings) -> Self:
        """Our TLS context, no proxy from the environment, no redirects. Raises `NotSetUp`."""
        client = httpx.Client(
            verify=settings.ssl_context(), timeout=settings.timeout, trust_env=False, follow_redirects=False
        )
        return cls(client, settings.url)

    def __enter__(self) -> Self:
        return self

    def __exit__(self, *_error: object) -> None:
        self._http.close()

    def ask(self, sender: str, number: int) -> bytes | None:
        """The answer to a batch that may have been put; None when the store has none of that number.

        Raises `StillWorking`, `StoreDown`, `BatchRefused`.
        """
        status, data, headers = self._call("GET", sender, number, None, {})
        if status == _UNKNOWN:
            return None
        return self._answer(status, data, headers)

    def put(self, sender: str, number: int, digest: str, container: bytes) -> bytes:
        """Send a batch; the same one may be put again.

        Raises `StillWorking`, `StoreDown`, `OutOfStep`, `BatchRefused`.
        """
        headers = {"Content-Type": "application/zip", "Batch-SHA256": digest, "Idempotency-Key": f"{sender}/{number}"}
        return self._answer(*self._call("PUT", sender, number, container, headers))

    def _call(
        self, method: str, sender: str, number: int, content: bytes | None, headers: Mapping[str, str]
    ) -> tuple[int, bytes, httpx.Headers]:
        url = f"{self._url}senders/{quote(sender, safe='')}/batches/{number}"
        too_long = StoreDown("The store's answer is too long.")
        try:
            with self._http.stream(method, url, content=content, headers=dict(headers)) as reply:
                return reply.status_code, bounded(reply.iter_bytes(), MAX_ANSWER, too_long), reply.headers
        except httpx.HTTPError as error:
            raise StoreDown(f"The store cannot be reached ({type(error).__name__}).") from error

    @staticmethod
    def _answer(status: int, data: bytes, headers: httpx.Headers) -> bytes:
        if status == _OK:
            return data
        raise refusal(status, data, headers.get("Retry-After", ""))


def refusal(status: int, data: bytes, retry_after: str = "") -> Refused:
    """The one refusal for an answer that is no receipt."""
    told = json_object(data)
    code, text = str(told.get("code") or "")[:80], str(told.get("text") or "")[:MESSAGE]
    log.warning("the store answered %s %s", status, code)
    if status == _WORKING:
        return _waits(StillWorking("The store has not finished with the batch."), retry_after)
    if status in {401, 403}:
        return NotAuthorised(text or "The store does not accept our certificate.", status=status)
    if status in {408, 425, 429} or status >= 500 or status < 400:  # noqa: PLR2004 - server errors, and no answer of ours
        return _waits(StoreDown(text or f"The store answered {status}.", status=status), retry_after)
    if status == _CONFLICT and code in {"out_of_sequence", "other_batch"}:
        return OutOfStep(f"The store counts otherwise: {code} {told.get('expected', '')}".strip() + ".", status=status)
    return BatchRefused(text or f"The store answered {status}.", status=status, said=code or str(status))


def _waits(down: StoreDown, retry_after: str) -> StoreDown:
    down.wait = asked_to_wait(retry_after, LONGEST_WAIT)
    return down
