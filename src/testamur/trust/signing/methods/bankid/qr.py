"""What starts the BankID app: the animated QR code, and links on the same device (BankID RP v6.0)."""

from __future__ import annotations

import hmac
from datetime import datetime
from urllib.parse import quote


def qr_text(*, token: str, secret: str, seconds: int) -> str:
    """The text of the QR code `seconds` whole seconds after the start reply came; a new one every second.

    ``bankid.<qrStartToken>.<t>.<HMAC-SHA256(qrStartSecret, t)>``. The secret stays on the server.
    """
    code = hmac.digest(secret.encode("ascii"), str(seconds).encode("ascii"), "sha256").hex()
    return f"bankid.{token}.{seconds}.{code}"


def qr_at(*, token: str, secret: str, begun: datetime, now: datetime) -> str:
    """The text for this moment; `begun` is when the start reply came."""
    return qr_text(token=token, secret=secret, seconds=max(0, int((now - begun).total_seconds())))


def app_link(token: str, *, redirect: str = "") -> str:
    """Universal link for a mobile: opens the app, and returns to `redirect` (or wherever it came from)."""
    return f"https://app.bankid.com/?autostarttoken={token}&redirect={_redirect(redirect)}"


def desktop_link(token: str, *, redirect: str = "") -> str:
    """Link for a computer, where the app listens to the ``bankid`` scheme."""
    return f"bankid:///?autostarttoken={token}&redirect={_redirect(redirect)}"


def _redirect(target: str) -> str:
    return quote(target, safe="") if target else "null"
