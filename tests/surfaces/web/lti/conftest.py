"""A Moodle on loopback, the invented university, and browsers of its staff."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from datetime import datetime
from uuid import UUID

import pytest
import time_machine
from django.test import Client

from testamur.access.accounts import actions as accounts
from testamur.exchange.connectors.lms import actions, trusting
from testamur.exchange.connectors.lms.rules import NewPlatform
from testamur.kernel.base import clock
from testamur.kernel.base.actor import Actor
from tests.gateways.lms import Item, Running, User
from tests.gateways.lms_moodle import Moodle
from tests.schoolday.reporting import university as universities
from tests.schoolday.reporting.university import TODAY, University
from tests.surfaces.web.results.conftest import log_in


@pytest.fixture(autouse=True)
def _on_a_fixed_day() -> Iterator[None]:
    """A Monday in the autumn term; time goes on from there."""
    trusting.forget()
    with time_machine.travel(TODAY, tick=True):
        yield
    trusting.forget()


@pytest.fixture
def now() -> datetime:
    """The instant at which the test begins."""
    return TODAY


@pytest.fixture
def university(db: None) -> University:
    """Provhögskolan, with nothing to sign with."""
    return universities.build(TODAY)


@pytest.fixture
def enter(university: University) -> Callable[..., Client]:
    """`enter("teacher")`: a browser of that person of the university."""
    return lambda name, **how: log_in(university, name, **how)


@pytest.fixture
def office(university: University, enter: Callable[..., Client]) -> Client:
    """The university's administrator in administrator mode."""
    browser = enter("university_administrator")
    me = Actor(university.persons["university_administrator"], "simulated")
    accounts.set_admin_mode(by=me, login=UUID(browser.session["login"]), on=True, now=clock.now())
    return browser


@pytest.fixture
def moodle(university: University) -> Iterator[Moodle]:
    """A Moodle that the office has entered; its room is linked to nothing yet."""
    platform = Moodle(users=[User("100", "Student Prov", number="x")], items=[Item("9", "Tentamen", 60)])
    with Running(platform):
        platform.now = TODAY.timestamp()
        by = university.actor("university_administrator", admin_mode=True)
        actions.add_platform(by=by, new=NewPlatform(university.path, "Moodle", **platform.told), now=TODAY)
        yield platform
