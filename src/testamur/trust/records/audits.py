"""Does the archive say what the log says? Every published record, three ways: index, archive object, log entry."""

from __future__ import annotations

import hashlib
from dataclasses import dataclass, field
from uuid import UUID

from testamur.kernel.base.refused import Refused
from testamur.kernel.proofs import tlog
from testamur.kernel.proofs.notes import MalformedNote
from testamur.trust.archive.objects import Objects
from testamur.trust.archive.queries import store
from testamur.trust.records.models import Issue
from testamur.trust.transparency import queries as logs


@dataclass(slots=True)
class CrossAudit:
    """Records looked at and what did not agree."""

    records: int = 0
    faults: list[str] = field(default_factory=list)


def archive_against_log() -> CrossAudit:
    """Compare every issued record's index row, archived file and proof with the entry in its organisation's log."""
    found = CrossAudit()
    place = store()
    known = {log.organisation: log.id for log in logs.logs()}
    for row in Issue.objects.select_related("record").order_by("log_index").iterator(chunk_size=500):
        found.records += 1
        fault = _compare(row, place, known)
        if fault:
            found.faults.append(f"record {row.record_id}: {fault}")
    return found


def _compare(row: Issue, place: Objects, known: dict[UUID, UUID]) -> str:
    try:
        pdf = place.read(row.record_id, "record.pdf")
        proof = tlog.Proof.parse(place.read(row.record_id, "record.tlog-proof"))
        salt, statement = proof.opening()
    except (Refused, OSError, MalformedNote) as error:
        return f"the archive cannot show it ({error})"
    commitment = tlog.commitment(salt, statement)
    if hashlib.sha256(pdf).hexdigest() != row.pdf_sha256:
        return "the archived file is not the one that was issued"
    if commitment.hex() != row.commitment or proof.index != row.log_index:
        return "the archived proof is not the one that was issued"
    log = known.get(row.record.organisation)
    entry = tlog.entry(tlog.EntryKind.RECORD, commitment)
    if log is None or logs.find(log=log, entry=entry) != row.log_index:
        return "the log does not hold its entry at that place"
    return ""
