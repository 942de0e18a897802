"""The journal's reader in tests: PostgreSQL shows it only what no open transaction of the cluster could precede."""

from __future__ import annotations

import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from datetime import datetime

import pytest
from django.db import connection, connections

from testamur.kernel.journal import queries, steps

TRIES = 50


def quiet() -> None:
    """Wait until no transaction of another test's database is open: the cluster numbers them all together."""
    if connection.vendor != "postgresql":
        return
    for _try in range(200):
        with connection.cursor() as cursor:
            cursor.execute("SELECT pg_snapshot_xmin(pg_current_snapshot()) = pg_snapshot_xmax(pg_current_snapshot())")
            if cursor.fetchone()[0]:
                return
        time.sleep(0.05)


def in_quiet(step: Callable[[], int]) -> int:
    """What a step that reads the journal did, tried until it found something: others may begin in between."""
    for _try in range(TRIES):
        quiet()
        if count := step():
            return count
    return 0


def shipped(now: datetime, limit: int = 1000) -> int:
    """Ship when nothing else keeps the reader back."""
    return in_quiet(lambda: steps.ship(now=now, limit=limit))


def ship_everything(now: datetime) -> None:
    """All that was written so far."""
    from testamur.kernel.journal.models import Entry, ShippedEntry

    for _try in range(TRIES):
        in_quiet(lambda: steps.ship_all(now=now))
        if ShippedEntry.objects.count() == Entry.objects.count():
            return
    raise AssertionError("the journal was not shipped to its end")


@contextmanager
def own_acts_are_seen() -> Iterator[None]:
    """In a test that is one transaction the journal's reader sees the acts of it; who may see when is tested apart."""
    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(queries.OldestRunning, "template", "(pg_current_xact_id()::text::bigint + 1)")
        yield


@contextmanager
def unguarded(alias: str, table: str) -> Iterator[None]:
    """Somebody with the database's own password: the guard against changes of a table is off meanwhile."""
    with connections[alias].cursor() as cursor:
        if connections[alias].vendor == "postgresql":
            cursor.execute(f"ALTER TABLE {table} DISABLE TRIGGER USER")
            yield
            cursor.execute(f"ALTER TABLE {table} ENABLE TRIGGER USER")
            return
        cursor.execute("SELECT name, sql FROM sqlite_master WHERE type = 'trigger' AND tbl_name = %s", [table])
        guards = cursor.fetchall()
        for name, _sql in guards:
            cursor.execute(f'DROP TRIGGER "{name}"')
        yield
        for _name, sql in guards:
            cursor.execute(sql)
