"""Looking at an archived original anew: every byte of its object, and the verdict that a stranger would reach."""

from __future__ import annotations

import hashlib
import json
from dataclasses import dataclass
from datetime import datetime

from testamur.kernel.base.actor import Actor
from testamur.kernel.base.refused import Refused
from testamur.kernel.proofs.report import Verdict
from testamur.kernel.proofs.trust import Trust, parse_trust
from testamur.kernel.proofs.verify import verify_file
from testamur.trust.archive.queries import store, stored
from testamur.trust.archive.rules import object_path
from testamur.trust.records import bundle
from testamur.trust.records.queries import RecordView


@dataclass(frozen=True, slots=True)
class Report:
    """What was found.

    Attributes:
        whole: no finding: the object is what was written, to the last byte.
        findings: what is wrong with the object: codes of the archive.
        sha256: of the original as it lies there; empty when it cannot be read.
        verdict: of `testamur verify` on it; None when it cannot be read.
    """

    at: datetime
    whole: bool
    findings: tuple[str, ...]
    sha256: str
    verdict: Verdict | None


def examine(*, by: Actor, record: RecordView, now: datetime) -> Report:
    """Read the record's object anew and verify its original. Raises NotAllowed without ``records.record.read``."""
    by.must("records.record.read", record.path)
    place = store()
    known = stored(record.id)
    if known is None:
        return Report(now, whole=False, findings=("object-not-indexed",), sha256="", verdict=None)
    where = object_path(record.id)
    findings = [f.code for f in place.check(where)]
    try:
        if hashlib.sha512(place.get(f"{where}/inventory.json")).hexdigest() != known.inventory_sha512:
            findings.append("inventory-not-the-indexed-one")
        data, proof = place.read(record.id, "record.pdf"), place.read(record.id, "record.tlog-proof")
    except (OSError, Refused):
        found = tuple(findings) or ("object-missing",)
        return Report(now, whole=False, findings=found, sha256="", verdict=None)
    verdict = verify_file(data, trust(now), f"{record.code}.pdf", sidecar=proof, at=now)
    return Report(now, not findings, tuple(findings), hashlib.sha256(data).hexdigest(), verdict)


def trust(now: datetime) -> Trust:
    """Whom this installation believes: the bundle that it hands out, the simulated e-ID's root in demo mode alone."""
    return parse_trust(json.dumps(bundle.current(now=now)).encode())
