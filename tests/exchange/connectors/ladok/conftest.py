"""A registry on loopback, alone and beside the invented university."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path

import pytest

from testamur.exchange.connectors.ladok.client import LadokClient
from testamur.exchange.connectors.ladok.simulator import pki
from testamur.exchange.connectors.ladok.simulator.demo import seed_university
from testamur.exchange.connectors.ladok.simulator.server import Simulator
from testamur.kernel.base.actor import operator
from testamur.schoolday.reporting import actions as reporting_actions
from testamur.schoolday.reporting.queries import transfer
from tests.exchange.connectors.ladok.world import World
from tests.schoolday.reporting import university as universities
from tests.schoolday.reporting.university import TODAY


@pytest.fixture(scope="session")
def certificates(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """The simulator's folder, made once."""
    folder = tmp_path_factory.mktemp("registry")
    pki.make(folder)
    return folder


@pytest.fixture
def registry(certificates: Path) -> Iterator[Simulator]:
    """An empty registry."""
    with Simulator(certificates) as simulator:
        yield simulator


@pytest.fixture
def world(db: None, registry: Simulator, monkeypatch: pytest.MonkeyPatch) -> Iterator[World]:
    """The university and a registry that knows its courses, students and examiners."""
    u = universities.build(TODAY)
    seed_university(by=operator(), state=registry.state, path=u.path, on=TODAY.date())
    with LadokClient.of(registry.settings) as client:
        made = World(u, registry, client, TODAY)
        monkeypatch.setattr(transfer, "signed", made.signed)
        monkeypatch.setattr(reporting_actions, "enter", made.enter)
        yield made
