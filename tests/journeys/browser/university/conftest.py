"""A university with everything around it: mail, text messages, BankID, a learning platform, the national registry.

All of it on loopback. Each module of journeys has a server of its own on a copy of the built university.
"""

from __future__ import annotations

import shutil
from collections.abc import Iterator
from pathlib import Path

import pytest

from testamur.exchange.connectors.ladok.simulator.server import Simulator as Registry
from testamur.trust.signing.methods.bankid.simulator.orders import Limits
from testamur.trust.signing.methods.bankid.simulator.server import Simulator as BankId
from tests.gateways import carriers, lms
from tests.gateways.carriers import Carrier
from tests.gateways.lms_moodle import Moodle
from tests.journeys.browser import worlds
from tests.journeys.browser.acts import World
from tests.journeys.browser.server import serving
from tests.kernel.delivery.smtp_sink import Running, Sink

NAME = "university"


@pytest.fixture(scope="session")
def moodle() -> Iterator[Moodle]:
    """A learning platform; a journey says who is in its room."""
    with lms.Running(Moodle()) as platform:
        assert isinstance(platform, Moodle)
        yield platform


@pytest.fixture(scope="session")
def built(tmp_path_factory: pytest.TempPathFactory, moodle: Moodle) -> Path:
    """The data folders of university and registry."""
    return worlds.build(tmp_path_factory.mktemp("built-university"), "university.build", NAME, moodle.url)


@pytest.fixture(scope="session")
def world(built: Path) -> World:
    """Who is who here. A fixture of its own: the other journeys' is remembered for the whole run of a process."""
    return worlds.who(built)


@pytest.fixture(scope="module")
def post() -> Iterator[Sink]:
    """A mail server of this module's own: letters of another journey's product are not taken for this one's."""
    with Running(Sink()) as sink:
        yield sink


@pytest.fixture(scope="module")
def carrier() -> Iterator[Carrier]:
    """A carrier of text messages of our own."""
    with carriers.Running(Carrier("elks46")) as running:
        yield running


@pytest.fixture(scope="session")
def bankid(tmp_path_factory: pytest.TempPathFactory) -> Iterator[BankId]:
    """A BankID on this machine."""
    slowly = Limits(start_within=150, order_lives=600, qr_tolerance=30)  # on a machine that does much else
    with BankId(tmp_path_factory.mktemp("bankid"), limits=slowly) as simulator:
        yield simulator


@pytest.fixture(scope="module")
def data(built: Path, tmp_path_factory: pytest.TempPathFactory) -> Path:
    """The data folder of this module's product."""
    return Path(shutil.copytree(built / NAME, tmp_path_factory.mktemp("served") / "data"))


@pytest.fixture(scope="module")
def registry(built: Path, tmp_path_factory: pytest.TempPathFactory) -> Iterator[Registry]:
    """The national registry of this module, which knows the university's people and holds none of their results."""
    folder = Path(shutil.copytree(built / "registry", tmp_path_factory.mktemp("registry") / "kept"))
    with Registry(folder, keep=True) as simulator:
        yield simulator


@pytest.fixture(scope="module")
def more(
    post: Sink, carrier: Carrier, bankid: BankId, registry: Registry, tmp_path_factory: pytest.TempPathFactory
) -> dict[str, str]:
    """What the product is told about them."""
    password = tmp_path_factory.mktemp("carrier") / "password"
    password.write_text(carriers.PASSWORD)
    e_id, results = bankid.settings, registry.settings
    return {
        "TESTAMUR_SMTP_URL": f"smtp://127.0.0.1:{post.port}?tls=none",
        "TESTAMUR_SMS_PROVIDER": "46elks",
        "TESTAMUR_SMS_URL": carrier.url,
        "TESTAMUR_SMS_USER": carriers.USER,
        "TESTAMUR_SMS_PASSWORD_FILE": str(password),
        "TESTAMUR_SMS_FROM": "Provhogsk",
        "TESTAMUR_BANKID_URL": e_id.url,
        "TESTAMUR_BANKID_CLIENT_CERTIFICATE": str(e_id.client_certificate),
        "TESTAMUR_BANKID_CLIENT_KEY": str(e_id.client_key),
        "TESTAMUR_BANKID_SERVER_ROOT": str(e_id.server_root),
        "TESTAMUR_BANKID_SIGNATURE_ROOTS": str(e_id.signature_roots),
        "TESTAMUR_LADOK_URL": results.url,
        "TESTAMUR_LADOK_CLIENT_CERTIFICATE": str(results.client_certificate),
        "TESTAMUR_LADOK_CLIENT_KEY": str(results.client_key),
        "TESTAMUR_LADOK_SERVER_ROOT": str(results.server_root),
        "TESTAMUR_LADOK_PROFILE": results.profile,
        "TESTAMUR_LADOK_RATE": "0",
    }


@pytest.fixture(scope="module")
def address(data: Path, more: dict[str, str]) -> Iterator[str]:
    """Where this module's product is served."""
    with serving(data, data.parent / "server.log", more) as where:
        yield where
