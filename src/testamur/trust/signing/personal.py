"""Ceremonies with a personal certificate: the certificate is offered, signatures come in, the last one ends it.

Nothing here looks at a document: what the signatures are over is prepared and compared above, in `records`. The
certificates and the instant are fixed before anything is signed, so that whatever is lost on the way can be prepared
again, byte for byte, and half a class that was signed before a line broke stays signed.
"""

from __future__ import annotations

import secrets
from base64 import b64decode
from collections.abc import Collection, Mapping, Sequence
from dataclasses import dataclass
from datetime import UTC, datetime
from hashlib import sha256
from uuid import UUID

from django.db import transaction

from testamur.kernel.base.actor import Actor
from testamur.kernel.base.clock import parse_stamp, stamp
from testamur.kernel.base.refused import NotFound, Refused
from testamur.kernel.proofs.jcs import canonical, parse_canonical
from testamur.trust.signing import leases
from testamur.trust.signing.answers import locked, written
from testamur.trust.signing.methods.certificate import anchors, certificates
from testamur.trust.signing.methods.contract import Order
from testamur.trust.signing.models import Ceremony, CeremonyDocument, CeremonySignature
from testamur.trust.signing.queries import CeremonyView, order_of, view
from testamur.trust.signing.rules import PERSONAL, SignedDocument, State, b64


class NotWaiting(Refused):
    """The ceremony does not wait for a personal certificate: it is over, not begun, or of another method."""

    code = "signing.certificate.not_awaited"


class AlreadySigning(Refused):
    """Some documents are signed with the certificate that was chosen first; another one cannot take its place."""

    code = "signing.certificate.in_use"


class BeingSigned(Refused):
    """The signing service is just being asked about this ceremony."""

    code = "signing.ceremony.busy"


@dataclass(frozen=True, slots=True)
class Chosen:
    """With which certificates (DER, the signer's first) and at which instant the documents of a ceremony are signed."""

    certificates: tuple[bytes, ...]
    at: datetime


@dataclass(frozen=True, slots=True)
class Waiting:
    """A document that is not signed yet; `place` is its index in the ceremony."""

    place: int
    record: UUID
    order: int


@dataclass(frozen=True, slots=True)
class Standing:
    """How far a ceremony with a personal certificate has come."""

    view: CeremonyView
    done: int

    @property
    def left(self) -> int:
        """Documents that still wait."""
        return self.view.count - self.done


@transaction.atomic
def offer(*, by: Actor, ceremony: UUID, given: Sequence[bytes], now: datetime, crls: Sequence[bytes] = ()) -> Chosen:
    """Sign with this certificate, from now on; before the first signature another one may take its place.

    `given`: DER in any order, with or without a root; `crls`: DER of the revocation lists that are known. Needs
    ``signing.ceremony.begin``, and to be the signer. Refuses ``not_found``, ``signing.certificate.not_awaited``,
    ``.in_use`` and what `certificates.check` refuses. Journal: ``signing.ceremony.begun/1``.
    """
    row = _mine(by, ceremony, "begin")
    ders = certificates.ordered(given)
    chosen = Chosen(ders, now.astimezone(UTC).replace(microsecond=0))
    _check(row, ders, chosen.at, crls)
    former = _chosen(row)
    if former is not None and former.certificates == ders:
        return former
    if CeremonySignature.objects.filter(ceremony=row).exists():
        raise AlreadySigning("Go on with the certificate that was chosen first.", field="certificate")
    row.state, row.order_ref, row.begun, row.lease = State.PENDING, f"{row.id}-{secrets.token_hex(4)}", now, now
    row.start_data = {"certificates": [b64(der) for der in ders], "at": stamp(chosen.at)}
    row.hint = ""
    row.save()
    told: dict[str, object] = {"method": row.method, "certificate_sha256": sha256(ders[0]).hexdigest()}
    written(by, "begun", row.id, row.path, now, told)
    return chosen


def chosen(*, by: Actor, ceremony: UUID) -> Chosen | None:
    """What was chosen, or None before that and after the end. Raises ``not_found``."""
    row = Ceremony.objects.filter(pk=ceremony, signer=by.id, method__in=PERSONAL).first()
    if row is None:
        raise NotFound(f"There is no ceremony {ceremony}.", ceremony=str(ceremony))
    return _chosen(row)


def waiting(ceremony: UUID, *, limit: int | None = None) -> list[Waiting]:
    """Documents without a signature, in order, at most `limit`."""
    done = CeremonySignature.objects.filter(ceremony=ceremony).values("place")
    rows = CeremonyDocument.objects.filter(ceremony=ceremony).exclude(index__in=done).order_by("index")
    return [Waiting(*values) for values in rows.values_list("index", "record", "order")[:limit]]


def records(ceremony: UUID) -> frozenset[UUID]:
    """Every document of the ceremony."""
    return frozenset(CeremonyDocument.objects.filter(ceremony=ceremony).values_list("record", flat=True))


def done(ceremony: UUID) -> int:
    """How many documents are signed."""
    return CeremonySignature.objects.filter(ceremony=ceremony).count()


@transaction.atomic
def keep(
    *, by: Actor, ceremony: UUID, signatures: Mapping[UUID, bytes], now: datetime, crls: Sequence[bytes] = ()
) -> Standing:
    """Keep signatures that were compared with what they are over, record by record; the last one signs the ceremony.

    The certificate must still hold: a seal over one that has expired or was revoked would not verify.

    A record that is signed already stays as it is, so the same answer may come twice. Needs
    ``signing.ceremony.collect``, and to be the signer. Refuses ``not_found``, ``signing.certificate.not_awaited``
    and what `certificates.check` refuses. Journal, at the end: ``signing.ceremony.signed/1``.
    """
    row = _mine(by, ceremony, "collect")
    known = _chosen(row)
    if known is None:
        raise NotWaiting("The certificate is not chosen yet.", ceremony=str(ceremony), state=row.state)
    _check(row, known.certificates, now, crls)
    wanted = {one.record: one.place for one in waiting(ceremony)}
    CeremonySignature.objects.bulk_create(
        [
            CeremonySignature(ceremony=row, place=wanted[record], record=record, signature=value, at=now)
            for record, value in signatures.items()
            if record in wanted
        ],
        batch_size=200,
    )
    count = CeremonySignature.objects.filter(ceremony=row).count()
    if count == row.count:
        _signed(by, row, known, now)
    return Standing(view(row), count)


@transaction.atomic
def withdraw(*, by: Actor, ceremony: UUID) -> None:
    """Forget what was chosen, as long as nothing is signed, so that another certificate can be chosen."""
    row = _mine(by, ceremony, "begin")
    if CeremonySignature.objects.filter(ceremony=row).exists():
        raise AlreadySigning("Go on with the certificate that was chosen first.", field="certificate")
    if row.state == State.PENDING:
        row.start_data = {}
        row.save(update_fields=["start_data"])


def order(*, by: Actor, ceremony: UUID) -> Order:
    """Whose certificate is wanted, of one's own ceremony that waits. Raises ``not_found``, ``not_awaited``."""
    with transaction.atomic():
        return order_of(_mine(by, ceremony, "collect"))


def secrets_of(*, by: Actor, ceremony: UUID) -> dict[str, str]:
    """What a signing service gave for one's own ceremony (``credential``, ``sad`` …); gone at the end."""
    row = Ceremony.objects.filter(pk=ceremony, signer=by.id, method__in=PERSONAL).first()
    return {name: value for name, value in _data(row).items() if isinstance(value, str)} if row else {}


@transaction.atomic
def keep_secret(*, by: Actor, ceremony: UUID, **values: str) -> None:
    """Remember such secrets until the ceremony ends; an empty text forgets one."""
    row = _mine(by, ceremony, "collect")
    row.start_data = {name: value for name, value in {**_data(row), **values}.items() if value}
    row.save(update_fields=["start_data"])


def take(*, by: Actor, ceremony: UUID, now: datetime) -> Ceremony:
    """Become the one who asks the signing service. Refuses ``signing.ceremony.busy``, ``not_awaited``."""
    with transaction.atomic():
        row = _mine(by, ceremony, "collect")
    if not leases.take(row, now):
        raise BeingSigned("The signing service is being asked already.", ceremony=str(ceremony))
    return row


def give_back(row: Ceremony, *, until: datetime) -> None:
    """Let others ask from `until` on."""
    leases.give_back(row, until=until)


@dataclass(frozen=True, slots=True)
class Signatures:
    """What a signed ceremony gave: the certificates, the instant, and one value for each record."""

    certificates: tuple[bytes, ...]
    at: datetime
    values: Mapping[UUID, bytes]
    documents: Mapping[UUID, SignedDocument]


def signatures(ceremony: UUID) -> Signatures:
    """All of a signed ceremony. Raises ``signing.certificate.not_awaited`` where there is none of these methods."""
    row = Ceremony.objects.filter(pk=ceremony, method__in=PERSONAL, state=State.SIGNED).first()
    if row is None or row.evidence is None:
        raise NotWaiting("The ceremony gave no personal signatures.", ceremony=str(ceremony))
    told = _told(bytes(row.evidence))
    values = CeremonySignature.objects.filter(ceremony=row).values_list("record", "signature")
    documents = CeremonyDocument.objects.filter(ceremony=row).values_list("record", "h0", "size", "order")
    return Signatures(
        told.certificates,
        told.at,
        {record: bytes(value) for record, value in values.iterator(chunk_size=2000)},
        {record: SignedDocument(record, h0, size, order) for record, h0, size, order in documents},
    )


def signed_personally(ceremonies: Collection[UUID]) -> frozenset[UUID]:
    """Those of the ceremonies that gave personal signatures."""
    rows = Ceremony.objects.filter(pk__in=ceremonies, method__in=PERSONAL, state=State.SIGNED)
    return frozenset(rows.values_list("id", flat=True))


def _mine(by: Actor, ceremony: UUID, verb: str) -> Ceremony:
    """The locked row of one's own ceremony that waits for a certificate or its signatures."""
    row = Ceremony.objects.filter(pk=ceremony, signer=by.id, method__in=PERSONAL).first()
    if row is None:
        raise NotFound(f"There is no ceremony {ceremony}.", ceremony=str(ceremony))
    by.must(f"signing.ceremony.{verb}", row.path)
    row = locked(ceremony)
    if row.state not in {State.STARTED, State.PENDING}:
        raise NotWaiting(f"The ceremony is {row.state}.", ceremony=str(ceremony), state=row.state)
    return row


def _check(row: Ceremony, ders: Sequence[bytes], at: datetime, crls: Sequence[bytes]) -> None:
    certificates.check(
        ders,
        roots=anchors.required(),
        scheme=row.signer_scheme,
        identifier=row.signer_identifier,
        at=at,
        crls=crls,
    )


def _data(row: Ceremony) -> dict[str, object]:
    return dict(row.start_data or {})


def _chosen(row: Ceremony) -> Chosen | None:
    if row.state != State.PENDING or not row.start_data or "at" not in row.start_data:
        return None
    return _read(row.start_data)


def _read(told: Mapping[str, object]) -> Chosen:
    ders = told["certificates"]
    assert isinstance(ders, list)
    return Chosen(tuple(b64decode(der) for der in ders), parse_stamp(str(told["at"])))


def _told(evidence: bytes) -> Chosen:

    return _read(parse_canonical(evidence))


def _signed(by: Actor, row: Ceremony, known: Chosen, now: datetime) -> None:
    values = CeremonySignature.objects.filter(ceremony=row).order_by("place").values_list("signature", flat=True)
    digest = sha256(b"".join(sha256(bytes(value)).digest() for value in values)).hexdigest()
    row.state, row.hint, row.ended, row.signed_at, row.start_data = State.SIGNED, "", now, known.at, None
    row.evidence = canonical(
        {
            "v": 1,
            "at": stamp(known.at),
            "certificates": [b64(der) for der in known.certificates],
            "signatures_sha256": digest,
        }
    )
    row.save()
    written(
        by,
        "signed",
        row.id,
        row.path,
        now,
        {
            "signer": str(row.signer),
            "role": row.role,
            "method": row.method,
            "count": row.count,
            "root": row.root,
            "evidence_sha256": sha256(bytes(row.evidence)).hexdigest(),
        },
    )
