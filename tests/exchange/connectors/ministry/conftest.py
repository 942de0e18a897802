"""A store on loopback beside a province with one school."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import UTC, datetime
from pathlib import Path

import pytest
from django.conf import settings

from testamur.exchange.connectors.ministry import gathering, ledger, mending
from testamur.exchange.connectors.ministry.mapping.checking import check
from testamur.exchange.connectors.ministry.mapping.reading import read
from testamur.exchange.connectors.ministry.settings import TEST_FORM
from testamur.exchange.connectors.ministry.simulator import pki
from testamur.kernel.base.actor import operator
from testamur.register.schools import actions as schools
from testamur.register.schools import queries
from testamur.register.schools.rules import Form, GroupKind, NewGroup
from testamur.surfaces.cli import demo_build, trial
from testamur.trust.records import queries as records
from testamur.trust.sealing.queries import active_seal
from testamur.trust.sealing.rules import Algorithm
from tests.exchange.connectors.ministry.world import World
from tests.gateways import ministry

TODAY = datetime.now(UTC).replace(microsecond=0)


@pytest.fixture(scope="session")
def certificates(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """The simulator's folder, made once."""
    folder = tmp_path_factory.mktemp("ministry")
    pki.make(folder)
    return folder


@pytest.fixture
def world(db: None, certificates: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Iterator[World]:
    """A province, its seal, and the store that knows it."""
    monkeypatch.setattr(settings, "DATA", tmp_path)
    by = operator()
    land = demo_build._land(by, "vn", TODAY)
    authority = queries.units([land.authority])[land.authority]
    unit, _path = demo_build._school(by, land, "099001", "Trường Tiểu học Ví Dụ 1", Form.PRIMARY, (), TODAY)
    group = schools.add_groups(
        by=by, groups=[NewGroup(unit, land.year, GroupKind.CLASS, "3A", year_level=3)], now=TODAY
    )[0]
    url = settings.PUBLIC_URL
    trial.equip(by, authority, data=tmp_path, public_url=url, now=TODAY, algorithm=Algorithm.P256)
    ledger.known(authority.id, authority.path)
    writer = check(read(TEST_FORM))
    with ministry.serving(certificates, writer) as store:
        store.knows(authority.code, active_seal(authority.id, TODAY).certificates[:1])
        made = World(authority, queries.units([unit])[unit], group, store, writer, TODAY)
        monkeypatch.setattr(gathering, "filed", made.filed)
        monkeypatch.setattr(mending, "filed", made.filed)
        monkeypatch.setattr(records, "frozen", made.frozen)
        monkeypatch.setattr(gathering, "files", made.files)
        yield made
