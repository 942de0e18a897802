"""Background work of the archive."""

from __future__ import annotations

import hashlib
import json
from dataclasses import dataclass
from datetime import datetime
from uuid import UUID

from django.db import transaction

from testamur.kernel.base.actor import Actor
from testamur.kernel.base.ids import urn
from testamur.kernel.journal.actions import append
from testamur.trust.archive.models import ArchiveObject
from testamur.trust.archive.objects import Finding, Objects
from testamur.trust.archive.queries import index, store
from testamur.trust.archive.rules import folder_name, object_path, record_of


@dataclass(frozen=True, slots=True)
class AuditReport:
    """What a full audit found. `findings` is empty when disk and index agree to the last byte."""

    objects: int
    indexed: int
    findings: tuple[Finding, ...]


def audit(*, by: Actor, now: datetime) -> AuditReport:
    """Re-read every object on disk and compare with the index both ways. Journal: ``archive.audited/1``."""
    by.must("archive.audit")
    place = store()
    findings: list[Finding] = []
    seen: dict[str, str] = {}
    for where in place.objects():
        findings.extend(place.check(where))
        seen[where.rpartition("/")[2]] = hashlib.sha512(place.get(f"{where}/inventory.json")).hexdigest()
    indexed = 0
    for row in index():
        indexed += 1
        name = folder_name(row.record)
        there = seen.pop(name, None)
        if there is None:
            findings.append(Finding(urn(row.record), name, "object-missing"))
        elif there != row.inventory_sha512:
            findings.append(Finding(urn(row.record), name, "inventory-not-the-indexed-one"))
    findings.extend(Finding(record_of(name), name, "object-not-indexed") for name in sorted(seen))
    with transaction.atomic():
        append(
            by=by,
            kind="archive.audited/1",
            path="/",
            now=now,
            refs={"objects": indexed, "findings": len(findings)},
        )
    return AuditReport(indexed + len(seen), indexed, tuple(findings))


@transaction.atomic
def rebuild_index(*, by: Actor, now: datetime) -> int:
    """Make the index again from the objects alone; returns how many rows were missing.

    Journal: ``archive.reindexed/1``.
    """
    by.must("archive.reindex")
    place = store()
    known = set(ArchiveObject.objects.values_list("record", flat=True))
    missing = []
    for where in place.objects():
        inventory = place.get(f"{where}/inventory.json")
        record = UUID(json.loads(inventory)["id"].removeprefix("urn:uuid:"))
        if record not in known:
            missing.append(_row(place, record, inventory, now))
    ArchiveObject.objects.bulk_create(missing)
    append(by=by, kind="archive.reindexed/1", path="/", now=now, refs={"added": len(missing)})
    return len(missing)


def _row(place: Objects, record: UUID, inventory: bytes, now: datetime) -> ArchiveObject:
    issuer = json.loads(place.read(record, "record.json"))["issuer"]["id"]
    return ArchiveObject(
        record=record,
        organisation=UUID(issuer.removeprefix("urn:uuid:")),
        head=int(json.loads(inventory)["head"][1:]),
        inventory_sha512=hashlib.sha512(inventory).hexdigest(),
        size=sum(place.contents(object_path(record)).values()),
        stored_at=now,
        checked_at=now,
    )
