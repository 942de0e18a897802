"""A small PKI for demonstrations and tests; every name carries TEST, and nothing made with it is worth anything.

Root → issuing CA → seal certificates, OCSP responder, time-stamping unit. The seal certificates carry no OCSP or CA
address: some readers report a seal as doubtful when such an address does not answer.
"""

from __future__ import annotations

import os
import secrets
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from pathlib import Path
from typing import TypeAlias

from cryptography import x509
from cryptography.hazmat.primitives import hashes
from cryptography.hazmat.primitives.asymmetric import ec, rsa
from cryptography.hazmat.primitives.serialization import BestAvailableEncryption, Encoding, pkcs12
from cryptography.x509 import ocsp
from cryptography.x509.oid import ExtendedKeyUsageOID, NameOID, ObjectIdentifier

from testamur.trust.sealing.rules import Algorithm, pkcs12_locator

PrivateKey: TypeAlias = ec.EllipticCurvePrivateKey | rsa.RSAPrivateKey

_DAY = timedelta(days=1)
_YEAR = timedelta(days=365)
_CA_SIGNS = ("key_cert_sign", "crl_sign")
_SEAL_SIGNS = ("digital_signature", "content_commitment")
_KEY_USES = (
    "digital_signature", "content_commitment", "key_encipherment", "data_encipherment", "key_agreement",
    "key_cert_sign", "crl_sign", "encipher_only", "decipher_only",
)  # fmt: skip


@dataclass(frozen=True, slots=True)
class TestKey:
    """A certificate with its key in a PKCS#12 file.

    Attributes:
        locator: where the key lives, for `keys.opening.open_key`.
        path: the PKCS#12 file.
        password_path: the file with its password; readable by its owner only.
        certificate: DER.
        chain: DER of what travels with a signature: the certificate itself and its issuing CA.
        algorithm: kind of key.
    """

    __test__ = False  # not a test class, whatever its name begins with

    locator: str
    path: Path
    password_path: Path
    certificate: bytes
    chain: tuple[bytes, bytes]
    algorithm: Algorithm


@dataclass(frozen=True, slots=True)
class TestPki:
    """What was made.

    Attributes:
        root: DER, for ``seal_roots`` and ``tsa_roots`` of a trust bundle.
        issuing: DER of the issuing CA.
        seals: by algorithm.
        tsa: the time-stamping unit.
        ocsp: the OCSP responder.
        crls: DER, the root's and the issuing CA's, for ``crls`` of a trust bundle.
        root_key: signs what comes later: CRLs.
        issuing_key: signs what comes later: certificates, CRLs.
    """

    __test__ = False

    root: bytes
    issuing: bytes
    seals: dict[Algorithm, TestKey]
    tsa: TestKey
    ocsp: TestKey
    crls: tuple[bytes, bytes]
    root_key: PrivateKey
    issuing_key: PrivateKey

    @property
    def seal(self) -> TestKey:
        """The first of the seals."""
        return next(iter(self.seals.values()))


def make(
    folder: Path,
    *,
    organisation: str,
    country: str,
    now: datetime,
    algorithms: Sequence[Algorithm] = (Algorithm.P256,),
    valid: timedelta = 3 * _YEAR,
) -> TestPki:
    """Make a PKI in `folder`, which is created if need be (mode 0700).

    Writes ``root.crt`` and ``issuing.crt`` (PEM), and for each key ``<name>.p12`` and ``<name>.pass`` (mode 0600).
    `organisation` gets TEST in front unless it holds the word; `country` has two letters.
    """
    folder.mkdir(parents=True, exist_ok=True, mode=0o700)
    owner = organisation if "TEST" in organisation else f"TEST {organisation}"
    root_key, issuing_key = _new_key(Algorithm.P256), _new_key(Algorithm.P256)
    root_name = _name(country, "TEST Testamur demonstration", "TEST Testamur Root CA")
    issuing_name = _name(country, "TEST Testamur demonstration", "TEST Testamur Issuing CA")
    root = _certificate(
        root_name, root_key, root_name, root_key, now=now, valid=valid + _YEAR, ca=1, uses=_CA_SIGNS
    )  # fmt: skip
    issuing = _certificate(
        issuing_name, issuing_key, root_name, root_key, now=now, valid=valid + _YEAR / 2, ca=0, uses=_CA_SIGNS
    )

    def leaf(name: str, common: str, algorithm: Algorithm, extended: ObjectIdentifier | None = None) -> TestKey:
        key = _new_key(algorithm)
        subject = _name(country, owner, common)
        uses = _SEAL_SIGNS if extended is None else ("digital_signature",)
        certificate = _certificate(
            subject, key, issuing_name, issuing_key, now=now, valid=valid, uses=uses, extended=extended
        )
        return _stored(folder / name, key, certificate, issuing, algorithm)

    seals = {a: leaf(f"seal-{a}", f"{owner} seal {a.upper()}", a) for a in algorithms}
    tsa = leaf("tsa", "TEST Testamur time-stamping", Algorithm.P256, ExtendedKeyUsageOID.TIME_STAMPING)
    responder = leaf("ocsp", "TEST Testamur OCSP responder", Algorithm.P256, ExtendedKeyUsageOID.OCSP_SIGNING)
    for name, certificate in (("root", root), ("issuing", issuing)):
        (folder / f"{name}.crt").write_bytes(certificate.public_bytes(Encoding.PEM))
    return TestPki(
        root=root.public_bytes(Encoding.DER),
        issuing=issuing.public_bytes(Encoding.DER),
        seals=seals,
        tsa=tsa,
        ocsp=responder,
        crls=(
            crl(root.public_bytes(Encoding.DER), root_key, now=now),
            crl(issuing.public_bytes(Encoding.DER), issuing_key, now=now),
        ),
        root_key=root_key,
        issuing_key=issuing_key,
    )


def crl(issuer: bytes, key: PrivateKey, *, now: datetime, revoked: Sequence[bytes] = (), days: int = 365) -> bytes:
    """A CRL in DER by the CA `issuer` (DER) that revokes the certificates `revoked` (DER) as of `now`."""
    ca = x509.load_der_x509_certificate(issuer)
    builder = (
        x509.CertificateRevocationListBuilder()
        .issuer_name(ca.subject)
        .last_update(now)
        .next_update(now + days * _DAY)
        .add_extension(x509.AuthorityKeyIdentifier.from_issuer_public_key(key.public_key()), critical=False)
        .add_extension(x509.CRLNumber(int(now.timestamp())), critical=False)
    )
    for certificate in revoked:
        serial = x509.load_der_x509_certificate(certificate).serial_number
        entry = x509.RevokedCertificateBuilder().serial_number(serial).revocation_date(now)
        builder = builder.add_revoked_certificate(entry.build())
    return builder.sign(key, hashes.SHA256()).public_bytes(Encoding.DER)


def ocsp_response(
    pki: TestPki, certificate: bytes, responder: PrivateKey, *, now: datetime, revoked: bool = False
) -> bytes:
    """An OCSP response in DER about `certificate` (DER), signed by the PKI's responder."""
    issuer = x509.load_der_x509_certificate(pki.issuing)
    signer = x509.load_der_x509_certificate(pki.ocsp.certificate)
    builder = ocsp.OCSPResponseBuilder().add_response(
        cert=x509.load_der_x509_certificate(certificate),
        issuer=issuer,
        algorithm=hashes.SHA1(),  # noqa: S303 - names the certificate (RFC 6960 section 4.1.1); protects nothing
        cert_status=ocsp.OCSPCertStatus.REVOKED if revoked else ocsp.OCSPCertStatus.GOOD,
        this_update=now,
        next_update=now + _DAY,
        revocation_time=now if revoked else None,
        revocation_reason=None,
    )
    builder = builder.responder_id(ocsp.OCSPResponderEncoding.HASH, signer).certificates([signer])
    return builder.sign(responder, hashes.SHA256()).public_bytes(Encoding.DER)


def write_secret(path: Path, data: bytes) -> None:
    """Write a file that only its owner can read, whatever the umask; an existing one is replaced."""
    path.unlink(missing_ok=True)
    handle = os.open(path, os.O_WRONLY | os.O_CREAT | os.O_EXCL, 0o600)
    with os.fdopen(handle, "wb") as file:
        file.write(data)


def _new_key(algorithm: Algorithm) -> PrivateKey:
    if algorithm.rsa_bits:
        return rsa.generate_private_key(public_exponent=65537, key_size=algorithm.rsa_bits)
    return ec.generate_private_key(ec.SECP256R1())


def _name(country: str, organisation: str, common: str) -> x509.Name:
    return x509.Name(
        [
            x509.NameAttribute(NameOID.COUNTRY_NAME, country),
            x509.NameAttribute(NameOID.ORGANIZATION_NAME, organisation[:64]),
            x509.NameAttribute(NameOID.COMMON_NAME, common[:64]),
        ]
    )


def _certificate(
    subject: x509.Name,
    key: PrivateKey,
    issuer: x509.Name,
    issuer_key: PrivateKey,
    *,
    now: datetime,
    valid: timedelta,
    uses: Sequence[str],
    ca: int | None = None,
    extended: ObjectIdentifier | None = None,
) -> x509.Certificate:
    """`ca` is the path length below a CA; None for an end entity."""
    public = key.public_key()
    builder = (
        x509.CertificateBuilder()
        .subject_name(subject)
        .issuer_name(issuer)
        .public_key(public)
        .serial_number(x509.random_serial_number())
        .not_valid_before(now - _DAY)
        .not_valid_after(now + valid)
        .add_extension(x509.BasicConstraints(ca=ca is not None, path_length=ca), critical=True)
        .add_extension(x509.KeyUsage(**{use: use in uses for use in _KEY_USES}), critical=True)
        .add_extension(x509.SubjectKeyIdentifier.from_public_key(public), critical=False)
        .add_extension(x509.AuthorityKeyIdentifier.from_issuer_public_key(issuer_key.public_key()), critical=False)
    )
    if extended is not None:
        critical = extended == ExtendedKeyUsageOID.TIME_STAMPING  # RFC 3161 section 2.3
        builder = builder.add_extension(x509.ExtendedKeyUsage([extended]), critical=critical)
    if extended == ExtendedKeyUsageOID.OCSP_SIGNING:
        builder = builder.add_extension(x509.OCSPNoCheck(), critical=False)
    return builder.sign(issuer_key, hashes.SHA256())


def _stored(
    stem: Path, key: PrivateKey, certificate: x509.Certificate, issuing: x509.Certificate, algorithm: Algorithm
) -> TestKey:
    password = secrets.token_hex(16)
    held = pkcs12.serialize_key_and_certificates(
        stem.name.encode(), key, certificate, [issuing], BestAvailableEncryption(password.encode())
    )
    path, password_path = stem.with_name(f"{stem.name}.p12"), stem.with_name(f"{stem.name}.pass")
    write_secret(path, held)
    write_secret(password_path, password.encode())
    der = certificate.public_bytes(Encoding.DER)
    return TestKey(
        locator=pkcs12_locator(str(path.resolve()), str(password_path.resolve())),
        path=path,
        password_path=password_path,
        certificate=der,
        chain=(der, issuing.public_bytes(Encoding.DER)),
        algorithm=algorithm,
    )
