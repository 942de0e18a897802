"""The portal; each module of journeys has a server of its own, on a copy of them."""

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
    """The data folder that the journeys of the portal begin with."""
    folder = tmp_path_factory.mktemp("portal")
    subprocess.run(
        [sys.executable, "-m", "tests.journeys.browser.portal.build", str(folder)],
        cwd=ROOT,
        env=environment(folder / "portal", 8000, {}),
        check=True,
        timeout=600,
    )
    return folder


@pytest.fixture(scope="module")
def stage() -> str:
    return "portal"


@pytest.fixture(scope="session")
def world(built: Path) -> World:
    """Who is who here. A fixture of its own: the other journeys' is remembered for the whole run of a process."""
    told: World = json.loads((built / "world.json").read_text())
    return told
