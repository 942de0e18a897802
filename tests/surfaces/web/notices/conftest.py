"""A Bulgarian class on the spring day of the diary's tests, with addresses and pupil codes."""

from __future__ import annotations

from collections.abc import Iterator

import pytest
import time_machine

from testamur.kernel.base import clock
from testamur.kernel.base.actor import operator
from testamur.register.people import actions as people
from tests.exchange.notifications.family import Families
from tests.kernel.delivery.conftest import Clock
from tests.schoolday.diary.school import NOW, build
from tests.shipping import see_own_acts


@pytest.fixture(autouse=True)
def _in_march(_on_a_fixed_day: None) -> Iterator[None]:
    """The day of the diary."""
    with time_machine.travel(NOW, tick=False):
        yield


@pytest.fixture
def families(db: None, monkeypatch: pytest.MonkeyPatch) -> Families:
    """The class, its guardians with addresses, each pupil with a code."""
    see_own_acts(monkeypatch)
    made = Families(build("bg.school"), Clock(clock.now()))
    made.reach()
    people.issue_pupil_codes(by=operator(), persons=made.school.pupils, now=clock.now())
    return made
