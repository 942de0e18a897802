"""What an intruder with the database's own password could do, for tests that must notice it."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager
from uuid import UUID

from django.db import connection

from testamur.kernel.base.sqltext import append_only
from testamur.trust.transparency.models import Checkpoint, Log, LogEntry


@contextmanager
def without_guard() -> Iterator[None]:
    """The append-only guard of the entries is off inside."""
    make, remove = append_only("transparency_logentry")[connection.vendor]
    with connection.cursor() as cursor:
        for statement in remove:
            cursor.execute(statement)
        yield
        for statement in make:
            cursor.execute(statement)


def forget_rows(log: UUID, size: int) -> None:
    """The database as it was at `size`."""
    with without_guard():
        LogEntry.objects.filter(log=log, index__gte=size).delete()
    Checkpoint.objects.filter(log=log, size__gt=size).delete()
    Log.objects.filter(pk=log).update(size=size, published=size)
