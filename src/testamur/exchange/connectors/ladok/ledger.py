"""Writing down where each transfer stands. Every function is one short transaction; none of them calls the registry.

Steps of the machinery. What a person reads of them is journalled where a transfer comes to rest (`settle`).
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Any
from uuid import UUID

from django.db import transaction
from django.db.models import F, Q

from testamur.exchange.connectors.models import Transfer, TransferRow
from testamur.kernel.base.actor import Actor
from testamur.kernel.base.ids import new_id
from testamur.kernel.journal.actions import append

LEASE = timedelta(seconds=120)
"""Longer than the slowest call with its second try: a worker that has not been heard of for so long is dead."""
FIRST_PAUSE = timedelta(seconds=15)
LONGEST_PAUSE = timedelta(minutes=30)
MODULES_FIRST = "connectors.registry.modules_first"
"""Error of a whole-course list whose students have modules on their way."""
MODULES_PAUSE = timedelta(minutes=10)
THEIRS_KEPT = "theirs_kept"
"""Fault of a row whose difference was resolved in favour of the registry's result: nothing more is sent."""
ATTESTED_THERE = "attested_there"
"""Fault of a row whose attested result can only be changed inside the registry."""


@dataclass(frozen=True, slots=True)
class Claimed:
    """A transfer that this worker alone may move; `until` is the lease, and proves it."""

    id: UUID
    list: UUID
    number: int
    path: str
    tries: int
    until: datetime


@dataclass(frozen=True, slots=True)
class RowNote:
    """A row as it was last written down."""

    id: UUID
    row: UUID
    person: UUID
    state: str
    attempt: str
    result: str
    stamp: str
    fault: str


def pause(tries: int, jitter: float) -> timedelta:
    """How long to leave the registry alone after the `tries`-th failure; `jitter` from 0 to 1 spreads workers."""
    doubled: int = 2 ** min(tries, 12)
    return min(FIRST_PAUSE * doubled, LONGEST_PAUSE) * (0.5 + jitter)


def _due(now: datetime) -> Q:
    free = Q(lease_until__isnull=True) | Q(lease_until__lt=now)
    return free & (Q(next_at__isnull=True) | Q(next_at__lte=now)) & Q(state__in=["waiting", "sending"])


def claim(*, now: datetime, only: UUID | None = None) -> Claimed | None:
    """Take the transfer that waits longest (or that one), if it is due and nobody has it."""
    due = Transfer.objects.filter(_due(now))
    if only is not None:
        due = due.filter(id=only)
    if not due.exists():  # outside a transaction: an idle worker must not hold up writers
        return None
    with transaction.atomic():
        row = due.select_for_update().order_by(F("next_at").asc(nulls_first=True), "number").first()
        if row is None:
            return None
        until = now + LEASE
        Transfer.objects.filter(id=row.id).update(state="sending", lease_until=until, tries=F("tries") + 1)
    return Claimed(row.id, row.list, row.number, row.path, row.tries + 1, until)


def hold(claimed: Claimed, *, now: datetime) -> Claimed | None:
    """The same claim, renewed when half of it is gone; None when another worker has it."""
    mine = Transfer.objects.filter(id=claimed.id, lease_until=claimed.until, state="sending")
    if claimed.until - now > LEASE / 2:
        return claimed if mine.exists() else None
    until = now + LEASE
    if mine.update(lease_until=until) != 1:
        return None
    return Claimed(claimed.id, claimed.list, claimed.number, claimed.path, claimed.tries, until)


@transaction.atomic
def open_rows(claimed: Claimed, rows: Iterable[tuple[UUID, UUID]]) -> dict[UUID, RowNote]:
    """The rows of a transfer by the list's row, made at the first try; `rows` are (row, person)."""
    there = {row.row: row for row in TransferRow.objects.filter(transfer=claimed.id)}
    new = [
        TransferRow(id=new_id(), transfer_id=claimed.id, row=row, person=person)
        for row, person in rows
        if row not in there
    ]
    TransferRow.objects.bulk_create(new)
    return {
        one.row: RowNote(one.id, one.row, one.person, one.state, one.attempt, one.result, one.stamp, one.fault)
        for one in (*there.values(), *new)
    }


def note_row(row: UUID, **values: Any) -> None:
    """What is known of a row now; called after every call, before the next one."""
    TransferRow.objects.filter(id=row).update(**values)


def note_refused(row: UUID, message: str, fault: str = "", **values: Any) -> None:
    """The registry (or we) will not have this row; the rest goes on."""
    note_row(row, state="refused", message=message[:400], fault=fault[:64], **values)


def note_differs(row: UUID, theirs: Mapping[str, Any], message: str) -> None:
    """Somebody else's result stands there: it stays, and the examiner decides."""
    note_row(row, state="differs", theirs=dict(theirs), message=message[:400])


@transaction.atomic
def settle(*, by: Actor, claimed: Claimed, now: datetime) -> str:
    """Every row was tried: the transfer comes to rest. Returns its state. Journal: ``connectors.registry.sent/1``."""
    rows = Counter(TransferRow.objects.filter(transfer=claimed.id).values_list("state", flat=True))
    state = rest_state(claimed.id)
    values = {"state": state, "lease_until": None, "next_at": None, "error": "", "message": "", "tries": 0}
    if not Transfer.objects.filter(id=claimed.id, lease_until=claimed.until).update(**values):
        return ""
    refs = {
        "transfer": str(claimed.id), "list": str(claimed.list), "number": claimed.number, "state": state,
        "rows": dict(sorted(rows.items())),
    }  # fmt: skip
    append(by=by, kind="connectors.registry.sent/1", path=claimed.path, refs=refs, now=now)
    return state


def rest_state(transfer: UUID) -> str:
    """Where a transfer stands by its rows. Attested lists are still ``ready`` until they are entered."""
    rows = list(TransferRow.objects.filter(transfer=transfer).values_list("state", "fault"))
    states = {state for state, fault in rows if fault != THEIRS_KEPT}
    for state in ("differs", "refused", "waiting", "draft"):
        if state in states:
            return {"differs": "differs", "refused": "failed"}.get(state, "waiting")
    return "ready"


@transaction.atomic
def give_up(*, by: Actor, claimed: Claimed, error: str, message: str, now: datetime) -> None:
    """It cannot go as it is: a person looks at it. Journal: ``connectors.registry.failed/1``."""
    values = {"state": "failed", "lease_until": None, "next_at": None, "error": error[:80], "message": message[:400]}
    if Transfer.objects.filter(id=claimed.id, lease_until=claimed.until).update(**values):
        refs = {"transfer": str(claimed.id), "list": str(claimed.list), "number": claimed.number, "error": error}
        append(by=by, kind="connectors.registry.failed/1", path=claimed.path, refs=refs, now=now)


def wait(claimed: Claimed, *, until: datetime, error: str, message: str) -> None:
    """It goes on later, where it stands."""
    values = {"state": "waiting", "lease_until": None, "next_at": until, "error": error[:80], "message": message[:400]}
    Transfer.objects.filter(id=claimed.id, lease_until=claimed.until).update(**values)


def rest(*, until: datetime, now: datetime) -> None:
    """The registry does not answer: whatever is due waits as well."""
    Transfer.objects.filter(_due(now), lease_until__isnull=True).update(next_at=until)


def wake(*, now: datetime) -> int:
    """Modules were attested: whole-course lists that wait for some are looked at again."""
    return Transfer.objects.filter(state="waiting", error=MODULES_FIRST, lease_until__isnull=True).update(next_at=now)


def on_their_way(persons: Iterable[UUID], *, but: UUID) -> set[UUID]:
    """Lists whose rows about these persons the registry has not attested yet."""
    open_states = ["waiting", "draft", "ready"]
    rows = TransferRow.objects.filter(person__in=list(persons), state__in=open_states).exclude(transfer=but)
    return set(rows.values_list("transfer__list", flat=True).distinct())
