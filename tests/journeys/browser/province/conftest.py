"""The province; each module of journeys has a server of its own, on a copy of it."""

from __future__ import annotations

import json
import subprocess
import sys
from pathlib import Path

import pytest

from tests.journeys.browser.acts import World
from tests.journeys.browser.conftest import ROOT
from tests.journeys.browser.server import environment


@pytest.fixture(scope="session")
def built(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """The data folder that the journeys of the province begin with."""
    folder = tmp_path_factory.mktemp("province")
    subprocess.run(
        [sys.executable, "-m", "tests.journeys.browser.province.build", str(folder)],
        cwd=ROOT,
        env=environment(folder / "province", 8000, {}),
        check=True,
        timeout=600,
    )
    return folder


@pytest.fixture(scope="module")
def stage() -> str:
    return "province"


@pytest.fixture(scope="session")
def world(built: Path) -> World:
    """Who is who here."""
    told: World = json.loads((built / "world.json").read_text())
    return told
