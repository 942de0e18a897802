"""Keyed hashes under keys derived from one secret of the installation, one key for each use."""

from __future__ import annotations

import hmac
from functools import lru_cache

from cryptography.hazmat.primitives.hashes import SHA256
from cryptography.hazmat.primitives.kdf.hkdf import HKDF


@lru_cache(maxsize=32)
def derive(secret: str, use: str) -> bytes:
    """32 bytes of key for that use (HKDF-SHA256, RFC 5869): what one use gives away says nothing about another."""
    return HKDF(SHA256(), 32, salt=None, info=f"testamur {use}".encode()).derive(secret.encode())


def keyed(secret: str, use: str, *parts: str) -> str:
    """HMAC-SHA256 of the parts, in hex: nobody without the secret can try out values."""
    return hmac.digest(derive(secret, use), "\0".join(parts).encode(), "sha256").hex()


def same(left: str, right: str) -> bool:
    """Compare in constant time."""
    return hmac.compare_digest(left.encode(), right.encode())
