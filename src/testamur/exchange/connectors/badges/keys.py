"""The two keys with which an organisation signs badges; in ``<data>/keys/badges/<organisation>``, mode 0600.

They are no seal keys: what they sign is a hint that leads to the sealed certificate, and a wallet has to trust them by
address alone. A key is changed by removing its file: the next badge makes a new one, and former badges, whose key is
published no more, do not verify.
"""

from __future__ import annotations

from base64 import urlsafe_b64encode
from dataclasses import dataclass
from functools import lru_cache
from hashlib import sha256
from pathlib import Path
from typing import Any
from uuid import UUID

from cryptography.hazmat.primitives.asymmetric import rsa
from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PrivateKey
from cryptography.hazmat.primitives.serialization import (
    Encoding,
    NoEncryption,
    PrivateFormat,
    PublicFormat,
    load_pem_private_key,
)
from django.conf import settings

from testamur.kernel.base.durable import write_first
from testamur.kernel.proofs.jcs import canonical

BITS = 2048
RSA, ED = "rsa.pem", "ed25519.pem"
_ED25519 = b"\xed\x01"
"""Multicodec prefix of an Ed25519 public key (Controlled Identifiers 1.0, section 2.2.2)."""
_ALPHABET = "123456789ABCDEFGHJKLMNPQRSTUVWXYZabcdefghijkmnopqrstuvwxyz"


@dataclass(frozen=True, slots=True)
class Keys:
    """Both keys of an organisation."""

    rsa: rsa.RSAPrivateKey
    ed25519: Ed25519PrivateKey

    @property
    def jwk(self) -> dict[str, Any]:
        """The public RSA key as a JSON Web Key (RFC 7517); its ``kid`` is the thumbprint (RFC 7638)."""
        numbers = self.rsa.public_key().public_numbers()
        required = {"e": _number(numbers.e), "kty": "RSA", "n": _number(numbers.n)}
        return {**required, "kid": base64url(sha256(canonical(required)).digest()), "use": "sig", "alg": "RS256"}

    @property
    def multikey(self) -> str:
        """The public Ed25519 key as a Multikey (base58btc)."""
        raw = self.ed25519.public_key().public_bytes(Encoding.Raw, PublicFormat.Raw)
        return "z" + base58(_ED25519 + raw)


def of(organisation: UUID) -> Keys | None:
    """The keys of an organisation, or None before its first badge."""
    place = _place(organisation)
    if not (place / RSA).exists() or not (place / ED).exists():
        return None
    return _read(place, (place / RSA).stat().st_mtime_ns, (place / ED).stat().st_mtime_ns)


def ensure(organisation: UUID) -> Keys:
    """The same; makes them where there are none. Two who come at once get the same ones."""
    place = _place(organisation)
    place.mkdir(mode=0o700, parents=True, exist_ok=True)
    if not (place / RSA).exists():
        write_first(place / RSA, _pem(rsa.generate_private_key(public_exponent=65537, key_size=BITS)))
    if not (place / ED).exists():
        write_first(place / ED, _pem(Ed25519PrivateKey.generate()))
    found = of(organisation)
    assert found is not None
    return found


def base58(data: bytes) -> str:
    """Base58btc, as multibase has it under ``z``; leading zero bytes become ``1``."""
    number, text = int.from_bytes(data), ""
    while number:
        number, rest = divmod(number, 58)
        text = _ALPHABET[rest] + text
    return "1" * (len(data) - len(data.lstrip(b"\0"))) + text


def base64url(data: bytes) -> str:
    """Base64url without padding (RFC 7515, section 2)."""
    return urlsafe_b64encode(data).rstrip(b"=").decode()


def _number(value: int) -> str:
    return base64url(value.to_bytes((value.bit_length() + 7) // 8))


def _place(organisation: UUID) -> Path:
    return Path(settings.DATA) / "keys" / "badges" / str(organisation)


def _pem(key: rsa.RSAPrivateKey | Ed25519PrivateKey) -> bytes:
    return key.private_bytes(Encoding.PEM, PrivateFormat.PKCS8, NoEncryption())


@lru_cache(maxsize=32)
def _read(place: Path, _rsa_changed: int, _ed_changed: int) -> Keys:
    first = load_pem_private_key((place / RSA).read_bytes(), None)
    second = load_pem_private_key((place / ED).read_bytes(), None)
    assert isinstance(first, rsa.RSAPrivateKey)
    assert isinstance(second, Ed25519PrivateKey)
    return Keys(first, second)
