"""What the simulated store holds: senders with their keys, numbers of pupils, batches, records. Kept as JSON."""

from __future__ import annotations

import json
import threading
from dataclasses import asdict, dataclass, field
from pathlib import Path
from typing import Any

from testamur.kernel.base.durable import write_durable


@dataclass
class Sender:
    """Who may send: the certificate that batches are signed with (hex of its SHA-256), and what comes next."""

    certificates: list[str] = field(default_factory=list)
    next: int = 1
    last: str = "0" * 64


@dataclass
class State:
    """All of it. `pupils` are the numbers that the store knows; empty: it knows everybody.

    Attributes:
        unknown: numbers that it does not know, whatever `pupils` says.
        batches: ``sender/number`` → digest of the batch and its receipt's body.
        records: record → number of the pupil, batch, and whether another has taken its place.
        closed: school years that take nothing any more.
    """

    senders: dict[str, Sender] = field(default_factory=dict)
    pupils: dict[str, str] = field(default_factory=dict)
    unknown: list[str] = field(default_factory=list)
    closed: list[str] = field(default_factory=list)
    batches: dict[str, dict[str, Any]] = field(default_factory=dict)
    records: dict[str, dict[str, str]] = field(default_factory=dict)


class Kept:
    """The state with its lock and its file."""

    def __init__(self, place: Path | None) -> None:
        """`place` keeps it over restarts; None: in memory alone."""
        self.lock = threading.RLock()
        self._place = place
        self.state = State()
        if place is not None and place.is_file():
            told = json.loads(place.read_bytes())
            senders = {code: Sender(**one) for code, one in told.pop("senders").items()}
            self.state = State(senders=senders, **told)

    def save(self) -> None:
        """Write it down."""
        if self._place is not None:
            with self.lock:
                write_durable(self._place, json.dumps(asdict(self.state), ensure_ascii=False).encode(), mode=0o600)
