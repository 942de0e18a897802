"""Reading the seals."""

from __future__ import annotations

from collections.abc import Collection
from dataclasses import dataclass
from datetime import datetime
from uuid import UUID

from django.db.models import Q

from testamur.kernel.base.actor import Actor
from testamur.kernel.base.refused import NotFound
from testamur.trust.sealing.der import children
from testamur.trust.sealing.models import SealCertificate
from testamur.trust.sealing.rules import Algorithm, SealState


class NoActiveSeal(NotFound):
    """The organisation has no seal that is active and valid at that time."""

    code = "sealing.seal.none_active"


@dataclass(frozen=True, slots=True)
class Seal:
    """A seal as others may know it.

    Attributes:
        id: its id.
        organisation: who seals.
        state: requested, active or retired.
        algorithm: kind of key.
        locator: where the key lives; holds no secret.
        certificates: DER, its own first, then its issuing CA; empty while it is only requested.
        valid_from: first instant of the certificate; None while it is only requested.
        valid_to: last instant.
        request: the certificate request in DER; empty when none was made here.
    """

    id: UUID
    organisation: UUID
    state: SealState
    algorithm: Algorithm
    locator: str
    certificates: tuple[bytes, ...]
    valid_from: datetime | None
    valid_to: datetime | None
    request: bytes


def active_seal(organisation: UUID, on: datetime) -> Seal:
    """The seal that `organisation` seals with at the instant `on`. Raises `NoActiveSeal`.

    For an instant in the past it is the seal that was in use then, retired since or not: a worker that resumes a batch
    makes the files again that were sealed with it.
    """
    in_use = Q(state=SealState.ACTIVE) | Q(state=SealState.RETIRED, retired_at__gt=on)
    row = (
        SealCertificate.objects.filter(
            in_use, organisation=organisation, activated_at__lte=on, valid_from__lte=on, valid_to__gte=on
        )
        .order_by("-activated_at")
        .first()
    )
    if row is None:
        raise NoActiveSeal("The organisation has no seal that is active and valid now.", organisation=str(organisation))
    return _seal(row)


def sealing_themselves(units: Collection[UUID], on: datetime) -> frozenset[UUID]:
    """Those of the units that have a seal of their own, active and valid at that instant."""
    rows = SealCertificate.objects.filter(
        organisation__in=list(units), state=SealState.ACTIVE, activated_at__lte=on, valid_from__lte=on, valid_to__gte=on
    )
    return frozenset(rows.values_list("organisation", flat=True))


def seal(seal_id: UUID) -> Seal:
    """One seal, in use or retired. Raises NotFound."""
    row = SealCertificate.objects.filter(id=seal_id).first()
    if row is None:
        raise NotFound("There is no such seal.", seal=str(seal_id))
    return _seal(row)


def seals(*, by: Actor, organisation: UUID) -> tuple[Seal, ...]:
    """All seals of `organisation` that `by` may see, newest first."""
    rows = SealCertificate.objects.filter(organisation=organisation).order_by("-made_at", "-id")
    return tuple(_seal(row) for row in rows if by.may("sealing.seal.read", row.path))


def _seal(row: SealCertificate) -> Seal:
    chain = bytes(row.chain)
    above = tuple(chain[start:end] for _, start, _, end in children(chain, 0, len(chain)))
    return Seal(
        id=row.id,
        organisation=row.organisation,
        state=SealState(row.state),
        algorithm=Algorithm(row.algorithm),
        locator=row.locator,
        certificates=(bytes(row.certificate), *above) if row.certificate is not None else (),
        valid_from=row.valid_from,
        valid_to=row.valid_to,
        request=bytes(row.request or b""),
    )
