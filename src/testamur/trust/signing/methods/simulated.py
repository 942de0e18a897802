"""A simulated e-ID for demonstrations and tests (docs/formats.md section 4, ``simulated``).

It has a CA of its own under the data folder, marked TEST in every name, and signs for whoever the ceremony names, at
once. It refuses to exist outside `TESTAMUR_MODE=demo`, and nothing it signs verifies without the demo's trust bundle.
"""

from __future__ import annotations

import base64
import secrets
from collections.abc import Mapping
from datetime import datetime, timedelta
from pathlib import Path
from typing import Any

from cryptography import x509
from cryptography.exceptions import InvalidSignature
from cryptography.hazmat.primitives import hashes
from cryptography.hazmat.primitives.asymmetric import ec
from cryptography.hazmat.primitives.serialization import Encoding
from cryptography.x509.oid import NameOID
from django.conf import settings

from testamur.kernel.base.clock import parse_stamp, stamp
from testamur.kernel.base.refused import Refused
from testamur.kernel.proofs.jcs import canonical, parse_canonical
from testamur.trust.signing.methods.authority import LONGEST_NAME, Authority, authority
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

NAME = "simulated"
PURPOSE = "testamur-simulated-eid"
_PROOF_MEMBERS = {"visible", "nonvisible", "signed_at", "signature", "certificates"}


class DemoOnly(Refused):
    """The simulated e-ID proves nothing about a person; an installation in use must not have it."""

    code = "signing.simulated.demo_only"


def test_ca(folder: Path) -> Authority:
    """The TEST e-ID's authority in `folder`, made there the first time."""
    return authority(folder, organisation="Testamur TEST", name="TEST e-ID root (simulated, proves nothing)")


def _signed_bytes(visible: str, nonvisible: str, signed_at: str) -> bytes:
    return canonical(
        {
            "v": 1,
            "purpose": PURPOSE,
            "visible": visible,
            "nonvisible": nonvisible,
            "signed_at": signed_at,
        }
    )


def sign(ca: Authority, order: Order, *, at: datetime) -> bytes:
    """The proof (JCS) that the person named in `order` would give: a fresh key, a leaf, one ECDSA signature."""
    key, certificate = ca.issue(
        [
            (NameOID.SERIAL_NUMBER, f"{order.scheme}:{order.identifier}"),
            (NameOID.COMMON_NAME, order.signer_name[: LONGEST_NAME - 6] + " TEST"),
        ],
        start=at - timedelta(days=1),
        end=at + timedelta(days=730),
    )
    visible, nonvisible, signed_at = b64(order.visible), b64(order.nonvisible), stamp(at)
    signature = key.sign(_signed_bytes(visible, nonvisible, signed_at), ec.ECDSA(hashes.SHA256()))
    return canonical(
        {
            "visible": visible,
            "nonvisible": nonvisible,
            "signed_at": signed_at,
            "signature": b64(signature),
            "certificates": [b64(certificate.public_bytes(Encoding.DER))],
        }
    )


class Simulated:
    """The method: every order is signed at its first collect."""

    name = NAME
    schemes: tuple[str, ...] = ()
    patience = 0.0
    lifetime = 600.0
    confirms = False

    def __init__(self, ca: Authority) -> None:
        """`ca` signs for everybody."""
        self._ca = ca

    def begin(self, order: Order, device: Device) -> Begun:  # noqa: ARG002 - nobody is called, whatever the device
        """Accept at once."""
        return Begun(reference=f"{order.ceremony}-{secrets.token_hex(4)}")

    def collect(self, reference: str, order: Order, now: datetime) -> Progress:  # noqa: ARG002 - keeps no orders
        """Sign."""
        return Progress(Status.COMPLETE, proof=sign(self._ca, order, at=now))

    def cancel(self, reference: str) -> None:
        """Nothing is waiting anywhere."""

    def check(self, proof: bytes, *, visible: bytes, nonvisible: bytes) -> Checked:
        """Verify shape, certificate, signature and that exactly these bytes were signed."""
        try:
            return _check(proof, self._ca, visible=visible, nonvisible=nonvisible)
        except (ValueError, KeyError, TypeError, InvalidSignature, x509.ExtensionNotFound) as error:
            raise EvidenceRefused("The simulated signature does not verify.", reason="simulated.invalid") from error

    def outcome(self, hint: str) -> str:  # noqa: ARG002 - it has no hints
        """A simulated order never fails at the e-ID."""
        return State.FAILED

    def start_view(self, start: Mapping[str, str], *, begun: datetime, now: datetime) -> StartView:  # noqa: ARG002
        """There is no app to start."""
        return StartView()

    def message(self, hint: str, *, failed: bool, locale: str, same_device: bool) -> tuple[str, str]:  # noqa: ARG002
        """One text, whatever happens."""
        if locale.startswith("sv"):
            return "TEST", "TEST: den simulerade e-legitimationen skriver under."
        return "TEST", "TEST: the simulated e-ID signs."


def _check(proof: bytes, ca: Authority, *, visible: bytes, nonvisible: bytes) -> Checked:
    given: dict[str, Any] = parse_canonical(proof)
    if set(given) != _PROOF_MEMBERS or len(given["certificates"]) != 1:
        raise ValueError("members")
    if given["visible"] != b64(visible) or given["nonvisible"] != b64(nonvisible):
        raise EvidenceRefused("Something else was signed than was asked.", reason="simulated.other_data")
    leaf = x509.load_der_x509_certificate(base64.b64decode(given["certificates"][0], validate=True))
    leaf.verify_directly_issued_by(ca.certificate)
    signed_at = parse_stamp(given["signed_at"])
    key = leaf.public_key()
    if not isinstance(key, ec.EllipticCurvePublicKey) or not (
        leaf.not_valid_before_utc <= signed_at <= leaf.not_valid_after_utc
    ):
        raise ValueError("certificate")
    key.verify(
        base64.b64decode(given["signature"], validate=True),
        _signed_bytes(given["visible"], given["nonvisible"], given["signed_at"]),
        ec.ECDSA(hashes.SHA256()),
    )
    (serial,) = leaf.subject.get_attributes_for_oid(NameOID.SERIAL_NUMBER)
    (common,) = leaf.subject.get_attributes_for_oid(NameOID.COMMON_NAME)
    scheme, _, identifier = str(serial.value).partition(":")
    return Checked(schemes=(scheme,), identifier=identifier, name=str(common.value), signed_at=signed_at)


def configured() -> Simulated:
    """The method as the settings say. Raises `DemoOnly` outside a demo."""
    if settings.MODE != "demo":
        raise DemoOnly("The simulated e-ID exists in demo mode only.", field="method", mode=settings.MODE)
    return Simulated(test_ca(folder()))


def folder() -> Path:
    """Where this installation's TEST e-ID lives."""
    return Path(settings.DATA) / "keys" / "simulated-eid"
