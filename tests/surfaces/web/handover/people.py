"""Administrators of the Vietnamese body and school, whom the invented world does not have."""

from __future__ import annotations

from dataclasses import replace
from random import Random
from uuid import UUID

from testamur.kernel.base import clock
from testamur.kernel.base.actor import operator
from testamur.register.people import actions as people
from testamur.register.people.rules import ContactKind, NewContact, Scheme
from testamur.register.schools import actions as schools
from testamur.register.schools.rules import NewPost, Role
from testamur.surfaces.cli import demo_data, demo_people
from tests.surfaces.web.world import SINCE, World


def add(world: World, name: str, unit: UUID, path: str) -> None:
    """An administrator of the unit."""
    random = Random(100 + len(world.persons))
    born = 1950 + len(name)  # the numbers of one year and sex begin alike
    one = next(demo_data.vietnamese(random, demo_data.days(random, born)))
    contacts = (NewContact(ContactKind.EMAIL, f"{name}@example.org"),)
    new = replace(demo_people.person(one, Scheme.CCCD, family_first=True), contacts=contacts)
    world.persons[name] = people.register_persons(by=operator(), path=path, persons=[new], now=clock.now())[0]
    world.numbers[name] = one.number
    post = NewPost(world.persons[name], unit, Role.ADMINISTRATOR, SINCE)
    schools.add_posts(by=operator(), posts=[post], now=clock.now())
