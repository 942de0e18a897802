"""A demo installation of its own for every test of this package, and a BankID on this machine."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta
from typing import TYPE_CHECKING
from uuid import UUID, uuid4

import httpx
import pytest

from testamur.kernel.base.actor import Actor, Grant
from testamur.trust.signing import actions
from testamur.trust.signing.methods.bankid.client import BankIdClient, http_client
from testamur.trust.signing.methods.bankid.simulator.magic import personal_number
from testamur.trust.signing.methods.bankid.simulator.requests import Person
from testamur.trust.signing.methods.bankid.simulator.server import Simulator
from testamur.trust.signing.methods.contract import Device
from testamur.trust.signing.rules import DocumentToSign, SignerIdentity

if TYPE_CHECKING:
    from collections.abc import Iterator
    from pathlib import Path

    from pytest_django.fixtures import Settings as SettingsWrapper

RUT = Person(personal_number(1), "Rut", "Exempel")
OLE = Person(personal_number(2), "Ole", "Påhitt")
ORGANISATION = UUID("018f0000-0000-7000-8000-00000000000a")
RUT_ID = UUID("018f0000-0000-7000-8000-00000000000b")
BROWSER = Device(ip="192.0.2.7", user_agent="Mozilla/5.0 (invented)", domain="skola.example", device_id="a" * 32)


class Clock:
    """A clock that stands still until it is told to go on."""

    def __init__(self) -> None:
        self.now = datetime(2026, 6, 10, 8, 0, tzinfo=UTC)

    def __call__(self) -> datetime:
        return self.now

    def forward(self, seconds: float) -> datetime:
        self.now += timedelta(seconds=seconds)
        return self.now


@pytest.fixture(autouse=True)
def demo(settings: SettingsWrapper, tmp_path: Path) -> SettingsWrapper:
    """Demo mode, with a data folder that is gone afterwards."""
    settings.MODE = "demo"
    settings.DATA = tmp_path
    return settings


@pytest.fixture
def clock() -> Clock:
    return Clock()


@pytest.fixture(scope="session")
def pki_folder(tmp_path_factory: pytest.TempPathFactory) -> Path:
    return tmp_path_factory.mktemp("bankid")


@pytest.fixture
def bankid(demo: SettingsWrapper, clock: Clock, pki_folder: Path) -> Iterator[Simulator]:
    """The simulated BankID, with the installation's settings pointing at it."""
    with Simulator(pki_folder, clock=clock) as simulator:
        use(demo, simulator)
        yield simulator


def use(settings: SettingsWrapper, simulator: Simulator) -> None:
    found = simulator.settings
    settings.BANKID = {
        "url": found.url,
        "client_certificate": found.client_certificate,
        "client_key": found.client_key,
        "password_file": None,
        "server_root": found.server_root,
        "signature_roots": found.signature_roots,
        "policies": "1.2.3.4.25",
        "relying_party": found.relying_party,
        "timeout": 25.0,
    }


@pytest.fixture
def http(bankid: Simulator) -> Iterator[httpx.Client]:
    with http_client(bankid.settings.ssl_context(), 25) as client:
        yield client


@pytest.fixture
def client(http: httpx.Client, bankid: Simulator) -> BankIdClient:
    return BankIdClient(http, bankid.settings.url)


@pytest.fixture
def rut() -> Actor:
    """A principal at her own school."""
    return Actor(RUT_ID, "bankid", (Grant("principal", "/finsta/", ("signing.*",)),))


def signer(person: Person = RUT) -> SignerIdentity:
    return SignerIdentity(RUT_ID, f"{person.given} {person.surname}", "se.personnummer", person.personal_number)


def documents(count: int) -> list[DocumentToSign]:
    return [
        DocumentToSign(
            record=uuid4(),
            h0=f"{i:064x}",
            size=70_000 + i,
            title=f"Terminsbetyg, elev {i}",
            group=f"Terminsbetyg {6 + i % 4}A",
        )
        for i in range(count)
    ]


def started(
    by: Actor, now: datetime, *, method: str = "bankid", count: int = 3, person: Person = RUT
) -> actions.CeremonyId:
    return actions.start(
        by=by,
        organisation=ORGANISATION,
        path="/finsta/ekskolan/",
        signer=signer(person),
        role="principal",
        method=method,
        documents=documents(count),
        locale="sv",
        now=now,
        organisation_name="Ekskolan",
    )
