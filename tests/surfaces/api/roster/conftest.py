"""A school whose roster programs read: a class, a teaching group with lessons, staff and guardians."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from dataclasses import dataclass
from datetime import date, time, timedelta
from uuid import UUID

import pytest
import time_machine

from testamur.kernel.base import clock
from testamur.kernel.base.actor import operator
from testamur.register.schools import actions as schools
from testamur.register.schools import queries
from testamur.register.schools.rules import GroupKind, NewEnrolment, NewGroup, NewPost, NewSlot, Role
from tests.shipping import own_acts_are_seen
from tests.surfaces.web import world as worlds
from tests.surfaces.web.conftest import TODAY
from tests.surfaces.web.world import World


@pytest.fixture(autouse=True)
def _on_a_fixed_day() -> Iterator[None]:
    """The end of the spring term; time goes on from there."""
    with time_machine.travel(TODAY, tick=True):
        yield


@pytest.fixture(autouse=True)
def _sees_its_own_acts() -> Iterator[None]:
    """Each test is one transaction, and what changed is told from the journal."""
    with own_acts_are_seen():
        yield


@dataclass
class Taught:
    """The world with a teaching group in mathematics and its lesson on Wednesdays."""

    world: World
    maths: UUID
    slot: UUID


@pytest.fixture
def taught(db: None) -> Taught:
    """Class 8A is taught mathematics by its teacher."""
    world = worlds.build(clock.now(), mark=False)
    by, now, since = operator(), clock.now(), date(2025, 8, 18)
    one = queries.group(world.group)
    assert one is not None
    new = NewGroup(world.school, one.school_year, GroupKind.TEACHING, "8A MA", "Matematik 8A", "MA", year_level=8)
    (maths,) = schools.add_groups(by=by, groups=[new], now=now)
    pupils = [NewEnrolment(world.persons[name], world.school, since, group=maths) for name in ("pupil", "protected")]
    schools.add_enrolments(by=by, enrolments=pupils, now=now)
    teacher = world.persons["teacher"]
    posts = [
        NewPost(teacher, world.school, Role.CLASS_TEACHER, since, group=world.group),
        NewPost(teacher, world.school, Role.TEACHER, since, group=maths, subject="MA"),
    ]
    schools.add_posts(by=by, posts=posts, now=now)
    lesson = NewSlot(maths, 3, time(8, 20), time(9, 10), subject="MA", teacher=teacher, room="B12",
                     valid_from=since, valid_to=date(2026, 6, 12))  # fmt: skip
    (slot,) = schools.add_slots(by=by, slots=[lesson], now=now)
    return Taught(world, maths, slot)


@pytest.fixture
def later() -> Iterator[Callable[[], None]]:
    """A minute goes by: the catalogue is looked at again."""
    travels: list[time_machine.travel] = []

    def go() -> None:
        travel = time_machine.travel(clock.now() + timedelta(minutes=1), tick=True)
        travel.start()
        travels.append(travel)

    yield go
    for travel in reversed(travels):
        travel.stop()
