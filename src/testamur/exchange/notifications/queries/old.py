"""Notices and registrations of one school that were kept long enough, for a list of deletion. Ids alone."""

from __future__ import annotations

from datetime import date
from uuid import UUID

from django.db.models import QuerySet

from testamur.exchange.notifications.models import Item, Registration
from testamur.exchange.notifications.rules.families import Outcome
from testamur.exchange.notifications.rules.registrations import RegistrationState
from testamur.kernel.base.actor import Actor


def old(*, by: Actor, school: UUID, path: str, what: str, before: date) -> list[UUID]:  # noqa: ARG001 - one shape
    """The ids of notices that reached nobody before a day, then of registrations that came to nothing or are over.

    A notice's number stands as a UUID of that value. Notices that reached somebody go by themselves: `steps.forget`.

    Needs ``retention.row.list`` at the school.
    """
    by.must("retention.row.list", path)
    found = [UUID(int=number) for number in unreached(path, before).values_list("id", flat=True)]
    return [*found, *registrations(path, before).values_list("id", flat=True)]


def unreached(path: str, before: date) -> QuerySet[Item]:
    """Notices that no address took, shown to the school's office."""
    rows = Item.objects.filter(path__startswith=path, told_at__date__lt=before, outcome=Outcome.UNREACHED)
    return rows.order_by("id")


def registrations(path: str, before: date) -> QuerySet[Registration]:
    """Those that are over: refused, taken back, or never finished."""
    over = [RegistrationState.REFUSED, RegistrationState.REVOKED, RegistrationState.EXPIRED]
    rows = Registration.objects.filter(path__startswith=path, expires_at__date__lt=before, state__in=over)
    return rows.exclude(decided_at__date__gte=before).order_by("made_at", "id")
