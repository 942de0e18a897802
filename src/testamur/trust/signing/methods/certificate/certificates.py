"""Personal certificates: whose they are, and whether they hold. Pure."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import datetime

from cryptography import x509
from cryptography.hazmat.primitives.asymmetric import ec, rsa
from cryptography.hazmat.primitives.serialization import Encoding
from cryptography.x509.oid import ObjectIdentifier

from testamur.kernel.base.refused import Refused
from testamur.kernel.proofs import chain
from testamur.kernel.proofs.personal import SCHEMES, identifiers

UID = ObjectIdentifier("0.9.2342.19200300.100.1.1")
"""userId (RFC 4519), where Vietnamese authorities write the number."""
KNOWN = tuple(sorted({scheme for schemes in SCHEMES.values() for scheme in schemes}))
MOST = 5
"""Certificates that travel with a signature."""


class CertificateUnreadable(Refused):
    """What was given is no chain of certificates, the signer's own first."""

    code = "signing.certificate.unreadable"


class CertificateUntrusted(Refused):
    """It does not lead to an authority that is trusted here."""

    code = "signing.certificate.untrusted"


class CertificateExpired(Refused):
    """It is not valid at this time: expired, or not valid yet."""

    code = "signing.certificate.expired"


class CertificateRevoked(Refused):
    """Its authority has revoked it."""

    code = "signing.certificate.revoked"


class CertificateUsage(Refused):
    """It is not for signing, or its key is of a kind that is not accepted."""

    code = "signing.certificate.usage"


class OtherPerson(Refused):
    """It names another person than the signer, or nobody by a number that is known here."""

    code = "signing.certificate.other_person"


def read(data: bytes) -> tuple[bytes, ...]:
    """DER certificates out of a file: PEM with one or several, or one in DER. Raises `CertificateUnreadable`."""
    try:
        if b"-----BEGIN" in data:
            found = x509.load_pem_x509_certificates(data)
        else:
            found = [x509.load_der_x509_certificate(data)]
        ders = tuple(one.public_bytes(Encoding.DER) for one in found)
    except (ValueError, TypeError) as error:
        raise CertificateUnreadable("The file holds no certificate.", field="certificate") from error
    return ordered(ders)


def ordered(ders: Sequence[bytes]) -> tuple[bytes, ...]:
    """The signer's certificate, then who issued it, up to but without the root.

    The one that issued none of the others is the signer's. Raises `CertificateUnreadable`.
    """
    if not 1 <= len(ders) <= 2 * MOST:
        raise CertificateUnreadable("So many certificates make no chain.", field="certificate", count=len(ders))
    try:
        loaded = [chain.load(der) for der in dict.fromkeys(ders)]
    except chain.ChainError as error:
        raise CertificateUnreadable(str(error), field="certificate") from error
    leaves = [one for one in loaded if not any(_issued(other, one) for other in loaded)]
    if len(leaves) != 1 or leaves[0].issuer == leaves[0].subject:
        raise CertificateUnreadable("The certificates are no chain of one signer.", field="certificate")
    found = leaves
    while above := [one for one in loaded if one not in found and chain.issued(found[-1], one)]:
        if above[0].issuer == above[0].subject or len(found) == MOST:
            break
        found.append(above[0])
    return tuple(one.public_bytes(Encoding.DER) for one in found)


def check(
    certificates: Sequence[bytes],
    *,
    roots: Sequence[bytes],
    scheme: str,
    identifier: str,
    at: datetime,
    crls: Sequence[bytes] = (),
) -> x509.Certificate:
    """The signer's certificate, when it is that person's, for signing, and leads to one of `roots` at that time.

    One that stands on a list of `crls` (DER) is refused, whenever it was revoked.

    Raises `CertificateUnreadable`, `CertificateUsage`, `OtherPerson`, `CertificateExpired`, `CertificateRevoked`,
    `CertificateUntrusted`.
    """
    try:
        leaf, *above = [chain.load(der) for der in certificates]
    except (chain.ChainError, ValueError) as error:
        raise CertificateUnreadable("A certificate cannot be read.", field="certificate") from error
    _must_sign(leaf)
    if (scheme, identifier) not in numbers(leaf):
        raise OtherPerson("The certificate names another person.", field="certificate")
    try:
        path = chain.validate(leaf, above, [chain.load(root) for root in roots], at=at, crls=crls)
    except chain.ChainError as error:
        kind = {
            "chain.expired": CertificateExpired,
            "chain.not_yet_valid": CertificateExpired,
            "chain.revoked": CertificateRevoked,
        }.get(error.code, CertificateUntrusted)
        raise kind(str(error), field="certificate") from error
    if path.revocation is not None:
        raise CertificateRevoked("The certificate is revoked.", field="certificate")
    return leaf


def numbers(certificate: x509.Certificate) -> frozenset[tuple[str, str]]:
    """(scheme, number) that the subject bears in ``serialNumber`` or ``UID``, as every verifier reads it."""
    return frozenset(identifiers(certificate))


def holder(certificate: bytes) -> str:
    """The name in a certificate."""
    return chain.name_of(chain.load(certificate))


def _must_sign(leaf: x509.Certificate) -> None:
    try:
        usage = leaf.extensions.get_extension_for_class(x509.KeyUsage).value
    except x509.ExtensionNotFound as error:
        raise CertificateUsage("The certificate does not say that it is for signing.", field="certificate") from error
    key = leaf.public_key()
    known = isinstance(key, rsa.RSAPublicKey) or (
        isinstance(key, ec.EllipticCurvePublicKey) and isinstance(key.curve, ec.SECP256R1 | ec.SECP384R1)
    )
    if not known or not (usage.digital_signature or usage.content_commitment):
        raise CertificateUsage("The certificate is not for signing documents.", field="certificate")


def _issued(child: x509.Certificate, by: x509.Certificate) -> bool:
    return child is not by and chain.issued(child, by)
