"""What is known of a provider."""

from __future__ import annotations

from dataclasses import dataclass

from cryptography import x509


@dataclass(frozen=True, slots=True)
class Known:
    """What a provider says of itself: where requests go, and with which certificates it signs.

    `leave`: where it is told that somebody logs out, and `left` where it takes answers to that; empty where nowhere.
    """

    sso: str
    certificates: tuple[x509.Certificate, ...]
    leave: str = ""
    left: str = ""
