"""BankID as a signing method."""

from __future__ import annotations

import base64
import binascii
from collections.abc import Mapping
from datetime import datetime
from functools import lru_cache

from testamur.kernel.proofs.bankid import PRODUCTION_POLICIES, TEST_POLICIES, EvidenceError, verify_bankid
from testamur.kernel.proofs.evidence import BANKID_SCHEMES
from testamur.kernel.proofs.jcs import canonical, parse_canonical
from testamur.trust.signing.methods.bankid import messages, qr
from testamur.trust.signing.methods.bankid.client import BankIdClient, OrderGone, Request, Requirement, Web, http_client
from testamur.trust.signing.methods.bankid.settings import BankIdSettings, NotSetUp
from testamur.trust.signing.methods.bankid.settings import configured as configured_settings
from testamur.trust.signing.methods.contract import (
    Begun,
    Checked,
    Device,
    EvidenceRefused,
    Order,
    Progress,
    StartView,
    Status,
)
from testamur.trust.signing.rules import State, b64

NAME = "bankid"

_OUTCOMES = {
    "expiredTransaction": State.EXPIRED,
    "startFailed": State.EXPIRED,
    "userCancel": State.CANCELLED,
    "cancelled": State.CANCELLED,
    "userDeclinedCall": State.CANCELLED,
}


class BankId:
    """Signs with `/sign` (or `/phone/sign`) for exactly one personal number."""

    name = NAME
    schemes = BANKID_SCHEMES
    patience = 2.0
    lifetime = 600.0  # an order lives 3 minutes, its answer 3 to 5 more
    confirms = False

    def __init__(self, client: BankIdClient, settings: BankIdSettings) -> None:
        """`client` speaks to the environment that `settings` describe."""
        self._client = client
        self._settings = settings

    def begin(self, order: Order, device: Device) -> Begun:
        """Start the order at BankID."""
        requirement = Requirement(personal_number=order.identifier, certificate_policies=self._settings.policies)
        web = Web(device.domain, device.user_agent, device.device_id) if device.domain and device.device_id else None
        request = Request(
            end_user_ip=device.ip,
            visible=order.visible,
            nonvisible=order.nonvisible,
            requirement=requirement,
            return_url=device.return_url,
            web=web,
        )
        started = self._client.phone_sign(request, initiator="user") if device.by_phone else self._client.sign(request)
        start = {
            "auto_start_token": started.auto_start_token,
            "qr_start_token": started.qr_start_token,
            "qr_start_secret": started.qr_start_secret,
        }
        return Begun(started.order_ref, started.elapsed, {} if device.by_phone else start)

    def collect(self, reference: str, order: Order, now: datetime) -> Progress:  # noqa: ARG002 - BankID keeps the order
        """Ask BankID once."""
        answer = self._client.collect(reference)
        if answer.completion is None:
            return Progress(Status(answer.status), answer.hint)
        proof = canonical(
            {
                "signature": b64(answer.completion.signature),
                "ocsp": b64(answer.completion.ocsp_response),
            }
        )
        return Progress(Status.COMPLETE, answer.hint, proof)

    def cancel(self, reference: str) -> None:
        """Withdraw; an order that is gone needs no withdrawing."""
        try:
            self._client.cancel(reference)
        except OrderGone:
            return

    def check(self, proof: bytes, *, visible: bytes, nonvisible: bytes) -> Checked:
        """The whole of `kernel.proofs.bankid`: shape, signature, chain to the pinned roots, OCSP, signed bytes."""
        settings = self._settings
        try:
            given = parse_canonical(proof)
            signature = base64.b64decode(given["signature"], validate=True)
            ocsp = base64.b64decode(given["ocsp"], validate=True)
        except (ValueError, KeyError, TypeError, binascii.Error) as error:
            raise EvidenceRefused("BankID's answer cannot be read.", reason="bankid.malformed") from error
        try:
            found = verify_bankid(
                signature,
                ocsp,
                roots=settings.root_ders(),
                expected_nonvisible=nonvisible,
                expected_visible=visible,
                expected_rp_name=settings.relying_party or None,
                policies=settings.policies or TEST_POLICIES | PRODUCTION_POLICIES,
            )
        except EvidenceError as error:
            if error.undecided:  # our own trust settings lack something: the answer waits until they are mended
                raise NotSetUp(str(error), field="signature_roots") from error
            raise EvidenceRefused(str(error), reason=error.code) from error
        return Checked(BANKID_SCHEMES, found.personal_number, found.name, found.signed_at)

    def outcome(self, hint: str) -> str:
        """Which end a failed order is for us."""
        return _OUTCOMES.get(hint, State.FAILED)

    def message(self, hint: str, *, failed: bool, locale: str, same_device: bool) -> tuple[str, str]:
        """BankID's message id and the words for it."""
        find = messages.failed if failed else messages.pending
        message_id = find(hint, same_device=same_device)
        return message_id, messages.text(message_id, locale)

    def start_view(self, start: Mapping[str, str], *, begun: datetime, now: datetime) -> StartView:
        """QR text of this second and links; the secret they are made from stays here."""
        if not start:
            return StartView()
        token = start["auto_start_token"]
        # with a returnUrl the link carries no redirect: BankID takes the address from the order
        return StartView(
            qr=qr.qr_at(token=start["qr_start_token"], secret=start["qr_start_secret"], begun=begun, now=now),
            app_link=qr.app_link(token),
            desktop_link=qr.desktop_link(token),
        )


@lru_cache(maxsize=4)
def connected(settings: BankIdSettings) -> BankId:
    """One method, with one pool of connections, per process and environment. Raises `NotSetUp`."""
    return BankId(BankIdClient(http_client(settings.ssl_context(), settings.timeout), settings.url), settings)


def configured() -> BankId:
    """The method as ``TESTAMUR_BANKID_*`` says. Raises `NotSetUp`."""
    return connected(configured_settings())
