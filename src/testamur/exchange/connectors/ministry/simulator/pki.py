"""The simulator's certificates: a root, the server's, the client's and the one that signs receipts; all say TEST."""

from __future__ import annotations

import hashlib
import ipaddress
import os
from datetime import UTC, datetime
from pathlib import Path

from cryptography import x509
from cryptography.hazmat.primitives import hashes
from cryptography.hazmat.primitives.asymmetric import ec, utils
from cryptography.hazmat.primitives.serialization import (
    Encoding,
    NoEncryption,
    PrivateFormat,
    PublicFormat,
    load_pem_private_key,
)
from cryptography.x509.oid import ExtendedKeyUsageOID, NameOID

from testamur.trust.sealing.rules import Algorithm

_FROM, _TO = datetime(2020, 1, 1, tzinfo=UTC), datetime(2044, 12, 31, tzinfo=UTC)
_PURPOSES = {
    "server": ("localhost", ExtendedKeyUsageOID.SERVER_AUTH),
    "client": ("TEST sender", ExtendedKeyUsageOID.CLIENT_AUTH),
    "store": ("TEST store of transcripts", None),
}


class SoftKey:
    """A P-256 key in memory, as `trust.sealing.keys.contract.SealKey`."""

    algorithm = Algorithm.P256

    def __init__(self, key: ec.EllipticCurvePrivateKey) -> None:
        """Any P-256 key."""
        self._key = key
        self.public_key = key.public_key().public_bytes(Encoding.DER, PublicFormat.SubjectPublicKeyInfo)

    def sign(self, digest: bytes) -> bytes:
        """The signature over a SHA-256 digest."""
        if len(digest) != hashlib.sha256().digest_size:
            raise ValueError("a SHA-256 digest has 32 bytes")
        return self._key.sign(digest, ec.ECDSA(utils.Prehashed(hashes.SHA256())))


def make(folder: Path) -> None:
    """``root.pem``, ``server``, ``client`` and ``store`` (``.pem`` and ``.key``) in `folder`, made there once."""
    folder.mkdir(parents=True, exist_ok=True, mode=0o700)
    if (folder / "store.pem").exists():
        return
    root_key = ec.generate_private_key(ec.SECP256R1())
    root = _certificate("TEST Ministry Root CA (simulated)", root_key, None)
    (folder / "root.pem").write_bytes(root.public_bytes(Encoding.PEM))
    for name, (common, purpose) in _PURPOSES.items():
        key = ec.generate_private_key(ec.SECP256R1())
        _write(folder / name, _certificate(common, key, (root, root_key), purpose), key)


def key_of(folder: Path, name: str = "store") -> tuple[SoftKey, list[bytes]]:
    """A key of the folder with its certificate in DER."""
    key = load_pem_private_key((folder / f"{name}.key").read_bytes(), None)
    if not isinstance(key, ec.EllipticCurvePrivateKey):
        raise TypeError("the simulator's keys are of P-256")
    certificate = x509.load_pem_x509_certificate((folder / f"{name}.pem").read_bytes())
    return SoftKey(key), [certificate.public_bytes(Encoding.DER)]


def stranger() -> tuple[SoftKey, list[bytes]]:
    """A key and certificate that say the same as the store's, and are of another root."""
    root_key, key = ec.generate_private_key(ec.SECP256R1()), ec.generate_private_key(ec.SECP256R1())
    root = _certificate("TEST Ministry Root CA (simulated)", root_key, None)
    certificate = _certificate(_PURPOSES["store"][0], key, (root, root_key))
    return SoftKey(key), [certificate.public_bytes(Encoding.DER)]


def _certificate(
    common: str,
    key: ec.EllipticCurvePrivateKey,
    issuer: tuple[x509.Certificate, ec.EllipticCurvePrivateKey] | None,
    purpose: x509.ObjectIdentifier | None = None,
) -> x509.Certificate:
    subject = x509.Name(
        [
            x509.NameAttribute(NameOID.ORGANIZATION_NAME, "Testamur TEST"),
            x509.NameAttribute(NameOID.COMMON_NAME, common),
        ]
    )
    parent, signer = (issuer[0].subject, issuer[1]) if issuer else (subject, key)
    ca = issuer is None
    builder = (
        x509.CertificateBuilder()
        .subject_name(subject)
        .issuer_name(parent)
        .public_key(key.public_key())
        .serial_number(x509.random_serial_number())
        .not_valid_before(_FROM)
        .not_valid_after(_TO)
        .add_extension(x509.BasicConstraints(ca=ca, path_length=None), critical=True)
        .add_extension(
            x509.KeyUsage(
                digital_signature=not ca, content_commitment=False, key_encipherment=False, data_encipherment=False,
                key_agreement=False, key_cert_sign=ca, crl_sign=ca, encipher_only=False, decipher_only=False,
            ),
            critical=True,
        )
        .add_extension(x509.SubjectKeyIdentifier.from_public_key(key.public_key()), critical=False)
        .add_extension(x509.AuthorityKeyIdentifier.from_issuer_public_key(signer.public_key()), critical=False)
    )  # fmt: skip
    if purpose is not None:
        builder = builder.add_extension(x509.ExtendedKeyUsage([purpose]), critical=False)
    if common == "localhost":
        names = [x509.DNSName("localhost"), x509.IPAddress(ipaddress.ip_address("127.0.0.1"))]
        builder = builder.add_extension(x509.SubjectAlternativeName(names), critical=False)
    return builder.sign(signer, hashes.SHA256())


def _write(place: Path, certificate: x509.Certificate, key: ec.EllipticCurvePrivateKey) -> None:
    data = key.private_bytes(Encoding.PEM, PrivateFormat.PKCS8, NoEncryption())
    place.with_suffix(".key").unlink(missing_ok=True)
    with os.fdopen(os.open(place.with_suffix(".key"), os.O_WRONLY | os.O_CREAT | os.O_EXCL, 0o600), "wb") as file:
        file.write(data)
    place.with_suffix(".pem").write_bytes(certificate.public_bytes(Encoding.PEM))
