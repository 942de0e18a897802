"""The world with the Vietnamese school."""

from __future__ import annotations

import pytest

from testamur.kernel.base import clock
from tests.surfaces.web import world as worlds
from tests.surfaces.web.world import World


@pytest.fixture
def world(db: None) -> World:
    """Everything is decided in class 3A of the Vietnamese school; nothing is made."""
    made = worlds.build(clock.now(), vietnamese=True, mark=False)
    worlds.equip(made, clock.now())
    return made
