"""Schools that keep a diary; each module of journeys has a server of its own, on a copy of them."""

from __future__ import annotations

from pathlib import Path

import pytest

from tests.journeys.browser import worlds
from tests.journeys.browser.acts import World


@pytest.fixture(scope="session")
def built(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """The data folder that the journeys of the diary begin with."""
    return worlds.shared(tmp_path_factory, "diary.build", "diary")


@pytest.fixture(scope="module")
def stage() -> str:
    return "diary"


@pytest.fixture(scope="session")
def world(built: Path) -> World:
    """Who is who here. A fixture of its own: the other journeys' is remembered for the whole run of a process."""
    return worlds.who(built)
