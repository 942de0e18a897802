"""What every channel is: it takes one message or says why not, and can read its carrier's reports."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime
from typing import Protocol
from uuid import UUID

from testamur.kernel.base.refused import Refused
from testamur.kernel.delivery.rules import State


@dataclass(frozen=True, slots=True)
class Outgoing:
    """A message as a channel gets it. `report_url` is where the carrier may report what became of it, or empty."""

    id: UUID
    to: str
    subject: str
    text: str
    html: str
    posted_at: datetime
    report_url: str = ""


class NotSent(Exception):  # noqa: N818 - the three below say what kind of trouble it is
    """The message was not taken. `reason` is a code (``smtp.550``); it never quotes what a server said."""

    def __init__(self, reason: str) -> None:
        """Keep the code."""
        super().__init__(reason)
        self.reason = reason


class NeverSent(NotSent):
    """It never will be: wrong address, refused content."""


class TryAgain(NotSent):
    """This message may go later."""


class ChannelDown(NotSent):
    """Nothing goes now: no answer, wrong password, not set up."""


class ReportRefused(Refused):
    """A delivery report that its carrier did not make."""

    code = "delivery.report.refused"


@dataclass(frozen=True, slots=True)
class Report:
    """What a carrier says about a message. None for a state that tells nothing new (queued, sending)."""

    state: State | None
    error: str = ""


class Channel(Protocol):
    """One configured channel; used by one thread."""

    def send(self, message: Outgoing) -> str:
        """Hand the message over; returns the carrier's id for it, or an empty text. Raises NotSent."""

    def read_report(self, *, url: str, signature: str, form: Mapping[str, str]) -> Report:
        """Read a report that came to `url`. Raises `ReportRefused` (``delivery.report.refused``)."""

    def close(self) -> None:
        """Let go of connections."""
