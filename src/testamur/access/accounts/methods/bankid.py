"""BankID as a way to log in: `/auth` of the Relying Party API, and the whole of its evidence verified."""

from __future__ import annotations

import binascii
from base64 import b64decode, b64encode
from collections.abc import Iterator, Mapping
from dataclasses import replace
from datetime import datetime, timedelta
from functools import lru_cache
from hashlib import sha256
from typing import Any
from uuid import UUID

from testamur.access.accounts.methods.contract import (
    Asked,
    Begun,
    Found,
    MethodRefused,
    Progress,
    Shown,
    Stand,
    Way,
)
from testamur.access.accounts.methods.texts import intention
from testamur.access.accounts.rules import Level, Purpose
from testamur.kernel.base.clock import parse_stamp, stamp
from testamur.kernel.proofs.bankid import PRODUCTION_POLICIES, TEST_POLICIES, EvidenceError, verify_bankid
from testamur.kernel.proofs.evidence import BANKID_SCHEMES, CLOCK_SKEW
from testamur.kernel.proofs.jcs import canonical
from testamur.trust.signing.methods.bankid import messages, qr
from testamur.trust.signing.methods.bankid.client import (
    BankIdClient,
    BankIdRefused,
    Completion,
    OrderGone,
    Request,
    Requirement,
    Started,
    TooManyRequests,
    Web,
    http_client,
)
from testamur.trust.signing.methods.bankid.settings import BankIdSettings
from testamur.trust.signing.methods.bankid.settings import configured as configured_settings

_LIFETIME = timedelta(minutes=5)


class BankIdLogin:
    """Identification with BankID, level high."""

    name = "bankid"
    remote = True
    second = False
    patience = timedelta(seconds=2)

    def __init__(self, client: BankIdClient, settings: BankIdSettings) -> None:
        """`client` speaks to the environment that `settings` describe."""
        self._client = client
        self._settings = settings

    def ways(self, *, person: UUID | None) -> Iterator[Way]:  # noqa: ARG002 - for everybody
        """One."""
        yield Way(self.name, Level.HIGH)

    def begin(self, asked: Asked) -> Begun:
        """Start the order. What the person sees says where; what is signed unseen binds the order to this try."""
        browser = asked.browser
        visible = intention(browser.host, confirm=asked.purpose is Purpose.CONFIRM, locale=browser.locale).encode()
        hidden = canonical({"attempt": str(asked.attempt), "host": browser.host, "purpose": asked.purpose.value})
        request = Request(
            end_user_ip=browser.ip,
            visible=visible,
            nonvisible=hidden,
            requirement=Requirement(certificate_policies=self._settings.policies),
            return_url=asked.back if browser.same_device else "",
            web=Web(browser.host, browser.agent, browser.known) if browser.host and browser.agent else None,
        )
        try:
            started = self._client.auth(request)
        except BankIdRefused as refused:
            raise MethodRefused(str(refused), message_id=refused.message_id or messages.error("")) from refused
        return Begun(
            _kept(started, visible, hidden, asked.now), _LIFETIME, must_return=browser.same_device and bool(asked.back)
        )

    def proceed(self, kept: Mapping[str, Any], given: Mapping[str, str], now: datetime) -> Progress:  # noqa: ARG002 - the contract's shape
        """Ask once. A service that is busy or down is asked again; a final answer is judged here and now."""
        try:
            answer = self._client.collect(kept["order"])
        except OrderGone:
            return Progress("loginAnswerLost", failed=True)
        except BankIdRefused as refused:
            again = refused.again or isinstance(refused, TooManyRequests)
            return Progress() if again else Progress("internalError", failed=True)
        if answer.status == "failed":
            return Progress(answer.hint, failed=True)
        if answer.completion is None:
            return Progress(answer.hint)
        return self._judge(answer.completion, kept, now)

    def _judge(self, completion: Completion, kept: Mapping[str, Any], now: datetime) -> Progress:
        try:
            evidence = verify_bankid(
                completion.signature,
                completion.ocsp_response,
                roots=self._settings.root_ders(),
                expected_visible=b64decode(kept["visible"]),
                expected_nonvisible=b64decode(kept["hidden"]),
                require_signing=False,
                expected_rp_name=self._settings.relying_party or None,
                policies=self._settings.policies or TEST_POLICIES | PRODUCTION_POLICIES,
            )
        except (EvidenceError, binascii.Error):
            return Progress("loginEvidenceRefused", failed=True)
        begun = parse_stamp(kept["begun"])
        timely = begun - CLOCK_SKEW <= evidence.signed_at <= now + CLOCK_SKEW
        if (
            evidence.function != "Identification"
            or evidence.personal_number != completion.personal_number
            or not timely
        ):
            return Progress("loginEvidenceRefused", failed=True)
        digest = sha256(completion.signature + b"\0" + completion.ocsp_response).hexdigest()
        numbers = tuple((scheme, evidence.personal_number, "") for scheme in BANKID_SCHEMES)
        return Progress(found=Found(Level.HIGH, numbers=numbers, evidence=digest))

    def cancel(self, kept: Mapping[str, Any]) -> None:
        """Withdraw the order; one that is gone needs no withdrawing."""
        try:
            self._client.cancel(kept["order"])
        except BankIdRefused:
            return

    def shown(self, stand: Stand, now: datetime) -> Shown:
        """BankID's message for the hint; while the order is open also the code of this second and the links."""
        find = messages.failed if stand.failed else messages.pending
        if stand.failed:
            message_id = find(stand.hint, same_device=stand.same_device)
        else:
            hint = stand.hint or "outstandingTransaction"
            message_id = messages.pending(hint, same_device=stand.same_device, mobile=stand.mobile)
        shown = Shown(message_id, messages.text(message_id, stand.locale), official=messages.speaks(stand.locale))
        if stand.failed or not stand.kept:
            return shown
        token = stand.kept["auto"]
        begun = stand.begun_at + timedelta(seconds=stand.kept["elapsed"])
        code = qr.qr_at(token=stand.kept["qr_token"], secret=stand.kept["qr_secret"], begun=begun, now=now)
        # with a returnUrl the link carries no redirect: BankID takes the address from the order
        return replace(shown, qr=code, app_link=qr.app_link(token), desktop_link=qr.desktop_link(token))


def _kept(started: Started, visible: bytes, hidden: bytes, now: datetime) -> dict[str, Any]:
    return {
        "order": started.order_ref,
        "auto": started.auto_start_token,
        "qr_token": started.qr_start_token,
        "qr_secret": started.qr_start_secret,
        "elapsed": round(started.elapsed, 3),
        "visible": b64encode(visible).decode(),
        "hidden": b64encode(hidden).decode(),
        "begun": stamp(now),
    }


@lru_cache(maxsize=4)
def connected(settings: BankIdSettings) -> BankIdLogin:
    """One method, with one pool of connections, per process and environment. Raises `NotSetUp`."""
    return BankIdLogin(BankIdClient(http_client(settings.ssl_context(), settings.timeout), settings.url), settings)


def configured() -> BankIdLogin:
    """As ``TESTAMUR_BANKID_*`` says. Raises `NotSetUp`."""
    return connected(configured_settings())
