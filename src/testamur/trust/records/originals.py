"""Reading an original back from the archive, and checking it on the way: nothing damaged is ever handed out."""

from __future__ import annotations

import hashlib
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date, datetime
from typing import Any
from uuid import UUID

from testamur.kernel.base.clock import stamp
from testamur.kernel.base.ids import urn
from testamur.kernel.base.refused import NotFound, Refused
from testamur.kernel.proofs import policies, tlog
from testamur.kernel.proofs.notes import MalformedNote
from testamur.trust.archive.queries import store, stored
from testamur.trust.records.models import Issue, Record
from testamur.trust.records.rules import State
from testamur.trust.transparency import queries as logs


class OriginalDamaged(Refused):
    """What the archive gives back is not what was issued; it is not handed out, and the office has to look."""

    code = "records.original.damaged"


@dataclass(frozen=True, slots=True)
class Fetched:
    """An original with its evidence. `report` is plain JSON: what was checked, digests, place in the log, status."""

    record: UUID
    organisation: UUID
    code: str
    title: str
    document_type: str
    unit: UUID
    subject: UUID
    period: str
    issued_on: date
    state: State
    pdf: bytes
    proof: bytes
    record_json: bytes
    report: Mapping[str, Any]


def read_original(record: UUID, *, now: datetime) -> Fetched:
    """The archived files of a published record, compared with the index, the archive's inventory and the log.

    Asks nobody's permission: the verbs do. Raises NotFound when the record is not published, OriginalDamaged.
    """
    issue = Issue.objects.select_related("record").filter(record=record).first()
    if issue is None or issue.record.state == State.DISPOSED:
        raise NotFound("There is no such document.", record=str(record))
    row = issue.record
    try:
        files = {name: store().read(record, name) for name in ("record.pdf", "record.tlog-proof", "record.json")}
        inclusion = _proven(issue, row, files["record.tlog-proof"])
        inventory = _as_indexed(record)
    except (Refused, OSError, MalformedNote, tlog.ProofRefused) as error:
        raise OriginalDamaged("The archive cannot show this document as it was issued.", record=str(record)) from error
    digests = {
        "pdf_sha256": hashlib.sha256(files["record.pdf"]).hexdigest(),
        "record_json_sha256": hashlib.sha256(files["record.json"]).hexdigest(),
        "inventory_sha512": inventory,
    }
    if (digests["pdf_sha256"], digests["record_json_sha256"]) != (issue.pdf_sha256, row.record_json_sha256):
        raise OriginalDamaged("The archived file is not the one that was issued.", record=str(record))
    return Fetched(
        record=record,
        organisation=row.organisation,
        code=row.code,
        title=row.title,
        document_type=row.document_type,
        unit=row.unit,
        subject=row.subject,
        period=row.period,
        issued_on=row.issued_on,
        state=State(row.state),
        pdf=files["record.pdf"],
        proof=files["record.tlog-proof"],
        record_json=files["record.json"],
        report=_report(issue, row, digests, inclusion, now),
    )


CHECKS = (
    ("archive", "The object in the archive is the one that was stored."),
    ("file", "The file is the one that was issued, byte for byte."),
    ("snapshot", "The frozen content is the one that was signed."),
    ("proof", "The proof leads from this record to the signed head of the log."),
    ("log", "The log holds the record's entry at the place that the proof names."),
)
"""What `read_original` has checked when it returns; it returns nothing when one of them fails."""


def _report(
    issue: Issue, row: Record, digests: Mapping[str, str], inclusion: tlog.Inclusion, now: datetime
) -> dict[str, Any]:
    seen = inclusion.existed or inclusion.earliest
    return {
        "v": 1,
        "record": urn(row.id),
        "code": row.code,
        "checked_at": stamp(now),
        "checks": [{"check": name, "ok": True, "text": text} for name, text in CHECKS],
        "digests": dict(digests),
        "log": {
            "origin": inclusion.origin,
            "index": inclusion.index,
            "size": inclusion.size,
            "seen_by_witnesses": stamp(seen) if seen else None,
        },
        "sealed_at": stamp(issue.sealed_at),
        "status": row.state,
    }


def _proven(issue: Issue, row: Record, proof: bytes) -> tlog.Inclusion:
    """The proof opens to this record's commitment and leads to a head of its log, which has the entry there."""
    parsed = tlog.Proof.parse(proof)
    committed = tlog.commitment(*parsed.opening())
    entry = tlog.entry(tlog.EntryKind.RECORD, committed)
    log = logs.log_by_organisation(organisation=row.organisation)
    if log is None or committed.hex() != issue.commitment or logs.find(log=log.id, entry=entry) != issue.log_index:
        raise OriginalDamaged("The log does not hold this record at its place.", record=str(row.id))
    found = tlog.verify_proof(parsed, leaf=entry, policy=policies.parse_policy(logs.policy(log=log.id).encode()))
    if found.index != issue.log_index:
        raise OriginalDamaged("The proof is about another place of the log.", record=str(row.id))
    return found


def _as_indexed(record: UUID) -> str:
    """SHA-512 of the object's inventory, which is the one that the index knows."""
    standing, known = store().standing(record), stored(record)
    if standing is None or known is None or standing.inventory_sha512 != known.inventory_sha512:
        raise OriginalDamaged("The archive's index knows another object.", record=str(record))
    return standing.inventory_sha512
