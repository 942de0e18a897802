"""Background steps of the delivery, readable top to bottom: take published records up, draw up a batch, send it.

Nothing is delivered twice or lost, whoever dies: the bytes of a batch stand in the database, in the same transaction
in which its records leave the queue, before anything is sent; the next batch is drawn up only when the receipt of the
last one stands; an answer that was lost is asked for by number, and the store takes a number once.
"""

from __future__ import annotations

import hashlib
import logging
from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from datetime import datetime, timedelta
from uuid import UUID

from django.conf import settings as django_settings
from django.db import transaction

from testamur.exchange.connectors.ministry import container, gathering, ledger, mending
from testamur.exchange.connectors.ministry.container import BadReceipt
from testamur.exchange.connectors.ministry.gathering import Sender
from testamur.exchange.connectors.ministry.ledger import Claimed, LeaseLost, Sealed
from testamur.exchange.connectors.ministry.mapping.checking import sample
from testamur.exchange.connectors.ministry.mapping.rendering import Unfit, Writer
from testamur.exchange.connectors.ministry.settings import StoreSettings
from testamur.exchange.connectors.ministry.wire import BatchRefused, OutOfStep, StillWorking, StoreDown, Wire
from testamur.exchange.connectors.models import DeliverySender, FeedCursor
from testamur.kernel.base.actor import Actor
from testamur.kernel.base.refused import Refused
from testamur.kernel.jobs.rules import step_actor
from testamur.kernel.journal import queries as journal
from testamur.kernel.journal.rules import Cursor
from testamur.schoolday.transcripts.actions import handover as acts
from testamur.schoolday.transcripts.actions.handover import HandoverMoved, Said
from testamur.schoolday.transcripts.queries import handover
from testamur.trust.records.queries.filed import filed_in
from testamur.trust.sealing.keys.opening import open_key
from testamur.trust.sealing.queries import active_seal

log = logging.getLogger(__name__)

Clock = Callable[[], datetime]
PUBLISHED = "records.batch_published/1"
JOURNAL = "ministry"
"""Name of the cursor that says how far published records were taken up."""
CHUNK = 1000
SOON = timedelta(seconds=5)
STEP = step_actor("ministry", "transcripts.handover.*", "connectors.delivery.*", "records.record.read")


@dataclass(slots=True)
class Sent:
    """What one run did: batches with a receipt, records by outcome; `trouble` is the last thing that kept it."""

    batches: int = 0
    accepted: int = 0
    rejected: int = 0
    unfit: int = 0
    trouble: str = ""
    senders: set[UUID] = field(default_factory=set)


def take_up(*, by: Actor, document: str, now: datetime, limit: int = 20 * CHUNK) -> int:
    """Ask for every record of that kind that was published since the last time, where its body delivers by itself.

    Follows the journal by a cursor that moves in the same transaction: a record is asked for once, whoever dies.
    Raises NotAllowed without ``connectors.delivery.send``.
    """
    by.must("connectors.delivery.send")
    automatic = dict(DeliverySender.objects.filter(automatic=True).values_list("organisation", "path"))
    made = 0
    for _ in range(0, limit, CHUNK):
        with transaction.atomic():
            row, _new = FeedCursor.objects.select_for_update().get_or_create(registry=JOURNAL)
            entries = journal.since(_cursor(row.entry), limit=CHUNK)
            if not entries:
                break
            for entry in entries:
                if entry.kind == PUBLISHED and any(entry.path.startswith(path) for path in automatic.values()):
                    found = filed_in(batch=UUID(str(entry.refs["batch"])), document_type=document)
                    mine = [one for one in found if one.organisation in automatic]
                    made += acts.ask(by=by, records=gathering.asked(mine), now=now)
            row.entry, row.at = f"{entries[-1].cursor.transaction}:{entries[-1].cursor.entry}", now
            row.save(update_fields=["entry", "at"])
        if len(entries) < CHUNK:
            break
    return made


def send_due(
    *, by: Actor, wire: Wire, store: StoreSettings, writer: Writer, clock: Clock, jitter: Callable[[], float],
    limit: int = 1000,
) -> Sent:  # fmt: skip
    """Send for every body that is due, batch after batch, until nothing waits or the store does not answer.

    Raises NotAllowed without ``connectors.delivery.send``.
    """
    by.must("connectors.delivery.send")
    done = Sent()
    for organisation in ledger.due(clock()):
        who = gathering.sender(organisation)
        claimed = ledger.claim(organisation, now=clock()) if who is not None else None
        if who is None or claimed is None:
            continue
        done.senders.add(organisation)
        one = _Run(by, wire, store, writer, clock, jitter, who, done)
        try:
            one.go(claimed, limit)
        except LeaseLost:
            log.info("another worker sends for %s", organisation)
    return done


@dataclass(slots=True)
class _Run:
    """One worker at one sender."""

    by: Actor
    wire: Wire
    store: StoreSettings
    writer: Writer
    clock: Clock
    jitter: Callable[[], float]
    who: Sender
    done: Sent

    def go(self, claimed: Claimed, limit: int) -> None:
        """Batch after batch, until nothing waits or something keeps it."""
        for _ in range(limit):
            try:
                batch = ledger.open_batch(claimed) or self.draw(claimed)
                if batch is None:
                    break
                self.send(claimed, batch)
            except BatchRefused as no:
                self._refused(claimed, no)
                return
            except (Refused, OSError) as no:
                if isinstance(no, LeaseLost):
                    raise
                self._keep(claimed, no)
                return
            claimed = ledger.hold(claimed, now=self.clock())
        ledger.let_go(claimed)

    def draw(self, claimed: Claimed) -> Sealed | None:
        """The next batch, its bytes written down; None when nothing waits, or a person has to decide first."""
        if ledger.is_blocked(claimed.organisation):
            return None
        while True:
            now = self.clock()
            waiting = handover.waiting(by=self.by, path=claimed.path, limit=self.store.most)
            if mending.settle(by=self.by, claimed=claimed, waiting=[one.record for one in waiting], now=now):
                continue  # the store has them: what was lost came back after its receipt
            told = self._delivery(claimed, 1, now)
            if waiting:
                self._body_fits(told)
            found = gathering.gather(self.writer, told, [one.record for one in waiting], claimed.organisation)
            if found.unfit:
                self.done.unfit += len(found.unfit)
                acts.note_rejected(by=self.by, reasons=found.unfit, now=now, unsent=True)
            if found.fitting:
                break
            if not found.unfit:  # nothing waits, or only what other bodies send
                return None
        document = self.writer.batch(self._delivery(claimed, len(found.fitting), now), [e for _r, e in found.fitting])
        problems = self.writer.problems(document)
        if problems:
            raise BatchUnfit("The batch as a whole does not fit the form: " + str(Unfit(problems)))
        seal = active_seal(self.who.organisation, now)
        signature = container.sign(document, open_key(seal.locator), seal.certificates)
        chosen = {one.record: one for one in waiting}
        ledger.seal(
            by=self.by, claimed=claimed, chosen=[chosen[record] for record, _e in found.fitting],
            form=self.writer.form.name, fingerprint=self.writer.form.fingerprint, document=document,
            signature=signature, digest=hashlib.sha256(document).hexdigest(), now=now,
        )  # fmt: skip
        return ledger.open_batch(claimed)

    def _delivery(self, claimed: Claimed, count: int, now: datetime) -> dict[str, object]:
        test = django_settings.MODE != "production"
        return gathering.delivery(
            self.who, self.writer, number=claimed.number, previous=claimed.previous, count=count, test=test, now=now
        )

    def _body_fits(self, told: Mapping[str, object]) -> None:
        """What the batch says of the body fits the form: otherwise no record is to blame, and none is rejected."""
        facts = sample(self.writer.form.document)
        assert facts is not None  # the form was checked with it
        try:
            problems = self.writer.problems(self.writer.batch(told, [self.writer.record(facts)]))
        except Unfit as unfit:
            problems = unfit.problems
        if problems:
            raise BatchUnfit("What the batch says of the body does not fit the form: " + str(Unfit(problems)))

    def send(self, claimed: Claimed, batch: Sealed) -> None:
        """Put it, unless the store has it already, and write its receipt down."""
        ledger.sending(claimed, batch.id, self.clock())
        raw = self.wire.ask(self.who.code, batch.number) if batch.sent else None
        if raw is None:
            files = gathering.files(batch.records) if self.writer.form.pdf else iter(())
            packed = container.pack(batch.document, batch.signature, files)
            raw = self.wire.put(self.who.code, batch.number, batch.digest, packed)
        now = self.clock()
        receipt = container.receipt_of(
            raw, sender=self.who.code, number=batch.number, digest=batch.digest, records=batch.records,
            roots=self.store.receipt_roots, at=now,
        )  # fmt: skip
        said = {one.record: Said(one.code or "unknown", one.text) for one in receipt.answers if not one.accepted}
        ledger.answered(by=self.by, claimed=claimed, batch=batch, receipt=receipt, raw=raw, said=said, now=now)
        self.done.batches += 1
        self.done.rejected += len(said)
        self.done.accepted += len(receipt.answers) - len(said)

    def _refused(self, claimed: Claimed, no: BatchRefused) -> None:
        batch = ledger.open_batch(claimed)
        self.done.trouble = no.code
        if batch is not None:
            code = str(no.found.get("said", ""))
            ledger.refused(by=self.by, claimed=claimed, batch=batch, code=code, message=str(no), now=self.clock())
        ledger.let_go(claimed)

    def _keep(self, claimed: Claimed, no: Refused | OSError) -> None:
        """It stands where it is and goes on later; what a person has to mend is tried seldom."""
        code = no.code if isinstance(no, Refused) else "connectors.delivery.file_damaged"
        self.done.trouble = code
        log.warning("delivery for %s waits: %s", claimed.organisation, no)
        now = self.clock()
        pause = ledger.pause(claimed.tries, self.jitter())
        if isinstance(no, StillWorking | HandoverMoved):
            pause = SOON
        elif isinstance(no, BadReceipt | OutOfStep) or not isinstance(no, StoreDown):
            pause = ledger.LONGEST_PAUSE
        asked = timedelta(seconds=no.wait) if isinstance(no, StoreDown) else timedelta()
        ledger.wait(
            claimed, until=now + max(pause, asked), error=code, message=str(no), again=not isinstance(no, StillWorking)
        )


class BatchUnfit(Refused):
    """The batch does not fit the form, whatever its records are: the body's code or name, or the form itself."""

    code = "connectors.delivery.batch_unfit"


def _cursor(text: str) -> Cursor:
    transaction_, _, entry = text.partition(":")
    return Cursor(int(transaction_ or 0), int(entry or 0))
