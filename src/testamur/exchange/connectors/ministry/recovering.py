"""After a loss: what the store has, number by number, is brought back; then what is missing may go.

The database may have been restored to an hour ago while batches of that hour lie at the store; or a worker has drawn up
another batch under a number that the store has given. The store is asked by number, its signed receipts are believed
as always, and nothing is sent here: sending goes on by itself afterwards, with the number that the store expects.
"""

from __future__ import annotations

import logging
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from datetime import datetime

from testamur.exchange.connectors.ministry import container, gathering, ledger, mending
from testamur.exchange.connectors.ministry.container import Receipt
from testamur.exchange.connectors.ministry.gathering import Sender
from testamur.exchange.connectors.ministry.ledger import Claimed
from testamur.exchange.connectors.ministry.settings import StoreSettings
from testamur.exchange.connectors.ministry.wire import Wire
from testamur.exchange.connectors.models import DeliverySender
from testamur.kernel.base.actor import Actor
from testamur.kernel.base.refused import Refused
from testamur.register.schools import queries as schools
from testamur.register.schools.rules import UnitKind
from testamur.schoolday.transcripts.actions.handover import Said

log = logging.getLogger(__name__)


class StoreForgot(Refused):
    """The store does not have, or has otherwise, a batch whose receipt it signed for us: people speak with it.

    The receipt proves what it took; nothing is sent anew by itself.
    """

    code = "connectors.delivery.store_forgot"


@dataclass(slots=True)
class Recovered:
    """What was found for one body. `strangers`: records that the store has and that are not here (yet).

    Attributes:
        batches: that the store has and we had lost, or whose receipt we had not got.
        put_back: records of a batch of ours under whose number the store has another one; they wait again.
        trouble: the code of what ended it before its end, with `message` in words.
    """

    path: str
    batches: int = 0
    accepted: int = 0
    rejected: int = 0
    strangers: int = 0
    put_back: int = 0
    trouble: str = ""
    message: str = ""


def recover(
    *, by: Actor, wire: Wire, store: StoreSettings, clock: Callable[[], datetime], path: str = "/"
) -> tuple[Recovered, ...]:
    """Bring every body at or below `path` up to what the store has. Run it as often as you like.

    A body whose lease another worker holds is told as busy. Raises NotAllowed without ``connectors.delivery.send``.
    """
    by.must("connectors.delivery.send")
    known = set(DeliverySender.objects.filter(path__startswith=path).values_list("organisation", flat=True))
    bodies = {unit.id for unit in schools.units_under(path, kind=UnitKind.AUTHORITY)}
    found = []
    for organisation in sorted(known | bodies):
        who = gathering.sender(organisation)
        if who is not None:
            done = Recovered(who.path)
            _recover(by, wire, store, clock, who, done, new=organisation not in known)
            found.append(done)
    return tuple(found)


def _recover(
    by: Actor, wire: Wire, store: StoreSettings, clock: Callable[[], datetime], who: Sender, done: Recovered, *,
    new: bool,
) -> None:  # fmt: skip
    claimed: Claimed | None = None
    try:
        if new:
            if wire.ask(who.code, 1) is None:
                return  # it has never delivered
            ledger.known(who.organisation, who.path)
        claimed = ledger.seize(who.organisation, now=clock())
        if claimed is None:
            done.trouble, done.message = ledger.LeaseLost.code, "Another worker sends for this body now: try again."
            return
        _must_remember(wire, store, who, claimed, clock())
        for held in _follow(by, wire, store, clock, who, claimed, done):
            claimed = held
    except Refused as no:
        log.warning("recovery for %s ends: %s", who.organisation, no)
        done.trouble, done.message = no.code, str(no)
        if claimed is not None:
            ledger.let_go(claimed)
    else:
        mending.mended(claimed)


def _must_remember(wire: Wire, store: StoreSettings, who: Sender, claimed: Claimed, now: datetime) -> None:
    """The store still has the last batch whose receipt we hold. Raises `StoreForgot`."""
    last = claimed.number - 1
    if last < 1:
        return
    raw = wire.ask(who.code, last)
    if raw is None:
        raise StoreForgot(f"The store does not have batch {last} any more, whose receipt we hold.")
    receipt = _receipt(raw, store, who, last, now)
    if receipt.digest != claimed.previous:
        raise StoreForgot(f"The store has another batch under number {last} than the one whose receipt we hold.")


def _follow(
    by: Actor, wire: Wire, store: StoreSettings, clock: Callable[[], datetime], who: Sender, claimed: Claimed,
    done: Recovered,
) -> Iterator[Claimed]:  # fmt: skip
    """Number after number, as long as the store has one; yields the claim as it is renewed after each."""
    while (raw := wire.ask(who.code, claimed.number)) is not None:
        now = clock()
        receipt = _receipt(raw, store, who, claimed.number, now)
        ours = ledger.open_batch(claimed)
        if ours is not None and ours.number == claimed.number and ours.digest == receipt.digest:
            container.must_speak_of(receipt, digest=ours.digest, records=ours.records)
            said = {one.record: Said(one.code or "unknown", one.text) for one in receipt.answers if not one.accepted}
            ledger.answered(by=by, claimed=claimed, batch=ours, receipt=receipt, raw=raw, said=said, now=now)
            done.accepted += len(receipt.answers) - len(said)
            done.rejected += len(said)
        else:
            done.put_back += mending.put_back(by=by, claimed=claimed, now=now)
            adopted = mending.adopt(by=by, claimed=claimed, receipt=receipt, raw=raw, now=now)
            done.accepted += adopted.accepted
            done.rejected += adopted.rejected
            done.strangers += adopted.strangers
        done.batches += 1
        claimed = ledger.hold(claimed, now=clock())
        yield claimed


def _receipt(raw: bytes, store: StoreSettings, who: Sender, number: int, now: datetime) -> Receipt:
    """The receipt under a number, signed now or on the day that it names: a certificate of then may have run out since.

    Raises `BadReceipt`.
    """
    try:
        return container.receipt_for(raw, sender=who.code, number=number, roots=store.receipt_roots, at=now)
    except container.BadReceipt:
        then = container.received_at(raw)
        if then is None or then >= now:
            raise
        return container.receipt_for(raw, sender=who.code, number=number, roots=store.receipt_roots, at=then)
