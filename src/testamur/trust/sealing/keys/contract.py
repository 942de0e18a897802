"""What a seal's key can do."""

from __future__ import annotations

from typing import Protocol

from testamur.kernel.base.refused import Refused
from testamur.trust.sealing.rules import Algorithm


class KeyUnavailable(Refused):
    """The key cannot be opened or used: file or token missing, password wrong, key not found or not acceptable."""

    code = "sealing.key.unavailable"


class KeyElsewhere(Refused):
    """The key was opened in another process or thread; open it where it is used."""

    code = "sealing.key.elsewhere"


class SealKey(Protocol):
    """A private key that signs SHA-256 digests."""

    @property
    def algorithm(self) -> Algorithm:
        """Kind and size."""

    @property
    def public_key(self) -> bytes:
        """SubjectPublicKeyInfo in DER."""

    def sign(self, digest: bytes) -> bytes:
        """The signature over a 32-byte SHA-256 digest: DER Ecdsa-Sig-Value, or RSA PKCS#1 v1.5.

        Raises `KeyUnavailable`, `KeyElsewhere`; ValueError for a digest of another length.
        """
