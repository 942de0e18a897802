"""The journal: append-only, shipped exactly once and in order, provable."""

from __future__ import annotations

import threading
from datetime import datetime, timedelta
from uuid import UUID

import pytest
from django.db import DatabaseError, connection, connections, transaction

from testamur.kernel.base.actor import operator
from testamur.kernel.journal import actions, queries, steps
from testamur.kernel.journal.models import Entry, ShippedEntry
from testamur.kernel.journal.rules import Cursor
from testamur.kernel.proofs.merkle import MerkleTree, leaf_hash
from tests.shipping import unguarded

both = pytest.mark.django_db(databases=["default", "log"], transaction=True)


def act(now: datetime, number: int = 1) -> int:
    return actions.append(by=operator(), kind="test.done/1", path="/a/", refs={"number": number}, now=now)


@both
def test_an_entry_can_be_neither_changed_nor_deleted(now: datetime) -> None:
    number = act(now)
    for change in (
        lambda: Entry.objects.filter(id=number).update(kind="other"),
        lambda: Entry.objects.filter(id=number).delete(),
    ):
        with pytest.raises(DatabaseError, match="append-only"), transaction.atomic():
            change()
    assert Entry.objects.get(id=number).kind == "test.done/1"


@both
@pytest.mark.feature("B26")
def test_the_shipped_copy_is_append_only_too(now: datetime) -> None:
    act(now)
    assert steps.ship(now=now) == 1
    with pytest.raises(DatabaseError, match="append-only"), transaction.atomic(using="log"):
        ShippedEntry.objects.update(kind="other")


@both
def test_entries_are_shipped_in_order_exactly_once_with_a_head_that_follows(now: datetime) -> None:
    for n in range(7):
        act(now, n)
    total = 0
    while total < 7:
        count = steps.ship(now=now, limit=3)
        assert 0 < count <= 3
        total += count
    assert steps.ship_all(now=now) == 0
    rows = list(ShippedEntry.objects.order_by("seq"))
    assert [r.seq for r in rows] == [1, 2, 3, 4, 5, 6, 7]
    assert [r.entry for r in rows] == sorted(r.entry for r in rows)
    head = queries.head()
    assert head is not None
    assert head.root == MerkleTree([leaf_hash(bytes(r.body)) for r in rows]).root.hex()
    assert steps.audit().faults == ()


@both
def test_the_lag_is_the_age_of_the_oldest_unshipped_act(now: datetime) -> None:
    assert queries.lag(now) == 0
    act(now)
    assert queries.lag(now + timedelta(seconds=90)) == 90
    assert steps.ship(now=now) == 1
    assert queries.lag(now + timedelta(seconds=90)) == 0


@both
def test_the_audit_finds_an_entry_that_was_changed_behind_the_guard(now: datetime) -> None:
    first, second = act(now, 1), act(now, 2)
    assert steps.ship(now=now) == 2
    with unguarded("default", "journal_entry"):
        Entry.objects.filter(id=first).update(actor=UUID(int=66))
    assert steps.audit().faults == (f"entry {first} differs between journal and shipped copy",)
    assert second > first


@both
@pytest.mark.skipif(connection.vendor != "postgresql", reason="SQLite has one writer at a time")
def test_a_reader_never_steps_over_an_entry_whose_transaction_is_still_open(now: datetime) -> None:
    opened, may_commit = threading.Event(), threading.Event()

    def slow() -> None:
        try:
            with transaction.atomic():
                act(now, 1)
                opened.set()
                may_commit.wait(10)
        finally:
            connections.close_all()

    thread = threading.Thread(target=slow)
    thread.start()
    assert opened.wait(10)
    act(now, 2)
    seen = queries.since(Cursor())
    may_commit.set()
    thread.join()
    rest = queries.since(seen[-1].cursor if seen else Cursor())
    assert [e.refs["number"] for e in [*seen, *rest]] == [1, 2]


@both
@pytest.mark.skipif(connection.vendor != "postgresql", reason="SQLite has one writer at a time")
def test_what_another_database_of_the_server_does_keeps_nobody_waiting(now: datetime) -> None:
    with transaction.atomic(using="log"):
        with connections["log"].cursor() as cursor:
            cursor.execute("SELECT pg_current_xact_id()")  # a number below those of all that follow, as long as it runs
        act(now)
        assert [e.refs["number"] for e in queries.since(Cursor())] == [1]
    with transaction.atomic():
        act(now, 2)
        assert len(queries.since(Cursor())) == 1  # one's own transaction may still add to what it wrote


@both
@pytest.mark.skipif(connection.vendor != "postgresql", reason="SQLite has one writer at a time")
def test_acts_that_an_open_transaction_keeps_back_are_counted_as_late(now: datetime) -> None:
    with transaction.atomic():
        act(now)
        assert not queries.since(Cursor())
        assert queries.lag(now + timedelta(minutes=9)) == 540


@both
@pytest.mark.skipif(connection.vendor != "postgresql", reason="SQLite has one writer at a time")
def test_who_has_ended_since_an_old_snapshot_was_taken_still_counts(now: datetime) -> None:
    opened, may_commit, number = threading.Event(), threading.Event(), []

    def slow() -> None:
        try:
            with transaction.atomic():
                act(now)
                with connections["default"].cursor() as cursor:
                    cursor.execute("SELECT pg_current_xact_id()::text::bigint")
                    number.extend(cursor.fetchone())
                opened.set()
                may_commit.wait(60)
        finally:
            connections.close_all()

    thread = threading.Thread(target=slow)
    thread.start()
    assert opened.wait(60)
    act(now, 2)
    with transaction.atomic(), connection.cursor() as cursor:
        cursor.execute("SET TRANSACTION ISOLATION LEVEL REPEATABLE READ")
        cursor.execute("SELECT 1")  # what is seen is fixed from here on
        may_commit.set()
        thread.join()
        assert queries.oldest_running() <= number[0]
        assert not queries.since(Cursor())
    assert [e.refs["number"] for e in queries.since(Cursor())] == [1, 2]
