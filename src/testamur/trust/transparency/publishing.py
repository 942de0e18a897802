"""Making a signed head public: tiles on disk, witnesses, then the checkpoint. Safe to repeat at any point."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass
from datetime import datetime
from uuid import UUID

from django.db import connection, transaction

from testamur.kernel.base.refused import NotFound, Refused
from testamur.kernel.proofs import merkle, notes
from testamur.kernel.proofs.tiles import TileHashes
from testamur.trust.transparency import rules
from testamur.trust.transparency.files import LogFiles, TileDamaged
from testamur.trust.transparency.models import Checkpoint, Log, LogEntry, Witness
from testamur.trust.transparency.witnesses import panel

_CHUNK = 16_384
"""Entries held in memory while tiles are rebuilt."""


class LogHalted(Refused):
    """The log was stopped because of a contradiction; `repair` says which and lifts it when it can."""

    code = "transparency.log.halted"


class LogRolledBack(Refused):
    """The database is older than, or differs from, a head that was signed: going on would fork the log."""

    code = "transparency.log.rolled_back"


class NoQuorum(Refused):
    """Too few witnesses cosigned; the entries are kept and the head stays unpublished until they do."""

    code = "transparency.witness.no_quorum"


def insert_entries(row: Log, first: int, entries: Sequence[bytes], now: datetime) -> None:
    """Rows of new entries from index `first` on. Plain SQL: making model objects cost half of an append."""
    log = row.id if connection.features.has_native_uuid_field else row.id.hex
    added = connection.ops.adapt_datetimefield_value(now)
    with connection.cursor() as cursor:
        cursor.executemany(
            'INSERT INTO transparency_logentry (log_id, "index", entry, added) VALUES (%s, %s, %s, %s)',
            [(log, first + i, entry, added) for i, entry in enumerate(entries)],
        )


@dataclass(frozen=True, slots=True)
class Batch:
    """New leaves with their entries, as they were stored."""

    grown: merkle.GrownTree
    entries: tuple[bytes, ...]


@dataclass(frozen=True, slots=True)
class Published:
    """The newest public head: its size, its bytes, and the tiles under it."""

    size: int
    note: bytes
    hashes: TileHashes


def guard(row: Log, head: Checkpoint, files: LogFiles) -> None:
    """Refuse to go on when a head was signed that this database does not hold. Raises LogHalted, LogRolledBack."""
    if row.state != rules.LogState.OPEN:
        raise LogHalted("The log is halted; run `testamur log repair`.", log=row.origin)
    data = files.optional(files.signed) or files.optional(files.checkpoint)
    if data is None:
        return
    signed = notes.Checkpoint.parse(notes.Note.parse(data).text)
    known: Checkpoint | None = head
    if signed.size != head.size:
        known = Checkpoint.objects.filter(log=row, size=signed.size).first()
    if known is None or notes.Note.parse(bytes(known.note)).text != signed.text():
        raise LogRolledBack(
            "The database does not hold a head that this log has signed; run `testamur log repair`.",
            log=row.origin,
            signed=signed.size,
            held=row.size,
        )


def publish(*, log: UUID, batch: Batch | None, now: datetime) -> Published:
    """Publish the newest signed head unless it is; `batch` saves reading rows when it is what is missing.

    Raises NoQuorum and LogRolledBack; the entries stay in the database.
    """
    row = _row(log)
    files = LogFiles(row.code)
    with files.locked():
        row = _row(log)
        if row.published < row.size:
            _publish(row, files, batch, now)
            row = _row(log)
    note = bytes(Checkpoint.objects.get(log=row, size=row.published).note)
    return Published(row.published, note, files.hashes(row.published))


def _row(log: UUID) -> Log:
    row = Log.objects.filter(pk=log).first()
    if row is None:
        raise NotFound("There is no such log.")
    return row


def _publish(row: Log, files: LogFiles, batch: Batch | None, now: datetime) -> None:
    head = Checkpoint.objects.get(log=row, size=row.size)
    signed = bytes(head.note)
    if batch and (batch.grown.old.size, batch.grown.size) == (row.published, row.size):
        try:
            files.write(batch.grown, batch.entries, signed)
        except TileDamaged:
            batch = None
    else:
        batch = None
    if batch is None:
        write_tiles(row, files, since=row.published)
    note = _cosign(row, files, notes.Note.parse(signed), batch, now).data()
    if _announce(row, files, note):
        files.sweep(row.published, row.size)


def write_tiles(row: Log, files: LogFiles, *, since: int) -> None:
    """Write the tiles from size `since` (a signed size) on from the rows; all of them where an edge is damaged."""
    head = Checkpoint.objects.get(log=row, size=row.size)
    old = Checkpoint.objects.get(log=row, size=since)
    frontier = rules.unpack_frontier(since, bytes(old.frontier))
    try:
        for grown, entries in _chunks(row, frontier):
            files.write(grown, entries, bytes(head.note))
            frontier = grown.frontier
    except TileDamaged:
        if not since:
            raise
        write_tiles(row, files, since=0)
        return
    if rules.pack_frontier(frontier) != bytes(head.frontier):
        raise LogRolledBack(
            "The entries in the database are not those of the signed head; run `testamur log audit`.",
            log=row.origin,
            signed=row.size,
        )


def _chunks(row: Log, frontier: merkle.Frontier) -> Iterator[tuple[merkle.GrownTree, list[bytes]]]:
    while frontier.size < row.size:
        end = min(frontier.size + _CHUNK, row.size)
        rows = LogEntry.objects.filter(log=row, index__gte=frontier.size, index__lt=end).order_by("index")
        entries = [bytes(entry) for entry in rows.values_list("entry", flat=True)]
        if len(entries) != end - frontier.size:
            raise LogRolledBack(
                "Entries are missing in the database; run `testamur log audit`.", log=row.origin, held=len(entries)
            )
        grown = merkle.GrownTree(frontier, [merkle.leaf_hash(entry) for entry in entries])
        yield grown, entries
        frontier = grown.frontier


def _cosign(row: Log, files: LogFiles, note: notes.Note, batch: Batch | None, now: datetime) -> notes.Note:
    """Collect the cosignatures; no transaction is open while witnesses are asked."""
    hashes = files.hashes(row.size)

    def consistency(old: int) -> list[bytes]:
        if batch and old == batch.grown.old.size:
            return batch.grown.consistency()
        return hashes.consistency(old) if old else []

    log_vkey, seats = seats_of(row, now)
    answers = panel.ask(seats, note, log_vkey=log_vkey, size=row.size, old=row.published, consistency=consistency)
    refuse_contradiction(row, answers.evidence)
    if len(answers.cosignatures) < row.quorum:
        raise NoQuorum(
            f"{len(answers.cosignatures)} of {row.quorum} witnesses cosigned.",
            log=row.origin,
            silent=dict(answers.silent),
        )
    return note.with_signatures(answers.cosignatures)


def seats_of(row: Log, now: datetime) -> tuple[notes.Vkey, list[panel.Seat]]:
    """The log's key and its witnesses; those beside the log take `now` as their clock. Raises KeyUnusable."""
    log_vkey = notes.Vkey.parse(row.vkey)
    rows = list(Witness.objects.order_by("added", "name"))
    return log_vkey, panel.seats(rows, log_vkey, time=int(now.timestamp()))


def refuse_contradiction(row: Log, evidence: Iterable[notes.Checkpoint]) -> None:
    """Halt the log when a head in `evidence`, signed by its key, is not one of the database's own.

    Every head is kept before it leaves, so one that is not there was lost or forged. Raises LogRolledBack.
    """
    for seen in evidence:
        held = Checkpoint.objects.filter(log=row, size=seen.size).first()
        if held is None or notes.Note.parse(bytes(held.note)).text != seen.text():
            Log.objects.filter(pk=row.pk).update(state=rules.LogState.HALTED)
            raise LogRolledBack(
                "A witness holds a head, signed by this log, that the database does not know.",
                log=row.origin,
                signed=seen.size,
                held=row.size,
            )


@transaction.atomic(durable=True)
def _announce(row: Log, files: LogFiles, note: bytes) -> bool:
    """Replace the public checkpoint and remember it, never by an older one; False when a newer one is out."""
    locked = Log.objects.select_for_update().get(pk=row.pk)
    if locked.published > row.size:
        return False
    Checkpoint.objects.filter(log=row, size=row.size).update(note=note)
    files.publish(note)
    locked.published = row.size
    locked.save(update_fields=["published"])
    return True
