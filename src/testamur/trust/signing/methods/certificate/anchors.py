"""The authorities of personal certificates that are trusted here, and the TEST authority of a demonstration."""

from __future__ import annotations

from datetime import datetime, timedelta
from functools import lru_cache
from pathlib import Path

from cryptography import x509
from cryptography.hazmat.primitives.asymmetric import ec
from cryptography.hazmat.primitives.serialization import BestAvailableEncryption, Encoding, pkcs12
from cryptography.x509.oid import NameOID
from django.conf import settings

from testamur.kernel.base.refused import Refused
from testamur.trust.signing.methods.authority import LONGEST_NAME, Authority, authority
from testamur.trust.signing.methods.certificate.certificates import UID

PREFIXES = {"vn.cccd": "CCCD:", "se.personnummer": "PNOSE-", "bg.egn": "PNOBG-"}


class NotSetUp(Refused):
    """No authority of personal certificates is named here, or its file cannot be used."""

    code = "signing.certificate.not_set_up"


def roots() -> tuple[bytes, ...]:
    """DER of the pinned roots: ``TESTAMUR_PERSONAL_ROOTS``, in a demonstration the TEST authority too; may be empty."""
    found = _ders(settings.PERSONAL_ROOTS) if settings.PERSONAL_ROOTS else ()
    if settings.MODE == "demo":
        return (*found, test_ca(test_folder()).root_der)
    return found


def required() -> tuple[bytes, ...]:
    """As `roots`. Raises `NotSetUp` where there are none."""
    found = roots()
    if not found:
        raise NotSetUp("No authority of personal certificates is named here.", field="method")
    return found


def test_folder() -> Path:
    """Where a demonstration's authority lives."""
    return Path(settings.DATA) / "keys" / "personal-ca"


def test_ca(folder: Path) -> Authority:
    """The TEST authority in `folder`, made there the first time."""
    return authority(folder, organisation="Testamur TEST", name="TEST personal certificates (prove nothing)")


def invented_certificate(
    ca: Authority, *, name: str, scheme: str, identifier: str, now: datetime, days: int = 730
) -> tuple[ec.EllipticCurvePrivateKey, x509.Certificate]:
    """A key and certificate of an invented person, the number where the country's authorities write it."""
    attribute = UID if scheme == "vn.cccd" else NameOID.SERIAL_NUMBER
    return ca.issue(
        [
            (attribute, f"{PREFIXES.get(scheme, f'{scheme}:')}{identifier}"),
            (NameOID.COMMON_NAME, name[: LONGEST_NAME - 6] + " TEST"),
        ],
        start=now - timedelta(days=1),
        end=now + timedelta(days=days),
    )


def invented_p12(key: ec.EllipticCurvePrivateKey, certificate: x509.Certificate, password: str) -> bytes:
    """A PKCS#12 file of it, as an authority hands it out."""
    return pkcs12.serialize_key_and_certificates(
        b"signing", key, certificate, None, BestAvailableEncryption(password.encode())
    )


@lru_cache(maxsize=8)
def _ders(path: Path) -> tuple[bytes, ...]:
    try:
        found = x509.load_pem_x509_certificates(path.read_bytes())
    except (OSError, ValueError) as error:
        raise NotSetUp(f"{path} holds no certificates.", field="method") from error
    return tuple(certificate.public_bytes(Encoding.DER) for certificate in found)
