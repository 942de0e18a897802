"""Keys in PKCS#12 files (RFC 7292)."""

from __future__ import annotations

from dataclasses import dataclass
from pathlib import Path

from cryptography.hazmat.primitives import hashes
from cryptography.hazmat.primitives.asymmetric import ec, padding, rsa
from cryptography.hazmat.primitives.asymmetric.utils import Prehashed
from cryptography.hazmat.primitives.serialization import Encoding, PublicFormat, pkcs12

from testamur.trust.sealing.keys.contract import KeyUnavailable
from testamur.trust.sealing.rules import Algorithm, digest_must_be_sha256

_MAX_FILE = 1_000_000
_ACCEPTED = "A seal's key is ECDSA P-256 or RSA with 2048, 3072 or 4096 bits."
_SHA256 = Prehashed(hashes.SHA256())
_ECDSA = ec.ECDSA(_SHA256)
_PKCS1 = padding.PKCS1v15()


@dataclass(frozen=True, slots=True)
class SoftwareKey:
    """A private key in memory. It survives a fork and may be used from any thread."""

    private: ec.EllipticCurvePrivateKey | rsa.RSAPrivateKey
    algorithm: Algorithm
    public_key: bytes

    def sign(self, digest: bytes) -> bytes:
        """See `contract.SealKey.sign`."""
        digest_must_be_sha256(digest)
        if isinstance(self.private, ec.EllipticCurvePrivateKey):
            return self.private.sign(digest, _ECDSA)
        return self.private.sign(digest, _PKCS1, _SHA256)


def software_key(private: object) -> SoftwareKey:
    """Wrap a private key of `cryptography`. Raises `KeyUnavailable` for kinds and sizes that a seal may not use."""
    if not isinstance(private, ec.EllipticCurvePrivateKey | rsa.RSAPrivateKey):
        raise KeyUnavailable(_ACCEPTED, field="locator")
    return SoftwareKey(private, *public_parts(private.public_key()))


def public_parts(public: object) -> tuple[Algorithm, bytes]:
    """Algorithm and SubjectPublicKeyInfo (DER) of a public key. Raises `KeyUnavailable` as `software_key`."""
    if isinstance(public, ec.EllipticCurvePublicKey) and isinstance(public.curve, ec.SECP256R1):
        algorithm = Algorithm.P256
    elif isinstance(public, rsa.RSAPublicKey) and f"rsa-{public.key_size}" in set(Algorithm):
        algorithm = Algorithm(f"rsa-{public.key_size}")
    else:
        raise KeyUnavailable(_ACCEPTED, field="locator")
    return algorithm, public.public_bytes(Encoding.DER, PublicFormat.SubjectPublicKeyInfo)


def open_pkcs12(path: Path, password: bytes) -> tuple[SoftwareKey, tuple[bytes, ...]]:
    """The key of a PKCS#12 file and its certificates in DER (own first; empty when it has none).

    The RSA key check (about 0.1 s) runs here, once per process, and not for every signature. Raises `KeyUnavailable`.
    """
    try:
        if path.stat().st_size > _MAX_FILE:
            raise KeyUnavailable(f"{path.name} is too large for a PKCS#12 file.", field="locator")
        held = pkcs12.load_pkcs12(path.read_bytes(), password)
    except OSError as error:
        raise KeyUnavailable(f"{path.name} cannot be read ({error.strerror}).", field="locator") from error
    except ValueError as error:
        raise KeyUnavailable(
            f"{path.name} is not a PKCS#12 file, or the password is wrong.", field="locator"
        ) from error
    if held.key is None:
        raise KeyUnavailable(f"{path.name} holds no private key.", field="locator")
    certificates = [held.cert, *held.additional_certs]
    return software_key(held.key), tuple(
        c.certificate.public_bytes(Encoding.DER) for c in certificates if c is not None
    )
