"""Somebody whose turn it is will not sign."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import datetime
from uuid import UUID

from django.db import transaction
from django.db.models import Exists, OuterRef

from testamur.kernel.base.actor import Actor
from testamur.kernel.base.ids import new_id
from testamur.kernel.base.refused import Refused
from testamur.kernel.journal.actions import append
from testamur.register.people.rules import common_path
from testamur.trust.records.actions.common import NotYourTurn, chunks, refs
from testamur.trust.records.models import Decline, Record, RecordSigner, VoidSignature
from testamur.trust.records.rules import State

WHY_LEAST, WHY_MOST = 10, 1000


class WhyNeeded(Refused):
    """Who declines says why, in 10 to 1000 characters: the office has to know what to mend."""

    code = "records.decline.why"


@transaction.atomic
def decline(*, by: Actor, records: Sequence[UUID], why: str, now: datetime) -> None:
    """Refuse to sign documents whose next signer is `by`: they go back to draft, and earlier signatures are void.

    The reason is kept for the office (`queries.declines`), not in the journal. Needs ``records.record.sign`` where the
    records lie. Raises WhyNeeded; NotYourTurn when one of them does not wait for `by`, or is in a ceremony that is not
    over. Journal: ``records.declined/1``.
    """
    why = why.strip()
    if not WHY_LEAST <= len(why) <= WHY_MOST:
        raise WhyNeeded(f"Say why, in {WHY_LEAST} to {WHY_MOST} characters.", field="why", length=len(why))
    mine = _mine(by, records)
    for path in sorted({row.record.path for row in mine}):
        by.must("records.record.sign", path)
    Decline.objects.bulk_create(
        [
            Decline(id=new_id(), record=row.record, order=row.order, person=by.id, role=row.role, why=why, at=now)
            for row in mine
        ],
        batch_size=200,
    )
    void_signatures(records=records, because="declined", now=now)
    for some in chunks(records):
        rows = Record.objects.filter(id__in=some)
        rows.filter(state=State.SIGNING).update(state=State.READY)
        rows.filter(state=State.READY).update(state=State.DRAFTED, ready_at=None, declined_at=now)
    append(
        by=by,
        kind="records.declined/1",
        path=common_path({row.record.path for row in mine}),
        refs=refs(records),
        now=now,
    )


def _mine(by: Actor, records: Sequence[UUID]) -> list[RecordSigner]:
    """The open signature of `by` in each of the records, locked. Raises NotYourTurn."""
    others = RecordSigner.objects.filter(record=OuterRef("record"), signed_at__isnull=True)
    found: list[RecordSigner] = []
    for some in chunks(records):
        rows = RecordSigner.objects.select_related("record").select_for_update(of=("self", "record"))
        found += rows.filter(
            ~Exists(others.filter(order__lt=OuterRef("order"))),
            ~Exists(others.filter(ceremony__isnull=False)),
            record__in=some,
            person=by.id,
            signed_at__isnull=True,
            record__state__in=[State.READY, State.SIGNING],
        )
    if not records or {row.record_id for row in found} != set(records):
        raise NotYourTurn("One of the documents does not wait for your signature.", field="records")
    return found


def void_signatures(*, records: Sequence[UUID], because: str, now: datetime, ceremony: UUID | None = None) -> int:
    """Take back the signatures of records (of one ceremony where named), keeping what they were; part of a verb.

    Returns how many. The ceremony itself stands in its own table with its evidence.
    """
    count = 0
    for some in chunks(records):
        rows = RecordSigner.objects.filter(record__in=some, ceremony__isnull=False)
        if ceremony is not None:
            rows = rows.filter(ceremony=ceremony)
        fields = ("record", "order", "role", "person", "ceremony", "signed_at")
        given = [
            VoidSignature(
                id=new_id(), record_id=record, order=order, role=role, person=person,
                ceremony=given_in, signed_at=signed_at, because=because, at=now,
            )
            for record, order, role, person, given_in, signed_at in rows.values_list(*fields)
            if given_in is not None and signed_at is not None
        ]  # fmt: skip
        VoidSignature.objects.bulk_create(given, batch_size=200)
        count += len(given)
        rows.update(ceremony=None, signed_at=None)
    return count
