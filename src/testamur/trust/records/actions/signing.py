"""Ceremonies over records: opened, accepted, released."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import date, datetime
from uuid import UUID

from django.db import transaction
from django.db.models import Exists, OuterRef
from django.utils import timezone

from testamur.kernel.base.actor import Actor
from testamur.kernel.base.refused import NotAllowed, Refused
from testamur.kernel.journal.actions import append
from testamur.register.schools import queries as schools
from testamur.trust.records.actions.common import NotYourTurn, WrongState, chunks, refs
from testamur.trust.records.actions.declining import void_signatures
from testamur.trust.records.models import Record, RecordSigner
from testamur.trust.records.rules import DELEGATE, State
from testamur.trust.signing import actions as signing
from testamur.trust.signing import queries as ceremonies
from testamur.trust.signing.rules import DocumentToSign, SignerIdentity

BY_POST = frozenset({DELEGATE, "examiner"})
"""Roles whose signature counts only while the post is held: no other post at the unit stands in for it."""


class PostEnded(Refused):
    """Who signs by delegation or as examiner holds the post no longer on the day: somebody else has to sign."""

    code = "records.post_ended"


@transaction.atomic
def start_ceremony(
    *,
    by: Actor,
    path: str,
    organisation: UUID,
    organisation_name: str,
    signer: SignerIdentity,
    role: str,
    method: str,
    records: Sequence[UUID],
    locale: str,
    now: datetime,
) -> UUID:
    """Open one ceremony over all of `records` for one signer (A11); returns its id.

    Raises NotYourTurn unless the signer is, in that role, the next one of every record, and every record is one of this
    organisation at or below `path`; PostEnded when a delegate or an examiner holds the post no longer.
    Journal: ``records.ceremony_started/1`` beside the ceremony's own entry.
    """
    by.must("records.record.sign", path)
    documents = _documents_for(signer.person, role, organisation, path, records)
    if role in BY_POST and _without_post(signer.person, role, records, now.date()):
        raise PostEnded("You hold the post in which you would sign no longer.", field="records", role=role)
    ceremony = signing.start(
        by=by,
        organisation=organisation,
        path=path,
        signer=signer,
        role=role,
        method=method,
        documents=documents,
        locale=locale,
        organisation_name=organisation_name,
        now=now,
    )
    for some in chunks(records):
        Record.objects.filter(id__in=some, state=State.READY).update(state=State.SIGNING)
        RecordSigner.objects.filter(record__in=some, person=signer.person, role=role, signed_at__isnull=True).update(
            ceremony=ceremony
        )
    append(
        by=by,
        kind="records.ceremony_started/1",
        path=path,
        refs={"ceremony": str(ceremony), **refs(records)},
        now=now,
    )
    return ceremony


def _documents_for(
    person: UUID, role: str, organisation: UUID, path: str, records: Sequence[UUID]
) -> list[DocumentToSign]:
    found: dict[UUID, DocumentToSign] = {}
    earlier = RecordSigner.objects.filter(
        record=OuterRef("record"), order__lt=OuterRef("order"), signed_at__isnull=True
    )
    for some in chunks(records):
        rows = (
            RecordSigner.objects.filter(record__in=some, person=person, role=role, signed_at__isnull=True)
            .filter(record__state__in=[State.READY, State.SIGNING])
            .filter(record__organisation=organisation, record__path__startswith=path)
            .filter(~Exists(earlier))
            .select_related("record")
        )
        for row in rows:
            r = row.record
            found[r.id] = DocumentToSign(
                record=r.id, h0=r.h0, size=r.size, title=r.title, order=row.order, group=f"{r.title}, {r.period}"
            )
    missing = [r for r in records if r not in found]
    if missing:
        raise NotYourTurn(
            f"{len(missing)} of {len(records)} documents do not wait for this person's signature.",
            field="records",
            first=str(missing[0]),
        )
    return [found[r] for r in records]


@transaction.atomic
def accept_signatures(*, by: Actor, ceremony: UUID, now: datetime) -> int:
    """Note a finished ceremony on its records; those that now have every signature become signed.

    Calling it again changes nothing. Returns how many records became signed. The signature of a delegate or an examiner
    whose post had ended on the day of signing is void, and the record waits again. Raises WrongState while the ceremony
    is not signed. Journal: ``records.signed/1``.
    """
    done = ceremonies.ceremony(ceremony, by=by)
    if done.signed_at is None:
        raise WrongState("The ceremony is not signed.", ceremony=str(ceremony))
    by.must("records.record.sign", done.path)
    rows = RecordSigner.objects.filter(ceremony=ceremony, signed_at__isnull=True)
    mine = list(rows.select_for_update().values_list("record", flat=True))
    if not mine:
        return 0
    rows.update(signed_at=done.signed_at)
    void = (
        _without_post(done.signer, done.role, mine, timezone.localdate(done.signed_at)) if done.role in BY_POST else []
    )
    void_signatures(records=void, because="no_post", now=now, ceremony=ceremony)
    _ready_again(void)
    open_signer = RecordSigner.objects.filter(record=OuterRef("id"), signed_at__isnull=True)
    signed = 0
    for some in chunks(mine):
        complete = Record.objects.filter(~Exists(open_signer), id__in=some, state=State.SIGNING)
        signed += complete.update(state=State.SIGNED)
    append(
        by=by,
        kind="records.signed/1",
        path=done.path,
        refs={"ceremony": str(ceremony), "signed": signed, "void": len(void)},
        now=now,
    )
    return signed


def _without_post(person: UUID, role: str, records: Sequence[UUID], on: date) -> list[UUID]:
    """Those of the records at whose unit the person holds no post of that role on that day."""
    held = {post.unit for post in schools.posts_of(person=person, on=on) if post.role == role}
    found: list[UUID] = []
    for some in chunks(records):
        found += Record.objects.filter(id__in=some).exclude(unit__in=held).values_list("id", flat=True)
    return found


def _ready_again(records: Sequence[UUID]) -> None:
    under_way = RecordSigner.objects.filter(record=OuterRef("id"), ceremony__isnull=False)
    for some in chunks(records):
        Record.objects.filter(id__in=some, state=State.SIGNING).filter(~Exists(under_way)).update(state=State.READY)


@transaction.atomic
def release_ceremony(*, by: Actor, path: str, ceremony: UUID, now: datetime) -> None:
    """After a cancelled, failed or expired ceremony its records wait again. Journal: ``records.ceremony_released/1``.

    Raises NotAllowed unless the ceremony is one at or below `path`, WrongState when it was signed: that counts.
    """
    by.must("records.record.sign", path)
    over = ceremonies.ceremony(ceremony, by=by)
    if not over.path.startswith(path):
        raise NotAllowed("The ceremony belongs to another place.", verb="records.record.sign", path=over.path)
    if over.signed_at is not None:
        raise WrongState("The ceremony is signed.", ceremony=str(ceremony))
    rows = RecordSigner.objects.filter(ceremony=ceremony, signed_at__isnull=True)
    records = list(rows.values_list("record", flat=True))
    rows.update(ceremony=None)
    _ready_again(records)
    told = {"ceremony": str(ceremony), **refs(records)}
    append(by=by, kind="records.ceremony_released/1", path=path, refs=told, now=now)
