"""Reading ceremonies."""

from __future__ import annotations

import hmac
from collections.abc import Iterator
from dataclasses import dataclass
from datetime import datetime
from hashlib import sha256
from uuid import UUID

from testamur.kernel.base.actor import Actor
from testamur.kernel.base.refused import NotFound, Refused
from testamur.trust.signing.methods.contract import Order, StartView, method
from testamur.trust.signing.models import Ceremony, CeremonyDocument
from testamur.trust.signing.rules import FINAL, PERSONAL, Evidences, SignedDocument, State


class NotSigned(Refused):
    """There is no evidence: the ceremony was not signed."""

    code = "signing.ceremony.not_signed"


@dataclass(frozen=True, slots=True)
class CeremonyView:
    """A ceremony as everyone above this package sees it; no identifier of a person, no secret of the e-ID."""

    id: UUID
    organisation: UUID
    path: str
    signer: UUID
    signer_name: str
    role: str
    method: str
    purpose: str
    locale: str
    root: str
    count: int
    header: bytes
    visible: str
    state: State
    hint: str
    same_device: bool
    started: datetime
    begun: datetime | None
    signed_at: datetime | None
    ended: datetime | None


@dataclass(frozen=True, slots=True)
class SignedBy:
    """Who signed in a ceremony, in which role, for whom: for comparing with what a document names, nothing else."""

    organisation: UUID
    role: str
    name: str
    scheme: str
    identifier: str


def ceremony(ceremony: UUID, *, by: Actor) -> CeremonyView:
    """One ceremony. Raises `NotFound` unless `by` is its signer or may ``signing.ceremony.see`` at its place."""
    row = Ceremony.objects.filter(pk=ceremony).first()
    if row is None or not (row.signer == by.id or by.may("signing.ceremony.see", row.path)):
        raise NotFound(f"There is no ceremony {ceremony}.", ceremony=str(ceremony))
    return view(row)


def open_for(signer: UUID) -> list[CeremonyView]:
    """Ceremonies of that person which are not over yet, newest first."""
    rows = Ceremony.objects.filter(signer=signer, state__in=[State.STARTED, State.PENDING]).order_by("-started")
    return [view(row) for row in rows]


def ended_for(signer: UUID, *, since: datetime, limit: int = 5) -> list[CeremonyView]:
    """Ceremonies of that person which ended after `since` without a signature, newest first."""
    over = sorted(FINAL - {State.SIGNED})
    rows = Ceremony.objects.filter(signer=signer, state__in=over, ended__gte=since).order_by("-ended", "id")
    return [view(row) for row in rows[:limit]]


def waiting(*, now: datetime, limit: int = 500) -> list[UUID]:
    """Ceremonies whose e-ID may be asked now, longest waiting first."""
    rows = Ceremony.objects.filter(state=State.PENDING, lease__lte=now).exclude(method__in=PERSONAL)
    rows = rows.order_by("lease", "id")
    return list(rows.values_list("id", flat=True)[:limit])


def never_begun(*, before: datetime, limit: int = 500) -> list[UUID]:
    """Ceremonies that were started before that instant and whose e-ID was never reached."""
    rows = Ceremony.objects.filter(state=State.STARTED, started__lt=before).order_by("started", "id")
    return list(rows.values_list("id", flat=True)[:limit])


def outlived(*, before: datetime, limit: int = 500) -> list[UUID]:
    """Ceremonies with a personal certificate that was chosen before that instant and has not signed everything."""
    rows = Ceremony.objects.filter(state=State.PENDING, method__in=PERSONAL, begun__lt=before).order_by("begun", "id")
    return list(rows.values_list("id", flat=True)[:limit])


def evidences(ceremony: UUID) -> Evidences:
    """All evidence of a signed ceremony, ready to be asked by record or by index: two queries and one tree.

    Raises `NotFound`, `NotSigned`, or `rules.RootDiffers` when stored documents were changed after signing.
    """
    row = Ceremony.objects.filter(pk=ceremony).first()
    if row is None:
        raise NotFound(f"There is no ceremony {ceremony}.", ceremony=str(ceremony))
    if row.state != State.SIGNED or row.evidence is None:
        raise NotSigned(f"Ceremony {ceremony} is {row.state}.", ceremony=str(ceremony), state=row.state)
    stored = CeremonyDocument.objects.filter(ceremony=ceremony).order_by("index")
    documents = [
        SignedDocument(record=record, h0=h0, size=size, order=order)
        for record, h0, size, order in stored.values_list("record", "h0", "size", "order").iterator(chunk_size=5000)
    ]
    return Evidences(
        documents, header=bytes(row.header), root=row.root, method=row.method, role=row.role, proof=bytes(row.evidence)
    )


def signed_by(ceremony: UUID) -> SignedBy:
    """The signer of a signed ceremony, whose e-ID bore this very identifier. Raises `NotFound` or `NotSigned`."""
    row = Ceremony.objects.filter(pk=ceremony).first()
    if row is None:
        raise NotFound(f"There is no ceremony {ceremony}.", ceremony=str(ceremony))
    if row.state != State.SIGNED:
        raise NotSigned(f"Ceremony {ceremony} is {row.state}.", ceremony=str(ceremony), state=row.state)
    return SignedBy(row.organisation, row.role, row.signer_name, row.signer_scheme, row.signer_identifier)


def evidence_for(ceremony: UUID) -> Iterator[tuple[UUID, bytes]]:
    """Record id and evidence JSON (docs/formats.md section 4) of every document, in manifest order, one at a time.

    Errors as `evidences`.
    """
    return iter(evidences(ceremony))


def holds(ceremony: UUID, *, record: UUID) -> bool:
    """Whether the ceremony is over that document, among others."""
    return CeremonyDocument.objects.filter(ceremony=ceremony, record=record).exists()


def start_view(ceremony: UUID, *, by: Actor, now: datetime) -> StartView:
    """QR text and links of this second, for the signer only; empty when nothing waits to be started.

    Raises `NotFound` when the ceremony is not `by`'s own.
    """
    row = Ceremony.objects.filter(pk=ceremony, signer=by.id).first()
    if row is None:
        raise NotFound(f"There is no ceremony {ceremony}.", ceremony=str(ceremony))
    if row.state != State.PENDING or row.begun is None or row.start_data is None:
        return StartView()
    return method(row.method).start_view(row.start_data, begun=row.begun, now=now)


def message(ceremony: CeremonyView, *, locale: str = "") -> tuple[str, str]:
    """Message id and text for the signer: what to do now, or why it ended."""
    return method(ceremony.method).message(
        ceremony.hint,
        failed=ceremony.state in FINAL,
        locale=locale or ceremony.locale,
        same_device=ceremony.same_device,
    )


def came_back(ceremony: UUID, *, by: Actor, nonce: str) -> bool:
    """True when `nonce` is the one that this ceremony's return address carried and `by` is its signer.

    The page that receives the return must also find the ceremony in the browser's own session.
    """
    found = Ceremony.objects.filter(pk=ceremony, signer=by.id).values_list("return_nonce_sha256", flat=True).first()
    return bool(found) and hmac.compare_digest(found or "", sha256(nonce.encode()).hexdigest())


def view(row: Ceremony) -> CeremonyView:
    """The row as the dataclass that crosses the door."""
    return CeremonyView(
        id=row.id,
        organisation=row.organisation,
        path=row.path,
        signer=row.signer,
        signer_name=row.signer_name,
        role=row.role,
        method=row.method,
        purpose=row.purpose,
        locale=row.locale,
        root=row.root,
        count=row.count,
        header=bytes(row.header),
        visible=row.visible,
        state=State(row.state),
        hint=row.hint,
        same_device=row.same_device,
        started=row.started,
        begun=row.begun,
        signed_at=row.signed_at,
        ended=row.ended,
    )


def order_of(row: Ceremony) -> Order:
    """What the method is asked to have signed."""
    return Order(
        ceremony=str(row.id),
        visible=row.visible.encode(),
        nonvisible=bytes(row.header),
        signer_name=row.signer_name,
        scheme=row.signer_scheme,
        identifier=row.signer_identifier,
    )
