"""Small facts about released records for those whom they are about: read or unread, when each signer signed."""

from __future__ import annotations

from collections.abc import Collection
from datetime import datetime
from uuid import UUID

from django.db.models import Max, QuerySet

from testamur.kernel.base.actor import Actor
from testamur.kernel.prepared import prepared
from testamur.trust.records.models import RecordSigner, Retrieval


def fetched_by(*, by: Actor, records: Collection[UUID]) -> dict[UUID, datetime]:
    """When the actor last fetched the original of each of those records; one that was never fetched is left out."""
    return dict(_last(me=by.id, records=records))


@prepared
def _last(me: UUID, records: Collection[UUID]) -> QuerySet[Retrieval, tuple[UUID, datetime]]:
    rows = Retrieval.objects.filter(person=me, record__in=records).values("record")
    return rows.annotate(last=Max("at")).order_by("record").values_list("record", "last")


def signature_times(*, record: UUID) -> dict[int, datetime]:
    """When each signer of a record signed, by order. Names nobody; the caller knows that the record may be seen."""
    rows = RecordSigner.objects.filter(record=record, signed_at__isnull=False).values_list("order", "signed_at")
    return {order: at for order, at in rows if at is not None}
