"""What an active registration does: the address is the guardian's, and its way is switched on for the pupil."""

from __future__ import annotations

from dataclasses import replace
from datetime import datetime
from uuid import UUID

from testamur.exchange.notifications.models import Choice, Registration
from testamur.exchange.notifications.rules.families import Way, default
from testamur.exchange.notifications.rules.registrations import RegistrationState
from testamur.kernel.base.actor import Actor, Grant
from testamur.kernel.base.ids import new_id
from testamur.register.people import actions as people_actions
from testamur.register.people import queries as people
from testamur.register.people.rules import ContactKind, NewContact
from testamur.schoolday.diary.rules.states import Part

VERBS = (
    "people.contact.add", "people.contact.verify", "people.contact.remove", "people.contact.see",
    "people.protected.see",
)  # fmt: skip


def activate(by: Actor, row: Registration, guardian: UUID, now: datetime) -> None:
    """Make the address the guardian's own, and verified; switch its way on for the pupil; in the caller's transaction.

    Whoever proved an address, or confirms a registration, need not be allowed to change contacts otherwise.
    """
    may = replace(by, grants=(*by.grants, Grant("registration", "/", VERBS)))
    kind = ContactKind(row.kind)
    people_actions.add_contacts(by=may, contacts=[(guardian, NewContact(kind, row.value))], now=now)
    held = people.contacts(by=may, persons=[guardian])[guardian]
    (own,) = (c for c in held if c.kind is kind and c.value == row.value)
    if own.verified_at is None and row.proved_at is not None:
        people_actions.verify_contact(by=may, id=own.id, now=now)
    former = [c.id for c in held if c.kind is kind and c.id != own.id and c.label != "work"] if row.replace else []
    if former:
        people_actions.remove_contacts(by=may, ids=former, now=now)
    row.state, row.guardian = RegistrationState.ACTIVE, guardian
    if row.pupil is not None:
        _switch(guardian, row.pupil, way_of(row), on=True, now=now)


def without_way(row: Registration, now: datetime) -> None:
    """Switch the registration's way off for its pupil."""
    if row.pupil is not None and row.guardian is not None:
        _switch(row.guardian, row.pupil, way_of(row), on=False, now=now)


def way_of(row: Registration) -> Way:
    """The way that a registration opens: a number that takes no text messages is for calling in."""
    if row.kind == ContactKind.EMAIL:
        return Way.EMAIL
    return Way.SMS if row.text else Way.PHONE


def _switch(person: UUID, child: UUID, way: Way, *, on: bool, now: datetime) -> None:
    rows = {row.part: row for row in Choice.objects.select_for_update().filter(person=person, child=child)}
    for part in Part:
        row = rows.get(part.value)
        if row is None:
            chosen = default(part)
            row = Choice(id=new_id(), person=person, child=child, part=part, ways=sorted(chosen.ways), pace=chosen.pace)
        ways = {*row.ways, way.value} if on else set(row.ways) - {way.value}
        row.ways, row.changed_at = sorted(ways), now
        row.save()
