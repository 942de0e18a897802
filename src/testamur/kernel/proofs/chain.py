"""X.509 certification paths (RFC 5280 section 6) from a leaf to a pinned root, at a given time, with CRLs.

No network: whatever is needed lies in the record or in the trust bundle. Name constraints and policy mapping are not
interpreted; a certificate that marks any such extension critical is refused, as RFC 5280 section 4.2 demands.
"""

from __future__ import annotations

import itertools
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime
from functools import lru_cache

from cryptography import x509
from cryptography.exceptions import InvalidSignature, UnsupportedAlgorithm
from cryptography.hazmat.primitives import hashes
from cryptography.hazmat.primitives.asymmetric import ec, rsa
from cryptography.x509.oid import ExtensionOID, ObjectIdentifier

from testamur.kernel.proofs.report import Failed

MAX_PATH = 8
"""Certificates in one path; longer ones are no honest chain and would let a file cost us time."""
MIN_RSA_BITS = 2048
MAX_CERTIFICATE_BYTES = 16_384

_UNREADABLE = (
    ValueError,
    TypeError,
    UnsupportedAlgorithm,
    x509.DuplicateExtension,
    x509.InvalidVersion,
    x509.UnsupportedGeneralNameType,
)
"""What `cryptography` raises on a certificate that it cannot parse."""

_HASHES = (hashes.SHA256, hashes.SHA384, hashes.SHA512)
_CURVES = (ec.SECP256R1, ec.SECP384R1, ec.SECP521R1)
_UNDERSTOOD = frozenset(
    {
        ExtensionOID.BASIC_CONSTRAINTS,
        ExtensionOID.KEY_USAGE,
        ExtensionOID.EXTENDED_KEY_USAGE,
        ExtensionOID.CERTIFICATE_POLICIES,
        ExtensionOID.SUBJECT_KEY_IDENTIFIER,
        ExtensionOID.AUTHORITY_KEY_IDENTIFIER,
        ExtensionOID.SUBJECT_ALTERNATIVE_NAME,
    }
)


class ChainError(Failed):
    """The certificate does not lead to a pinned root, or did not at that time."""


@dataclass(frozen=True, slots=True)
class Revocation:
    """A certificate of the path stands on a CRL of the bundle."""

    serial: int
    at: datetime


@dataclass(frozen=True, slots=True)
class Path:
    """A path that holds, leaf first, root last; `revocation` is set when the leaf was revoked after `at`."""

    certificates: tuple[x509.Certificate, ...]
    revocation: Revocation | None = None

    @property
    def root(self) -> x509.Certificate:
        """The pinned root that the path ends in."""
        return self.certificates[-1]


@lru_cache(maxsize=1024)
def load(der: bytes) -> x509.Certificate:
    """Parse one certificate, all extensions included. Raises `ChainError` ``chain.malformed``.

    Cached: the certificates of an issuer come back in every file of a batch.
    """
    if len(der) > MAX_CERTIFICATE_BYTES:
        raise ChainError("chain.malformed", "A certificate is too large.", sub="CERTIFICATE_CHAIN_GENERAL_FAILURE")
    try:
        certificate = x509.load_der_x509_certificate(der)
        extensions, public_key = certificate.extensions, certificate.public_key()
        # read here, where a certificate may be refused, all that is read lazily later on
        names = certificate.subject.public_bytes(), certificate.issuer.public_bytes()
        # the octet that counts unused bits stands before the signature and is covered by nothing
        whole_octets = der[: -len(certificate.signature)].endswith(b"\0")
        sound = certificate.version is x509.Version.v3 and certificate.serial_number > 0 and all(names) and whole_octets
    except _UNREADABLE as error:
        raise ChainError(
            "chain.malformed", "A certificate cannot be read.", sub="CERTIFICATE_CHAIN_GENERAL_FAILURE"
        ) from error
    if not sound:
        raise ChainError(
            "chain.malformed",
            "A certificate has no usable number, version or signature.",
            sub="CERTIFICATE_CHAIN_GENERAL_FAILURE",
        )
    if any(e.critical and e.oid not in _UNDERSTOOD for e in extensions):
        raise ChainError(
            "chain.unknown_extension",
            f"The certificate of {name_of(certificate)} marks an extension critical that is not understood here.",
            sub="CHAIN_CONSTRAINTS_FAILURE",
        )
    weak_rsa = isinstance(public_key, rsa.RSAPublicKey) and public_key.key_size < MIN_RSA_BITS
    weak_ec = isinstance(public_key, ec.EllipticCurvePublicKey) and not isinstance(public_key.curve, _CURVES)
    if weak_rsa or weak_ec or not isinstance(public_key, rsa.RSAPublicKey | ec.EllipticCurvePublicKey):
        raise ChainError(
            "chain.weak_key",
            f"The key of {name_of(certificate)} is too weak or of a kind not accepted.",
            sub="CRYPTO_CONSTRAINTS_FAILURE",
        )
    return certificate


def name_of(certificate: x509.Certificate) -> str:
    """The common name, or the whole subject where there is none."""
    return attribute(certificate, x509.NameOID.COMMON_NAME) or certificate.subject.rfc4514_string()


def attribute(certificate: x509.Certificate, oid: ObjectIdentifier) -> str:
    """The single value of a subject attribute; empty when it is missing, not text, or there more than once."""
    values = certificate.subject.get_attributes_for_oid(oid)
    return values[0].value if len(values) == 1 and isinstance(values[0].value, str) else ""


def fingerprint(certificate: x509.Certificate) -> str:
    """SHA-256 of the DER, lower-case hex."""
    return certificate.fingerprint(hashes.SHA256()).hex()


@lru_cache(maxsize=4096)
def issued(child: x509.Certificate, issuer: x509.Certificate) -> bool:
    """True when the names match and the issuer's key signed the child with an accepted algorithm."""
    try:
        if not isinstance(child.signature_hash_algorithm, _HASHES):
            return False
        child.verify_directly_issued_by(issuer)
    except (ValueError, TypeError, InvalidSignature, UnsupportedAlgorithm):
        return False
    return True


def validate(
    leaf: x509.Certificate,
    intermediates: Sequence[x509.Certificate],
    roots: Sequence[x509.Certificate],
    *,
    at: datetime,
    crls: Sequence[bytes] = (),
) -> Path:
    """The path from `leaf` to one of `roots` that holds at `at`.

    A certificate that a CRL names as revoked at or before `at` breaks the path (``chain.revoked``). A leaf revoked
    later is reported in `Path.revocation`, and the caller decides whether `at` is proven well enough to rely on it.

    Raises `ChainError`: ``chain.untrusted``, ``chain.expired``, ``chain.not_yet_valid``, ``chain.not_ca``,
    ``chain.path_length``, ``chain.revoked``.
    """
    candidates = _paths(leaf, intermediates, roots)
    if not candidates:
        raise ChainError(
            "chain.untrusted",
            f"The certificate of {name_of(leaf)} does not lead to a root of the trust bundle.",
            sub="NO_CERTIFICATE_CHAIN_FOUND",
        )
    failure: ChainError | None = None
    for path in candidates:
        try:
            return Path(path, _check(path, at, crls))
        except ChainError as error:
            failure = failure or error
    raise failure or AssertionError("unreachable")


def _paths(
    leaf: x509.Certificate, intermediates: Sequence[x509.Certificate], roots: Sequence[x509.Certificate]
) -> list[tuple[x509.Certificate, ...]]:
    """All signature paths from leaf to a root, depth first; each certificate is used once in a path."""
    found: list[tuple[x509.Certificate, ...]] = []
    pool = list(dict.fromkeys(intermediates))[:MAX_PATH]
    stack: list[tuple[x509.Certificate, ...]] = [(leaf,)]
    while stack and len(found) < MAX_PATH:
        path = stack.pop()
        found.extend((*path, root) for root in roots if root not in path and issued(path[-1], root))
        if len(path) < MAX_PATH:
            stack.extend((*path, middle) for middle in pool if middle not in path and issued(path[-1], middle))
    return found


def _check(path: tuple[x509.Certificate, ...], at: datetime, crls: Sequence[bytes]) -> Revocation | None:
    for below, certificate in enumerate(path):
        if at < certificate.not_valid_before_utc:
            raise ChainError(
                "chain.not_yet_valid",
                f"The certificate of {name_of(certificate)} was not valid before "
                f"{certificate.not_valid_before_utc:%Y-%m-%d}.",
                sub="NOT_YET_VALID",
            )
        if at > certificate.not_valid_after_utc:
            raise ChainError(
                "chain.expired",
                f"The certificate of {name_of(certificate)} had expired on {certificate.not_valid_after_utc:%Y-%m-%d}.",
                sub="EXPIRED",
            )
        if below:
            _check_authority(certificate, below - 1)
    later: Revocation | None = None
    for certificate, issuer in itertools.pairwise(path):
        revocation = revoked(certificate, issuer, crls)
        if revocation is None:
            continue
        if revocation.at <= at:
            raise ChainError(
                "chain.revoked",
                f"The certificate of {name_of(certificate)} was revoked on {revocation.at:%Y-%m-%d}.",
                sub="REVOKED",
            )
        later = later or revocation
    return later


def _check_authority(certificate: x509.Certificate, authorities_below: int) -> None:
    """`authorities_below` CA certificates stand between this one and the leaf (RFC 5280 section 4.2.1.9)."""
    try:
        constraints = certificate.extensions.get_extension_for_class(x509.BasicConstraints).value
        may_sign = certificate.extensions.get_extension_for_class(x509.KeyUsage).value.key_cert_sign
    except x509.ExtensionNotFound:
        constraints, may_sign = None, False
    if constraints is None or not constraints.ca or not may_sign:
        raise ChainError(
            "chain.not_ca",
            f"{name_of(certificate)} issued a certificate without being an authority.",
            sub="CHAIN_CONSTRAINTS_FAILURE",
        )
    if constraints.path_length is not None and authorities_below > constraints.path_length:
        raise ChainError(
            "chain.path_length",
            f"The chain below {name_of(certificate)} is longer than it allows.",
            sub="CHAIN_CONSTRAINTS_FAILURE",
        )


@lru_cache(maxsize=64)
def _load_crl(der: bytes) -> x509.CertificateRevocationList:
    return x509.load_der_x509_crl(der)


@lru_cache(maxsize=4096)
def _crl_speaks_for(der: bytes, issuer: x509.Certificate) -> bool:
    """True when the CRL is the issuer's own: same name, its signature, and the right to sign CRLs."""
    try:
        crl = _load_crl(der)
        if crl.issuer != issuer.subject:
            return False
        usage = issuer.extensions.get_extension_for_class(x509.KeyUsage).value
        key = issuer.public_key()
        return (
            usage.crl_sign
            and isinstance(crl.signature_hash_algorithm, _HASHES)
            and isinstance(key, rsa.RSAPublicKey | ec.EllipticCurvePublicKey)
            and crl.is_signature_valid(key)
        )
    except (ValueError, TypeError, UnsupportedAlgorithm, x509.ExtensionNotFound):
        return False


def speak(crls: Sequence[bytes], issuer: x509.Certificate) -> bool:
    """True when one of the CRLs is the issuer's own."""
    return any(_crl_speaks_for(der, issuer) for der in crls)


def revoked(certificate: x509.Certificate, issuer: x509.Certificate, crls: Sequence[bytes]) -> Revocation | None:
    """What the CRLs of `issuer` (others are ignored) say about `certificate`: the earliest revocation, or None."""
    found: list[Revocation] = []
    for der in crls:
        if not _crl_speaks_for(der, issuer):
            continue
        entry = _load_crl(der).get_revoked_certificate_by_serial_number(certificate.serial_number)
        if entry is not None:
            found.append(Revocation(certificate.serial_number, _effective(entry)))
    return min(found, key=lambda r: r.at, default=None)


def _effective(entry: x509.RevokedCertificate) -> datetime:
    """The invalidity date where the CA names one (RFC 5280 section 5.3.2), otherwise the revocation date."""
    try:
        invalid = entry.extensions.get_extension_for_class(x509.InvalidityDate).value.invalidity_date_utc
    except x509.ExtensionNotFound:
        return entry.revocation_date_utc
    return min(invalid, entry.revocation_date_utc)
