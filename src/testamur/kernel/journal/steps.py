"""Shipping the journal to the log database, and checking what stands there."""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from datetime import datetime
from itertools import islice

from django.db import transaction

from testamur.kernel.journal.models import Entry, ShippedEntry, ShippedHead
from testamur.kernel.journal.queries import since, view
from testamur.kernel.journal.rules import Cursor, EntryView, Head
from testamur.kernel.proofs.merkle import Frontier, leaf_hash


def ship(*, now: datetime, limit: int = 1000) -> int:
    """Copy the next entries to the log database, in order and exactly once; returns how many.

    Both the cursor and the copy live in the log database, in one transaction: a crash between read and write loses
    nothing. Two shippers at once meet at the sequence number: one of them gets IntegrityError and copies nothing.
    """
    with transaction.atomic(using="log"):
        last = ShippedEntry.objects.order_by("-seq").first()
        head = ShippedHead.objects.order_by("-size").first()
        cursor = Cursor(last.transaction, last.entry) if last else Cursor()
        entries = since(cursor, limit=limit)
        if not entries:
            return 0
        size = last.seq if last else 0
        bodies = [entry.canonical() for entry in entries]
        before = Frontier(size, tuple(bytes.fromhex(h) for h in head.frontier)) if head else Frontier()
        frontier = before.extend(leaf_hash(body) for body in bodies)
        ShippedEntry.objects.bulk_create(
            [_shipped(size + n, entry, body) for n, (entry, body) in enumerate(zip(entries, bodies, strict=True), 1)],
            batch_size=500,
        )
        ShippedHead(
            size=size + len(entries),
            root=frontier.root.hex(),
            frontier=[h.hex() for h in frontier.nodes],
            at=now,
        ).save(force_insert=True)
    return len(entries)


def ship_all(*, now: datetime) -> int:
    """Ship until nothing waits; returns how many entries went."""
    total = 0
    while count := ship(now=now):
        total += count
    return total


def _shipped(seq: int, entry: EntryView, body: bytes) -> ShippedEntry:
    return ShippedEntry(
        seq=seq,
        entry=entry.cursor.entry,
        transaction=entry.cursor.transaction,
        at=entry.at,
        kind=entry.kind,
        path=entry.path,
        actor=entry.actor,
        body=body,
    )


@dataclass(frozen=True, slots=True)
class JournalAudit:
    """Result of a full comparison; `faults` is empty when all agrees."""

    entries: int
    shipped: int
    head: Head | None
    faults: tuple[str, ...]


AT_A_TIME = 2000
"""Rows that are compared together: a log of millions is audited in the memory of these."""


def audit() -> JournalAudit:
    """Compare journal and shipped copy row by row, and rebuild every head from the copy."""
    faults: list[str] = []
    heads = dict(ShippedHead.objects.values_list("size", "root"))
    frontier = Frontier()
    for rows in _batched(ShippedEntry.objects.order_by("seq").iterator(chunk_size=AT_A_TIME), AT_A_TIME):
        entries = Entry.objects.in_bulk([row.entry for row in rows])
        for row in rows:
            if row.seq != frontier.size + 1:
                faults.append(f"shipped entry {frontier.size + 1} is missing")
            body = bytes(row.body)
            frontier = frontier.extend([leaf_hash(body)])
            there = entries.get(row.entry)
            if there is None:
                faults.append(f"entry {row.entry} was shipped and is gone from the journal")
            elif view(there).canonical() != body:
                faults.append(f"entry {row.entry} differs between journal and shipped copy")
            if heads.get(frontier.size, frontier.root.hex()) != frontier.root.hex():
                faults.append(f"the head of size {frontier.size} does not follow from the shipped entries")
    newest = ShippedHead.objects.order_by("-size").first()
    if newest is not None and newest.size != frontier.size:
        faults.append(f"the newest head says {newest.size} entries, there are {frontier.size}")
    told = Head(newest.size, newest.root, newest.at) if newest else None
    return JournalAudit(Entry.objects.count(), frontier.size, told, tuple(faults))


def _batched(rows: Iterable[ShippedEntry], size: int) -> Iterator[list[ShippedEntry]]:
    """The rows in lists of at most `size`."""
    some = iter(rows)
    while chunk := list(islice(some, size)):
        yield chunk
