"""Personal numbers that make something go wrong. All invented, of 1 January 1890, valid by their check digit."""

from __future__ import annotations

from collections.abc import Mapping
from enum import StrEnum


class Mishap(StrEnum):
    """What happens to an order of such a person. Names in lower camel case are BankID's own codes."""

    USER_CANCEL = "userCancel"
    EXPIRED = "expiredTransaction"
    CERTIFICATE_ERROR = "certificateErr"
    CANCELLED = "cancelled"
    START_FAILED = "startFailed"
    DECLINED_CALL = "userDeclinedCall"
    OLD_APP = "notSupportedByUserApp"
    RISK = "transactionRiskBlocked"
    UNKNOWN_FAILED = "somethingNewFailed"
    UNKNOWN_PENDING = "unknown pending hint"
    ALREADY_IN_PROGRESS = "alreadyInProgress"
    MAINTENANCE = "503 at start"
    INTERNAL_ERROR = "500 at start"
    TIMEOUT = "408 at start"
    TOO_MANY = "429 at start"
    COLLECT_MAINTENANCE = "503 at every second collect"
    OTHER_PERSON = "somebody else signs"
    OTHER_TEXT = "another text is signed"
    OTHER_DATA = "other non-visible data are signed"
    IDENTIFICATION = "identified, not signed"
    REVOKED = "certificate revoked"
    FOREIGN_OCSP = "OCSP response of another signature"
    FOREIGN_ROOT = "chain to another root"
    BROKEN_XML = "one byte of the signature changed"
    NOT_JSON = "an answer that is no JSON"


def personal_number(serial: int) -> str:
    """A 12-digit personal number of 1890-01-01 with that three-digit serial and a right check digit (Luhn)."""
    digits = f"900101{serial:03d}"
    total = 0
    for place, digit in enumerate(digits):
        product = int(digit) * (2 - place % 2)
        total += product // 10 + product % 10
    return f"18{digits}{-total % 10}"


NUMBERS: Mapping[Mishap, str] = {mishap: personal_number(900 + i) for i, mishap in enumerate(Mishap)}
"""Mishap → personal number."""

MISHAPS: Mapping[str, Mishap] = {number: mishap for mishap, number in NUMBERS.items()}
"""Personal number → mishap."""

START_ERRORS: Mapping[Mishap, tuple[int, str]] = {
    Mishap.MAINTENANCE: (503, "Maintenance"),
    Mishap.INTERNAL_ERROR: (500, "internalError"),
    Mishap.TIMEOUT: (408, "requestTimeout"),
    Mishap.TOO_MANY: (429, "tooManyRequests"),
    Mishap.ALREADY_IN_PROGRESS: (400, "alreadyInProgress"),
}
FAILURES = frozenset(
    {
        Mishap.USER_CANCEL,
        Mishap.EXPIRED,
        Mishap.CERTIFICATE_ERROR,
        Mishap.CANCELLED,
        Mishap.START_FAILED,
        Mishap.DECLINED_CALL,
        Mishap.OLD_APP,
        Mishap.RISK,
        Mishap.UNKNOWN_FAILED,
    }
)
"""The order fails with this hint as soon as the person takes it up."""
