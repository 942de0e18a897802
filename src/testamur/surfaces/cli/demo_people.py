"""The grown-ups of the demo who are neither teachers nor principals: administrators and guardians."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import replace
from datetime import date, datetime
from random import Random
from uuid import UUID

from testamur.access.accounts import queries as accounts
from testamur.kernel.base.actor import Actor
from testamur.register.people import actions as people
from testamur.register.people import queries as people_read
from testamur.register.people.rules import (
    ContactKind,
    NewContact,
    NewGuardianship,
    NewIdentifier,
    NewPerson,
    Relation,
    Scheme,
    Sex,
    fold,
)
from testamur.register.schools import actions as schools
from testamur.register.schools.rules import NewPost, Role
from testamur.surfaces.cli import demo_data
from testamur.surfaces.cli.demo_data import Invented

SINCE = date(2025, 7, 1)
WORK_PHONES = tuple(f"+46701740{number}" for number in range(680, 700))
"""Telephones at work. 070-174 06 05 to 99 are kept by the Swedish regulator for films and examples [M]."""


class Pool:
    """Invented people by year of birth; nobody is handed out twice."""

    def __init__(self, random: Random) -> None:
        """`random` makes the demo the same each time."""
        self._random = random
        self._swedish: dict[int, Iterator[Invented]] = {}
        self._phones = iter([f"+46701740{number}" for number in range(605, 680)])  # the rest: `WORK_PHONES`

    def swedish(self, year: int) -> Iterator[Invented]:
        """Swedish people born in that year."""
        if year not in self._swedish:
            self._swedish[year] = demo_data.swedish(self._random, demo_data.days(self._random, year), range(980, 998))
        return self._swedish[year]

    def phone(self) -> str:
        """A number from the range for examples; empty when all are given out."""
        return next(self._phones, "")


def person(one: Invented, scheme: Scheme, *, family_first: bool = False) -> NewPerson:
    """An invented person as the register takes it."""
    return NewPerson(
        given=one.given,
        middle=one.middle,
        family=one.family,
        birth_date=one.birth_date,
        sex=Sex.FEMALE if one.female else Sex.MALE,
        family_first=family_first,
        identifiers=(NewIdentifier(scheme, one.number),),
    )


def address(one: Invented, serial: int | str) -> NewContact:
    """An e-mail address that leads nowhere (RFC 2606)."""
    name = "".join(c for c in fold(f"{one.given} {one.family}") if c.isascii() and (c.isalnum() or c == " "))
    return NewContact(ContactKind.EMAIL, f"{'.'.join(name.split()) or 'person'}.{serial}@example.org")


def add_administrator(
    by: Actor, unit: UUID, path: str, one: Invented, scheme: Scheme, now: datetime, *, family_first: bool = False
) -> UUID:
    """Somebody who runs the office of a unit."""
    new = replace(person(one, scheme, family_first=family_first), contacts=(address(one, one.number[-4:]),))
    made = people.register_persons(by=by, path=path, persons=[new], now=now)[0]
    schools.add_posts(by=by, posts=[NewPost(made, unit, Role.ADMINISTRATOR, SINCE)], now=now)
    return made


def add_guardians(
    by: Actor,
    path: str,
    children: Sequence[UUID],
    grown: Iterator[Invented],
    scheme: Scheme,
    now: datetime,
    pool: Pool | None = None,
    *,
    family_first: bool = False,
) -> list[UUID]:
    """One guardian for each of the children, with an e-mail address and, while there are any, a telephone number."""
    new: list[NewPerson] = []
    for child in children:
        one = next(grown)
        contacts = [address(one, child.hex[-4:])]
        phone = pool.phone() if pool is not None else ""
        if phone:
            contacts.append(NewContact(ContactKind.PHONE, phone, label="mobile"))
        new.append(replace(person(one, scheme, family_first=family_first), contacts=tuple(contacts)))
    made = people.register_persons(by=by, path=path, persons=new, now=now)
    guard(by, list(zip(children, made, strict=True)), now)
    return made


def guard(by: Actor, pairs: Sequence[tuple[UUID, UUID]], now: datetime) -> None:
    """Make (child, guardian) so."""
    people.add_guardianships(
        by=by,
        guardianships=[
            NewGuardianship(child, guardian, Relation.PARENT, date(2018, 1, 1)) for child, guardian in pairs
        ],
        now=now,
    )


def guardian_of_two(by: Actor, pupils: Sequence[UUID], on: date) -> UUID | None:
    """A guardian of two of these pupils, or None."""
    seen: set[UUID] = set()
    for views in people_read.guardians(by=by, children=pupils, on=on).values():
        for view in views:
            if view.guardian.id in seen:
                return view.guardian.id
            seen.add(view.guardian.id)
    return None


def under_hat(person: UUID, role: str, now: datetime) -> Actor:
    """Somebody under the hat of that role, as the register gives it."""
    hat = next(hat for hat in accounts.hats(person=person, on=now.date()) if hat.role == role)
    return accounts.actor(hat, person=person, identified_by="simulated")
