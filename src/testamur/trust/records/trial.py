"""Trying a seal: a sample is sealed in memory, and what a verifier would say of the seal is told."""

from __future__ import annotations

from datetime import datetime
from uuid import UUID

from testamur.kernel.base.actor import Actor
from testamur.kernel.proofs import cms
from testamur.kernel.proofs.chain import name_of
from testamur.kernel.proofs.report import Check, Failed, Notebook
from testamur.register.schools import queries as schools
from testamur.trust.records.bundle import anchors
from testamur.trust.sealing.keys.apart import key_at
from testamur.trust.sealing.queries import seal as seal_by_id
from testamur.trust.sealing.revision.drafting import INVISIBLE
from testamur.trust.sealing.sealer import Sealer


def try_seal(*, by: Actor, seal: UUID, now: datetime) -> tuple[Check, ...]:
    """What was found: the key signs, the seal covers every byte, the certificate leads to a root that is trusted here.

    Needs ``sealing.seal.read`` at the organisation. Raises what opening the key refuses, `NotFound`. Nothing is kept.
    """
    found = seal_by_id(seal)
    unit = schools.unit(found.organisation)
    by.must("sealing.seal.read", unit.path if unit is not None else "/")
    sealer = Sealer(key_at(found.locator), found.certificates[:2], unit.name if unit is not None else "")
    sealed = sealer.prepare_batch([]).seal(
        sample(), evidence={}, page=1, rect=INVISIBLE, lines=(), field_text="TEST", at=now
    )
    book = Notebook()
    book.ok("key", f"The key signs ({found.algorithm}).")
    try:
        parsed = cms.parse_seal(sealed.cms)
        cms.check_signature(parsed, sealed.doc_digest)
        book.ok("seal", f"Sealed by {name_of(parsed.certificate)}; every byte of the sample is covered.")
        roots, crls = _trusted("seal-roots", found.organisation), _trusted("crls", found.organisation)
        cms.check_certificate(parsed, roots, crls, at=now, proven=False)
        book.ok("certificate", "It leads to a root that this installation trusts, and is in force.")
    except Failed as failure:
        book.failed("seal", failure)
    return tuple(book.checks)


def _trusted(kind: str, organisation: UUID) -> list[bytes]:
    return [path.read_bytes() for path in sorted((anchors() / kind / str(organisation)).glob("*.der"))]


def sample() -> bytes:
    """A page that says nothing: the smallest document that can be sealed."""
    objects = (
        b"<</Type/Catalog/Pages 2 0 R>>",
        b"<</Type/Pages/Kids[3 0 R]/Count 1>>",
        b"<</Type/Page/Parent 2 0 R/MediaBox[0 0 595 842]/Resources<<>>>>",
    )
    out, places = bytearray(b"%PDF-1.7\n%\xe2\xe3\xcf\xd3\n"), []
    for number, body in enumerate(objects, 1):
        places.append(len(out))
        out += b"%d 0 obj\n%s\nendobj\n" % (number, body)
    table = len(out)
    out += b"xref\n0 %d\n0000000000 65535 f \n" % (len(objects) + 1)
    out += b"".join(b"%010d 00000 n \n" % place for place in places)
    identity = b"<%s>" % (b"00" * 16)
    out += b"trailer\n<</Size %d/Root 1 0 R/ID[%s%s]>>\n" % (len(objects) + 1, identity, identity)
    return bytes(out + b"startxref\n%d\n%%%%EOF\n" % table)
