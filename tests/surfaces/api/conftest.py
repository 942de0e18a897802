"""Programs that read the invented university."""

from __future__ import annotations

import json
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from typing import Any

import pytest
import time_machine
from django.test import Client

from testamur.access.accounts import actions
from testamur.access.accounts.rules.clients import GRADEBOOK, GRADES, NewClient
from testamur.kernel.base import clock
from testamur.kernel.base.actor import operator
from tests.schoolday.reporting import university as universities
from tests.schoolday.reporting.university import TODAY, University


@pytest.fixture(autouse=True)
def _on_a_fixed_day() -> Iterator[None]:
    """After the exams; time goes on from there."""
    with time_machine.travel(TODAY, tick=True):
        yield


@pytest.fixture
def university(db: None) -> University:
    """Provhögskolan, with nothing to sign with."""
    return universities.build(TODAY)


@dataclass
class Program:
    """A program with its credentials, and a token once it asked for one."""

    made: NewClient
    token: str = ""

    def ask_token(self, **form: str) -> Any:
        """The answer of the token address."""
        mine = {"client_id": str(self.made.id), "client_secret": self.made.secret}
        return Client().post("/api/token", {"grant_type": "client_credentials", **mine, **form})

    def get(self, address: str, **query: str) -> Any:
        """The answer to a reading."""
        return Client().get(address, query, headers={"Authorization": f"Bearer {self.token}"})

    def read(self, address: str, **query: str) -> Any:
        """What is read, of an answer that has to be good."""
        answer = self.get(address, **query)
        assert answer.status_code == 200, (answer.status_code, answer.content[:400])
        return json.loads(answer.content)

    def post(self, address: str, body: object) -> Any:
        """The answer to a body of JSON."""
        return Client().post(
            address, json.dumps(body), content_type="application/json",
            headers={"Authorization": f"Bearer {self.token}"},
        )  # fmt: skip


def program(path: str, *scopes: str) -> Program:
    """A program that may read there, with its token."""
    made = actions.add_client(
        by=operator(), name="A program", path=path, scopes=scopes or (GRADEBOOK, GRADES), now=clock.now()
    )
    new = Program(made)
    new.token = json.loads(new.ask_token().content)["access_token"]
    return new


@pytest.fixture
def reader(university: University) -> Program:
    """One that reads the whole university."""
    return program(university.path)


Reading = Callable[..., Program]
