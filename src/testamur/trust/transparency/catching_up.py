"""Rows of a log from its files: what a crash or a restore left in bundles alone."""

from __future__ import annotations

from datetime import datetime

from testamur.kernel.proofs import merkle, notes, tiles
from testamur.trust.transparency import rules
from testamur.trust.transparency.files import LogFiles
from testamur.trust.transparency.models import Checkpoint, Log
from testamur.trust.transparency.publishing import LogRolledBack, insert_entries


def catch_up(row: Log, files: LogFiles, data: bytes, now: datetime) -> int:
    """Take entries from bundles up to the head in `data`, when that is ahead of the database; returns how many.

    Raises LogRolledBack when the files do not lead to a head that this log signed.
    """
    note = notes.Note.parse(data)
    signed = notes.Checkpoint.parse(note.text)
    notes.verify(note, [notes.Vkey.parse(row.vkey)])
    held = Checkpoint.objects.filter(log=row, size=signed.size).first()
    if held is not None:
        if notes.Note.parse(bytes(held.note)).text != note.text:
            raise LogRolledBack("Two signed heads of one size contradict each other.", log=row.origin)
        return 0
    if signed.size < row.size:
        raise LogRolledBack(
            "The database has entries in place of those that were signed.", log=row.origin, signed=signed.size
        )
    head = Checkpoint.objects.get(log=row, size=row.size)
    entries: list[bytes] = []
    for tile in tiles.tiles_of(signed.size, row.size):
        if tile.level is None:
            content = tiles.parse_bundle(files.read(tile))
            entries += content[max(0, row.size - tile.index * tiles.TILE_WIDTH) :]
    old = rules.unpack_frontier(row.size, bytes(head.frontier))
    grown = merkle.GrownTree(old, [merkle.leaf_hash(entry) for entry in entries])
    if (grown.size, grown.root) != (signed.size, signed.root):
        raise LogRolledBack("The files do not lead to the signed head.", log=row.origin, signed=signed.size)
    insert_entries(row, row.size, entries, now)
    Checkpoint.objects.create(
        log=row, size=signed.size, note=data, frontier=rules.pack_frontier(grown.frontier), at=now
    )
    row.size = signed.size
    return len(entries)
