"""New keys for seals, and the certificates that come back: PEM, DER or PKCS#7, in whatever order."""

from __future__ import annotations

import secrets
from collections.abc import Sequence
from pathlib import Path

from cryptography import x509
from cryptography.hazmat.primitives.asymmetric import ec, rsa
from cryptography.hazmat.primitives.serialization import BestAvailableEncryption, Encoding, PublicFormat, pkcs7, pkcs12

from testamur.kernel.base.refused import Refused
from testamur.trust.sealing.cms import CertificatesInvalid
from testamur.trust.sealing.rules import Algorithm, parse_locator, pkcs12_locator
from testamur.trust.sealing.testpki import write_secret

MAX_FILE = 200_000
MAX_CERTIFICATES = 20


class CertificatesUnreadable(CertificatesInvalid):
    """The file holds no certificate in a form that is known."""

    code = "sealing.certificates.unreadable"


class OtherKey(Refused):
    """None of the certificates is for the seal's key."""

    code = "sealing.certificates.other_key"


class IssuerMissing(Refused):
    """The certificate of the authority that issued the seal's certificate is not among them."""

    code = "sealing.certificates.issuer_missing"


def make_key_file(folder: Path, *, stem: str, algorithm: Algorithm) -> str:
    """Make a key in a PKCS#12 file with a password of its own beside it (both mode 0600); returns its locator."""
    private = (
        rsa.generate_private_key(public_exponent=65537, key_size=algorithm.rsa_bits)
        if algorithm.rsa_bits
        else ec.generate_private_key(ec.SECP256R1())
    )
    password = secrets.token_hex(24).encode()
    folder.mkdir(parents=True, exist_ok=True, mode=0o700)
    name = f"{stem}-{secrets.token_hex(6)}"
    held = pkcs12.serialize_key_and_certificates(name.encode(), private, None, None, BestAvailableEncryption(password))
    path, password_path = folder / f"{name}.p12", folder / f"{name}.pass"
    write_secret(password_path, password)
    write_secret(path, held)
    return pkcs12_locator(str(path.resolve()), str(password_path.resolve()))


def remove_key_file(locator: str) -> None:
    """Remove a key that was just made and that nothing names."""
    told = parse_locator(locator)
    for path in (told.path, told.option("pass-source")):
        Path(path).unlink(missing_ok=True)


def read_certificates(files: Sequence[bytes]) -> list[x509.Certificate]:
    """All certificates of the files, each once. Raises `CertificatesUnreadable`."""
    found: dict[bytes, x509.Certificate] = {}
    for data in files:
        for one in _read(data):
            found[one.public_bytes(Encoding.DER)] = one
    if len(found) > MAX_CERTIFICATES:
        raise CertificatesUnreadable("There are too many certificates.", field="certificates")
    return list(found.values())


def chain_for(public_key: bytes, certificates: Sequence[x509.Certificate]) -> tuple[list[bytes], bytes | None]:
    """The seal's certificate first, then its issuers as far as they are there; and the root, if it is among them.

    `public_key` is the SubjectPublicKeyInfo of the seal's key. Raises `OtherKey`, `IssuerMissing`.
    """
    leaf = next((c for c in certificates if _spki(c) == public_key), None)
    if leaf is None:
        raise OtherKey("None of the certificates is for this key: was another request sent?", field="certificates")
    way, root = [leaf], None
    while (above := _issuer(way[-1], certificates)) is not None and above not in way:
        way.append(above)
    if way[-1].issuer == way[-1].subject:
        root = way[-1].public_bytes(Encoding.DER)
    if len(way) == 1:
        raise IssuerMissing(
            "The certificate of the authority that issued it is missing: send the whole chain.", field="certificates"
        )
    return [c.public_bytes(Encoding.DER) for c in way], root


def _issuer(child: x509.Certificate, among: Sequence[x509.Certificate]) -> x509.Certificate | None:
    for one in among:
        if one is child or one.subject != child.issuer:
            continue
        try:
            child.verify_directly_issued_by(one)
        except Exception:  # noqa: BLE001, S112 - any failure, the library names many: this one did not issue it
            continue
        return one
    return None


def _spki(certificate: x509.Certificate) -> bytes:
    try:
        return certificate.public_key().public_bytes(Encoding.DER, PublicFormat.SubjectPublicKeyInfo)
    except (ValueError, TypeError):
        return b""


def _read(data: bytes) -> list[x509.Certificate]:
    if len(data) > MAX_FILE:
        raise CertificatesUnreadable("The file is too large to hold certificates.", field="certificates")
    readers = (
        (x509.load_pem_x509_certificates, pkcs7.load_pem_pkcs7_certificates)
        if b"-----BEGIN" in data
        else (lambda der: [x509.load_der_x509_certificate(der)], pkcs7.load_der_pkcs7_certificates)
    )
    for reader in readers:
        try:
            return list(reader(data))
        except ValueError:
            continue
    raise CertificatesUnreadable("The file holds no certificate as PEM, DER or PKCS#7.", field="certificates")
