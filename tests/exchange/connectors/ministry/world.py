"""A province with one school and records made of the sample, beside a simulated store: enough to deliver, and quick.

The records themselves are not issued here: what the archive and the index say of them is handed to the connector in
their stead. `tests/exchange/connectors/ministry/test_whole.py` does it with issued ones.
"""

from __future__ import annotations

import copy
import hashlib
from collections.abc import Collection, Iterator, Mapping, Sequence
from dataclasses import dataclass, field, replace
from datetime import datetime, timedelta
from typing import Any
from uuid import UUID, uuid5

from testamur.exchange.connectors.ministry import gathering, steps
from testamur.exchange.connectors.ministry.mapping.checking import sample
from testamur.exchange.connectors.ministry.mapping.rendering import Writer
from testamur.exchange.connectors.ministry.simulator.server import Simulator
from testamur.exchange.connectors.ministry.steps import STEP, Sent
from testamur.exchange.connectors.ministry.wire import Wire
from testamur.kernel.base.actor import operator
from testamur.register.schools.rules import UnitView
from testamur.schoolday.transcripts.actions import handover as acts
from testamur.schoolday.transcripts.actions.handover import Asked
from testamur.schoolday.transcripts.queries import handover
from testamur.schoolday.transcripts.rules import HandoverState, HandoverView
from testamur.trust.records.queries.filed import Filed
from testamur.trust.records.rules import State

SPACE = UUID("5f0f7c0e-7b43-4f0e-9a43-0d6d0f3a3b11")


@dataclass
class World:
    """`rows` and `snapshots` are what is known of each record; `now` is the world's clock."""

    authority: UnitView
    school: UnitView
    group: UUID
    store: Simulator
    writer: Writer
    now: datetime
    rows: dict[UUID, Filed] = field(default_factory=dict)
    snapshots: dict[UUID, dict[str, Any]] = field(default_factory=dict)

    def record(self, number: int, *, replaces: UUID | None = None, **subject: str) -> UUID:
        """A published record of the pupil with that number (of our invention)."""
        record = uuid5(SPACE, f"{number}/{len(self.rows)}")
        snapshot: dict[str, Any] = copy.deepcopy(dict(sample("vn.primary.hoc_ba_year") or {}))
        snapshot.pop("delivery")
        snapshot["record"] = f"urn:uuid:{record}"
        snapshot["subject"]["identifier"]["value"] = f"099217{number:06d}"
        snapshot["subject"].update(subject)
        pdf = self.pdf(record)
        former = self.rows.get(replaces) if replaces else None
        self.rows[record] = Filed(
            record, self.authority.id, self.school.id, self.school.path, "vn.primary.hoc_ba_year",
            former.pupil if former else uuid5(SPACE, f"pupil {number}"), "2025/2026 HK2", "3A",
            former.version + 1 if former else 1, State.PUBLISHED, "AAAA-BBBB-CCCC", replaces,
            hashlib.sha256(pdf).hexdigest(), len(pdf), len(self.rows), self.now,
        )  # fmt: skip
        if former is not None:
            self.rows[former.record] = replace(former, state=State.SUPERSEDED)
        self.snapshots[record] = snapshot
        return record

    @staticmethod
    def pdf(record: UUID) -> bytes:
        """The record's invented file."""
        return b"%PDF-1.7 invented " + record.bytes

    def ask(self, *records: UUID) -> None:
        """They shall go."""
        asked = [
            Asked(r, self.rows[r].pupil, self.group, self.school.id, self.school.path, "2025/2026") for r in records
        ]
        acts.ask(by=operator(), records=asked, now=self.now)

    def pupils(self, count: int) -> list[UUID]:
        """So many records, asked for."""
        made = [self.record(n) for n in range(1, count + 1)]
        self.ask(*made)
        return made

    def send(self, *, most: int = 200, timeout: float = 10, later: int = 0) -> Sent:
        """One run of the worker, so many seconds later."""
        self.now += timedelta(seconds=later)
        settings = replace(self.store.settings, most=most, timeout=timeout)
        with Wire.of(settings) as wire:
            return steps.send_due(
                by=STEP, wire=wire, store=settings, writer=self.writer, clock=lambda: self.now, jitter=lambda: 0.5
            )

    def view(self, record: UUID) -> HandoverView:
        """Where a record stands."""
        found = handover.handover(by=operator(), record=record)
        assert found is not None
        return found

    def states(self, records: Collection[UUID]) -> list[HandoverState]:
        """Where records stand, in order."""
        return [self.view(record).state for record in records]

    # --- what the index and the archive say ---

    def filed(self, *, records: Collection[UUID]) -> dict[UUID, Filed]:
        """As `trust.records.queries.filed.filed`."""
        return {record: self.rows[record] for record in records if record in self.rows}

    def frozen(self, *, records: Sequence[UUID]) -> Mapping[UUID, Mapping[str, Any]]:
        """As `trust.records.queries.frozen`."""
        return {record: self.snapshots[record] for record in records if record in self.snapshots}

    def files(self, wanted: Sequence[UUID]) -> Iterator[tuple[str, bytes]]:
        """As `gathering.files`."""
        return ((gathering.file_name(record), self.pdf(record)) for record in wanted)
