"""Searching the log database: the shipped copy alone, which can only grow (row B26)."""

from __future__ import annotations

import json
from collections.abc import Collection, Iterator, Mapping
from dataclasses import dataclass
from datetime import datetime
from typing import Any
from uuid import UUID

from django.db import connections
from django.db.models import BooleanField, F, Func, Q, QuerySet, Value

from testamur.kernel.base.actor import Actor
from testamur.kernel.base.clock import parse_stamp
from testamur.kernel.base.refused import NotAllowed
from testamur.kernel.journal.models import ShippedEntry
from testamur.kernel.journal.rules import Cursor, EntryView

READS = ("reporting.log.read", "journal.read")
"""Either of them at a place lets one read the log of that place."""


@dataclass(frozen=True, slots=True)
class Logged:
    """An entry of the log database. `seq`: its place there, from 1 without gaps."""

    seq: int
    entry: EntryView


class Holds(Func):
    """Whether a binary column holds some bytes; both databases look for them themselves."""

    output_field = BooleanField()

    def as_sqlite(self, compiler: Any, connection: Any, **extra: Any) -> tuple[str, Any]:
        """``instr`` of two blobs."""
        return super().as_sql(compiler, connection, template="(instr(%(expressions)s) > 0)", **extra)

    def as_postgresql(self, compiler: Any, connection: Any, **extra: Any) -> tuple[str, Any]:
        """``position`` of one bytea in another, the other way round."""
        return super().as_sql(
            compiler, connection, template="(position(%(expressions)s) > 0)", arg_joiner=" in ", **extra
        )


def search_log(
    *,
    by: Actor,
    path: str,
    kinds: Collection[str] = (),
    naming: Collection[str] = (),
    numbers: Mapping[str, int] | None = None,
    actor: UUID | None = None,
    first: datetime | None = None,
    last: datetime | None = None,
    before: int | None = None,
    limit: int = 100,
) -> tuple[Logged, ...]:
    """Entries of the log database at or below `path`, newest first.

    `kinds`: beginnings of kinds (``reporting.``). `naming`: ids (of a list, a student) that an entry names, all of
    them. `numbers`: facts of an entry that are whole numbers (``{"number": 12}``), all of them. `first`, `last`: from
    and before these instants. `before`: only entries before that place, for the next page.
    Ids alone: names are the reader's to ask. Needs ``reporting.log.read`` or ``journal.read`` at `path`.
    """
    if not any(by.may(verb, path) for verb in READS):
        raise NotAllowed("You may not read the log here.", verb=READS[0], path=path)
    rows = ShippedEntry.objects.filter(path__startswith=path)
    if kinds:
        rows = rows.filter(_any(kinds))
    if actor is not None:
        rows = rows.filter(actor=actor)
    if first is not None:
        rows = rows.filter(at__gte=first)
    if last is not None:
        rows = rows.filter(at__lt=last)
    if before is not None:
        rows = rows.filter(seq__lt=before)
    for one in naming:
        rows = _holding(rows, f'"{one}"'.encode())
    for name, number in (numbers or {}).items():
        rows = _holding(rows, *(f'"{name}":{number}{end}'.encode() for end in ",}"))
    return tuple(_logged(rows.order_by("-seq")[:limit]))


def _any(kinds: Collection[str]) -> Q:
    found = Q()
    for kind in kinds:
        found |= Q(kind__startswith=kind)
    return found


def _holding(rows: QuerySet[ShippedEntry], *needles: bytes) -> QuerySet[ShippedEntry]:
    """Rows that hold one of these. Canonical JSON has one spelling of a text, so that its bytes can be looked for."""
    found = Q()
    for needle in needles:
        pair = (F("body"), Value(needle))
        found |= Q(Holds(*(pair if connections[rows.db].vendor == "sqlite" else reversed(pair))))
    return rows.filter(found)


def _logged(rows: QuerySet[ShippedEntry]) -> Iterator[Logged]:
    for row in rows:
        yield Logged(row.seq, _told(row) or _bare(row))


def _told(row: ShippedEntry) -> EntryView | None:
    """What an entry says; None where its text was tampered with, so that it says nothing."""
    try:
        told = json.loads(bytes(row.body))
        return EntryView(
            cursor=Cursor(row.transaction, row.entry),
            at=parse_stamp(told["at"]),
            actor=UUID(told["actor"]),
            identified_by=told["identified_by"],
            on_behalf_of=UUID(told["on_behalf_of"]) if told["on_behalf_of"] else None,
            kind=told["kind"],
            path=told["path"],
            refs=dict(told["refs"]),
        )
    except (ValueError, KeyError, TypeError, AttributeError):
        return None


def _bare(row: ShippedEntry) -> EntryView:
    """An unreadable entry is shown by its columns: that it is damaged is the proof's to say."""
    return EntryView(
        cursor=Cursor(row.transaction, row.entry),
        at=row.at,
        actor=row.actor,
        identified_by="",
        on_behalf_of=None,
        kind=row.kind,
        path=row.path,
        refs={},
    )
