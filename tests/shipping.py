"""The journal's reader in tests: PostgreSQL shows it only what no open transaction of the database could precede."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager

import pytest
from django.db import connections

from testamur.kernel.journal import queries


def see_own_acts(monkeypatch: pytest.MonkeyPatch) -> None:
    """A test that is one transaction, which never ends, is shown the acts of it; who may see when is tested apart."""
    monkeypatch.setattr(queries, "oldest_running", lambda: 2**62)


@contextmanager
def own_acts_are_seen() -> Iterator[None]:
    """The same for a while."""
    with pytest.MonkeyPatch.context() as patch:
        see_own_acts(patch)
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
