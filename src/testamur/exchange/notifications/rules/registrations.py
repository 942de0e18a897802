"""Pure rules of registrations by pupil code and of the PIN for the telephone."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime, timedelta
from enum import StrEnum
from itertools import pairwise
from uuid import UUID

from testamur.kernel.base.refused import Refused


class Route(StrEnum):
    """How a registration came; ``own``: a guardian who is logged in gives an address."""

    WEB = "web"
    SMS = "sms"
    PHONE = "phone"
    OWN = "own"


class RegistrationState(StrEnum):
    """Where a registration stands.

    Opened: nothing is shown yet. Proved: the address is that of whoever asked; the school has to say who that is.
    Active: messages go there.
    """

    OPENED = "opened"
    PROVED = "proved"
    ACTIVE = "active"
    REFUSED = "refused"
    REVOKED = "revoked"
    EXPIRED = "expired"


MOVES = (
    ("opened", "proved"), ("opened", "active"), ("opened", "refused"), ("opened", "expired"),
    ("proved", "active"), ("proved", "refused"), ("proved", "expired"), ("active", "revoked"),
)  # fmt: skip
OPEN_STATES = (RegistrationState.OPENED, RegistrationState.PROVED)

WRONG_CODE_KEPT = timedelta(days=1)
WAITS = timedelta(days=30)
"""A school may be closed over the summer's first weeks; after that the registration is void."""

CODE_LIFETIME = timedelta(minutes=30)
CODE_TRIES = 5
DIGITS = 6

PER_CONTACT = (4, timedelta(hours=1))
PER_CODE = (10, timedelta(hours=1))
PER_NETWORK = (40, timedelta(hours=1))
"""How often a registration may be opened for one address, with one code, from one network (a whole school's)."""

PIN_DIGITS = range(6, 9)
PIN_TRIES = 3
PIN_LOCK = timedelta(hours=1)
"""After so many wrong PINs in a row, of one person or from one caller, nobody is let in for so long."""


class CodeWrong(Refused):
    """That is not the code that was sent, it is too late, or it was tried too often."""

    code = "notices.registration.code_wrong"


class NotOpen(Refused):
    """The registration is decided already, or its address is not proved."""

    code = "notices.registration.not_open"


class NotGuardian(Refused):
    """The person is no guardian who reaches that pupil today."""

    code = "notices.registration.not_guardian"


class PinInvalid(Refused):
    """A PIN has six to eight digits that nobody guesses at once."""

    code = "notices.pin.invalid"


class PinRefused(Refused):
    """The PIN is wrong, or there is none: the answer is the same."""

    code = "notices.pin.refused"


class PinLocked(Refused):
    """Too many wrong PINs; `found` has ``wait`` in seconds."""

    code = "notices.pin.locked"


@dataclass(frozen=True, slots=True)
class RegistrationView:
    """A registration as the school or the guardian sees it."""

    id: UUID
    pupil: UUID | None
    path: str
    route: Route
    kind: str
    value: str
    name: str
    replace: bool
    guardian: UUID | None
    state: RegistrationState
    made_at: datetime
    proved_at: datetime | None
    decided_at: datetime | None


def check_pin_text(pin: str) -> str:
    """The PIN's digits. Raises `PinInvalid` (``notices.pin.invalid``) for letters, a bad length or a plain pattern."""
    digits = "".join(pin.split())
    steps = {int(b) - int(a) for a, b in pairwise(digits)} if digits.isdecimal() else {0}
    if not digits.isascii() or not digits.isdecimal() or len(digits) not in PIN_DIGITS or steps in ({0}, {1}, {-1}):
        raise PinInvalid("A PIN has six to eight digits, not all the same and not in a row.", field="pin")
    return digits


def may_confirm(state: RegistrationState, route: Route, *, replace: bool = False) -> bool:
    """True when the school may say who it is: the address is proved, or it is the number that called or texted.

    What takes the place of a former address is proved first: the number of a text message can be forged.
    """
    return state is RegistrationState.PROVED or (
        state is RegistrationState.OPENED and route in {Route.SMS, Route.PHONE} and not replace
    )
