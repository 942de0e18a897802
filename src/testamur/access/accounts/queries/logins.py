"""Logins as others see them."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime
from uuid import UUID

from django.db.models import QuerySet

from testamur.access.accounts.models import Login, Preference, ProviderSession
from testamur.access.accounts.rules import Level, is_over
from testamur.kernel.base.actor import Actor
from testamur.kernel.prepared import prepared


@dataclass(frozen=True, slots=True)
class LoginView:
    """One login."""

    id: UUID
    person: UUID
    method: str
    level: Level
    hat: str
    began_at: datetime
    confirmed_at: datetime
    seen_at: datetime
    device: str
    network: str
    admin_at: datetime | None = None
    app: UUID | None = None


def login(id: UUID, *, now: datetime) -> LoginView | None:  # noqa: A002 - the name that every query uses
    """A login that goes on at `now`, or None."""
    row = next(iter(_login(id=id)), None)
    return _view(row) if row is not None and not _over(row, now) else None


@prepared
def _login(id: UUID) -> QuerySet[Login]:  # noqa: A002 - the name that every query uses
    return Login.objects.filter(id=id)


def provider_session(login: UUID) -> dict[str, str]:
    """What a provider elsewhere calls a login that came from it; empty where it came from none. For its own browser."""
    told = ProviderSession.objects.filter(login=login).values_list("told", flat=True).first()
    return dict(told) if told else {}


def logins(*, by: Actor, now: datetime) -> tuple[LoginView, ...]:
    """The actor's own logins that go on, newest first."""
    rows = Login.objects.filter(person=by.id, ended_at__isnull=True).order_by("-seen_at", "id")
    return tuple(_view(row) for row in rows if not _over(row, now))


def locale_of(person: UUID) -> str:
    """The language that a person chose; empty when none was."""
    return Preference.objects.filter(person=person).values_list("locale", flat=True).first() or ""


def locales_of(persons: Sequence[UUID]) -> dict[UUID, str]:
    """The languages that these persons chose; who chose none is left out."""
    found: dict[UUID, str] = {}
    for start in range(0, len(persons), 500):
        rows = Preference.objects.filter(person__in=persons[start : start + 500]).exclude(locale="")
        found |= dict(rows.values_list("person", "locale"))
    return found


def _over(row: Login, now: datetime) -> bool:
    return is_over(level=Level(row.level), began=row.began_at, seen=row.seen_at, ended=row.ended_at, now=now)


def _view(row: Login) -> LoginView:
    return LoginView(
        id=row.id,
        person=row.person,
        method=row.method,
        level=Level(row.level),
        hat=row.hat,
        began_at=row.began_at,
        confirmed_at=row.confirmed_at,
        seen_at=row.seen_at,
        device=row.device,
        network=row.network,
        admin_at=row.admin_at,
        app=row.app,
    )
