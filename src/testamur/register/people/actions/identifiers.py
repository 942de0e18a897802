"""Adding and ending numbers of persons; issuing and revoking pupil codes."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from datetime import date, datetime
from uuid import UUID

from django.db import transaction

from testamur.kernel.base.actor import Actor
from testamur.kernel.base.ids import new_id
from testamur.kernel.base.refused import NotFound
from testamur.kernel.journal import actions as journal
from testamur.register.people import queries
from testamur.register.people.actions import bulk
from testamur.register.people.actions.checks import at, require, unless_conflict
from testamur.register.people.actions.register import IDENTIFIER, IdentifierTaken
from testamur.register.people.models import PersonIdentifier, PupilCode
from testamur.register.people.rules import (
    NewIdentifier,
    common_path,
    ids_digest,
    make_code,
    parse_identifier,
)


@transaction.atomic
def add_identifiers(*, by: Actor, items: Sequence[tuple[UUID, NewIdentifier]], now: datetime) -> list[UUID]:
    """Give persons further numbers and return the identifiers' ids in order.

    A number that the person has already stays as it is.

    Needs ``people.identifier.add`` where each person is kept. Raises ``not_found``, ``people.identifier.invalid`` and
    ``people.identifier.taken``; `found` names the item as ``index``.
    """
    places = require(by=by, verb="people.identifier.add", persons=[person for person, _ in items])
    numbers = []
    for index, (_, new) in enumerate(items):
        with at(index):
            numbers.append(parse_identifier(new.scheme, new.value, context=new.context, on=now.date()))
    holders = queries.identifier_rows(numbers)
    ids, rows = [], []
    for index, ((person, _), number) in enumerate(zip(items, numbers, strict=True)):
        key = (number.scheme.value, number.context, number.value)
        if key not in holders:
            holders[key] = (new_id(), person)
            rows.append((holders[key][0], person, *key, None))
        elif holders[key][1] != person:
            raise IdentifierTaken("Another person has this identifier.", field="items", scheme=key[0], index=index)
        ids.append(holders[key][0])
    with unless_conflict(IdentifierTaken("One of the identifiers is taken.", field="items")):
        bulk.insert(PersonIdentifier, IDENTIFIER, rows)
    journal.append(
        by=by,
        kind="people.identifiers.added/1",
        path=common_path(set(places.values())),
        now=now,
        refs={"count": len(rows), "digest": ids_digest(row[0] for row in rows)},
    )
    return ids


@transaction.atomic
def end_identifiers(*, by: Actor, ends: Mapping[UUID, date], now: datetime) -> None:
    """Say on which day each identifier was in use for the last time (a personnummer took a temporary one's place …).

    Needs ``people.identifier.end`` where each person is kept. Raises ``not_found``.
    """
    rows = [row for chunk in queries.chunks(ends) for row in PersonIdentifier.objects.filter(id__in=chunk)]
    if len(rows) < len(ends):
        raise NotFound("There is no such identifier.", field="ends")
    places = require(by=by, verb="people.identifier.end", persons=[row.person_id for row in rows])
    for row in rows:
        row.ends = ends[row.id]
    PersonIdentifier.objects.bulk_update(rows, ["ends"], batch_size=200)
    journal.append(
        by=by,
        kind="people.identifiers.ended/1",
        path=common_path(set(places.values())),
        now=now,
        refs={"count": len(rows), "digest": ids_digest(ends)},
    )


@transaction.atomic
def change_identifier(*, by: Actor, person: UUID, new: NewIdentifier, now: datetime) -> UUID:
    """Put a number in the place of the one of its scheme that the person has; returns the identifier's id.

    A person has one number of a scheme at a time: what stood before ends today, and documents made from now on name the
    new one. Needs ``people.identifier.add`` and ``people.identifier.end`` where the person is kept. Raises what adding
    raises. The entries of adding and ending are its journal.
    """
    made = add_identifiers(by=by, items=[(person, new)], now=now)[0]
    PersonIdentifier.objects.filter(id=made).update(ends=None)  # one that had ended holds again
    own = PersonIdentifier.objects.get(id=made)
    others = PersonIdentifier.objects.filter(person=person, scheme=own.scheme, context=own.context, ends__isnull=True)
    former = dict.fromkeys(others.exclude(id=made).values_list("id", flat=True), now.date())
    if former:
        end_identifiers(by=by, ends=former, now=now)
    return made


@transaction.atomic
def issue_pupil_codes(*, by: Actor, persons: Sequence[UUID], now: datetime) -> dict[UUID, str]:
    """Give each pupil a new random code, revoke the one in force, and return the new codes for the labels.

    Needs ``people.code.issue`` where each pupil is kept. Raises ``not_found``.
    """
    places = require(by=by, verb="people.code.issue", persons=persons)
    for chunk in queries.chunks(places):
        PupilCode.objects.filter(person__in=chunk, revoked_at__isnull=True).update(revoked_at=now)
    rows = [PupilCode(id=new_id(), person_id=person, code=make_code(), issued_at=now) for person in places]
    PupilCode.objects.bulk_create(rows)
    journal.append(
        by=by,
        kind="people.codes.issued/1",
        path=common_path(set(places.values())),
        now=now,
        refs={"count": len(rows), "digest": ids_digest(places)},
    )
    return {row.person_id: row.code for row in rows}


@transaction.atomic
def issue_missing_codes(*, by: Actor, persons: Sequence[UUID], now: datetime) -> dict[UUID, str]:
    """Give a code to each pupil who has none in force and return the new codes; labels handed out stay good.

    Journal: ``people.codes.issued/1``, when there were any. Needs ``people.code.issue`` where each pupil is kept.
    Raises ``not_found``.
    """
    places = require(by=by, verb="people.code.issue", persons=persons)
    have: set[UUID] = set()
    for chunk in queries.chunks(places):
        have.update(
            PupilCode.objects.filter(person__in=chunk, revoked_at__isnull=True).values_list("person_id", flat=True)
        )
    rows = [
        PupilCode(id=new_id(), person_id=person, code=make_code(), issued_at=now)
        for person in places
        if person not in have
    ]
    # of two at once the first one's codes stand: a code that is on a label already is not made twice
    PupilCode.objects.bulk_create(rows, ignore_conflicts=True)
    wanted = {row.id for row in rows}
    made = {
        person: code
        for chunk in queries.chunks(wanted)
        for person, code in PupilCode.objects.filter(id__in=chunk).values_list("person_id", "code")
    }
    if made:
        journal.append(
            by=by,
            kind="people.codes.issued/1",
            path=common_path({places[person] for person in made}),
            now=now,
            refs={"count": len(made), "digest": ids_digest(made)},
        )
    return made


@transaction.atomic
def revoke_pupil_codes(*, by: Actor, persons: Sequence[UUID], now: datetime) -> int:
    """Make the pupils' codes useless at once and return how many were in force.

    Needs ``people.code.revoke`` where each pupil is kept. Raises ``not_found``.
    """
    places = require(by=by, verb="people.code.revoke", persons=persons)
    count = sum(
        PupilCode.objects.filter(person__in=chunk, revoked_at__isnull=True).update(revoked_at=now)
        for chunk in queries.chunks(places)
    )
    journal.append(
        by=by,
        kind="people.codes.revoked/1",
        path=common_path(set(places.values())),
        now=now,
        refs={"count": count, "digest": ids_digest(places)},
    )
    return count
