"""A five-digit code by SMS to the work telephone of the staff directory (rows B12, B13; docs/formats.md §4, ``sms``).

No e-ID: when the code comes back, a key of the installation attests that a code which was sent to that telephone for
this very ceremony was returned in time. The method sends nothing and writes nothing; `signing.actions` posts the code
and keeps what is to be kept, of which neither the code nor the number can be learnt.
"""

from __future__ import annotations

import hmac
import secrets
from collections.abc import Mapping
from datetime import datetime, timedelta
from hashlib import sha256
from pathlib import Path

from cryptography.hazmat.primitives import hashes
from cryptography.hazmat.primitives.asymmetric import ec
from cryptography.hazmat.primitives.serialization import Encoding, NoEncryption, PrivateFormat
from cryptography.x509.oid import NameOID
from django.conf import settings

from testamur.kernel.base.clock import stamp
from testamur.kernel.base.hiding import derive, keyed, same
from testamur.kernel.proofs import attested
from testamur.kernel.proofs.attested import SMS_LIFETIME, SMS_PURPOSE, SMS_SIGNED, SMS_TRIES, SMS_UNIT
from testamur.kernel.proofs.jcs import canonical, parse_canonical
from testamur.kernel.proofs.report import EvidenceError
from testamur.trust.signing import texts
from testamur.trust.signing.methods.authority import LONGEST_NAME, Authority, authority
from testamur.trust.signing.methods.contract import (
    Begun,
    Checked,
    CodeView,
    Confirmed,
    Device,
    EvidenceRefused,
    Order,
    Progress,
    StartView,
    Status,
)
from testamur.trust.signing.rules import CODE_DIGITS, State, b64

NAME = "sms"
WAITING = "codeSent"
_SLACK = timedelta(minutes=5)
"""How long before and after it the certificate of one attestation is valid; its key is forgotten at once."""


class Sms:
    """The method. A code is right for one ceremony, one content, one person and one telephone only."""

    name = NAME
    schemes: tuple[str, ...] = ()
    patience = 5.0
    lifetime = SMS_LIFETIME.total_seconds()
    confirms = True

    def __init__(self, ca: Authority) -> None:
        """`ca` attests."""
        self._ca = ca

    def begin(self, order: Order, device: Device) -> Begun:  # noqa: ARG002 - the code goes to the telephone, whatever the browser
        """Make a code; the caller sends it."""
        code = f"{secrets.randbelow(10**CODE_DIGITS):0{CODE_DIGITS}d}"
        salt = secrets.token_hex(16)
        kept = {"salt": salt, "left": str(SMS_TRIES), "last": order.phone[-2:], "commitment": self.commitment(order)}
        kept["digest"] = code_digest(order, kept, code)
        return Begun(reference=f"{order.ceremony}-{secrets.token_hex(4)}", start=kept, code=code)

    def commitment(self, order: Order) -> str:
        """What binds the evidence to the number without showing it: HMAC under a key for this ceremony alone.

        The issuer can open one ceremony by giving away its key; nobody else can try out numbers.
        """
        secret = self._ca.key.private_bytes(Encoding.PEM, PrivateFormat.PKCS8, NoEncryption()).decode()
        key = hmac.digest(derive(secret, "sms commitment"), order.ceremony.encode(), "sha256")
        return hmac.digest(key, order.phone.encode(), "sha256").hex()

    def confirm(
        self, order: Order, start: Mapping[str, str], *, code: str, begun: datetime, now: datetime
    ) -> Confirmed:
        """Compare and, where the code is right, attest; a wrong one costs a try."""
        left = int(start["left"])
        if left > 0 and same(start["digest"], code_digest(order, start, code)):
            tries = SMS_TRIES - left + 1
            return Confirmed(attest(self._ca, order, start, sent_at=begun, at=now, tries=tries), start, left)
        left = max(0, left - 1)
        return Confirmed(b"", {**start, "left": str(left)}, left)

    def collect(self, reference: str, order: Order, now: datetime) -> Progress:  # noqa: ARG002 - keeps no orders
        """Nobody but the signer can bring the answer."""
        return Progress(Status.PENDING, WAITING)

    def cancel(self, reference: str) -> None:
        """Nothing is waiting anywhere."""

    def check(self, proof: bytes, *, visible: bytes, nonvisible: bytes) -> Checked:
        """Verify as anybody can, offline, and that exactly these bytes were attested."""
        try:
            found = attested.sms(parse_canonical(proof), nonvisible, [self._ca.root_der])
        except EvidenceError as error:
            raise EvidenceRefused("The attestation of the code does not verify.", reason=error.code) from error
        except (ValueError, TypeError, RecursionError) as error:
            raise EvidenceRefused("The attestation of the code does not verify.", reason="sms.invalid") from error
        if found.visible != visible:
            raise EvidenceRefused("Something else was signed than was asked.", reason="sms.other_data")
        ((scheme, identifier),) = found.identifiers
        return Checked(schemes=(scheme,), identifier=identifier, name=found.name, signed_at=found.signed_at)

    def outcome(self, hint: str) -> str:  # noqa: ARG002 - no service gives it hints
        """Never asked: the caller says how it ended."""
        return State.FAILED

    def start_view(self, start: Mapping[str, str], *, begun: datetime, now: datetime) -> StartView:  # noqa: ARG002
        """Where the code went, until when it is good, how often one may still try."""
        return StartView(code=CodeView(start["last"], begun + SMS_LIFETIME, int(start["left"])))

    def message(self, hint: str, *, failed: bool, locale: str, same_device: bool) -> tuple[str, str]:  # noqa: ARG002
        """What to do now, or why it ended; no ids, since no service of others speaks here."""
        return "", texts.code_hint(hint, failed=failed, locale=locale)


def code_digest(order: Order, start: Mapping[str, str], code: str) -> str:
    """Keyed hash that binds a code to ceremony, content, person and telephone.

    A hundred thousand values are soon tried by whoever reads the table, but not without the installation's secret.
    """
    return keyed(
        settings.SECRET_KEY,
        "signing sms code",
        start["salt"],
        order.ceremony,
        sha256(order.nonvisible).hexdigest(),
        sha256(order.visible).hexdigest(),
        f"{order.scheme}:{order.identifier}",
        start["commitment"],
        code,
    )


def attest(
    ca: Authority, order: Order, start: Mapping[str, str], *, sent_at: datetime, at: datetime, tries: int
) -> bytes:
    """The proof (JCS): a key that is used once attests what was sent where, and that it was returned."""
    subject = [
        (NameOID.SERIAL_NUMBER, f"{order.scheme}:{order.identifier}"),
        (NameOID.ORGANIZATIONAL_UNIT_NAME, SMS_UNIT),
        (NameOID.COMMON_NAME, order.signer_name[:LONGEST_NAME]),
    ]
    if order.organisation:
        subject.insert(0, (NameOID.ORGANIZATION_NAME, order.organisation[:LONGEST_NAME]))
    key, certificate = ca.issue(subject, start=at - _SLACK, end=at + _SLACK)
    values = {
        "visible": b64(order.visible),
        "nonvisible": b64(order.nonvisible),
        "sent_at": stamp(sent_at),
        "signed_at": stamp(at),
        "phone": {"last": start["last"], "commitment": start["commitment"]},
        "tries": tries,
    }
    signed = canonical({"v": 1, "purpose": SMS_PURPOSE, **{name: values[name] for name in SMS_SIGNED}})
    signature = key.sign(signed, ec.ECDSA(hashes.SHA256()))
    certificates = [b64(certificate.public_bytes(Encoding.DER))]
    return canonical({**values, "signature": b64(signature), "certificates": certificates})


def attestation_authority() -> Authority:
    """The authority of this installation, made when it is needed first."""
    test = " TEST" if settings.MODE == "demo" else ""
    return authority(folder(), organisation=f"Testamur{test}", name=f"{SMS_UNIT}{test}")


def folder() -> Path:
    """Where this installation's attestation key lives."""
    return Path(settings.DATA) / "keys" / "sms-attestation"


def configured() -> Sms:
    """The method of this installation."""
    return Sms(attestation_authority())
