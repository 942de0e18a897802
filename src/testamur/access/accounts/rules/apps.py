"""The app on a person's own device: what a device key opens by itself, when it dies, and where the app ends.

A device key is one factor that the person has: level low. It rises to substantial when the person unlocks the app with
a passkey or an e-ID; it never leads out of the app. Decision record 0022 says why.
"""

from __future__ import annotations

from datetime import datetime, timedelta

from testamur.access.accounts.rules.hats import GUARDIAN, SELF
from testamur.kernel.base.refused import Refused

UNUSED = timedelta(days=180)
"""A device key that opened nothing for so long is dead."""
DEVICES = 10
"""So many devices one person may connect at a time."""
HATS = frozenset({GUARDIAN, SELF})
"""The app is for families: no other hat is worn in it."""
IN_APP = frozenset(
    {"app.home", "app.report", "messages.home", "care.home", "family.notices", "account.sessions"}
)  # fmt: skip
"""Acts that the app offers; every other one needs the person to log in again, on the web (row C23)."""


class Crossing(Refused):
    """That lies beyond the app: who goes on there identifies oneself again."""

    code = "accounts.app.crossing"


class AppNotAllowed(Refused):
    """The person has not allowed access for the app in the web profile (row C15)."""

    code = "accounts.app.not_allowed"


class AppUnknown(Refused):
    """No such device key, or one that was ended, not used for long, or given under a role that is gone."""

    code = "accounts.app.unknown"


class TooManyDevices(Refused):
    """The person has as many connected devices as anybody may have."""

    code = "accounts.app.too_many"


def must_stay_in_app(act: str, *, app: bool) -> None:
    """Raise `Crossing` when a login of the app wants an act that the app does not offer."""
    if app and act not in IN_APP:
        raise Crossing("This lies beyond the app: log in again.", act=act)


def death_of(*, used_at: datetime, hat: str, hats: frozenset[str], now: datetime) -> str:
    """Why a device key is dead at `now`: ``unused``, ``role`` (its hat is no longer the person's); empty if it lives.

    `hats`: keys of the hats that the register gives the person today.
    """
    if now - used_at > UNUSED:
        return "unused"
    return "" if hat in hats and hat in HATS else "role"
