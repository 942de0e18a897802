"""Personal certificates of a small authority marked TEST in every name: for demonstrations and tests.

Vietnamese authorities write the citizen's number into the subject as UID ``CCCD:0…``; European ones as serialNumber
``PNOSE-…`` (ETSI EN 319 412-1 section 5.1.3). Both are made here, and nothing of them is kept.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta

from cryptography import x509
from cryptography.hazmat.primitives import hashes
from cryptography.hazmat.primitives.asymmetric import ec, padding, rsa
from cryptography.hazmat.primitives.serialization import BestAvailableEncryption, Encoding, pkcs12
from cryptography.x509.oid import NameOID

from testamur.trust.sealing.personal import PersonalAlgorithm

_DAY = timedelta(days=1)
_USES = (
    "digital_signature", "content_commitment", "key_encipherment", "data_encipherment", "key_agreement",
    "key_cert_sign", "crl_sign", "encipher_only", "decipher_only",
)  # fmt: skip


@dataclass(frozen=True, slots=True)
class TestPerson:
    """A person's key with its certificates.

    Attributes:
        key: the private key.
        certificates: DER, the person's own, then the issuing authority's (no root).
    """

    __test__ = False

    key: rsa.RSAPrivateKey | ec.EllipticCurvePrivateKey
    certificates: tuple[bytes, ...]

    def sign(self, to_be_signed: bytes) -> bytes:
        """The signature over SHA-256 of `to_be_signed`, as a token would make it."""
        if isinstance(self.key, rsa.RSAPrivateKey):
            return self.key.sign(to_be_signed, padding.PKCS1v15(), hashes.SHA256())
        return self.key.sign(to_be_signed, ec.ECDSA(hashes.SHA256()))

    def pkcs12(self, password: bytes) -> bytes:
        """A PKCS#12 file with key and certificates."""
        leaf, *above = (x509.load_der_x509_certificate(der) for der in self.certificates)
        return pkcs12.serialize_key_and_certificates(b"TEST", self.key, leaf, above, BestAvailableEncryption(password))


@dataclass(frozen=True, slots=True)
class TestAuthority:
    """A root and an issuing authority for persons. `root` is DER, for the trust bundle."""

    __test__ = False

    root: bytes
    issuing: x509.Certificate
    issuing_key: ec.EllipticCurvePrivateKey

    def person(
        self,
        name: str,
        *,
        serial_number: str = "",
        uid: str = "",
        now: datetime,
        valid: timedelta = 365 * _DAY,
        algorithm: PersonalAlgorithm = PersonalAlgorithm.P256,
        uses: Sequence[str] = ("digital_signature", "content_commitment"),
        country: str = "VN",
    ) -> TestPerson:
        """A certificate valid from a day before `now` for `valid`; `serial_number` and `uid` name the person."""
        key = _new_key(algorithm)
        subject = [
            x509.NameAttribute(NameOID.COUNTRY_NAME, country),
            x509.NameAttribute(NameOID.COMMON_NAME, f"TEST {name}"[:64]),
        ]
        if serial_number:
            subject.append(x509.NameAttribute(NameOID.SERIAL_NUMBER, serial_number))
        if uid:
            subject.append(x509.NameAttribute(NameOID.USER_ID, uid))
        leaf = _certificate(
            x509.Name(subject), key, self.issuing.subject, self.issuing_key, (now - _DAY, now + valid), uses=uses
        )
        return TestPerson(key, (leaf.public_bytes(Encoding.DER), self.issuing.public_bytes(Encoding.DER)))


def authority(now: datetime, *, country: str = "VN", years: int = 10) -> TestAuthority:
    """A new root with an issuing authority under it, valid from two days before `now`."""
    root_key, issuing_key = ec.generate_private_key(ec.SECP256R1()), ec.generate_private_key(ec.SECP256R1())
    span = (now - 2 * _DAY, now + 365 * years * _DAY)
    names = [
        x509.Name(
            [x509.NameAttribute(NameOID.COUNTRY_NAME, country), x509.NameAttribute(NameOID.COMMON_NAME, f"TEST {what}")]
        )
        for what in ("Personal Root CA", "Personal CA")
    ]
    root = _certificate(names[0], root_key, names[0], root_key, span, uses=("key_cert_sign", "crl_sign"), ca=1)
    issuing = _certificate(names[1], issuing_key, names[0], root_key, span, uses=("key_cert_sign", "crl_sign"), ca=0)
    return TestAuthority(root.public_bytes(Encoding.DER), issuing, issuing_key)


def _new_key(algorithm: PersonalAlgorithm) -> rsa.RSAPrivateKey | ec.EllipticCurvePrivateKey:
    if algorithm.rsa_bits:
        return rsa.generate_private_key(public_exponent=65537, key_size=algorithm.rsa_bits)
    return ec.generate_private_key(ec.SECP384R1() if algorithm is PersonalAlgorithm.P384 else ec.SECP256R1())


def _certificate(
    subject: x509.Name,
    key: rsa.RSAPrivateKey | ec.EllipticCurvePrivateKey,
    issuer: x509.Name,
    issuer_key: ec.EllipticCurvePrivateKey,
    span: tuple[datetime, datetime],
    *,
    uses: Sequence[str],
    ca: int | None = None,
) -> x509.Certificate:
    """`ca` is the path length below an authority; None for a person."""
    public = key.public_key()
    return (
        x509.CertificateBuilder()
        .subject_name(subject)
        .issuer_name(issuer)
        .public_key(public)
        .serial_number(x509.random_serial_number())
        .not_valid_before(span[0])
        .not_valid_after(span[1])
        .add_extension(x509.BasicConstraints(ca=ca is not None, path_length=ca), critical=True)
        .add_extension(x509.KeyUsage(**{use: use in uses for use in _USES}), critical=True)
        .add_extension(x509.SubjectKeyIdentifier.from_public_key(public), critical=False)
        .add_extension(x509.AuthorityKeyIdentifier.from_issuer_public_key(issuer_key.public_key()), critical=False)
        .sign(issuer_key, hashes.SHA256())
    )
