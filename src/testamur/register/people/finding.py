"""Whose numbers and addresses are these, for very many at once: for platforms and files that tell of students.

Shows nobody: who asks holds the values already, and shows whom it finds by `queries.people`.
"""

from __future__ import annotations

from collections.abc import Iterable
from datetime import date
from uuid import UUID

from django.db.models import Q
from django.db.models.functions import Lower

from testamur.register.people.models import ContactPoint, PersonIdentifier
from testamur.register.people.queries import chunks
from testamur.register.people.rules import ContactKind, Scheme

CHUNK = 500
_LONGEST = 254


def by_email(*, addresses: Iterable[str], path: str) -> dict[str, UUID]:
    """Which person kept at or below `path` has each e-mail address, in any case; one that two have opens nothing."""
    found: dict[str, set[UUID]] = {}
    wanted = {one.strip().lower() for one in addresses if "@" in one and len(one) <= _LONGEST}
    for chunk in chunks(sorted(wanted), CHUNK):
        rows = ContactPoint.objects.filter(kind=ContactKind.EMAIL, person__path__startswith=path)
        rows = rows.alias(small=Lower("value")).filter(small__in=chunk)
        for person, value in rows.values_list("person_id", "value"):
            found.setdefault(value.lower(), set()).add(person)
    return _certain(found)


def by_local_number(*, numbers: Iterable[str], path: str, on: date) -> dict[str, UUID]:
    """Which person kept at or below `path` has each local number that holds on that day, whoever gave it.

    A number that two sources gave to two persons opens nothing.
    """
    found: dict[str, set[UUID]] = {}
    wanted = {one.strip() for one in numbers if one.strip()}
    for chunk in chunks(sorted(wanted), CHUNK):
        rows = PersonIdentifier.objects.filter(scheme=Scheme.LOCAL, value__in=chunk, person__path__startswith=path)
        rows = rows.filter(Q(ends__isnull=True) | Q(ends__gte=on))
        for person, value in rows.values_list("person_id", "value"):
            found.setdefault(value, set()).add(person)
    return _certain(found)


def _certain(found: dict[str, set[UUID]]) -> dict[str, UUID]:
    return {value: next(iter(persons)) for value, persons in found.items() if len(persons) == 1}
