"""What a personal certificate signs: each document with what earlier signers added, prepared for this signer.

    some = to_sign(by=…, ceremony=…, limit=50)
    …the holder of the certificate signs SHA-256 of each `to_be_signed`…
    hand_in(by=…, ceremony=…, signatures={record: value, …}, now=…)

Preparing is deterministic: certificates, order, name, title and instant stand fixed in the ceremony, so nothing of a
preparation is stored, and what comes back is compared with the same bytes made once more.
"""

from __future__ import annotations

import hashlib
import json
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from functools import lru_cache
from typing import Any
from uuid import UUID

from testamur.kernel.base.actor import Actor
from testamur.kernel.base.refused import Refused
from testamur.trust.records import drafts
from testamur.trust.records.bundle import crls
from testamur.trust.records.models import Record, RecordSigner
from testamur.trust.sealing import personal as pades
from testamur.trust.signing import personal
from testamur.trust.signing import queries as ceremonies
from testamur.trust.signing.personal import Chosen, Standing


class DraftMissing(Refused):
    """The document that was to be signed cannot be read as it was prepared."""

    code = "records.draft_damaged"


class SignatureWrong(Refused):
    """A signature is not one over its document by the chosen certificate; nothing of this answer was kept."""

    code = "signing.certificate.signature"


class UnknownDocument(Refused):
    """The answer names a document that is not of this ceremony."""

    code = "signing.certificate.document"


@dataclass(frozen=True, slots=True)
class ToSign:
    """One document that waits: `to_be_signed` is DER of the signed attributes, whose SHA-256 is signed.

    `subject` is the pupil's id, or None for a group's document; `code` is the record's, for people.
    """

    record: UUID
    title: str
    code: str
    subject: UUID | None
    to_be_signed: bytes

    @property
    def digest(self) -> bytes:
        """SHA-256 of `to_be_signed`."""
        return hashlib.sha256(self.to_be_signed).digest()


def to_sign(*, by: Actor, ceremony: UUID, limit: int | None = None) -> list[ToSign]:
    """Documents that are not signed yet, in order, prepared for the chosen certificate; none before one is chosen.

    Raises ``not_found`` unless `by` is the signer, DraftMissing, and what `sealing.personal.prepare` refuses.
    """
    chosen = personal.chosen(by=by, ceremony=ceremony)
    if chosen is None:
        return []
    waiting = personal.waiting(ceremony, limit=limit)
    return list(_prepared(chosen, {one.record: one.order for one in waiting}))


def choose(*, by: Actor, ceremony: UUID, given: Sequence[bytes], now: datetime) -> Chosen:
    """Sign with this certificate; as `personal.offer`, with the revocation lists of the organisation."""
    view = ceremonies.ceremony(ceremony, by=by)
    return personal.offer(by=by, ceremony=ceremony, given=given, now=now, crls=crls(view.organisation))


def hand_in(
    *, by: Actor, ceremony: UUID, signatures: Mapping[UUID, bytes], now: datetime, most: int | None = None
) -> Standing:
    """Compare signatures with what they are to be over, and keep them: all that were given, or none.

    Those of documents that are signed already are passed over. Raises SignatureWrong, UnknownDocument (more than
    `most`, or strangers), and as `personal.keep`. The records follow when the ceremony is settled.
    """
    chosen = personal.chosen(by=by, ceremony=ceremony)
    if chosen is None:
        raise personal.NotWaiting("The ceremony waits for no signature.", ceremony=str(ceremony))
    waiting = {one.record: one.order for one in personal.waiting(ceremony)}
    known = personal.records(ceremony)
    strange = [record for record in signatures if record not in known]
    if strange or (most is not None and len(signatures) > most):
        raise UnknownDocument("The answer is about other documents.", field="answer", count=len(signatures))
    new = {record: order for record, order in waiting.items() if record in signatures}
    for one in _prepared(chosen, new):
        if not pades.verifies(chosen.certificates[0], signatures[one.record], one.to_be_signed):
            raise SignatureWrong("A signature does not verify.", field="answer", record=str(one.record))
    view = ceremonies.ceremony(ceremony, by=by)
    kept = {record: signatures[record] for record in new}
    return personal.keep(by=by, ceremony=ceremony, signatures=kept, now=now, crls=crls(view.organisation))


def _prepared(chosen: Chosen, wanted: Mapping[UUID, int]) -> Iterator[ToSign]:
    for some in _chunks(list(wanted)):
        rows = {row.id: row for row in Record.objects.filter(id__in=some)}
        before = _before(some)
        for record in some:
            row, order = rows[record], wanted[record]
            pdf, frozen = _draft(row)
            signers = json.loads(frozen)["signers"]
            document = _with(record, pdf, signers, [one for one in before.get(record, []) if one[0] < order])
            me = next(one for one in signers if one["order"] == order)
            made = pades.prepare(
                document,
                certificates=chosen.certificates,
                order=order,
                name=me["name"],
                role_title=me["title"],
                at=chosen.at,
            )
            subject = row.subject if row.subject_kind == "pupil" else None
            yield ToSign(record, row.title, row.code, subject, made.to_be_signed)


def _before(records: Sequence[UUID]) -> dict[UUID, list[tuple[int, UUID]]]:
    """(order, ceremony) of the personal signatures that the records have, in order."""
    rows = RecordSigner.objects.filter(record__in=records, signed_at__isnull=False, ceremony__isnull=False)
    given = list(rows.order_by("order").values_list("record", "order", "ceremony"))
    ours = personal.signed_personally({ceremony for _record, _order, ceremony in given if ceremony})
    found: dict[UUID, list[tuple[int, UUID]]] = {}
    for record, order, ceremony in given:
        if ceremony in ours:
            found.setdefault(record, []).append((order, ceremony))
    return found


@lru_cache(maxsize=64)
def _signatures(ceremony: UUID) -> personal.Signatures:
    """A signed ceremony never changes."""
    return personal.signatures(ceremony)


def _with(record: UUID, pdf: bytes, signers: Sequence[Mapping[str, Any]], given: Sequence[tuple[int, UUID]]) -> bytes:
    """The document with the personal revisions of those who have signed, the same bytes each time."""
    for order, ceremony in given:
        found = _signatures(ceremony)
        who = next(one for one in signers if one["order"] == order)
        made = pades.prepare(
            pdf, certificates=found.certificates, order=order, name=who["name"], role_title=who["title"], at=found.at
        )
        pdf += pades.revision(made, certificates=found.certificates, signature=found.values[record])
    return pdf


def _draft(row: Record) -> tuple[bytes, bytes]:
    try:
        both = drafts.read_part(row.draft_file_id, row.draft_offset, row.size + row.json_size)
    except OSError as error:
        raise DraftMissing("The document is not where it was put.", record=str(row.id)) from error
    pdf, frozen = both[: row.size], both[row.size :]
    if (hashlib.sha256(pdf).hexdigest(), hashlib.sha256(frozen).hexdigest()) != (row.h0, row.record_json_sha256):
        raise DraftMissing("The document is not the one that was prepared.", record=str(row.id))
    return pdf, frozen


def _chunks(records: Sequence[UUID], size: int = 100) -> Iterator[Sequence[UUID]]:
    return (records[i : i + size] for i in range(0, len(records), size))
