"""How often something may be tried. Sliding windows, counted for hashes of keys, shared by all processes."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta

from testamur.kernel.base.refused import Refused


class TooMany(Refused):
    """It was tried too often; `wait` seconds from now it may be tried again."""

    code = "accounts.too_many"

    def __init__(self, message: str = "", *, wait: float = 0) -> None:
        """`wait` in seconds."""
        super().__init__(message, wait=round(wait))
        self.wait = wait


@dataclass(frozen=True, slots=True)
class Allowance:
    """At most `most` times within any stretch of `within`, for each key of that kind (``network``, ``person``)."""

    key: str
    most: int
    within: timedelta


BEGIN: Mapping[str, Sequence[Allowance]] = {
    "sms": (
        Allowance("contact", 3, timedelta(minutes=15)),
        Allowance("network", 20, timedelta(minutes=15)),
        Allowance("all", 600, timedelta(minutes=15)),
    ),
    "totp": (Allowance("person", 8, timedelta(minutes=15)),),
    "recovery": (Allowance("person", 5, timedelta(hours=1)),),
    "": (Allowance("network", 600, timedelta(minutes=5)),),
}
"""Method → how often it may be begun; ``""`` is for every method. A whole school sits behind one address."""


def waits(hits: Sequence[float], allowance: Allowance, now: datetime) -> tuple[list[float], float]:
    """The hits that still count, and how many seconds to wait; 0 when one more is allowed. `hits` as Unix times."""
    start = (now - allowance.within).timestamp()
    counted = [hit for hit in hits if hit > start]
    if len(counted) < allowance.most:
        return counted, 0.0
    return counted, max(1.0, counted[-allowance.most] - start)
