"""Who reaches whom, by id alone and for very many at once: for messages, which ask for no name."""

from __future__ import annotations

from collections.abc import Collection
from dataclasses import dataclass
from datetime import date
from uuid import UUID

from django.db.models import Q

from testamur.register.people.models import ContactPoint, Guardianship, Person
from testamur.register.people.queries import chunks
from testamur.register.people.rules import ContactKind, guardian_reaches
from testamur.register.people.rules.guardians import comes_of_age


def readers(*, children: Collection[UUID], on: date) -> dict[UUID, tuple[UUID, ...]]:
    """Who may be told of each child on that day, in order of id; two queries.

    The guardians who reach the child, and the pupil who is of age. Shows nobody; who asks has to be one who tells.
    """
    found: dict[UUID, set[UUID]] = {child: set() for child in children}
    for chunk in chunks(found):
        running = Q(starts__lte=on) & (Q(ends__isnull=True) | Q(ends__gte=on))
        rows = Guardianship.objects.filter(running, child__in=chunk)
        fields = ("child_id", "guardian_id", "starts", "ends", "child__birth_date", "consent_from")
        for child, guardian, starts, ends, born, consent in rows.values_list(*fields):
            if guardian_reaches(on=on, starts=starts, ends=ends, born=born, consent_from=consent):
                found[child].add(guardian)
        for child, born in Person.objects.filter(id__in=chunk).values_list("id", "birth_date"):
            if born is not None and comes_of_age(born) <= on:
                found[child].add(child)
    return {child: tuple(sorted(some)) for child, some in found.items()}


@dataclass(frozen=True, slots=True)
class Point:
    """An e-mail address or a number that takes text messages."""

    person: UUID
    value: str
    work: bool
    verified: bool


def points(*, persons: Collection[UUID], kind: ContactKind) -> list[Point]:
    """Where messages reach these persons, oldest first; one query for some thousand. Shows nobody: for who tells."""
    found: list[Point] = []
    for chunk in chunks(dict.fromkeys(persons)):
        rows = ContactPoint.objects.filter(person__in=chunk, kind=kind)
        if kind is ContactKind.PHONE:
            rows = rows.filter(sms=True)
        for person, value, label, at in rows.order_by("id").values_list("person_id", "value", "label", "verified_at"):
            found.append(Point(person, value, label == "work", at is not None))
    return found
