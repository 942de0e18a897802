"""Hashes and encryption under keys derived from the installation's secret key, one key for each use."""

from __future__ import annotations

import hmac
from base64 import urlsafe_b64encode
from functools import lru_cache

from cryptography.fernet import Fernet, InvalidToken
from cryptography.hazmat.primitives.hashes import SHA256
from cryptography.hazmat.primitives.kdf.hkdf import HKDF
from django.conf import settings

from testamur.kernel.base.refused import Refused


class SecretLost(Refused):
    """It was encrypted under another secret key than the installation has now."""

    code = "accounts.secret_lost"


@lru_cache(maxsize=16)
def _key(secret: str, use: str) -> bytes:
    return HKDF(SHA256(), 32, salt=None, info=f"testamur accounts {use}".encode()).derive(secret.encode())


def keyed(use: str, *parts: str) -> str:
    """HMAC-SHA256 of the parts, in hex: nobody without the key can try out values."""
    return hmac.digest(_key(settings.SECRET_KEY, use), "\0".join(parts).encode(), "sha256").hex()


def same(left: str, right: str) -> bool:
    """Compare in constant time."""
    return hmac.compare_digest(left.encode(), right.encode())


def encrypt(use: str, text: str) -> str:
    """Encrypt and authenticate."""
    return _fernet(use).encrypt(text.encode()).decode()


def decrypt(use: str, text: str) -> str:
    """The inverse. Raises `SecretLost`."""
    try:
        return _fernet(use).decrypt(text.encode()).decode()
    except InvalidToken as error:
        raise SecretLost("This secret belongs to another installation.") from error


def _fernet(use: str) -> Fernet:
    return Fernet(urlsafe_b64encode(_key(settings.SECRET_KEY, use)))
