"""What the two SMS carriers have in common: one request, one JSON answer, typed trouble."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import httpx
from django.conf import settings

from testamur.kernel.delivery.channels.contract import ChannelDown, NeverSent, TryAgain

TIMEOUT = 10.0
_OURS = frozenset({401, 402, 403, 404, 405})
"""Answers that say something about our account, not about the recipient."""


@dataclass(frozen=True, slots=True)
class Account:
    """An account with a carrier. `sender` is a number in E.164 or a name of at most 11 letters.

    `currency` is that of its bills, where the carrier does not tell it with each message.
    """

    url: str
    user: str
    password: str
    sender: str
    currency: str = ""


class Carrier:
    """A thin client over an injected `httpx.Client`; it never retries by itself."""

    name = ""
    parallel = 4

    def __init__(self, account: Account, client: httpx.Client | None = None) -> None:
        """`client` is for tests; the account's address is the base of every request."""
        self.account = account
        self._client = client

    def close(self) -> None:
        """Let go of connections."""
        if self._client is not None:
            self._client.close()

    def _open(self) -> httpx.Client:
        """Made with the first message: reading the trusted roots takes longer than reading a hundred reports."""
        if self._client is None:
            known = self.account
            self._client = httpx.Client(
                base_url=known.url, auth=(known.user, known.password), timeout=TIMEOUT, follow_redirects=False
            )
        return self._client

    def post(self, path: str, form: Mapping[str, str]) -> dict[str, Any]:
        """The carrier's answer to a form. Raises NotSent."""
        try:
            answer = self._open().post(path, data=dict(form))
        except (httpx.ConnectError, httpx.ConnectTimeout) as error:
            raise ChannelDown(f"{self.name}.unreachable") from error
        except httpx.HTTPError as error:  # it may have been taken: a code that comes twice is better than none
            raise TryAgain(f"{self.name}.no_answer") from error
        status = answer.status_code
        body = _json(answer)
        if status in {200, 201}:
            if not isinstance(body.get(self.key), str):
                raise TryAgain(f"{self.name}.bad_answer")
            return body
        if status in _OURS:
            raise ChannelDown(f"{self.name}.{status}")
        if status == 429 or status >= 500:  # noqa: PLR2004 - HTTP's own numbers
            raise TryAgain(f"{self.name}.{status}")
        raise NeverSent(f"{self.name}.{_code(body) or status}")

    key = ""
    """Member of the answer that is the carrier's id of the message."""


def _json(answer: httpx.Response) -> dict[str, Any]:
    try:
        body = answer.json()
    except ValueError:
        return {}
    return body if isinstance(body, dict) else {}


def _code(body: Mapping[str, Any]) -> int:
    code = body.get("code")
    return code if isinstance(code, int) else 0


def number(told: object) -> int:
    """A small count that a carrier told, as a number or as text; 0 for anything else."""
    return int(str(told)) if str(told).isdecimal() and len(str(told)) <= 4 else 0  # noqa: PLR2004 - sanity


def account(default_url: str) -> Account:
    """The account of `settings.SMS`. Raises ValueError when something is missing."""
    known = settings.SMS
    secret = known["password_file"]
    password = Path(secret).read_text("utf-8").strip() if secret else ""
    if not (known["user"] and password and known["from"]):
        raise ValueError("SMS needs TESTAMUR_SMS_USER, TESTAMUR_SMS_PASSWORD_FILE and TESTAMUR_SMS_FROM")
    return Account(known["url"] or default_url, known["user"], password, known["from"], known.get("currency", ""))
