"""Verbs of a transparency log: make it, name its witnesses, append, halt, repair."""

from __future__ import annotations

import hashlib
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime
from uuid import UUID

from django.db import transaction

from testamur.kernel.base.actor import Actor
from testamur.kernel.base.ids import new_id
from testamur.kernel.base.refused import NotFound, Refused
from testamur.kernel.journal import actions as journal
from testamur.kernel.proofs import merkle, notes
from testamur.trust.transparency import keys, rules
from testamur.trust.transparency.catching_up import catch_up
from testamur.trust.transparency.files import LogFiles
from testamur.trust.transparency.models import Checkpoint, Log, LogEntry, Witness
from testamur.trust.transparency.publishing import (
    Batch,
    guard,
    insert_entries,
    publish,
    refuse_contradiction,
    seats_of,
    write_tiles,
)
from testamur.trust.transparency.witnesses import panel
from testamur.trust.transparency.witnesses.http import HttpWitness


class NameUnusable(Refused):
    """The organisation's code, the host or the witness's name cannot be part of a log's name."""

    code = "transparency.name.unusable"


class LogExists(Refused):
    """The organisation has a log, or another log has this code or origin."""

    code = "transparency.log.exists"


class WitnessUnusable(Refused):
    """The witness's key or address is wrong or already in use."""

    code = "transparency.witness.unusable"


class QuorumImpossible(Refused):
    """More cosignatures are asked for than there are witnesses."""

    code = "transparency.quorum.impossible"


@transaction.atomic(durable=True)
def create_log(*, by: Actor, organisation: UUID, code: str, host: str, now: datetime, path: str = "/") -> UUID:
    """Make the log `<host>/log/<code>` of an organisation, its key and, once a host, the local witness.

    `path` is the organisation's path for permissions and the journal. The empty log is signed and published.
    Raises NotAllowed, NameUnusable, LogExists.
    """
    by.must("transparency.log.create", path)
    try:
        origin = rules.origin(host, code)
    except ValueError as error:
        raise NameUnusable("This cannot be part of the name of a log.", field=str(error)) from error
    taken = Log.objects.filter(organisation=organisation) | Log.objects.filter(code=code)
    if taken.exists():
        raise LogExists("The organisation or the code has a log already.", field="code")
    signer = keys.make(f"log-{code}", origin, notes.Kind.ED25519)
    _local_witness(host, now)
    log = Log(id=new_id(), organisation=organisation, path=path, code=code, origin=origin, made=now)
    log.vkey = str(signer.vkey)
    log.save(force_insert=True)
    text = notes.Checkpoint(origin, 0, merkle.EMPTY_ROOT).text()
    note = notes.Note(text, (notes.sign(text, signer),)).data()
    Checkpoint.objects.create(log=log, size=0, note=note, frontier=b"", at=now)
    journal.append(
        by=by,
        kind="transparency.log.created/1",
        path=path,
        refs={"log": str(log.id), "organisation": str(organisation), "vkey": log.vkey},
        now=now,
    )
    transaction.on_commit(lambda: LogFiles(code).publish(note))
    return log.id


def _local_witness(host: str, now: datetime) -> None:
    if Witness.objects.filter(name=rules.LOCAL_WITNESS).exists():
        return
    name = rules.LOCAL_WITNESS
    kind = notes.Kind.COSIGNATURE_ED25519
    signer = keys.make(f"witness-{name}", rules.witness_name(host, name), kind)
    Witness.objects.create(id=new_id(), name=name, vkey=str(signer.vkey), url="", added=now)


@transaction.atomic
def add_witness(*, by: Actor, name: str, vkey: str, url: str, now: datetime) -> UUID:
    """Ask one more party to cosign every head of every log here; it counts towards the quorum of each.

    `url` is its submission prefix. Raises NotAllowed, NameUnusable, WitnessUnusable.
    """
    by.must("transparency.witness.add", "/")
    if not rules.is_witness_word(name):
        raise NameUnusable("A witness's name has letters, digits, hyphen or underscore.", field="name")
    try:
        key = notes.Vkey.parse(vkey)
    except notes.MalformedNote as error:
        raise WitnessUnusable(f"The witness's key is unusable: {error}.", field="vkey") from error
    if key.kind not in notes.WITNESS_KINDS:
        raise WitnessUnusable("The key is not one that makes cosignatures.", field="vkey")
    try:
        HttpWitness(url)
    except ValueError as error:
        raise WitnessUnusable("The address must be http(s)://host[:port][/path].", field="url") from error
    others = [notes.Vkey.parse(text).key for text in Witness.objects.values_list("vkey", flat=True)]
    if key.key in others or Witness.objects.filter(name=name).exists():
        raise WitnessUnusable("There is a witness with this name or key.", field="vkey")
    witness = Witness.objects.create(id=new_id(), name=name, vkey=str(key), url=url, added=now)
    journal.append(
        by=by,
        kind="transparency.witness.added/1",
        path="/",
        refs={"witness": str(witness.id), "vkey": str(key), "url": url},
        now=now,
    )
    return witness.id


@transaction.atomic
def set_quorum(*, by: Actor, log: UUID, quorum: int, now: datetime) -> None:
    """How many witnesses must have cosigned a head before it is published.

    Proofs made before keep the cosignatures they have, so a higher quorum can leave them undecided. Raises
    NotFound, NotAllowed, QuorumImpossible.
    """
    row = Log.objects.select_for_update().filter(pk=log).first()
    if row is None:
        raise NotFound("There is no such log.")
    by.must("transparency.quorum.set", row.path)
    if not 0 <= quorum <= Witness.objects.count():
        raise QuorumImpossible("There are not that many witnesses.", field="quorum", quorum=quorum)
    row.quorum = quorum
    row.save(update_fields=["quorum"])
    refs = {"log": str(log), "quorum": quorum}
    journal.append(by=by, kind="transparency.quorum.set/1", path=row.path, refs=refs, now=now)


_LOOKUP = 400
"""Entries per look-up query, below the parameter limit of every SQLite."""


class EntryUnusable(Refused):
    """An entry is not 37 bytes of a known kind, or there are too many in one call."""

    code = "transparency.entry.unusable"


@dataclass(frozen=True, slots=True)
class AppendResult:
    """Where the entries are and how to prove it.

    Attributes:
        first_index: index of the first entry that this call added; the log's size when it added none.
        added: how many it added; the others were there before.
        size: of the log at `checkpoint`.
        checkpoint: bytes of the published checkpoint with its cosignatures.
        proofs: (index, inclusion path up to `size`) for each entry of the call, in the call's order.
    """

    first_index: int
    added: int
    size: int
    checkpoint: bytes
    proofs: tuple[tuple[int, tuple[bytes, ...]], ...]


def append(*, by: Actor, log: UUID, entries: Sequence[bytes], now: datetime) -> AppendResult:
    """Add entries (37 bytes each) and return their proofs under one published, cosigned checkpoint.

    Idempotent: an entry that is in the log keeps its index. After any crash the same call finishes the work.
    Must not run inside a transaction: what has been published cannot be rolled back (RuntimeError).

    Raises NotFound, NotAllowed, EntryUnusable, LogHalted, LogRolledBack, KeyUnusable before anything is written;
    NoQuorum after the entries are in the database: the same call, or `repair`, publishes them later.
    """
    if len(entries) > rules.MAX_BATCH:
        raise EntryUnusable(f"At most {rules.MAX_BATCH} entries in one call.", field="entries")
    for number, entry in enumerate(entries):
        if not rules.is_entry(entry):
            raise EntryUnusable(f"Entry {number} is not a log entry.", field="entries", number=number)
    stored = _store(by=by, log=log, entries=entries, now=now)
    published = publish(log=log, batch=stored.batch, now=now)
    nodes = published.hashes
    grown = stored.batch.grown if stored.batch and stored.batch.grown.size == published.size else None
    proofs = tuple(
        (i, tuple(grown.path(i) if grown and i >= grown.old.size else nodes.path(i))) for i in stored.indices
    )
    return AppendResult(
        first_index=stored.first, added=stored.added, size=published.size, checkpoint=published.note, proofs=proofs
    )


@dataclass(frozen=True, slots=True)
class _Stored:
    indices: tuple[int, ...]
    first: int
    added: int
    batch: Batch | None


@transaction.atomic(durable=True)
def _store(*, by: Actor, log: UUID, entries: Sequence[bytes], now: datetime) -> _Stored:
    """Rows of the new entries and the signed head, in one transaction under the lock of the log's row."""
    row = Log.objects.select_for_update().filter(pk=log).first()
    if row is None:
        raise NotFound("There is no such log.")
    by.must("transparency.entry.append", row.path)
    head = Checkpoint.objects.get(log=row, size=row.size)
    guard(row, head, LogFiles(row.code))
    places = _places(row, entries)
    fresh = [entry for entry in dict.fromkeys(entries) if entry not in places]
    first = row.size
    batch = None
    if fresh:
        places.update((entry, first + i) for i, entry in enumerate(fresh))
        old = rules.unpack_frontier(row.size, bytes(head.frontier))
        grown = merkle.GrownTree(old, [merkle.leaf_hash(entry) for entry in fresh])
        note = _sign(row, grown)
        insert_entries(row, first, fresh, now)
        frontier = rules.pack_frontier(grown.frontier)
        Checkpoint.objects.create(log=row, size=grown.size, note=note, frontier=frontier, at=now)
        row.size = grown.size
        row.save(update_fields=["size"])
        batch = Batch(grown, tuple(fresh))
        journal.append(
            by=by,
            kind="transparency.entries.appended/1",
            path=row.path,
            refs={
                "log": str(row.id),
                "first": first,
                "count": len(fresh),
                "size": grown.size,
                "root": grown.root.hex(),
                "entries_sha256": hashlib.sha256(b"".join(fresh)).hexdigest(),
            },
            now=now,
        )
    return _Stored(tuple(places[entry] for entry in entries), first, len(fresh), batch)


def _places(row: Log, entries: Sequence[bytes]) -> dict[bytes, int]:
    places: dict[bytes, int] = {}
    for at in range(0, len(entries), _LOOKUP):
        found = LogEntry.objects.filter(log=row, entry__in=entries[at : at + _LOOKUP])
        places.update((bytes(entry), index) for entry, index in found.values_list("entry", "index"))
    return places


def _sign(row: Log, grown: merkle.GrownTree) -> bytes:
    signer = keys.load(f"log-{row.code}", row.origin, notes.Kind.ED25519, vkey=row.vkey)
    text = notes.Checkpoint(row.origin, grown.size, grown.root).text()
    return notes.Note(text, (notes.sign(text, signer),)).data()


class NoteUnusable(Refused):
    """The text is none that a log signs beside its heads."""

    code = "transparency.note.unusable"


@transaction.atomic
def sign_note(*, by: Actor, log: UUID, text: str, now: datetime) -> bytes:
    """Sign a text other than a head with the log's key; returns the note (C2SP signed-note).

    The first line must name another thing than a log, so that the signature can never be taken for one of a
    checkpoint. Raises NotFound, NotAllowed, NoteUnusable, KeyUnusable.
    """
    row = Log.objects.filter(pk=log).first()
    if row is None:
        raise NotFound("There is no such log.")
    by.must("transparency.note.sign", row.path)
    if not text.endswith("\n") or "/log/" in text.partition("\n")[0]:
        raise NoteUnusable("This text could be taken for a head of a log.", field="text")
    signer = keys.load(f"log-{row.code}", row.origin, notes.Kind.ED25519, vkey=row.vkey)
    note = notes.Note(text, (notes.sign(text, signer),)).data()
    refs = {"log": str(log), "text_sha256": hashlib.sha256(text.encode()).hexdigest()}
    journal.append(by=by, kind="transparency.note.signed/1", path=row.path, refs=refs, now=now)
    return note


@dataclass(frozen=True, slots=True)
class RepairResult:
    """What `repair` did.

    Attributes:
        size: of the log, now published.
        recovered: entries that only the files still had and that are in the database again.
        checkpoint: bytes of the public checkpoint.
    """

    size: int
    recovered: int
    checkpoint: bytes


def repair(*, by: Actor, log: UUID, now: datetime) -> RepairResult:
    """Finish what a crash or a restore left undone: rows from files, files from rows, then publish.

    Rows are taken from files only where they lead to a head that this log signed. Witnesses are asked whether
    they hold a head that the database does not. All tiles are written anew from the database.

    Raises NotFound, NotAllowed, NoQuorum, and LogRolledBack when a signed head cannot be reached with what is
    here: then the log stays halted and a later backup is needed.
    """
    recovered = _recover(by=by, log=log, now=now)
    row = Log.objects.get(pk=log)
    log_vkey, seats = seats_of(row, now)
    refuse_contradiction(row, panel.evidence(seats, log_vkey))
    files = LogFiles(row.code)
    with files.locked():
        write_tiles(row, files, since=0)
    published = publish(log=log, batch=None, now=now)
    with files.locked():
        if files.optional(files.checkpoint) != published.note:
            files.publish(published.note)
        files.sweep(0, published.size)
    return RepairResult(published.size, recovered, published.note)


@transaction.atomic
def halt(*, by: Actor, log: UUID, now: datetime) -> None:
    """Take no entries until `repair` has compared the log with its files and witnesses; done after a restore.

    Raises NotFound and NotAllowed.
    """
    row = Log.objects.select_for_update().filter(pk=log).first()
    if row is None:
        raise NotFound("There is no such log.")
    by.must("transparency.log.halt", row.path)
    row.state = rules.LogState.HALTED
    row.save(update_fields=["state"])
    refs = {"log": str(log), "size": row.size}
    journal.append(by=by, kind="transparency.log.halted/1", path=row.path, refs=refs, now=now)


@transaction.atomic(durable=True)
def _recover(*, by: Actor, log: UUID, now: datetime) -> int:
    row = Log.objects.select_for_update().filter(pk=log).first()
    if row is None:
        raise NotFound("There is no such log.")
    by.must("transparency.log.repair", row.path)
    files = LogFiles(row.code)
    recovered = 0
    for file in (files.checkpoint, files.signed):
        data = files.optional(file)
        if data is not None:
            recovered += catch_up(row, files, data, now)
    row.state = rules.LogState.OPEN
    row.save(update_fields=["size", "state"])
    refs = {"log": str(log), "size": row.size, "recovered": recovered}
    journal.append(by=by, kind="transparency.log.repaired/1", path=row.path, refs=refs, now=now)
    return recovered
