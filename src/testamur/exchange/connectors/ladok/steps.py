"""Background steps of the registry, readable top to bottom: take signed lists up, send them, follow the feed."""

from __future__ import annotations

import logging
from collections.abc import Callable
from dataclasses import dataclass
from datetime import datetime, timedelta
from uuid import UUID

from django.db import transaction

from testamur.exchange.connectors.ladok import following, importing, ledger, sending
from testamur.exchange.connectors.ladok.client import LadokClient
from testamur.exchange.connectors.ladok.wire import RegistryDown
from testamur.exchange.connectors.models import FeedCursor, Transfer
from testamur.kernel.base.actor import Actor
from testamur.kernel.base.ids import new_id
from testamur.kernel.jobs.rules import step_actor
from testamur.kernel.journal import queries as journal
from testamur.kernel.journal.rules import Cursor
from testamur.schoolday.noticeboard import actions as noticeboard
from testamur.schoolday.noticeboard.rules import Service

log = logging.getLogger(__name__)

Clock = Callable[[], datetime]
SIGNED = "reporting.list.signed/1"
JOURNAL = "journal"
"""Name of the cursor that says how far signed lists were taken up."""
CHUNK = 1000
STEP = step_actor(
    "registry", "reporting.list.read", "reporting.list.enter", "people.details.see", "people.protected.see",
    "people.contact.see", "noticeboard.trouble.note", "connectors.registry.*",
)  # fmt: skip

follow = following.follow
sync_courses = importing.sync_courses
sync_students = importing.sync_students


@dataclass(slots=True)
class Sent:
    """What one run of `send_due` did: transfers by where they came to rest; `down` when the registry was away."""

    ready: int = 0
    differs: int = 0
    failed: int = 0
    waiting: int = 0
    down: bool = False

    @property
    def total(self) -> int:
        """Transfers that were tried."""
        return self.ready + self.differs + self.failed + self.waiting


def take_up(*, by: Actor, now: datetime, limit: int = 20 * CHUNK) -> int:
    """Make a transfer of every list that was signed since the last time; returns how many.

    Follows the journal by a cursor that moves in the same transaction: a list is taken up once, whoever dies.
    Raises NotAllowed without ``connectors.registry.send``.
    """
    by.must("connectors.registry.send")
    made = 0
    for _ in range(0, limit, CHUNK):
        with transaction.atomic():
            row, _new = FeedCursor.objects.select_for_update().get_or_create(registry=JOURNAL)
            entries = journal.since(_cursor(row.entry), limit=CHUNK)
            if not entries:
                break
            signed = [(e.path, e.refs) for e in entries if e.kind == SIGNED]
            transfers = [
                Transfer(
                    id=new_id(), list=UUID(str(refs["list"])), number=int(refs["number"]), path=path, begun_at=now
                )
                for path, refs in signed
            ]  # fmt: skip
            there = set(Transfer.objects.filter(list__in=[t.list for t in transfers]).values_list("list", flat=True))
            fresh = {t.list: t for t in transfers if t.list not in there}
            Transfer.objects.bulk_create(fresh.values())
            made += len(fresh)
            row.entry = f"{entries[-1].cursor.transaction}:{entries[-1].cursor.entry}"
            row.at = now
            row.save(update_fields=["entry", "at"])
        if len(entries) < CHUNK:
            break
    return made


def send_due(*, by: Actor, client: LadokClient, clock: Clock, jitter: Callable[[], float], limit: int = 10_000) -> Sent:
    """Send what is due, one list after the other, until nothing is or the registry does not answer.

    When it does not, everything waits for a growing while, and every page says so (row B2): lists are written, sent to
    examiners and signed all the same. Raises NotAllowed without ``connectors.registry.send``.
    """
    by.must("connectors.registry.send")
    done = Sent()
    for _ in range(limit):
        claimed = ledger.claim(now=clock())
        if claimed is None:
            break
        try:
            following.begin(client=client, now=clock())
            state = sending.transfer(by=by, client=client, clock=clock, claimed=claimed)
        except RegistryDown as down:
            _away(by, claimed, down, clock(), jitter())
            done.down = True
            break
        setattr(done, state, getattr(done, state) + 1)
    return done


def _away(by: Actor, claimed: ledger.Claimed, down: RegistryDown, now: datetime, jitter: float) -> None:
    """The registry cannot be reached: this transfer and all others wait, and the board says so."""
    until = now + max(ledger.pause(claimed.tries, jitter), timedelta(seconds=down.wait))
    ledger.wait(claimed, until=until, error=down.code, message=str(down))
    ledger.rest(until=until, now=now)
    noticeboard.note_trouble(by=by, service=Service.REGISTRY, now=now)


def _cursor(text: str) -> Cursor:
    transaction_, _, entry = text.partition(":")
    return Cursor(int(transaction_ or 0), int(entry or 0))
