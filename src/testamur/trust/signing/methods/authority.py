"""A small certificate authority in a folder: one root, and a fresh certificate for each signature that it attests."""

from __future__ import annotations

import os
import shutil
import tempfile
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import UTC, datetime
from functools import lru_cache
from pathlib import Path

from cryptography import x509
from cryptography.hazmat.primitives import hashes
from cryptography.hazmat.primitives.asymmetric import ec
from cryptography.hazmat.primitives.serialization import (
    Encoding,
    NoEncryption,
    PrivateFormat,
    load_pem_private_key,
)
from cryptography.x509.oid import NameOID

LONGEST_NAME = 64
"""X.520: characters of a common name, an organisation or a unit."""


@dataclass(frozen=True, slots=True)
class Authority:
    """A root whose key never leaves the folder it was made in."""

    certificate: x509.Certificate
    key: ec.EllipticCurvePrivateKey

    @property
    def root_der(self) -> bytes:
        """What goes into ``eid_roots`` of the trust bundle."""
        return self.certificate.public_bytes(Encoding.DER)

    def issue(
        self, attributes: Sequence[tuple[x509.ObjectIdentifier, str]], *, start: datetime, end: datetime
    ) -> tuple[ec.EllipticCurvePrivateKey, x509.Certificate]:
        """A new P-256 key and its certificate for that subject, to sign with once or as often as it is kept."""
        key = ec.generate_private_key(ec.SECP256R1())
        certificate = (
            x509.CertificateBuilder()
            .subject_name(x509.Name([x509.NameAttribute(oid, value) for oid, value in attributes]))
            .issuer_name(self.certificate.subject)
            .public_key(key.public_key())
            .serial_number(x509.random_serial_number())
            .not_valid_before(start)
            .not_valid_after(end)
            .add_extension(x509.BasicConstraints(ca=False, path_length=None), critical=True)
            .add_extension(_usage(ca=False), critical=True)
            .add_extension(x509.AuthorityKeyIdentifier.from_issuer_public_key(self.key.public_key()), critical=False)
            .sign(self.key, hashes.SHA256())
        )
        return key, certificate


def authority(folder: Path, *, organisation: str, name: str) -> Authority:
    """The authority in `folder`, made there the first time (key mode 0600). Safe when two processes come first."""
    if not (folder / "root.pem").exists():
        _make(folder, organisation, name)
    return _load(folder.resolve())


@lru_cache(maxsize=16)
def _load(folder: Path) -> Authority:
    key = load_pem_private_key((folder / "root.key").read_bytes(), password=None)
    assert isinstance(key, ec.EllipticCurvePrivateKey)
    return Authority(x509.load_pem_x509_certificate((folder / "root.pem").read_bytes()), key)


def _make(folder: Path, organisation: str, common_name: str) -> None:
    key = ec.generate_private_key(ec.SECP256R1())
    name = x509.Name(
        [
            x509.NameAttribute(NameOID.ORGANIZATION_NAME, organisation),
            x509.NameAttribute(NameOID.COMMON_NAME, common_name),
        ]
    )
    certificate = (
        x509.CertificateBuilder()
        .subject_name(name)
        .issuer_name(name)
        .public_key(key.public_key())
        .serial_number(x509.random_serial_number())
        .not_valid_before(datetime(2020, 1, 1, tzinfo=UTC))
        .not_valid_after(datetime(2045, 1, 1, tzinfo=UTC))
        .add_extension(x509.BasicConstraints(ca=True, path_length=0), critical=True)
        .add_extension(_usage(ca=True), critical=True)
        .add_extension(x509.SubjectKeyIdentifier.from_public_key(key.public_key()), critical=False)
        .sign(key, hashes.SHA256())
    )
    folder.parent.mkdir(parents=True, exist_ok=True)
    made = Path(tempfile.mkdtemp(prefix=".making-", dir=folder.parent))  # mode 0700
    try:
        with os.fdopen(os.open(made / "root.key", os.O_WRONLY | os.O_CREAT | os.O_EXCL, 0o600), "wb") as file:
            file.write(key.private_bytes(Encoding.PEM, PrivateFormat.PKCS8, NoEncryption()))
        (made / "root.pem").write_bytes(certificate.public_bytes(Encoding.PEM))
        made.rename(folder)  # whole or not at all; fails when another process was first, and then theirs counts
    except OSError:
        if not (folder / "root.pem").exists():
            raise
    finally:
        shutil.rmtree(made, ignore_errors=True)


def _usage(*, ca: bool) -> x509.KeyUsage:
    return x509.KeyUsage(
        digital_signature=not ca,
        content_commitment=not ca,
        key_encipherment=False,
        data_encipherment=False,
        key_agreement=False,
        key_cert_sign=ca,
        crl_sign=ca,
        encipher_only=False,
        decipher_only=False,
    )
