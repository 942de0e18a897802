"""Reading the journal, safely under concurrent commits."""

from __future__ import annotations

from datetime import datetime
from uuid import UUID

from django.db import OperationalError, connection, connections
from django.db.models import Func, Q
from django.db.models.fields import BigIntegerField

from testamur.kernel.base.actor import Actor
from testamur.kernel.journal.models import Entry, ShippedEntry, ShippedHead
from testamur.kernel.journal.rules import Cursor, EntryView, Head


class OldestRunning(Func):
    """Number of the oldest transaction still running (PostgreSQL): all below it are finished."""

    template = "(pg_snapshot_xmin(pg_current_snapshot())::text::bigint)"
    output_field = BigIntegerField()
    arity = 0


def since(cursor: Cursor, *, limit: int = 1000) -> list[EntryView]:
    """Entries after `cursor`, in an order in which none can appear later behind the last one returned.

    On PostgreSQL numbers are given before the commit, so that entry 6 may be seen before entry 5: only entries of
    transactions older than every running one are returned, ordered by transaction and number.
    """
    rows = Entry.objects.filter(
        Q(transaction__gt=cursor.transaction) | Q(transaction=cursor.transaction, id__gt=cursor.entry)
    )
    if connection.vendor == "postgresql":
        rows = rows.filter(transaction__lt=OldestRunning())
    return [view(row) for row in rows.order_by("transaction", "id")[:limit]]


def head() -> Head | None:
    """The newest head of the shipped journal."""
    row = ShippedHead.objects.order_by("-size").first()
    return Head(row.size, row.root, row.at) if row else None


def shipped_to() -> Cursor:
    """How far the log database has come."""
    row = ShippedEntry.objects.order_by("-seq").first()
    return Cursor(row.transaction, row.entry) if row else Cursor()


def lag(now: datetime) -> float:
    """Seconds since the oldest act that is not in the log database yet; 0 when all are."""
    waiting = since(shipped_to(), limit=1)
    return max(0.0, (now - waiting[0].at).total_seconds()) if waiting else 0.0


def behind(now: datetime) -> float | None:
    """As `lag`, but None when the log database cannot be reached at all."""
    try:
        return lag(now)
    except OperationalError:
        connections["log"].close()
        return None


def of_record(*, by: Actor, path: str, record: UUID) -> list[EntryView]:
    """Acts that name a record, oldest first. Raises NotAllowed without ``journal.read`` at `path`."""
    by.must("journal.read", path)
    rows = Entry.objects.filter(path__startswith=path, refs__record=str(record))
    return [view(row) for row in rows.order_by("id")]


def naming(*, prefix: str, name: str, value: str, since: datetime) -> list[EntryView]:
    """Acts of kinds that begin with `prefix`, not before `since`, that name a thing in their refs; oldest first.

    Whoever shows them asks whether the thing may be seen. `since` (the thing's own beginning) keeps the search short.
    """
    rows = Entry.objects.filter(kind__startswith=prefix, at__gte=since, **{f"refs__{name}": value})
    return [view(row) for row in rows.order_by("id")]


def view(row: Entry) -> EntryView:
    """One row as readers see it."""
    return EntryView(
        cursor=Cursor(row.transaction, row.id),
        at=row.at,
        actor=row.actor,
        identified_by=row.identified_by,
        on_behalf_of=row.on_behalf_of,
        kind=row.kind,
        path=row.path,
        refs=row.refs,
    )
