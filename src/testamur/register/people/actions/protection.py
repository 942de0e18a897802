"""Setting protection, and reading the legal person behind it."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import date, datetime
from uuid import UUID

from django.db import transaction

from testamur.kernel.base.actor import Actor
from testamur.kernel.base.refused import NotFound
from testamur.kernel.delivery.withdrawing import withdraw
from testamur.kernel.journal import actions as journal
from testamur.law.contract import PupilFacts
from testamur.register.people import queries
from testamur.register.people.models import (
    ContactPoint,
    Guardianship,
    NeedToKnow,
    Person,
    PersonFacts,
    PersonIdentifier,
)
from testamur.register.people.rules import (
    FORWARDING,
    LEVELS,
    ContactKind,
    Facts,
    LegalPerson,
    NotProtected,
    Protection,
    check_alias,
    check_need,
    common_path,
    display_name,
    ids_digest,
    make_alias,
    must_reach,
    search_key,
)

NAMING = ("notices.family",)
"""Kinds of messages that may name a child to its family."""


@transaction.atomic
def set_protection(*, by: Actor, person: UUID, level: Protection, now: datetime) -> None:
    """Set a person's level of protection; every query follows from the same moment.

    Raising needs ``people.protection.raise``, lowering ``people.protection.lower``, where the person is kept. A newly
    protected person gets a new alias and leaves the search; from ``protected_registration`` up postal addresses other
    than the forwarding one are deleted, since the school may not hold them. Messages to the family that wait in the
    outbox may name the person: they are taken back at once, wiped, and told again without the name. When the protection
    ends, so do the alias that the school chose and all needs to know. Raises ``not_found``.

    Journal: ``people.protection.raised/1`` or ``…lowered/1`` with the levels, how many addresses were deleted, and the
    ids of the messages that were taken back.
    """
    row = _locked(person)
    before = Protection(row.protection)
    raised = LEVELS.index(level) >= LEVELS.index(before)
    must_reach(by, f"people.protection.{'raise' if raised else 'lower'}", path=row.path, person=row.id)
    row.protection = level.value
    row.alias = (row.alias or make_alias()) if level.masked else ""
    row.search_key = "" if level.masked else search_key(row.given, row.middle, row.family, row.preferred)
    if not level.masked:
        row.cover_given = row.cover_family = ""
        NeedToKnow.objects.filter(person=row, ended_at__isnull=True).update(ended_at=now)
    marked = level.masked and not before.masked
    row.protected_at = now if marked else row.protected_at if level.masked else None
    row.save(update_fields=["protection", "alias", "search_key", "cover_given", "cover_family", "protected_at"])
    withdrawn = withdraw(persons=_readers(row), kinds=NAMING, now=now) if marked else []
    addresses = 0
    if not level.keeps_address:
        kept = ContactPoint.objects.filter(person=row, kind=ContactKind.ADDRESS).exclude(label=FORWARDING)
        addresses, _ = kept.delete()
    journal.append(
        by=by,
        kind=f"people.protection.{'raised' if raised else 'lowered'}/1",
        path=row.path,
        now=now,
        refs={"person": str(row.id), "from": before.value, "to": level.value, "addresses_deleted": addresses}
        | ({"withdrawn": [str(one) for one in withdrawn]} if withdrawn else {}),
    )


@transaction.atomic
def choose_alias(*, by: Actor, person: UUID, given: str, family: str, now: datetime) -> None:
    """Let a name stand in the alias's place that everybody without the right is shown; empty names take it away.

    Agreed with whoever is protected, so that no class list shows that one of its pupils is. Needs
    ``people.alias.choose`` where the person is kept. Raises NotFound, NotProtected, AliasInvalid (a true name in it,
    or too short). Journal: ``people.alias.chosen/1``, without the name.
    """
    row = _locked(person)
    must_reach(by, "people.alias.choose", path=row.path, person=row.id)
    if not Protection(row.protection).masked:
        raise NotProtected("The person's identity is not protected.", field="person")
    true = f"{row.given} {row.middle} {row.family} {row.preferred}"
    row.cover_given, row.cover_family = check_alias(given, family, true_names=true)
    row.save(update_fields=["cover_given", "cover_family"])
    told = {"person": str(row.id), "chosen": bool(row.cover_given)}
    journal.append(by=by, kind="people.alias.chosen/1", path=row.path, now=now, refs=told)


@transaction.atomic
def let_know(*, by: Actor, person: UUID, staff: UUID, starts: date, ends: date, now: datetime) -> UUID:
    """Let somebody of the staff know who a protected person is, from day to day; returns the need's id.

    From the next request on that one is shown the true name, under whatever role is worn, and each sight is written
    down. A former need of the same two ends. Needs ``people.need.grant`` where the person is kept. Raises NotFound,
    NotProtected, NeedInvalid. Journal: ``people.need.granted/1``.
    """
    row = _locked(person)
    must_reach(by, "people.need.grant", path=row.path, person=row.id)
    if not Protection(row.protection).masked:
        raise NotProtected("The person's identity is not protected.", field="person")
    if staff == person or not Person.objects.filter(id=staff).exists():
        raise NotFound("There is no such person.", field="staff")
    check_need(starts, ends, on=now.date())
    NeedToKnow.objects.filter(person=row, staff=staff, ended_at__isnull=True).update(ended_at=now)
    made = NeedToKnow(
        person=row, staff_id=staff, starts=starts, ends=ends, granted_by=by.id, granted_at=now
    )  # fmt: skip
    made.save(force_insert=True)
    told = {
        "need": str(made.id), "person": str(row.id), "staff": str(staff), "starts": starts.isoformat(),
        "ends": ends.isoformat(),
    }  # fmt: skip
    journal.append(by=by, kind="people.need.granted/1", path=row.path, now=now, refs=told)
    return made.id


@transaction.atomic
def end_need(*, by: Actor, need: UUID, now: datetime) -> None:
    """Let somebody know no more who a protected person is. Doing it again changes nothing.

    Needs ``people.need.grant`` where the person is kept. Raises NotFound. Journal: ``people.need.ended/1``.
    """
    row = NeedToKnow.objects.select_for_update(of=("self",)).select_related("person").filter(id=need).first()
    if row is None:
        raise NotFound("There is no such need to know.", field="need")
    must_reach(by, "people.need.grant", path=row.person.path, person=row.person_id)
    if row.ended_at is not None:
        return
    row.ended_at = now
    row.save(update_fields=["ended_at"])
    told = {"need": str(row.id), "person": str(row.person_id), "staff": str(row.staff_id)}
    journal.append(by=by, kind="people.need.ended/1", path=row.person.path, now=now, refs=told)


def _locked(person: UUID) -> Person:
    row = Person.objects.select_for_update().filter(id=person).first()
    if row is None:
        raise NotFound("There is no such person.", field="person")
    return row


def _readers(row: Person) -> set[UUID]:
    """Those to whom a message about the person may lie in the outbox: the family, present and past, and oneself."""
    return {row.id, *Guardianship.objects.filter(child=row).values_list("guardian_id", flat=True)}


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
