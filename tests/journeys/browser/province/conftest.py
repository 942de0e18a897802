"""The province; each module of journeys has a server of its own, on a copy of it."""

from __future__ import annotations

from pathlib import Path

import pytest

from tests.journeys.browser import worlds
from tests.journeys.browser.acts import World


@pytest.fixture(scope="session")
def built(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """The data folder that the journeys of the province begin with."""
    return worlds.shared(tmp_path_factory, "province.build", "province")


@pytest.fixture(scope="module")
def stage() -> str:
    return "province"


@pytest.fixture(scope="session")
def world(built: Path) -> World:
    """Who is who here."""
    return worlds.who(built)
