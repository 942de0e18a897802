"""A TEST PKI and sealers for the tests of sealing, made once."""

from __future__ import annotations

from pathlib import Path

import pytest

from testamur.trust.sealing import testpki
from testamur.trust.sealing.rules import Algorithm
from testamur.trust.sealing.sealer import TIME_STAMP_ROOM, Batch, Sealer, open_sealer
from tests.trust.sealing.support import LINES, NOW


@pytest.fixture(scope="session")
def pki(tmp_path_factory: pytest.TempPathFactory) -> testpki.TestPki:
    return testpki.make(
        tmp_path_factory.mktemp("pki"),
        organisation="Exempel kommun",
        country="SE",
        now=NOW,
        algorithms=(Algorithm.P256, Algorithm.RSA_2048, Algorithm.RSA_3072),
    )


@pytest.fixture(scope="session")
def sealers(pki: testpki.TestPki) -> dict[Algorithm, Sealer]:
    return {
        a: open_sealer(
            locator=s.locator,
            certificates=s.chain,
            organisation="TEST Exempel kommun",
            time_stamp_room=TIME_STAMP_ROOM,
        )
        for a, s in pki.seals.items()
    }


@pytest.fixture(scope="session")
def batch(sealers: dict[Algorithm, Sealer]) -> Batch:
    return sealers[Algorithm.P256].prepare_batch(LINES)


@pytest.fixture
def folder(tmp_path: Path) -> Path:
    return tmp_path
