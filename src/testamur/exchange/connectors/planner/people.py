"""Persons and guardianships."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Sequence
from dataclasses import replace
from uuid import UUID

from testamur.exchange.connectors.planner.core import Context, Item, isolate, refresh, remember, split
from testamur.exchange.connectors.planner.resolving import end_open, home, keep, resolve_persons, resolve_units
from testamur.exchange.connectors.rules import GuardianRow, PersonRow, Row
from testamur.kernel.base.ids import new_id
from testamur.kernel.base.refused import NotAllowed, Refused
from testamur.register.people import actions, queries
from testamur.register.people.rules import (
    ContactInvalid,
    ContactKind,
    Facts,
    Identifier,
    IdentifierInvalid,
    NewContact,
    NewGuardianship,
    NewIdentifier,
    NewPerson,
    PersonUpdate,
    Protection,
    Relation,
    Scheme,
    Sex,
    normalise_contact,
    parse_identifier,
)
from testamur.register.schools import queries as schools

Numbers = dict[str, tuple[Identifier, ...]]


def load_persons(context: Context, rows: Sequence[PersonRow]) -> None:
    """New persons are registered, or linked when the register knows one of their numbers; changed ones updated."""
    new, changed = split(context, "person", rows)
    live = [item for item in new if not item.row.ended]
    numbers = {item.key: _numbers(context, item.row) for item in live}
    holders = queries.holders_of_identifiers(numbers=[n for many in numbers.values() for n in many]) if live else {}
    linked: list[tuple[Item[PersonRow], UUID]] = []
    fresh: list[tuple[Item[PersonRow], NewPerson]] = []
    claimed: dict[tuple[str, str, str], UUID] = {}
    for item in live:
        mine = numbers[item.key]
        held = {
            owner
            for n in mine
            if (
                owner := holders.get((str(n.scheme), n.context, n.value))
                or claimed.get((str(n.scheme), n.context, n.value))
            )
        }
        if len(held) > 1:
            context.refuse(
                item.row, "identifier", "", "row left out: its identifiers belong to two persons of the register",
                "import.person.two",
            )  # fmt: skip
        elif held:
            linked.append((item, held.pop()))
        else:
            person = _new_person(context, item.row, mine)
            assert person.id is not None
            claimed.update({(str(n.scheme), n.context, n.value): person.id for n in mine})
            fresh.append((item, person))
    made = _register(context, fresh)
    remember(context, "person", [*made, *[(i, p) for i, p in linked if _there(context, i, p, made, fresh)]])
    _update(context, changed)


def _there(
    context: Context, item: Item[PersonRow], person: UUID, made: Sequence[tuple[Item[PersonRow], UUID]],
    fresh: Sequence[tuple[Item[PersonRow], NewPerson]],
) -> bool:  # fmt: skip
    """False for a link to a person of the same batch whom the register refused."""
    if any(p.id == person for _i, p in fresh) and person not in {p for _i, p in made}:
        context.refuse(
            item.row, "identifier", "", "row left out with the other row of that person", "import.person.two"
        )
        return False
    return True


def _numbers(context: Context, row: PersonRow) -> tuple[Identifier, ...]:
    """The identifiers that are valid; the others are reported and left out, the person is loaded."""
    found: list[Identifier] = []
    for scheme, value in row.identifiers:
        where = context.source_name[:80] if scheme == Scheme.LOCAL else ""
        try:
            found.append(parse_identifier(scheme, value, on=context.today, context=where))
        except IdentifierInvalid as no:
            context.note(row, "identifier", value, f"person loaded without this identifier: {no} ({scheme})", no.code)
    return tuple(found)


def _new_person(context: Context, row: PersonRow, numbers: Sequence[Identifier]) -> NewPerson:
    country = context.options.country or (context.home.country if context.home else "")
    family_first = country == "VN" or any(n.scheme is Scheme.CCCD for n in numbers)
    contacts = _contacts(context, row)
    return NewPerson(
        row.given, row.family, row.middle, row.preferred, row.birth_date, _sex(row), family_first,
        Protection(row.protection or "none"), tuple(NewIdentifier(n.scheme, n.value, n.context) for n in numbers),
        contacts,
        _facts(row) if row.facts else None, new_id(),
    )  # fmt: skip


def _facts(row: PersonRow) -> Facts:
    said = dict(row.facts)
    return Facts(
        said.get("birth_place", ""), said.get("ethnicity", ""), said.get("nationality", ""), said.get("home_town", ""),
        said.get("residence", ""),
    )  # fmt: skip


def _sex(row: PersonRow) -> Sex:
    return Sex(row.sex) if row.sex in {"female", "male", "other"} else Sex.UNKNOWN


def _contacts(context: Context, row: PersonRow) -> tuple[NewContact, ...]:
    region = context.options.country or (context.home.country if context.home else "")
    found: list[NewContact] = []
    for kind, value in ((ContactKind.EMAIL, row.email), (ContactKind.PHONE, row.phone)):
        if value:
            found.append(NewContact(kind, value, "", "" if region == "ZZ" else region))
    return tuple(found)


def _register(
    context: Context, fresh: Sequence[tuple[Item[PersonRow], NewPerson]]
) -> list[tuple[Item[PersonRow], UUID]]:
    units = resolve_units(context, [item.row.unit_key for item, _p in fresh])
    paths = {key: one.path for key, one in schools.units(units.values()).items()} if units else {}
    items = {person.id: item for item, person in fresh}
    by_path: dict[str, list[tuple[Row, NewPerson]]] = defaultdict(list)
    for item, person in fresh:
        unit = units.get(item.row.unit_key)
        by_path[paths.get(unit, "") if unit else ""].append((item.row, person))
    made: list[tuple[Item[PersonRow], UUID]] = []
    for path, batch in by_path.items():
        where = path or home(context).path

        def verb(persons: list[NewPerson], where: str = where) -> object:
            return actions.register_persons(by=context.by, path=where, persons=persons, now=context.now)

        # contact data are checked by the register; only when it refuses is each looked at here
        taken = _all(verb, batch) or isolate(context, [(row, _reachable(context, row, p)) for row, p in batch], verb)
        made.extend((items[person.id], person.id) for _row, person in taken if person.id is not None)
    return made


def _all(verb: object, batch: list[tuple[Row, NewPerson]]) -> list[tuple[Row, NewPerson]]:
    """The batch when the verb takes all of it, else nothing."""
    from django.db import IntegrityError, transaction

    assert callable(verb)
    try:
        with transaction.atomic():
            verb([person for _row, person in batch])
    except NotAllowed:
        raise
    except (Refused, IntegrityError):
        return []
    return batch


def _reachable(context: Context, row: Row, person: NewPerson) -> NewPerson:
    """The person with those contact points that are any; the others are reported and left out."""
    kept: list[NewContact] = []
    for contact in person.contacts:
        try:
            normalise_contact(contact)
        except ContactInvalid as no:
            context.note(row, contact.kind.value, contact.value, f"person loaded without it: {no}", no.code)
        else:
            kept.append(contact)
    return replace(person, contacts=tuple(kept))


def _update(context: Context, changed: Sequence[Item[PersonRow]]) -> None:
    gone = [item for item in changed if item.row.ended and item.object_id]
    end_open(context, persons=[item.object_id for item in gone if item.object_id])
    for item in gone:
        context.note(item.row, "status", "deleted", "person kept, enrolments ended", "import.person.ended")
    live = [(item, item.object_id) for item in changed if not item.row.ended and item.object_id]
    updates = [
        (
            item.row,
            PersonUpdate(
                person, item.row.given, item.row.middle, item.row.family, item.row.preferred, item.row.birth_date,
                _sex(item.row) if item.row.sex else None,
            ),
        )
        for item, person in live
    ]  # fmt: skip
    taken = isolate(context, updates, lambda u: actions.update_persons(by=context.by, updates=u, now=context.now))
    kept = {update.id for _row, update in taken}
    live = [(item, person) for item, person in live if person in kept]
    contacts: list[tuple[Row, tuple[UUID, NewContact]]] = []
    for item, person in live:
        reachable = _reachable(context, item.row, NewPerson("", "x", contacts=_contacts(context, item.row)))
        contacts.extend((item.row, (person, contact)) for contact in reachable.contacts)
    isolate(context, contacts, lambda c: actions.add_contacts(by=context.by, contacts=c, now=context.now))
    _add_numbers(context, live)
    _protect(context, live)
    _move(context, live)
    facts = [(item.row, (person, _facts(item.row))) for item, person in live if item.row.facts]
    isolate(context, facts, lambda f: actions.set_facts(by=context.by, facts=f, now=context.now))
    refresh(context, "person", live)
    refresh(context, "person", [(i, i.object_id) for i in gone if i.object_id], "ended")


def _add_numbers(context: Context, live: Sequence[tuple[Item[PersonRow], UUID]]) -> None:
    found = {item.key: _numbers(context, item.row) for item, _person in live}
    holders = queries.holders_of_identifiers(numbers=[n for many in found.values() for n in many])
    items: list[tuple[Row, tuple[UUID, NewIdentifier]]] = []
    for item, person in live:
        for number in found[item.key]:
            owner = holders.get((str(number.scheme), number.context, number.value))
            if owner is None:
                items.append((item.row, (person, NewIdentifier(number.scheme, number.value, number.context))))
            elif owner != person:
                context.note(
                    item.row, "identifier", "", "identifier left out: another person has it", "people.identifier.taken"
                )
    isolate(context, items, lambda i: actions.add_identifiers(by=context.by, items=i, now=context.now))


def _protect(context: Context, live: Sequence[tuple[Item[PersonRow], UUID]]) -> None:
    """Raise the protection that the source tells; lowering is a decision that an import does not take."""
    for item, person in live:
        wanted = item.row.protection
        if wanted and wanted != "none":
            actions.set_protection(by=context.by, person=person, level=Protection(wanted), now=context.now)
        elif wanted == "none":
            context.note(
                item.row,
                "protection",
                wanted,
                "never lowered by import: do it in the register",
                "import.protection.kept",
            )


def _move(context: Context, live: Sequence[tuple[Item[PersonRow], UUID]]) -> None:
    units = resolve_units(context, [item.row.unit_key for item, _p in live])
    keep(context, [(person, units[item.row.unit_key]) for item, person in live if item.row.unit_key in units])


# -- guardians --------------------------------------------------------------------------------------------------

_RELATIONS = {
    "mother": Relation.MOTHER, "mamma": Relation.MOTHER, "mor": Relation.MOTHER, "майка": Relation.MOTHER,
    "mẹ": Relation.MOTHER, "father": Relation.FATHER, "pappa": Relation.FATHER, "far": Relation.FATHER,
    "баща": Relation.FATHER, "cha": Relation.FATHER, "bố": Relation.FATHER, "parent": Relation.PARENT,
    "guardian": Relation.PARENT, "": Relation.PARENT, "förälder": Relation.PARENT, "родител": Relation.PARENT,
    "vårdnadshavare": Relation.PARENT, "appointed": Relation.APPOINTED, "foster": Relation.FOSTER,
}  # fmt: skip


def load_guardians(context: Context, rows: Sequence[GuardianRow]) -> None:
    """Guardianships from the day of the import; a deleted one ends that day."""
    new, changed = split(context, "guardian", rows)
    persons = resolve_persons(context, [k for i in new for k in (i.row.child_key, i.row.guardian_key)])
    items: dict[UUID, Item[GuardianRow]] = {}
    batch: list[tuple[Row, NewGuardianship]] = []
    for item in new:
        made = None if item.row.ended else _guardianship(context, item.row, persons)
        if made is not None and made.id is not None:
            items[made.id] = item
            batch.append((item.row, made))
    taken = isolate(
        context, batch, lambda g: actions.add_guardianships(by=context.by, guardianships=g, now=context.now)
    )
    remember(context, "guardian", [(items[g.id], g.id) for _row, g in taken if g.id is not None])
    gone = {i.object_id: context.today for i in changed if i.row.ended and i.object_id}
    if gone:
        actions.end_guardianships(by=context.by, ends=gone, now=context.now)
    refresh(context, "guardian", [(i, i.object_id) for i in changed if i.object_id and i.row.ended], "ended")
    for item in changed:
        if not item.row.ended:
            context.note(
                item.row, "relation", item.row.relation, "a relation is changed in the register, not by import",
                "import.guardian.kept",
            )  # fmt: skip
    refresh(context, "guardian", [(i, i.object_id) for i in changed if i.object_id and not i.row.ended])


def _guardianship(context: Context, row: GuardianRow, persons: dict[str, UUID]) -> NewGuardianship | None:
    child, guardian = persons.get(row.child_key), persons.get(row.guardian_key)
    if child is None or guardian is None:
        key = row.child_key if child is None else row.guardian_key
        context.refuse(
            row, "child" if child is None else "guardian", key,
            "relation left out: the person is neither in the bundle nor known", "import.reference.unknown",
        )  # fmt: skip
        return None
    relation = _RELATIONS.get(row.relation)
    if relation is None:
        context.refuse(
            row, "relation", row.relation,
            "relation left out: it gives no access by law; accepted: mother, father, parent, guardian, appointed, "
            "foster",
            "import.guardian.relation",
        )  # fmt: skip
        return None
    custody = row.custody if row.custody is not None else relation is not Relation.FOSTER
    if row.custody is None and row.relation in {"", "guardian"}:
        context.note(
            row, "relation", row.relation or "empty", "loaded as a parent with custody", "import.guardian.custody"
        )
    return NewGuardianship(child, guardian, relation, context.today, custody, None, new_id())
