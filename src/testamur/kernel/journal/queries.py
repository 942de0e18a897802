"""Reading the journal, safely under concurrent commits."""

from __future__ import annotations

from datetime import datetime
from uuid import UUID

from django.db import OperationalError, connection, connections
from django.db.models import Q, QuerySet

from testamur.kernel.base.actor import Actor
from testamur.kernel.journal.models import Entry, ShippedEntry, ShippedHead
from testamur.kernel.journal.rules import Cursor, EntryView, Head

_RUNNING = """
WITH running AS (
    SELECT number::text::bigint AS number, session.pid IS NULL AS unknown,
           session.pid IS NOT NULL
               AND coalesce(session.datname <> current_database() OR session.usesysid IS NULL, false) AS elsewhere
    FROM pg_snapshot_xip(pg_current_snapshot()) AS number
    LEFT JOIN pg_stat_activity AS session ON session.backend_xid = number::xid)
SELECT LEAST((SELECT min(number) FROM running WHERE NOT elsewhere), pg_current_xact_id_if_assigned()::text::bigint,
             pg_snapshot_xmax(pg_current_snapshot())::text::bigint),
       EXISTS (SELECT FROM running WHERE unknown)"""
_LOOKS = 5


def oldest_running() -> int:
    """Number of the oldest transaction still running that can write here (PostgreSQL): all below it are finished.

    A server numbers the transactions of all its databases together, and what another database does for an hour must not
    keep this one's families waiting. Which are running is in the statement's own snapshot. One of them is left out only
    where the list of sessions, read after the snapshot, has it in another database or as the server's own housekeeping
    (which has no user). One that is not in the list has most often just ended, then it is looked again; else it was
    prepared, and counts. The own one is in no snapshot of its own, and counts. Every role may read what is asked here.
    """
    bound, unknown = 0, True
    with connection.cursor() as cursor:
        for _look in range(_LOOKS):
            cursor.execute("SELECT pg_stat_clear_snapshot()")  # the list that this transaction has read before
            cursor.execute(_RUNNING)
            bound, unknown = cursor.fetchone()
            if not unknown:
                break
    return int(bound)


def since(cursor: Cursor, *, limit: int = 1000) -> list[EntryView]:
    """Entries after `cursor`, in an order in which none can appear later behind the last one returned.

    On PostgreSQL numbers are given before the commit, so that entry 6 may be seen before entry 5: only entries of
    transactions older than every running one are returned, ordered by transaction and number.
    """
    rows = _after(cursor)
    if connection.vendor == "postgresql":
        rows = rows.filter(transaction__lt=oldest_running())
    return [view(row) for row in rows.order_by("transaction", "id")[:limit]]


def _after(cursor: Cursor) -> QuerySet[Entry]:
    return Entry.objects.filter(
        Q(transaction__gt=cursor.transaction) | Q(transaction=cursor.transaction, id__gt=cursor.entry)
    )


def head() -> Head | None:
    """The newest head of the shipped journal."""
    row = ShippedHead.objects.order_by("-size").first()
    return Head(row.size, row.root, row.at) if row else None


def shipped_to() -> Cursor:
    """How far the log database has come."""
    row = ShippedEntry.objects.order_by("-seq").first()
    return Cursor(row.transaction, row.entry) if row else Cursor()


def lag(now: datetime) -> float:
    """Seconds since the oldest act that is not in the log database yet; 0 when all are.

    Acts that a transaction left open keeps back are counted: nobody would hear of it otherwise.
    """
    waiting = _after(shipped_to()).values_list("at", flat=True).order_by("transaction", "id").first()
    return max(0.0, (now - waiting).total_seconds()) if waiting else 0.0


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
