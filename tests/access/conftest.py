"""A few people in a register, a login page that acts, and a BankID on this machine."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import UTC, date, datetime, timedelta
from pathlib import Path
from uuid import UUID

import pytest
from pytest_django.fixtures import Settings as SettingsWrapper

from testamur.access.accounts.methods.contract import Browser
from testamur.kernel.base.actor import Actor, Grant, operator
from testamur.register.people import actions as people
from testamur.register.people.rules import ContactKind, NewContact, NewIdentifier, NewPerson, Scheme
from testamur.trust.signing.methods.bankid.simulator.magic import personal_number
from testamur.trust.signing.methods.bankid.simulator.requests import Person
from testamur.trust.signing.methods.bankid.simulator.server import Simulator
from tests.trust.signing.conftest import use

NOW = datetime(2026, 6, 10, 8, 0, tzinfo=UTC)
DOORKEEPER = Actor(
    id=UUID(int=3),
    identified_by="web",
    grants=(Grant("web", "/", ("accounts.login.begin", "accounts.attempt.*")),),
)
RUT = Person(personal_number(1), "Rut", "Exempel")
OLE = Person(personal_number(2), "Ole", "Påhitt")
HERE = Browser(
    known="a" * 64,
    ip="192.0.2.7",
    network="192.0.2.0/24",
    device="Firefox, Windows",
    agent="Mozilla/5.0 (invented)",
    origin="https://skola.example",
    locale="sv",
)


class Clock:
    """A clock that stands still until it is told to go on."""

    def __init__(self) -> None:
        self.now = NOW

    def __call__(self) -> datetime:
        return self.now

    def forward(self, seconds: float) -> datetime:
        self.now += timedelta(seconds=seconds)
        return self.now


@pytest.fixture
def clock() -> Clock:
    return Clock()


@pytest.fixture
def rut(db: None) -> UUID:
    """In the register, with mail and telephone."""
    return registered(RUT, "rut@example.org", "+46701740605")


def registered(person: Person, email: str, phone: str) -> UUID:
    contacts = [NewContact(ContactKind.EMAIL, email)] if email else []
    contacts += [NewContact(ContactKind.PHONE, phone)] if phone else []
    new = NewPerson(
        given=person.given,
        family=person.surname,
        birth_date=date(1890, 1, 1),
        identifiers=(NewIdentifier(Scheme.PERSONNUMMER, person.personal_number),),
        contacts=tuple(contacts),
    )
    return people.register_persons(by=operator(), path="/finsta/", persons=[new], now=NOW)[0]


@pytest.fixture(scope="session")
def pki_folder(tmp_path_factory: pytest.TempPathFactory) -> Path:
    return tmp_path_factory.mktemp("bankid")


@pytest.fixture
def bankid(settings: SettingsWrapper, clock: Clock, pki_folder: Path) -> Iterator[Simulator]:
    """The simulated BankID, with the installation's settings pointing at it."""
    with Simulator(pki_folder, clock=clock) as simulator:
        use(settings, simulator)
        yield simulator
