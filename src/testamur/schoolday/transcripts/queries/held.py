"""What transcripts hold of one person, for the person's own extract: records that went to the store, and one's word."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import datetime
from uuid import UUID

from django.db.models import Q

from testamur.kernel.base.actor import Actor
from testamur.kernel.base.sheet import Sheet
from testamur.register.people import reach
from testamur.schoolday.transcripts.models import ClassYear, Handover, Verification

_CHUNK = 2000


def delivered(*, by: Actor, person: UUID, now: datetime) -> Iterator[Sheet]:
    """The pupil's records on their way to the ministry's store, with its receipts and reasons.

    Without the school where it could tell a guardian where another one hides. Needs ``keeping.extract.see``.
    """
    by.must("keeping.extract.see", person=person)
    apart = by.id != person and reach.apart(child=person, reader=by.id, on=now.date())
    told = ["school_year", "state", "receipt", "code", "asked_at", "sent_at", "answered_at"]
    rows = Handover.objects.filter(pupil=person).order_by("asked_at", "record")
    columns = ("school_year", "state", "receipt", "code", "asked_at", "sent", "decided_at")
    if apart:
        yield Sheet("deliveries", columns, rows.values_list(*told).iterator(chunk_size=_CHUNK))
    else:
        yield Sheet("deliveries", ("school", *columns), rows.values_list("unit", *told).iterator(chunk_size=_CHUNK))


def work(*, by: Actor, person: UUID, now: datetime) -> Iterator[Sheet]:  # noqa: ARG001 - the shape of all sections
    """Classes whose data the person verified, or took that word back, and classes led; for the person alone.

    Needs ``keeping.extract.see``.
    """
    by.must("keeping.extract.see", person=person)
    mine = Q() if by.id == person else Q(pk__in=[])
    rows = Verification.objects.filter(mine, Q(verified_by=person) | Q(withdrawn_by=person)).order_by("verified_at")
    fields = ("unit", "school_year", "pupils", "verified_at", "withdrawn_at", "why")
    columns = ("school", "school_year", "pupils", "at", "withdrawn_at", "why")
    yield Sheet("verifications", columns, rows.values_list(*fields).iterator(chunk_size=_CHUNK))
    led = ClassYear.objects.filter(mine, class_teacher=person).order_by("school_year", "code")
    rows_led = led.values_list("unit", "school_year", "code")
    yield Sheet("classes_led", ("school", "school_year", "group"), rows_led.iterator(chunk_size=_CHUNK))
