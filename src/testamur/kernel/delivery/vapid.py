"""The key that push services know this installation by (VAPID, RFC 8292)."""

from __future__ import annotations

import base64
from dataclasses import dataclass
from pathlib import Path

from cryptography.hazmat.primitives.asymmetric import ec
from cryptography.hazmat.primitives.serialization import (
    Encoding,
    NoEncryption,
    PrivateFormat,
    PublicFormat,
    load_pem_private_key,
)
from django.conf import settings

from testamur.kernel.base.durable import write_first


class KeyUnusableError(ValueError):
    """The file holds another kind of key."""


@dataclass(frozen=True, slots=True)
class Known:
    """What the operator gave: file of the key, and whom push services may write to."""

    key: Path | None
    contact: str


def known() -> Known:
    """`settings.PUSH`, typed."""
    given = settings.PUSH
    return Known(Path(given["key"]) if given["key"] else None, str(given["contact"]))


def private_key() -> ec.EllipticCurvePrivateKey | None:
    """The key of `settings.PUSH`; a demonstration makes one in its data folder. None: no pushes here.

    Raises KeyUnusableError (a ValueError) for a file that holds no key on P-256, OSError when it cannot be read.
    """
    place = known().key
    if place is None:
        if settings.MODE != "demo":
            return None
        place = Path(settings.DATA) / "keys" / "push.pem"
        if not place.exists():
            made = ec.generate_private_key(ec.SECP256R1())
            write_first(place, made.private_bytes(Encoding.PEM, PrivateFormat.PKCS8, NoEncryption()))
    key = load_pem_private_key(place.read_bytes(), None)
    if not isinstance(key, ec.EllipticCurvePrivateKey) or not isinstance(key.curve, ec.SECP256R1):
        raise KeyUnusableError("TESTAMUR_VAPID_KEY is a private key on P-256 (PEM, without password)")
    return key


def public_key() -> str:
    """What a browser subscribes with (``applicationServerKey``), base64url; empty when there are no pushes."""
    key = private_key()
    if key is None:
        return ""
    point = key.public_key().public_bytes(Encoding.X962, PublicFormat.UncompressedPoint)
    return base64.urlsafe_b64encode(point).rstrip(b"=").decode()
