"""Hashes and encryption under keys derived from the installation's secret key, one key for each use."""

from __future__ import annotations

from base64 import urlsafe_b64encode

from cryptography.fernet import Fernet, InvalidToken
from django.conf import settings

from testamur.kernel.base import hiding
from testamur.kernel.base.hiding import same
from testamur.kernel.base.refused import Refused

__all__ = ["SecretLost", "decrypt", "encrypt", "keyed", "same"]


class SecretLost(Refused):
    """It was encrypted under another secret key than the installation has now."""

    code = "accounts.secret_lost"


def keyed(use: str, *parts: str) -> str:
    """HMAC-SHA256 of the parts, in hex: nobody without the key can try out values."""
    return hiding.keyed(settings.SECRET_KEY, f"accounts {use}", *parts)


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
    return Fernet(urlsafe_b64encode(hiding.derive(settings.SECRET_KEY, f"accounts {use}")))
