"""Two issued transcripts of the Vietnamese school, one of which the simulated store rejects."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path
from uuid import UUID

import pytest
from django.conf import settings
from django.test import Client

from testamur.exchange.connectors.ministry import actions, steps
from testamur.exchange.connectors.ministry.settings import writer
from testamur.exchange.connectors.ministry.simulator import pki
from testamur.exchange.connectors.ministry.simulator.server import Simulator
from testamur.exchange.connectors.ministry.wire import Wire
from testamur.kernel.base import clock
from testamur.kernel.base.actor import operator
from testamur.register.schools import queries as school_queries
from testamur.register.schools.rules import UnitView
from testamur.schoolday.transcripts.queries import handover
from testamur.schoolday.transcripts.rules import HandoverState, HandoverView
from testamur.trust.sealing.queries import active_seal
from tests.gateways import ministry
from tests.surfaces.web import world as worlds
from tests.surfaces.web.conftest import enter_as
from tests.surfaces.web.handover.people import add
from tests.surfaces.web.world import World


@dataclass
class Delivery:
    """The world, its Vietnamese body, the store, and the issued records."""

    world: World
    body: UnitView
    store: Simulator
    records: list[UUID]

    def send(self) -> steps.Sent:
        """One run of the worker."""
        with Wire.of(self.store.settings) as wire:
            return steps.send_due(
                by=steps.STEP, wire=wire, store=self.store.settings, writer=writer(), clock=clock.now,
                jitter=lambda: 0.0,
            )  # fmt: skip

    def views(self) -> dict[HandoverState, HandoverView]:
        """One record in each state."""
        return {one.state: one for one in handover.handovers(by=operator(), path=self.body.path)}

    def enter(self, name: str, hat: str) -> Client:
        """A browser of somebody of the province."""
        return enter_as(Client(), self.world, name, hat=hat)

    @property
    def officer(self) -> Client:
        """The administrator of the department."""
        return self.enter("vn_officer", f"administrator@{self.body.path}")

    @property
    def office(self) -> Client:
        """The administrator of the school."""
        return self.enter("vn_administrator", f"administrator@{self.world.vn_path}")

    @property
    def teacher(self) -> Client:
        """The class teacher."""
        return self.enter("vn_teacher", f"class_teacher@{self.world.vn_path}")


@pytest.fixture(scope="session")
def store_certificates(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """The simulator's folder, made once."""
    folder = tmp_path_factory.mktemp("ministry-web")
    pki.make(folder)
    return folder


@pytest.fixture
def made(db: None, store_certificates: Path, monkeypatch: pytest.MonkeyPatch) -> Iterator[Delivery]:
    """Both records are sealed; nothing is asked for yet."""
    world = worlds.build(clock.now(), vietnamese=True, mark=False)
    worlds.equip(world, clock.now())
    assert world.vn_school is not None
    body = next(unit for unit in school_queries.units_above(world.vn_path) if unit.parent is None)
    for name, unit, path in (
        ("vn_officer", body.id, body.path),
        ("vn_administrator", world.vn_school, world.vn_path),
    ):
        add(world, name, unit, path)
    records = worlds.issue(world, world.vn_school, ["hoc_ba_year"], "HK2")
    with ministry.serving(store_certificates, writer()) as store:
        store.knows(body.code, active_seal(body.id, clock.now()).certificates[:1])
        monkeypatch.setattr(settings, "MINISTRY", {**settings.MINISTRY, "url": store.url})
        yield Delivery(world, body, store, records)


@pytest.fixture
def delivery(made: Delivery) -> Delivery:
    """One record is delivered and one rejected."""
    made.store.kept.state.unknown.append(made.world.numbers["vn_pupil"])
    actions.ask(by=operator(), path=made.body.path, now=clock.now())
    made.send()
    return made
