"""The small world with its Vietnamese school, and somebody who administers the body above it."""

from __future__ import annotations

from random import Random

import pytest
from django.test import Client

from testamur.kernel.base import clock
from testamur.kernel.base.actor import operator
from testamur.register.people.rules import Scheme
from testamur.register.schools import queries as schools
from testamur.surfaces.cli import demo_data, demo_people
from tests.surfaces.web import world as worlds
from tests.surfaces.web.conftest import enter_as
from tests.surfaces.web.world import World


@pytest.fixture
def world(db: None) -> World:
    """As everywhere, with a Vietnamese class; `vn_officer` administers the body."""
    made = worlds.build(clock.now(), vietnamese=True)
    body = schools.units_above(made.vn_path)[0]
    one = next(demo_data.vietnamese(Random(5), demo_data.days(Random(5), 1971)))
    officer = demo_people.add_administrator(operator(), body.id, body.path, one, Scheme.CCCD, clock.now())
    made.persons["vn_officer"] = officer
    return made


@pytest.fixture
def officer(world: World) -> Client:
    """A browser of whoever administers the body."""
    body = schools.units_above(world.vn_path)[0]
    return enter_as(Client(), world, "vn_officer", hat=f"administrator@{body.path}")


@pytest.fixture
def principal(world: World) -> Client:
    """A browser of the principal of the Vietnamese school."""
    return enter_as(Client(), world, "vn_principal", hat=f"principal@{world.vn_path}")
