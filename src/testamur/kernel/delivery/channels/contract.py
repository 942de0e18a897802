"""What every channel is: it takes one message or says why not, and can read its carrier's reports."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Protocol
from uuid import UUID

from testamur.kernel.base.refused import Refused
from testamur.kernel.delivery.rules import PUSH_TTL, Keys, State, Taken


@dataclass(frozen=True, slots=True)
class Outgoing:
    """A message as a channel gets it. `report_url` is where the carrier may report what became of it, or empty.

    `url`, `tag`, `urgent` and `keep` (how long it is worth keeping for a device that is off) matter to pushes, which
    go to `device`; it is None when that one is gone.
    """

    id: UUID
    to: str
    subject: str
    text: str
    html: str
    posted_at: datetime
    report_url: str = ""
    url: str = ""
    tag: str = ""
    urgent: bool = False
    keep: timedelta = PUSH_TTL
    device: Keys | None = None


class NotSent(Exception):  # noqa: N818 - the three below say what kind of trouble it is
    """The message was not taken. `reason` is a code (``smtp.550``); it never quotes what a server said.

    `shared`: the trouble may be everybody's, so that several in a row rest the channel. A push service that one person
    chose is that person's own trouble.
    """

    def __init__(self, reason: str, *, shared: bool = True) -> None:
        """Keep the code."""
        super().__init__(reason)
        self.reason = reason
        self.shared = shared


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
    """One configured channel. `parallel` messages are handed over at a time, by as many threads.

    So many may come twice after a crash: more than one only where each takes its time and a repeat does little harm.
    """

    parallel: int

    def send(self, message: Outgoing) -> Taken:
        """Hand the message over. Raises NotSent."""

    def read_report(self, *, url: str, signature: str, form: Mapping[str, str]) -> Report:
        """Read a report that came to `url`. Raises `ReportRefused` (``delivery.report.refused``)."""

    def close(self) -> None:
        """Let go of connections."""
