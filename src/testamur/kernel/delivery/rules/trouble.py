"""What a failure says about the address: that it reaches nobody, that its owner wants nothing, or nothing at all."""

from __future__ import annotations

import re
from datetime import timedelta
from enum import StrEnum


class Dead(StrEnum):
    """Why nothing should be sent to an address."""

    WRONG = "wrong"
    BLOCKED = "blocked"
    UNREACHED = "unreached"


KEEP_DEAD: dict[Dead, timedelta] = {
    Dead.WRONG: timedelta(days=365),
    Dead.BLOCKED: timedelta(days=365),
    Dead.UNREACHED: timedelta(days=14),
}
"""For so long an address is left alone, unless something reaches it before. A telephone may only have been off."""

_CODES = {
    "twilio.21211": Dead.WRONG,  # not a number
    "twilio.21614": Dead.WRONG,  # no mobile number
    "twilio.30005": Dead.WRONG,  # unknown destination
    "twilio.30006": Dead.WRONG,  # landline
    "twilio.30003": Dead.UNREACHED,
    "twilio.30004": Dead.BLOCKED,
    "twilio.21610": Dead.BLOCKED,  # answered STOP
    "elks46.failed": Dead.UNREACHED,  # the only word that 46elks has for it
    "smtp.550": Dead.WRONG,  # of the recipient (RCPT), not of the content
    "smtp.551": Dead.WRONG,
    "smtp.553": Dead.WRONG,
}
_STATUS = re.compile(r"smtp\.5\.(1\.([1236]|10)|2\.1)\Z")
"""RFC 3463: no such mailbox, no such domain, bad syntax, moved, null MX; mailbox disabled."""


def dead_reason(error: str) -> Dead | None:
    """What the code of a final failure says about the address; None when it says nothing about it."""
    return Dead.WRONG if _STATUS.match(error) else _CODES.get(error)
