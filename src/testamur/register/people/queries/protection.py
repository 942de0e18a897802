"""Reading who is protected, who needs to know of whom, and what name stands for somebody."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from datetime import date, datetime
from uuid import UUID

from django.db.models import QuerySet

from testamur.kernel.base.actor import Actor
from testamur.kernel.base.memory import recall_each
from testamur.kernel.prepared import prepared
from testamur.register.people.models import NeedToKnow, Person
from testamur.register.people.queries.persons import chunks, paths
from testamur.register.people.rules import NeedView, Protection, must_reach, reaches


def protected(ids: Iterable[UUID]) -> frozenset[UUID]:
    """Those of the persons whose identity is protected: for writing down that they were seen, not for showing."""
    return frozenset(key for chunk in chunks(dict.fromkeys(ids)) for key in _protected(ids=chunk))


@prepared
def _protected(ids: Sequence[UUID]) -> QuerySet[Person, UUID]:
    return Person.objects.filter(id__in=ids).exclude(protection=Protection.NONE).values_list("id", flat=True)


def hidden_from(by: Actor) -> frozenset[UUID]:
    """Everybody whose identity is protected and whom `by` may not see: for leaving them out of what programs read."""
    rows = Person.objects.exclude(protection=Protection.NONE).values_list("id", "path")
    return frozenset(k for k, path in rows if not reaches(by, "people.protected.see", path=path, person=k))


def known_to(*, staff: UUID, on: date) -> frozenset[UUID]:
    """The protected persons whom somebody of the staff needs to know on that day: for building the own grants."""
    found = recall_each(f"people.known.{on}", [staff], lambda _some: {staff: frozenset(_known(staff=staff, on=on))})
    return found[staff]


@prepared
def _known(staff: UUID, on: date) -> QuerySet[NeedToKnow, UUID]:
    rows = NeedToKnow.objects.filter(staff=staff, starts__lte=on, ends__gte=on, ended_at__isnull=True)
    return rows.values_list("person_id", flat=True)


def needs(*, by: Actor, person: UUID) -> tuple[NeedView, ...]:
    """Who needs to know who that person is, the latest first; what was ended is left out.

    Needs ``people.protected.see`` where the person is kept.
    """
    path = paths([person]).get(person, "")
    must_reach(by, "people.protected.see", path=path, person=person)
    rows = NeedToKnow.objects.filter(person=person, ended_at__isnull=True).order_by("-ends", "id")
    return tuple(NeedView(r.id, person, r.staff_id, r.starts, r.ends, r.granted_by) for r in rows)


def cover(*, by: Actor, person: UUID) -> tuple[str, str]:
    """The name that the school lets stand for a protected person, as (given, family); both empty where there is none.

    Needs ``people.protected.see`` where the person is kept.
    """
    row = Person.objects.filter(id=person).values_list("path", "cover_given", "cover_family").first()
    must_reach(by, "people.protected.see", path=row[0] if row else "", person=person)
    return (row[1], row[2]) if row else ("", "")


def protected_at(*, by: Actor, path: str) -> tuple[UUID, ...]:
    """Everybody kept at or below `path` whose identity is protected, for whoever may see all of them there.

    Needs ``people.protected.see`` at `path`.
    """
    must_reach(by, "people.protected.see", path=path)
    rows = Person.objects.filter(path__startswith=path).exclude(protection=Protection.NONE)
    return tuple(rows.order_by("id").values_list("id", flat=True))


def marked(*, since: datetime | None) -> frozenset[UUID]:
    """Everybody who is protected and was open before, whose mark came after that moment: for telling to forget."""
    rows = Person.objects.filter(protected_at__isnull=False).exclude(protection=Protection.NONE)
    return frozenset((rows.filter(protected_at__gt=since) if since else rows).values_list("id", flat=True))


def marked_since(*, path: str, moment: datetime) -> bool:
    """Whether somebody kept at or below `path` was protected since: what was written before may name that one."""
    return Person.objects.filter(protected_at__gte=moment, path__startswith=path).exists()
