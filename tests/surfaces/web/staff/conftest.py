"""A world that can issue, and documents that wait."""

from __future__ import annotations

from collections.abc import Iterator
from uuid import UUID

import pytest
from pytest_django.fixtures import Settings as SettingsWrapper

from testamur.kernel.base import clock
from tests.surfaces.web import world as worlds
from tests.surfaces.web.staff import eid
from tests.surfaces.web.staff.ready import make_ready, planned
from tests.surfaces.web.world import World


@pytest.fixture
def ready(world: World) -> list[UUID]:
    """The four term reports of class 8A, waiting for the principal; the authority has seal and log."""
    worlds.equip(world, clock.now())
    return make_ready(planned(world))


@pytest.fixture
def paper(settings: SettingsWrapper) -> Iterator[eid.Told]:
    """Only the e-ID of the tests can sign; it waits until told otherwise."""
    settings.SIGNING_METHODS = eid.TABLE
    eid.TOLD.__init__()  # type: ignore[misc]  # as new for each test
    yield eid.TOLD
    eid.TOLD.answer = "wait"
