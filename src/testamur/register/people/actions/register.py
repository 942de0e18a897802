"""Registering persons, changing them, moving them to another unit."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import date, datetime
from typing import Any
from uuid import UUID

from django.db import IntegrityError, transaction

from testamur.kernel.base.actor import Actor
from testamur.kernel.base.ids import new_id
from testamur.kernel.base.refused import NotFound, Refused
from testamur.kernel.journal import actions as journal
from testamur.register.people import queries
from testamur.register.people.actions import bulk
from testamur.register.people.actions.checks import at, require
from testamur.register.people.models import ContactPoint, Person, PersonFacts, PersonIdentifier
from testamur.register.people.rules import (
    FORWARDING,
    Contact,
    ContactKind,
    Facts,
    Identifier,
    NameInvalid,
    NewPerson,
    PersonUpdate,
    Protection,
    Scheme,
    clean_name,
    common_path,
    ids_digest,
    make_alias,
    must_reach,
    normalise_contact,
    parse_identifier,
    search_key,
)

BATCH = 5000
"""Persons that are held at a time."""

_PERSON = (
    "id",
    "path",
    "given",
    "middle",
    "family",
    "preferred",
    "family_first",
    "birth_date",
    "sex",
    "protection",
    "alias",
    "search_key",
)
_CHANGING = ("given", "middle", "family", "preferred", "family_first", "birth_date", "sex", "search_key")
_FACTS = ("person", "birth_place", "ethnicity", "nationality", "home_town", "residence", "parents")
IDENTIFIER = ("id", "person", "scheme", "context", "value", "ends")
CONTACT = ("id", "person", "kind", "value", "label", "sms", "verified_at")


class IdentifierTaken(Refused):
    """Another person has this identifier. Who, is not told."""

    code = "people.identifier.taken"


class PersonExists(Refused):
    """There is a person with this id already."""

    code = "people.person.exists"


class AddressProtected(Refused):
    """Of a person whose registration is protected only the forwarding address may be kept."""

    code = "people.contact.address_protected"


@transaction.atomic
def register_persons(*, by: Actor, path: str, persons: Sequence[NewPerson], now: datetime) -> list[UUID]:
    """Register persons, kept at `path`, and return their ids in order.

    All or none: the first fault refuses the whole call and its `found` names the item as ``index``. Codes:
    ``people.name.invalid``, ``people.identifier.invalid``, ``people.identifier.taken``, ``people.contact.invalid``,
    ``people.contact.address_protected``, ``people.person.exists``.
    """
    must_reach(by, "people.person.register", path=path)
    ids: list[UUID] = []
    protected = 0
    for start in range(0, len(persons), BATCH):
        rows = _Rows()
        for offset, new in enumerate(persons[start : start + BATCH]):
            with at(start + offset):
                rows.add(new, path, now.date())
        rows.save(start)
        protected += rows.protected
        ids.extend(rows.ids())
    journal.append(
        by=by,
        kind="people.persons.registered/1",
        path=path,
        now=now,
        refs={"count": len(ids), "digest": ids_digest(ids), "protected": protected},
    )
    return ids


@transaction.atomic
def update_persons(*, by: Actor, updates: Sequence[PersonUpdate], now: datetime) -> int:
    """Write new values of persons' own fields and return how many persons differ from before.

    Needs ``people.person.change`` where each person is kept. Raises ``not_found`` and ``people.name.invalid``.
    """
    changed: list[UUID] = []
    places: set[str] = set()
    for part in queries.chunks(updates, BATCH):
        rows = Person.objects.select_for_update().in_bulk([u.id for u in part])
        differing = []
        for index, update in enumerate(part):
            row = rows.get(update.id)
            if row is None:
                raise NotFound("There is no such person.", field="id", index=index)
            must_reach(by, "people.person.change", path=row.path, person=row.id)
            with at(index):
                if _apply(row, update):
                    differing.append(row)
        bulk.update(Person, _CHANGING, [(*(getattr(row, f) for f in _CHANGING), row.id) for row in differing])
        changed.extend(row.id for row in differing)
        places.update(row.path for row in differing)
    if changed:
        journal.append(
            by=by,
            kind="people.persons.changed/1",
            path=common_path(places),
            now=now,
            refs={"count": len(set(changed)), "digest": ids_digest(set(changed))},
        )
    return len(set(changed))


@transaction.atomic
def move_persons(*, by: Actor, ids: Sequence[UUID], to: str, now: datetime) -> None:
    """Keep persons at the unit `to` from now on: who may see and change them follows.

    Needs ``people.person.move`` at both ends. Raises ``not_found``.
    """
    must_reach(by, "people.person.move", path=to)
    places = require(by=by, verb="people.person.move", persons=ids)
    for chunk in queries.chunks(places):
        Person.objects.filter(id__in=chunk).update(path=to)
    journal.append(
        by=by,
        kind="people.persons.moved/1",
        path=to,
        now=now,
        refs={"count": len(places), "digest": ids_digest(places), "from": common_path(set(places.values()))},
    )


@transaction.atomic
def set_facts(*, by: Actor, facts: Sequence[tuple[UUID, Facts]], now: datetime) -> None:
    """Write what documents show beyond name and number, replacing what stood there.

    Needs ``people.facts.set`` where each person is kept. Raises ``not_found``.
    """
    places = require(by=by, verb="people.facts.set", persons=[person for person, _ in facts])
    latest = dict(facts)
    for chunk in queries.chunks(latest):
        PersonFacts.objects.filter(person__in=chunk).delete()
    bulk.insert(PersonFacts, _FACTS, [_facts_row(person, one) for person, one in latest.items()])
    journal.append(
        by=by,
        kind="people.facts.set/1",
        path=common_path(set(places.values())),
        now=now,
        refs={"count": len(places), "digest": ids_digest(places)},
    )


def check_address(protection: Protection, contact: Contact) -> None:
    """Raise `AddressProtected` when a postal address may not be kept at that level of protection."""
    if contact.kind is ContactKind.ADDRESS and not protection.keeps_address and contact.label != FORWARDING:
        raise AddressProtected("Only the forwarding address of this person may be kept.", field="contacts")


class _Rows:
    """The rows of one batch of new persons, as tuples in the order of the field names below."""

    def __init__(self) -> None:
        self.persons: list[tuple[Any, ...]] = []
        self.numbers: list[tuple[Any, ...]] = []
        self.contacts: list[tuple[Any, ...]] = []
        self.facts: list[tuple[Any, ...]] = []
        self.protected = 0
        self._origin: dict[tuple[str, str, str], int] = {}

    def add(self, new: NewPerson, path: str, today: date) -> None:
        """Check one person and make its rows."""
        given, family = clean_name(new.given, field="given"), clean_name(new.family, field="family")
        middle, preferred = clean_name(new.middle, field="middle"), clean_name(new.preferred, field="preferred")
        if not given and not family:
            raise NameInvalid("A person needs a given or a family name.", field="family")
        level = new.protection
        key = new.id or new_id()
        for wanted in new.identifiers:
            number = parse_identifier(wanted.scheme, wanted.value, context=wanted.context, on=today)
            held = (number.scheme.value, number.context, number.value)
            if self._origin.setdefault(held, len(self.persons)) != len(self.persons):
                raise IdentifierTaken("The identifier stands twice.", field="identifiers", scheme=held[0])
            self.numbers.append((new_id(), key, *held, None))
        for contact in {(c.kind, c.value): c for c in map(normalise_contact, new.contacts)}.values():
            check_address(level, contact)
            self.contacts.append(contact_row(key, contact))
        if new.facts is not None:
            self.facts.append(_facts_row(key, new.facts))
        alias = make_alias() if level.masked else ""
        search = "" if level.masked else search_key(given, middle, family, preferred)
        self.protected += level.masked
        self.persons.append(
            (
                key,
                path,
                given,
                middle,
                family,
                preferred,
                new.family_first,
                new.birth_date,
                new.sex.value,
                level.value,
                alias,
                search,
            )
        )

    def ids(self) -> list[UUID]:
        """The persons' ids in order."""
        return [row[0] for row in self.persons]

    def save(self, start: int) -> None:
        """Write the batch, or say which number or id is taken."""
        try:
            with transaction.atomic():
                bulk.insert(Person, _PERSON, self.persons)
                bulk.insert(PersonIdentifier, IDENTIFIER, self.numbers)
        except IntegrityError as broken:
            self._explain(start, broken)
        bulk.insert(ContactPoint, CONTACT, self.contacts)
        bulk.insert(PersonFacts, _FACTS, self.facts)

    def _explain(self, start: int, broken: IntegrityError) -> None:
        taken = queries.holders_of_identifiers(
            numbers=[Identifier(Scheme(scheme), value, context) for scheme, context, value in self._origin]
        )
        for key, index in self._origin.items():
            if key in taken:
                raise IdentifierTaken(
                    "Another person has this identifier.", field="identifiers", scheme=key[0], index=start + index
                ) from broken
        ids = self.ids()
        known = set(ids) - queries.missing(ids)
        index = next((n for n, key in enumerate(ids) if key in known or key in ids[:n]), 0)
        raise PersonExists("There is a person with this id already.", field="id", index=start + index) from broken


def _apply(row: Person, update: PersonUpdate) -> bool:
    """Put the new values into the row; true when anything differs."""
    before = (row.given, row.middle, row.family, row.preferred, row.family_first, row.birth_date, row.sex)
    for field in ("given", "middle", "family", "preferred"):
        text = getattr(update, field)
        if text is not None:
            setattr(row, field, clean_name(text, field=field))
    if not row.given and not row.family:
        raise NameInvalid("A person needs a given or a family name.", field="family")
    row.family_first = row.family_first if update.family_first is None else update.family_first
    row.birth_date = update.birth_date or row.birth_date
    row.sex = row.sex if update.sex is None else update.sex.value
    if row.protection == Protection.NONE:
        row.search_key = search_key(row.given, row.middle, row.family, row.preferred)
    return before != (row.given, row.middle, row.family, row.preferred, row.family_first, row.birth_date, row.sex)


def contact_row(person: UUID, contact: Contact) -> tuple[Any, ...]:
    """The row of a new contact point, in the order of `CONTACT`; for this package's own actions."""
    return (new_id(), person, contact.kind.value, contact.value, contact.label, contact.sms, None)


def _facts_row(person: UUID, facts: Facts) -> tuple[Any, ...]:
    parents = [[parent.relation, parent.name] for parent in facts.parents]
    return (person, facts.birth_place, facts.ethnicity, facts.nationality, facts.home_town, facts.residence, parents)
