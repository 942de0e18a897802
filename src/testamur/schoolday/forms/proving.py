"""Whether the evidence of a signed consent holds, by the code that verifies records (docs/formats.md, section 4)."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from hashlib import sha256
from typing import Any

from testamur.kernel.base.clock import parse_stamp
from testamur.kernel.proofs import shape
from testamur.kernel.proofs.evidence import SignerEvidence, verify_evidence
from testamur.kernel.proofs.jcs import parse_canonical
from testamur.kernel.proofs.report import EvidenceError
from testamur.kernel.proofs.snapshot import NamedSigner, Snapshot
from testamur.schoolday.forms.rules.signing import TYPE


def verify(document: bytes, evidence: bytes, *, roots: Mapping[str, Sequence[bytes]]) -> SignerEvidence:
    """Check that exactly this document was signed by the person whom it binds. Pure.

    `roots`: method → DER of the e-ID's roots, as in the trust bundle. Raises `EvidenceError`, or ValueError for a
    document that is none of ours.
    """
    told = _document(document)
    parsed = parse_canonical(evidence)
    named = NamedSigner(1, parsed["role"], "", parsed["header"]["signer"], told["signer"])
    record = shape.urn(told["answer"], "answer")
    asked = parse_stamp(told["asked_at"])
    snapshot = Snapshot(
        record=record, version=1, replaces=None, document_type=TYPE, title="", locale=told["language"],
        issuer=shape.urn(told["organisation"], "organisation"), issuer_name="", subject_name="", signers=(named,),
        page=1, rect=(0, 0, 0, 0), code="", url="", issued_on=asked.date(), frozen_at=asked, test=False, value=told,
    )  # fmt: skip
    digest = sha256(document).hexdigest()
    return verify_evidence(evidence, signer=named, snapshot=snapshot, h0=digest, size=len(document), roots=roots)


def holds(document: bytes, evidence: bytes, *, roots: Mapping[str, Sequence[bytes]]) -> bool:
    """The same as a yes or no, for a page."""
    try:
        verify(document, evidence, roots=roots)
    except (EvidenceError, ValueError, KeyError, TypeError):
        return False
    return True


def _document(data: bytes) -> dict[str, Any]:
    value = parse_canonical(data)
    if not isinstance(value, dict) or value.get("type") != TYPE or value.get("v") != 1:
        raise ValueError("It is not a signed consent.")
    return value
