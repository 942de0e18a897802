"""Setting protection, and reading the legal person behind it."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import datetime
from uuid import UUID

from django.db import transaction

from testamur.kernel.base.actor import Actor
from testamur.kernel.base.refused import NotFound
from testamur.kernel.journal import actions as journal
from testamur.law.contract import PupilFacts
from testamur.register.people import queries
from testamur.register.people.models import ContactPoint, Person, PersonFacts, PersonIdentifier
from testamur.register.people.rules import (
    FORWARDING,
    LEVELS,
    ContactKind,
    Facts,
    LegalPerson,
    Protection,
    common_path,
    display_name,
    ids_digest,
    make_alias,
    must_reach,
    search_key,
)


@transaction.atomic
def set_protection(*, by: Actor, person: UUID, level: Protection, now: datetime) -> None:
    """Set a person's level of protection; every query follows from the same moment.

    Raising needs ``people.protection.raise``, lowering ``people.protection.lower``, where the person is kept. A newly
    protected person gets a new alias and leaves the search; from ``protected_registration`` up postal addresses other
    than
    the forwarding one are deleted, since the school may not hold them. Raises ``not_found``.
    """
    row = Person.objects.select_for_update().filter(id=person).first()
    if row is None:
        raise NotFound("There is no such person.", field="person")
    before = Protection(row.protection)
    raised = LEVELS.index(level) >= LEVELS.index(before)
    must_reach(by, f"people.protection.{'raise' if raised else 'lower'}", path=row.path, person=row.id)
    row.protection = level.value
    row.alias = (row.alias or make_alias()) if level.masked else ""
    row.search_key = "" if level.masked else search_key(row.given, row.middle, row.family, row.preferred)
    row.save(update_fields=["protection", "alias", "search_key"])
    addresses = 0
    if not level.keeps_address:
        kept = ContactPoint.objects.filter(person=row, kind=ContactKind.ADDRESS).exclude(label=FORWARDING)
        addresses, _ = kept.delete()
    journal.append(
        by=by,
        kind=f"people.protection.{'raised' if raised else 'lowered'}/1",
        path=row.path,
        now=now,
        refs={"person": str(row.id), "from": before.value, "to": level.value, "addresses_deleted": addresses},
    )


@transaction.atomic
def legal_persons(*, by: Actor, ids: Sequence[UUID], purpose: str, now: datetime) -> dict[UUID, LegalPerson]:
    """The persons as a legal document must name them, protected or not; every reading is journalled.

    Needs ``people.legal_name.read`` where each person is kept. `purpose` is a short dotted text
    (``records.prepare``). The
    journal entry names each protected person who was read, by id, so that every view of one can be reviewed. Raises
    ``not_found``. The result is for the document alone: it must not reach a list, a log or a notice.
    """
    rows = {row.id: row for chunk in queries.chunks(dict.fromkeys(ids)) for row in Person.objects.filter(id__in=chunk)}
    for index, key in enumerate(ids):
        if key not in rows:
            raise NotFound("There is no such person.", field="ids", index=index)
    for row in rows.values():
        must_reach(by, "people.legal_name.read", path=row.path, person=row.id)
    numbers = queries.main_identifiers(
        row
        for chunk in queries.chunks(rows)
        for row in PersonIdentifier.objects.filter(person__in=chunk, ends__isnull=True)
        .order_by("id")
        .values_list("person_id", "scheme", "value", "context")
    )
    further = {
        row.person_id: queries.facts_of(row)
        for chunk in queries.chunks(rows)
        for row in PersonFacts.objects.filter(person__in=chunk)
    }
    protected = sorted(str(key) for key, row in rows.items() if row.protection != Protection.NONE)
    journal.append(
        by=by,
        kind="people.legal_persons.read/1",
        path=common_path({row.path for row in rows.values()}),
        now=now,
        refs={"count": len(rows), "digest": ids_digest(rows), "purpose": purpose, "protected": protected},
    )
    found = {}
    for key, row in rows.items():
        number, more = numbers.get(key), further.get(key, Facts())
        found[key] = LegalPerson(
            id=key,
            path=row.path,
            protection=Protection(row.protection),
            facts=PupilFacts(
                name=display_name(row.given, row.middle, row.family, family_first=row.family_first),
                given=row.given,
                family=row.family,
                birth_date=row.birth_date,
                sex=row.sex,
                identifier_scheme=number.scheme.value if number else "",
                identifier=number.value if number else "",
                birth_place=more.birth_place,
                ethnicity=more.ethnicity,
                nationality=more.nationality,
                home=more.residence or more.home_town,
                parents=tuple((p.relation, p.name) for p in more.parents),
            ),
        )
    return found
