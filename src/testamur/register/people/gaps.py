"""What is missing about pupils before a school can work with their data: by id alone, names nobody."""

from __future__ import annotations

from collections.abc import Collection, Mapping
from datetime import date
from enum import StrEnum
from uuid import UUID

from django.db.models import Max

from testamur.register.people.models import PersonIdentifier, PupilCode
from testamur.register.people.queries import chunks
from testamur.register.people.reach import points, readers
from testamur.register.people.rules import ContactKind


class Gap(StrEnum):
    """Something that a pupil's data lacks."""

    NUMBER = "number"
    """No identity number, not even one of the school's own."""
    READER = "reader"
    """Nobody who is told: no guardian whom the law lets see, and the pupil is no adult."""
    WAY = "way"
    """Somebody is to be told, and nobody of them has an e-mail address or a number that takes text messages."""
    CODE = "code"
    """No pupil code in force."""


def undocumented(*, pupils: Collection[UUID]) -> frozenset[UUID]:
    """Those of the pupils whom no legal document can name: without any identity number, or without a date of birth."""
    able = set[UUID]()
    for chunk in chunks(dict.fromkeys(pupils)):
        numbers = PersonIdentifier.objects.filter(person__in=chunk, ends__isnull=True, person__birth_date__isnull=False)
        able.update(numbers.values_list("person_id", flat=True))
    return frozenset(pupils) - able


def renumbered(*, pupils: Collection[UUID]) -> dict[UUID, date]:
    """Those of the pupils who once had another number, with the day on which one ended last. Shows no number."""
    found: dict[UUID, date] = {}
    for chunk in chunks(dict.fromkeys(pupils)):
        rows = PersonIdentifier.objects.filter(person__in=chunk, ends__isnull=False).values("person")
        found.update(rows.annotate(last=Max("ends")).values_list("person", "last"))
    return found


def former_numbers(names: Mapping[UUID, str]) -> frozenset[UUID]:
    """Persons whose number of that value has ended; `names`: person → the number that some document names."""
    rows = PersonIdentifier.objects.filter(person__in=list(names), ends__isnull=False)
    return frozenset(person for person, value in rows.values_list("person_id", "value") if names[person] == value)


def gaps(*, pupils: Collection[UUID], on: date) -> dict[UUID, frozenset[Gap]]:
    """What each of the pupils lacks on that day; six queries for some thousand. Shows nobody."""
    numbered, coded = set[UUID](), set[UUID]()
    for chunk in chunks(dict.fromkeys(pupils)):
        numbers = PersonIdentifier.objects.filter(person__in=chunk, ends__isnull=True)
        numbered.update(numbers.values_list("person_id", flat=True))
        codes = PupilCode.objects.filter(person__in=chunk, revoked_at__isnull=True)
        coded.update(codes.values_list("person_id", flat=True))
    told = readers(children=pupils, on=on)
    persons = {reader for some in told.values() for reader in some}
    reached = {
        point.person for kind in (ContactKind.EMAIL, ContactKind.PHONE) for point in points(persons=persons, kind=kind)
    }
    found: dict[UUID, frozenset[Gap]] = {}
    for pupil in pupils:
        some = told.get(pupil, ())
        lacks = {
            Gap.NUMBER: pupil not in numbered,
            Gap.READER: not some,
            Gap.WAY: bool(some) and reached.isdisjoint(some),
            Gap.CODE: pupil not in coded,
        }
        found[pupil] = frozenset(gap for gap, is_so in lacks.items() if is_so)
    return found
