"""How much waits for whose signature, counted by the database: for notices, which name no document."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime
from uuid import UUID

from django.db.models import Count, DateTimeField, Exists, F, Max, Min, OuterRef, Subquery
from django.db.models.functions import Coalesce, Greatest

from testamur.kernel.base.actor import Actor
from testamur.trust.records.models import RecordSigner
from testamur.trust.records.rules import State


@dataclass(frozen=True, slots=True)
class WaitingCount:
    """Documents of one kind and school that wait for one person: how many, and when it became that person's turn.

    `since` is the turn of the oldest, `latest` of the newest of them. `title` is the legal name of a pupil's document
    (of a group's document it may name a group).
    """

    person: UUID
    unit: UUID
    path: str
    document_type: str
    pack: str
    title: str
    since: datetime
    latest: datetime
    count: int


def waiting_counts(*, by: Actor, path: str = "/", before: datetime | None = None) -> list[WaitingCount]:
    """What waits at or below `path`, by person, school and kind of document, in that order. One query.

    With `before` only what has waited since then or longer. Raises NotAllowed without ``records.record.read``.
    """
    by.must("records.record.read", path)
    earlier = RecordSigner.objects.filter(record=OuterRef("record"), order__lt=OuterRef("order"))
    signed = earlier.order_by().values("record").annotate(last=Max("signed_at")).values("last")
    ready = F("record__ready_at")
    rows = RecordSigner.objects.filter(
        ~Exists(earlier.filter(signed_at__isnull=True)),
        signed_at__isnull=True,
        ceremony__isnull=True,
        record__state__in=[State.READY, State.SIGNING],
        record__path__startswith=path,
        record__ready_at__isnull=False,
    ).annotate(turn=Greatest(ready, Coalesce(Subquery(signed), ready), output_field=DateTimeField()))
    if before is not None:
        rows = rows.filter(turn__lte=before)
    group = ("person", "record__unit", "record__path", "record__document_type", "record__pack")
    grouped = (
        rows.order_by()
        .values_list(*group)
        .annotate(title=Min("record__title"), since=Min("turn"), latest=Max("turn"), count=Count("id"))
    )
    return [WaitingCount(*row) for row in grouped.order_by("person", "record__path", "record__document_type")]
