"""Reading who is whose guardian: as a page shows it, and as grants are built from it."""

from __future__ import annotations

from collections.abc import Collection
from datetime import date
from typing import Any
from uuid import UUID

from django.db.models import Q, QuerySet

from testamur.kernel.base.actor import Actor
from testamur.kernel.base.memory import remember
from testamur.kernel.prepared import prepared
from testamur.register.people.models import Guardianship, Person
from testamur.register.people.queries.persons import FIELDS, chunks, people, visible
from testamur.register.people.rules import (
    GuardianView,
    Relation,
    guardian_reaches,
)

_REACH = ("child_id", "starts", "ends", "child__birth_date", "consent_from")


def guardians(*, by: Actor, children: Collection[UUID], on: date) -> dict[UUID, tuple[GuardianView, ...]]:
    """Guardians on that day of those children whose guardians `by` may see (``people.guardianship.see``).

    A protected child has none for those who may not see it, since the guardian's name would tell the child's; a
    protected
    guardian is shown by alias.
    """
    seen = visible(by, children, "people.guardianship.see")
    running = Q(starts__lte=on) & (Q(ends__isnull=True) | Q(ends__gte=on))
    rows = [r for chunk in chunks(seen) for r in Guardianship.objects.filter(running, child__in=chunk).order_by("id")]
    names = people(by=by, ids=[row.guardian_id for row in rows])
    found: dict[UUID, list[GuardianView]] = {key: [] for key in children}
    for row in rows:
        found[row.child_id].append(
            GuardianView(
                row.id,
                row.child_id,
                names[row.guardian_id],
                Relation(row.relation),
                row.custody,
                row.starts,
                row.ends,
                row.consent_from,
            )
        )
    return {key: tuple(views) for key, views in found.items()}


def wards(*, guardian: UUID, on: date) -> frozenset[UUID]:
    """The children whom a guardian reaches on that day: for building the guardian's own grants, nothing else.

    The guardian's own row comes along, and those of the children: for a page that says who looks at it, and at whom;
    and whom of the protected the person needs to know (`known_to`). One query.
    """
    width, reach = len(FIELDS), len(_REACH)
    found, known = set(), set()
    for row in _warded(guardian=guardian):
        remember("people.person", guardian, row[:width])
        child, starts, ends, born, consent = row[width : width + reach]
        if child and guardian_reaches(on=on, starts=starts, ends=ends, born=born, consent_from=consent):
            remember("people.person", child, row[width + reach : 2 * width + reach])
            found.add(child)
        person, begins, until, ended_at = row[2 * width + reach :]
        if person and ended_at is None and begins <= on <= until:
            known.add(person)
    remember(f"people.known.{on}", guardian, frozenset(known))
    return frozenset(found)


@prepared
def _warded(guardian: UUID) -> QuerySet[Person, tuple[Any, ...]]:
    return Person.objects.filter(id=guardian).values_list(
        *FIELDS,
        *(f"wardships__{field}" for field in _REACH),
        *(f"wardships__child__{field}" for field in FIELDS),
        *(f"knows__{field}" for field in ("person_id", "starts", "ends", "ended_at")),
    )


def wards_of(*, guardians: Collection[UUID], on: date) -> dict[UUID, frozenset[UUID]]:
    """The children whom each of the guardians reaches on that day; for messages to them."""
    found: dict[UUID, set[UUID]] = {guardian: set() for guardian in guardians}
    for chunk in chunks(found):
        rows = Guardianship.objects.filter(guardian__in=chunk)
        for guardian, child, starts, ends, born, consent in rows.values_list("guardian_id", *_REACH):
            if guardian_reaches(on=on, starts=starts, ends=ends, born=born, consent_from=consent):
                found[guardian].add(child)
    return {guardian: frozenset(some) for guardian, some in found.items()}


def custodians(*, child: UUID, on: date) -> frozenset[UUID]:
    """Who has custody of a child on that day: for rules that ask for the word of all of them, not for showing."""
    rows = Guardianship.objects.filter(Q(ends__isnull=True) | Q(ends__gte=on), child=child, custody=True)
    return frozenset(rows.filter(starts__lte=on).values_list("guardian_id", flat=True))
