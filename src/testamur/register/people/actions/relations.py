"""Guardianships and contact points."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from datetime import date, datetime
from uuid import UUID

from django.db import transaction

from testamur.kernel.base.actor import Actor
from testamur.kernel.base.ids import new_id
from testamur.kernel.base.refused import NotFound, Refused
from testamur.kernel.journal import actions as journal
from testamur.register.people import queries
from testamur.register.people.actions import bulk
from testamur.register.people.actions.checks import at, require, unless_conflict
from testamur.register.people.actions.register import CONTACT, check_address, contact_row
from testamur.register.people.models import ContactPoint, Guardianship, Person
from testamur.register.people.rules import (
    NewContact,
    NewGuardianship,
    Protection,
    common_path,
    ids_digest,
    normalise_contact,
    of_directory,
)

DIRECTORY = "people.contact.directory"
"""To say where somebody is reached at work: for administrators and imports, in no hat by which one acts for oneself."""
_GUARDIANSHIP = ("id", "child", "guardian", "relation", "custody", "starts", "ends", "consent_from")


class GuardianshipInvalid(Refused):
    """A guardianship of oneself, a second open one of the same two persons, or one that ends before it starts."""

    code = "people.guardianship.invalid"


@transaction.atomic
def add_guardianships(*, by: Actor, guardianships: Sequence[NewGuardianship], now: datetime) -> list[UUID]:
    """Register guardians of children and return the ids in order.

    Needs ``people.guardianship.add`` where each child is kept. Raises ``not_found`` and
    ``people.guardianship.invalid``.
    """
    places = require(by=by, verb="people.guardianship.add", persons=[new.child for new in guardianships])
    unknown = queries.missing(new.guardian for new in guardianships)
    for index, new in enumerate(guardianships):
        if new.guardian in unknown:
            raise NotFound("There is no such guardian.", field="guardian", index=index)
        if new.child == new.guardian or (new.ends is not None and new.ends < new.starts):
            raise GuardianshipInvalid("Two persons and a period are needed.", field="guardianships", index=index)
    rows = [
        (new.id or new_id(), new.child, new.guardian, new.relation.value, new.custody, new.starts, new.ends, None)
        for new in guardianships
    ]
    with unless_conflict(
        GuardianshipInvalid("There is such a guardianship already.", field="guardianships"),
        keys=lambda: [((new.child, new.guardian),) if new.ends is None else () for new in guardianships],
        kept=lambda: [
            pair
            for chunk in queries.chunks(places)
            for pair in Guardianship.objects.filter(child__in=chunk, ends=None).values_list("child_id", "guardian_id")
        ],
    ):
        bulk.insert(Guardianship, _GUARDIANSHIP, rows)
    ids = [row[0] for row in rows]
    journal.append(
        by=by,
        kind="people.guardianships.added/1",
        path=common_path(set(places.values())),
        now=now,
        refs={"count": len(ids), "digest": ids_digest(ids)},
    )
    return ids


@transaction.atomic
def end_guardianships(*, by: Actor, ends: Mapping[UUID, date], now: datetime) -> None:
    """Say on which day each guardianship gives access for the last time.

    Needs ``people.guardianship.end`` where each child is kept. Raises ``not_found`` and
    ``people.guardianship.invalid``.
    """
    rows = [row for chunk in queries.chunks(ends) for row in Guardianship.objects.filter(id__in=chunk)]
    if len(rows) < len(ends):
        raise NotFound("There is no such guardianship.", field="ends")
    places = require(by=by, verb="people.guardianship.end", persons=[row.child_id for row in rows])
    for row in rows:
        row.ends = ends[row.id]
    with unless_conflict(GuardianshipInvalid("A guardianship would end before it starts.", field="ends")):
        Guardianship.objects.bulk_update(rows, ["ends"], batch_size=200)
    journal.append(
        by=by,
        kind="people.guardianships.ended/1",
        path=common_path(set(places.values())),
        now=now,
        refs={"count": len(rows), "digest": ids_digest(ends)},
    )


@transaction.atomic
def set_consent(*, by: Actor, guardianship: UUID, consent_from: date | None, now: datetime) -> None:
    """The pupil, of age, lets a guardian see on from that day, or takes it back (None).

    The pupil does this, or somebody with ``people.guardianship.consent`` where the pupil is kept. Raises ``not_found``.
    """
    row = Guardianship.objects.select_for_update().filter(id=guardianship).first()
    if row is None:
        raise NotFound("There is no such guardianship.", field="guardianship")
    path = queries.paths([row.child_id])[row.child_id]
    if by.id != row.child_id:
        require(by=by, verb="people.guardianship.consent", persons=[row.child_id])
    row.consent_from = consent_from
    row.save(update_fields=["consent_from"])
    journal.append(
        by=by,
        kind="people.guardianship.consent_set/1",
        path=path,
        now=now,
        refs={"guardianship": str(row.id), "from": consent_from.isoformat() if consent_from else None},
    )


@transaction.atomic
def add_contacts(*, by: Actor, contacts: Sequence[tuple[UUID, NewContact]], now: datetime) -> list[UUID]:
    """Add contact points and return the ids of the new ones; a point that the person has already is left as it is.

    Needs ``people.contact.add`` where each person is kept, and for the label ``work`` ``people.contact.directory``:
    codes for signing go there, so that nobody chooses the own work phone. Raises ``not_found``,
    ``people.contact.invalid`` and ``people.contact.address_protected``.
    """
    places = require(by=by, verb="people.contact.add", persons=[person for person, _ in contacts])
    require(by=by, verb=DIRECTORY, persons=[person for person, new in contacts if of_directory(new.label)])
    levels: dict[UUID, str] = {}
    known: set[tuple[UUID, str, str]] = set()
    for chunk in queries.chunks(places):
        # locked, so that a protection raised at this moment does not miss an address
        levels.update(Person.objects.select_for_update().filter(id__in=chunk).values_list("id", "protection"))
        known.update(ContactPoint.objects.filter(person__in=chunk).values_list("person_id", "kind", "value"))
    rows = []
    for index, (person, new) in enumerate(contacts):
        with at(index):
            contact = normalise_contact(new)
            check_address(Protection(levels[person]), contact)
        if (key := (person, contact.kind.value, contact.value)) not in known:
            known.add(key)
            rows.append(contact_row(person, contact))
    bulk.insert(ContactPoint, CONTACT, rows)
    ids = [row[0] for row in rows]
    if ids:
        journal.append(
            by=by,
            kind="people.contacts.added/1",
            path=common_path(set(places.values())),
            now=now,
            refs={"count": len(ids), "digest": ids_digest(ids)},
        )
    return ids


@transaction.atomic
def remove_contacts(*, by: Actor, ids: Sequence[UUID], now: datetime) -> None:
    """Delete contact points.

    Needs ``people.contact.remove`` where each person is kept, and ``people.contact.directory`` for those with the label
    ``work``. Raises ``not_found``.
    """
    rows = ContactPoint.objects.filter(id__in=ids)
    held = list(rows.values_list("person_id", "label"))
    owners = [person for person, _ in held]
    if len(owners) < len(set(ids)):
        raise NotFound("There is no such contact point.", field="ids")
    places = require(by=by, verb="people.contact.remove", persons=owners)
    require(by=by, verb=DIRECTORY, persons=[person for person, label in held if of_directory(label)])
    rows.delete()
    journal.append(
        by=by,
        kind="people.contacts.removed/1",
        path=common_path(set(places.values())),
        now=now,
        refs={"count": len(owners), "digest": ids_digest(ids)},
    )


@transaction.atomic
def verify_contact(*, by: Actor, id: UUID, now: datetime) -> None:  # noqa: A002 - the name that every verb uses
    """Note that the person showed that a contact point is theirs (a code sent there came back).

    The person, or somebody with ``people.contact.verify`` where the person is kept. Raises ``not_found``.
    """
    row = ContactPoint.objects.select_for_update().filter(id=id).first()
    if row is None:
        raise NotFound("There is no such contact point.", field="id")
    path = queries.paths([row.person_id])[row.person_id]
    if by.id != row.person_id:
        require(by=by, verb="people.contact.verify", persons=[row.person_id])
    row.verified_at = now
    row.save(update_fields=["verified_at"])
    journal.append(by=by, kind="people.contact.verified/1", path=path, now=now, refs={"contact": str(row.id)})
