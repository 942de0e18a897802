"""Who reaches whom, by id alone and for very many at once: for messages, which ask for no name."""

from __future__ import annotations

from collections.abc import Collection, Mapping
from dataclasses import dataclass
from datetime import date
from typing import Any
from uuid import UUID

from django.db.models import Q, QuerySet

from testamur.kernel.base.memory import recall_each
from testamur.kernel.prepared import prepared
from testamur.register.people.models import ContactPoint, Guardianship, Person
from testamur.register.people.queries import chunks
from testamur.register.people.rules import ContactKind, Protection, guardian_reaches
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


FEW = 12
"""So many children are a family's: of them one query tells all that stands here."""


@dataclass(frozen=True, slots=True)
class Household:
    """Who may be told of a child, and who of them is protected.

    Attributes:
        readers: the guardians who reach the child, and the pupil who is of age → since when (the beginning of time
            for the pupil).
        hidden: one of them is protected, so that not all may know of each other.
    """

    readers: Mapping[UUID, date]
    hidden: bool


def households(*, children: Collection[UUID], on: date) -> dict[UUID, Household]:
    """Of each child what `readers`, `since` and their protection tell; one query for a family, none within a page.

    For the children of one family: of the pupil himself or herself the register is asked once more, by name. Shows
    nobody; who asks has to be one who tells.
    """
    return recall_each(f"people.household.{on}", list(children), lambda some: _households(some, on))


def _households(children: Collection[UUID], on: date) -> dict[UUID, Household]:
    found: dict[UUID, dict[UUID, date]] = {child: {} for child in children}
    hidden = set()
    for child, guardian, protection, starts, ends, born, consent, own, _custody in _guardians_of(children):
        if born is not None and comes_of_age(born) <= on:
            found[child][child] = date.min
            if own != Protection.NONE:
                hidden.add(child)
        if guardian and guardian_reaches(on=on, starts=starts, ends=ends, born=born, consent_from=consent):
            found[child][guardian] = min(starts, found[child].get(guardian, starts))
            if protection != Protection.NONE:
                hidden.add(child)
    return {child: Household(some, child in hidden) for child, some in found.items()}


def _guardians_of(children: Collection[UUID]) -> list[tuple[Any, ...]]:
    """The rows of `_guarded` of a few children; recalled within a page."""

    def look(some: Collection[UUID]) -> dict[UUID, list[tuple[Any, ...]]]:
        rows: dict[UUID, list[tuple[Any, ...]]] = {}
        for row in _guarded(children=some):
            rows.setdefault(row[0], []).append(row)
        return rows

    return [row for rows in recall_each("people.guarded", children, look).values() for row in rows]


@prepared
def _guarded(children: Collection[UUID]) -> QuerySet[Person, tuple[Any, ...]]:
    return Person.objects.filter(id__in=children).values_list(
        "id", "guardianships__guardian_id", "guardianships__guardian__protection", "guardianships__starts",
        "guardianships__ends", "birth_date", "guardianships__consent_from", "protection", "guardianships__custody",
    )  # fmt: skip


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


def deciders(*, children: Collection[UUID], on: date) -> dict[UUID, frozenset[UUID]]:
    """Who decides for each child on that day: those with custody of a minor; whoever is of age decides alone.

    A child whose birth date is not known counts as a minor; one without a guardian with custody has nobody. Shows
    nobody: for rules that ask for the word of one or all of them. One query for a family, two for some thousand.
    """
    found: dict[UUID, set[UUID]] = {child: set() for child in children}
    grown: set[UUID] = set()
    few = len(found) <= FEW
    for child, guardian, _p, starts, ends, born, _c, _o, custody in _guardians_of(list(found)) if few else ():
        if born is not None and on >= comes_of_age(born):
            grown.add(child)
        if guardian and custody and starts <= on and (ends is None or on <= ends):
            found[child].add(guardian)
    for chunk in () if few else chunks(found):
        births = Person.objects.filter(id__in=chunk).values_list("id", "birth_date")
        grown |= {person for person, born in births if born is not None and on >= comes_of_age(born)}
        rows = Guardianship.objects.filter(child__in=chunk, custody=True)
        for child, guardian, starts, ends in rows.values_list("child_id", "guardian_id", "starts", "ends"):
            if starts <= on and (ends is None or on <= ends):
                found[child].add(guardian)
    return {child: frozenset({child} if child in grown else some) for child, some in found.items()}


def siblings(*, child: UUID) -> frozenset[UUID]:
    """The other children of whoever is or was a guardian of that one: whose calendars tell where the family is."""
    guardians = Guardianship.objects.filter(child=child).values_list("guardian_id", flat=True)
    rows = Guardianship.objects.filter(guardian__in=list(guardians)).exclude(child=child)
    return frozenset(rows.values_list("child_id", flat=True))


def family(*, child: UUID) -> frozenset[UUID]:
    """The child and whoever is or was a guardian of it, on whatever day: for telling them from strangers, no name."""
    rows = Guardianship.objects.filter(child=child).values_list("guardian_id", flat=True)
    return frozenset({child, *rows})


def kin(*, children: Collection[UUID]) -> frozenset[UUID]:
    """Whoever is or was a guardian of one of the children: whose names would tell those of the children."""
    rows = Guardianship.objects.filter(child__in=list(children))
    return frozenset(rows.values_list("guardian_id", flat=True))


def hiding(*, children: Collection[UUID]) -> dict[UUID, dict[UUID, date | None]]:
    """Child → its guardians whose identity is protected → the last day of that; one query.

    Where and when they come to the school is not the other guardians' to know. Shows nobody: for rules that leave out.
    """
    found: dict[UUID, dict[UUID, date | None]] = {child: {} for child in children}
    rows = Guardianship.objects.filter(child__in=list(found)).exclude(guardian__protection=Protection.NONE)
    for child, guardian, ends in rows.order_by("starts").values_list("child_id", "guardian_id", "ends"):
        found[child][guardian] = ends
    return found


def apart(*, child: UUID, reader: UUID, on: date) -> bool:
    """Whether somebody else who may be told of the child is protected: from each other they keep where they live."""
    others = set(readers(children=[child], on=on)[child]) - {reader, child}
    return Person.objects.filter(id__in=others).exclude(protection=Protection.NONE).exists()
