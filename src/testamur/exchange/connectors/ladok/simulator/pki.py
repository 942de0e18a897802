"""The simulator's certificates: a root, the server's and the client's, all marked TEST."""

from __future__ import annotations

import ipaddress
import os
from datetime import UTC, datetime
from pathlib import Path

from cryptography import x509
from cryptography.hazmat.primitives import hashes
from cryptography.hazmat.primitives.asymmetric import ec
from cryptography.hazmat.primitives.serialization import Encoding, NoEncryption, PrivateFormat
from cryptography.x509.oid import ExtendedKeyUsageOID, NameOID

_FROM, _TO = datetime(2020, 1, 1, tzinfo=UTC), datetime(2044, 12, 31, tzinfo=UTC)


def make(folder: Path) -> None:
    """``root.pem``, ``server.pem``, ``client.pem`` and their keys in `folder`, made there the first time."""
    folder.mkdir(parents=True, exist_ok=True, mode=0o700)
    if (folder / "client.pem").exists():
        return
    root_key = ec.generate_private_key(ec.SECP256R1())
    root = _certificate("TEST Registry Root CA (simulated)", root_key, None)
    _write(folder / "root", root, None)
    for name, common, purpose in (
        ("server", "localhost", ExtendedKeyUsageOID.SERVER_AUTH),
        ("client", "testamur@test.example", ExtendedKeyUsageOID.CLIENT_AUTH),
    ):
        key = ec.generate_private_key(ec.SECP256R1())
        _write(folder / name, _certificate(common, key, (root, root_key), purpose), key)


def _certificate(
    common: str,
    key: ec.EllipticCurvePrivateKey,
    issuer: tuple[x509.Certificate, ec.EllipticCurvePrivateKey] | None,
    purpose: x509.ObjectIdentifier | None = None,
) -> x509.Certificate:
    # the second unit is how the registry tells its environments apart
    units = [x509.NameAttribute(NameOID.ORGANIZATIONAL_UNIT_NAME, unit) for unit in ("Testamur TEST", "Int-test-API")]
    subject = x509.Name([*units, x509.NameAttribute(NameOID.COMMON_NAME, common)])
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
        .add_extension(_usage(ca=ca), critical=True)
        .add_extension(x509.SubjectKeyIdentifier.from_public_key(key.public_key()), critical=False)
        .add_extension(x509.AuthorityKeyIdentifier.from_issuer_public_key(signer.public_key()), critical=False)
    )
    if purpose is not None:
        builder = builder.add_extension(x509.ExtendedKeyUsage([purpose]), critical=False)
    if common == "localhost":
        names = [x509.DNSName("localhost"), x509.IPAddress(ipaddress.ip_address("127.0.0.1"))]
        builder = builder.add_extension(x509.SubjectAlternativeName(names), critical=False)
    return builder.sign(signer, hashes.SHA256())


def _usage(*, ca: bool) -> x509.KeyUsage:
    return x509.KeyUsage(
        digital_signature=not ca,
        content_commitment=False,
        key_encipherment=False,
        data_encipherment=False,
        key_agreement=False,
        key_cert_sign=ca,
        crl_sign=ca,
        encipher_only=False,
        decipher_only=False,
    )


def _write(place: Path, certificate: x509.Certificate, key: ec.EllipticCurvePrivateKey | None) -> None:
    if key is not None:
        data = key.private_bytes(Encoding.PEM, PrivateFormat.PKCS8, NoEncryption())
        place.with_suffix(".key").unlink(missing_ok=True)
        with os.fdopen(os.open(place.with_suffix(".key"), os.O_WRONLY | os.O_CREAT | os.O_EXCL, 0o600), "wb") as file:
            file.write(data)
    place.with_suffix(".pem").write_bytes(certificate.public_bytes(Encoding.PEM))
