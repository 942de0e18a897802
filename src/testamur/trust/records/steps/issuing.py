"""From signed to published: seal, log, prove, archive, publish. Read it top to bottom.

A worker holds a batch by a lease. Whoever loses it (too slow, taken for dead) is stopped at its next write by
`BatchLost`; what it has done by then is harmless: the first seal notes win, a log entry is added once, an archive
object is written once.
"""

from __future__ import annotations

import hashlib
import time
from collections.abc import Callable, Mapping
from datetime import datetime
from uuid import UUID

from testamur.kernel.base.actor import Actor
from testamur.kernel.base.refused import Refused
from testamur.kernel.proofs import tlog
from testamur.trust.archive import actions as archive
from testamur.trust.archive.objects import ArchiveConflict, Objects
from testamur.trust.archive.queries import store
from testamur.trust.archive.rules import Event, NewObject, StoredObject, premis
from testamur.trust.records import actions, drafts, queries
from testamur.trust.records.actions import Issued
from testamur.trust.records.queries import BatchRecord, BatchView
from testamur.trust.records.render import RENDERER_VERSION
from testamur.trust.records.steps import sealing
from testamur.trust.records.steps.costs import Costs
from testamur.trust.records.steps.sealing import Made
from testamur.trust.sealing.sealer import embed_proof
from testamur.trust.transparency import actions as log_actions
from testamur.trust.transparency import queries as logs

Clock = Callable[[], datetime]
BATCH = 250
DAY = 86_400
AGENT = f"Testamur, renderer {RENDERER_VERSION}"


class NoLog(Refused):
    """The organisation has no transparency log: nothing can be issued in its name."""

    code = "records.no_log"


def issue_next(*, by: Actor, worker: str, clock: Clock, limit: int = BATCH, costs: Costs | None = None) -> int | None:
    """Claim the next batch and bring it to the end; returns how many records it published, None when nothing waits.

    On an error the batch is given back (with its reason) and the error is raised: the caller decides when to try again.
    """
    costs = costs or Costs()
    with costs("database"):
        claimed = actions.claim(by=by, worker=worker, limit=limit, now=clock())
    if claimed is None:
        return None
    try:
        return issue(by=by, batch=claimed, worker=worker, clock=clock, costs=costs)
    except actions.BatchLost:
        return 0
    except Exception as error:
        actions.release_batch(by=by, batch=claimed, worker=worker, error=_reason(error), now=clock())
        raise


def _reason(error: Exception) -> str:
    """What the journal may know of an error: codes and the system's own words, no data."""
    if isinstance(error, Refused):
        return error.code
    if isinstance(error, OSError) and error.strerror:
        return f"{type(error).__name__}: {error.strerror}"
    return type(error).__name__


def issue(*, by: Actor, batch: UUID, worker: str, clock: Clock, costs: Costs | None = None) -> int:
    """Attach evidence, seal, log, prove, archive, publish; picks up wherever an earlier try stopped."""
    costs = costs or Costs()
    made = None
    while made is None:
        with costs("database"):
            view = queries.batch(batch)
        if view.stage == "done":
            return 0
        if not view.records:
            actions.publish(by=by, batch=batch, worker=worker, issued=[], sealed_at=clock(), now=clock())
            return 0
        made = _sealed(by, view, worker, clock, costs)
    now = clock()  # one reading: what was checked is what the log is told
    if now < made.at:
        raise sealing.ClockBehind("The clock is behind the seals of this batch.", batch=str(batch))
    with costs("log"):
        proofs = _log(by, made, now)
    with costs("archive"):
        issued, stored = _archive(made, proofs)
    with costs("database"):
        now = clock()
        archive.register(
            by=by, path=made.view.path, organisation=made.view.organisation, objects=stored, stored_at=made.at, now=now
        )
        actions.publish(by=by, batch=batch, worker=worker, issued=issued, sealed_at=made.at, now=now)
    return len(issued)


def _sealed(by: Actor, view: BatchView, worker: str, clock: Clock, costs: Costs) -> Made | None:
    """The sealed batch with its notes on disk; None when the batch changed and is to be looked at again."""
    try:
        made = sealing.make(view, clock, costs)
    except sealing.Unsealable as bad:
        # it alone waits for a person; the others of the batch go on without it
        actions.hold(by=by, batch=view.id, worker=worker, record=bad.record, why=bad.why, now=clock())
        return None
    if view.stage == "claimed":
        with costs("seal"):
            first = drafts.write_notes(view.id, made.notes)
        with costs("database"):
            if not first:
                made = sealing.make(view, clock, costs)  # again, from the notes that stand
            actions.note_sealed(by=by, batch=view.id, worker=worker, sealed_at=made.at, now=clock())
    return made


def _log(by: Actor, made: Made, now: datetime) -> dict[UUID, tlog.Proof]:
    """Entries into the organisation's log; an entry that is there already keeps its place."""
    view, notes = made.view, made.notes.records
    log = logs.log_by_organisation(organisation=view.organisation)
    if log is None:
        raise NoLog("The organisation has no transparency log.", organisation=str(view.organisation))
    entries = [
        tlog.entry(tlog.EntryKind.RECORD, tlog.commitment(notes[r.id].salt, notes[r.id].statement))
        for r in view.records
    ]
    result = log_actions.append(by=by, log=log.id, entries=entries, now=now)
    return {
        record.id: tlog.Proof(index, path, result.checkpoint, notes[record.id].salt + notes[record.id].statement)
        for record, (index, path) in zip(view.records, result.proofs, strict=True)
    }


def _archive(made: Made, proofs: Mapping[UUID, tlog.Proof]) -> tuple[list[Issued], list[StoredObject]]:
    """Write the objects; those that an earlier try put in place are taken as they are."""
    place = store()
    resumed = made.view.stage != "claimed"
    issued: list[Issued] = []
    standing: list[StoredObject] = []
    objects: list[NewObject] = []
    for record in made.view.records:
        there = place.standing(record.id) if resumed else None
        if there is None:
            new = _object(made, record, proofs[record.id])
            objects.append(new)
            pdf = new.files["record.pdf"]
        else:
            standing.append(there)
            pdf = _as_archived(place, made, record)
        issued.append(_issued(made, record, proofs[record.id].index, pdf))
    return issued, standing + place.write(objects, created=made.at)


def _as_archived(place: Objects, made: Made, record: BatchRecord) -> bytes:
    """The file of a standing object, whose proof opens to this very statement (under the checkpoint of its time)."""
    note = made.notes.records[record.id]
    if tlog.Proof.parse(place.read(record.id, "record.tlog-proof")).opening() != (note.salt, note.statement):
        raise ArchiveConflict("Another record stands at this record's place.", record=str(record.id))
    return place.read(record.id, "record.pdf")


def _object(made: Made, record: BatchRecord, proof: tlog.Proof) -> NewObject:
    note, told = made.notes.records[record.id], proof.data()
    pdf = embed_proof(made.sealed[record.id], told, note.time_stamp or None)
    events = [
        *(Event("digital signature generation", when, f"signer {order}") for order, _c, when in record.ceremonies),
        Event("digital signature generation", made.at, "organisation seal (PAdES)"),
        Event("ingestion", made.at, f"transparency log entry {proof.index}"),
    ]
    digest = hashlib.sha256(pdf).hexdigest()
    files = {
        "record.pdf": pdf,
        "record.json": made.originals[record.id][1],
        "record.tlog-proof": told,
        "premis.xml": premis(record.id, name="record.pdf", size=len(pdf), sha256=digest, events=events, agent=AGENT),
    }
    return NewObject(record.id, made.view.organisation, files)


def _issued(made: Made, record: BatchRecord, index: int, pdf: bytes) -> Issued:
    note = made.notes.records[record.id]
    return Issued(
        record=record.id,
        doc_digest=made.sealed[record.id].doc_digest.hex(),
        seal_sig_sha256=hashlib.sha256(note.signature).hexdigest(),
        commitment=tlog.commitment(note.salt, note.statement).hex(),
        log_index=index,
        pdf_sha256=hashlib.sha256(pdf).hexdigest(),
        pdf_size=len(pdf),
    )


def tidy() -> int:
    """Remove draft packs that no record needs, and what killed processes left a day ago; returns how many packs."""
    from testamur.trust.records.models import DraftFile

    spent = queries.spent_packs()
    for pack in spent:
        drafts.remove_pack(pack)
        DraftFile.objects.filter(id=pack).update(removed=True)
    yesterday = time.time() - DAY
    for path in drafts.leftovers(yesterday):
        if path.suffix == ".tmp" or queries.is_done(drafts.batch_of(path)):
            path.unlink(missing_ok=True)
    store().sweep(yesterday)
    return len(spent)
