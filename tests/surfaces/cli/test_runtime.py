"""A server that starts before its database waits for it; what is wrong with a file is told at once."""

from __future__ import annotations

from types import SimpleNamespace

import django.db
import pytest
from django.db.utils import InterfaceError, OperationalError

from testamur.surfaces.cli import runtime


class Database:
    """It answers from the `after`-th look on."""

    def __init__(self, vendor: str, after: int) -> None:
        self.vendor, self.after, self.looks = vendor, after, 0

    def __getitem__(self, _alias: str) -> SimpleNamespace:
        return SimpleNamespace(vendor=self.vendor)

    def close_all(self) -> None:
        """Nothing is open."""

    def look(self) -> int:
        self.looks += 1
        if self.looks == 1:
            raise InterfaceError  # the connection that was open, without a word
        if self.looks < self.after:
            raise OperationalError("the database system is starting up")
        return self.looks


def start(monkeypatch: pytest.MonkeyPatch, one: Database, patience: float) -> int:
    monkeypatch.setattr(django.db, "connections", one)
    monkeypatch.setattr(runtime, "PAUSE", 0)
    return runtime.patiently(one.look, patience)


def test_a_database_that_starts_later_is_waited_for(monkeypatch: pytest.MonkeyPatch) -> None:
    assert start(monkeypatch, Database("postgresql", 4), 60.0) == 4


def test_nobody_waits_for_ever_nor_for_a_command_nor_for_a_file(monkeypatch: pytest.MonkeyPatch) -> None:
    for vendor, patience in (("postgresql", 0.0), ("postgresql", -1.0), ("sqlite", 60.0)):
        with pytest.raises((InterfaceError, OperationalError)):
            start(monkeypatch, Database(vendor, 10**6), patience)
