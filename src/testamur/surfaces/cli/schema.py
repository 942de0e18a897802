"""One process at a time brings a database to its newest schema, though all machines start at once after an upgrade."""

from __future__ import annotations

import fcntl
import os
import time
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import TYPE_CHECKING

from testamur.surfaces.cli import output

if TYPE_CHECKING:
    from django.db.backends.base.base import BaseDatabaseWrapper

LOCK = 0x7465737461
"""Number of the advisory lock on PostgreSQL, which counts them within one database."""
SAY = 60.0
"""Seconds between two words about it."""
PAUSE = 0.2
"""Seconds between two tries. Waiting inside the server would hold up an index that is built concurrently."""


def behind(alias: str) -> bool:
    """Whether this program has migrations that the database has not."""
    from django.db import connections
    from django.db.migrations.executor import MigrationExecutor

    executor = MigrationExecutor(connections[alias])
    return bool(executor.migration_plan(executor.loader.graph.leaf_nodes()))


@contextmanager
def alone(alias: str) -> Iterator[None]:
    """For the block, no other process of this installation migrates this database; it waits as long as one does.

    PostgreSQL: an advisory lock of the session, gone with it. SQLite: a locked file beside the database's.
    """
    from django.db import connections

    connection = connections[alias]
    if connection.vendor == "postgresql":
        with _on_the_server(connection):
            yield
    else:
        path = Path(str(connection.settings_dict["NAME"]))
        # read alone: whoever made it, the owner of the database or somebody on the console, the other can lock it too
        lock = os.open(path.with_name(f"{path.name}-migrate.lock"), os.O_RDONLY | os.O_CREAT, 0o644)
        try:
            fcntl.flock(lock, fcntl.LOCK_EX)
            yield
        finally:
            os.close(lock)


@contextmanager
def _on_the_server(connection: BaseDatabaseWrapper) -> Iterator[None]:
    said = 0.0
    while True:
        with connection.cursor() as cursor:
            cursor.execute("SELECT pg_try_advisory_lock(%s)", [LOCK])
            row = cursor.fetchone()
        if row is not None and row[0]:
            break
        if time.monotonic() > said + SAY:
            said = time.monotonic()
            output.say("[dim]another process brings the database to its newest schema; waiting[/]")
        time.sleep(PAUSE)
    try:
        yield
    finally:
        with connection.cursor() as cursor:
            cursor.execute("SELECT pg_advisory_unlock(%s)", [LOCK])
