"""A Swedish class in year 4 in whose portfolio everybody may be shown, and its people's browsers."""

from __future__ import annotations

from collections.abc import Collection, Iterator
from datetime import date
from typing import Any
from uuid import UUID

import pytest
import time_machine
from django.test import Client

from tests.schoolday.diary import school as schools
from tests.schoolday.diary.school import NOW, School
from tests.surfaces.web.diary.conftest import enter

__all__ = ["enter"]


@pytest.fixture(autouse=True)
def _in_march() -> Iterator[None]:
    """The Wednesday of the class."""
    with time_machine.travel(NOW, tick=True):
        yield


@pytest.fixture
def four(db: None) -> School:
    """Class 8A is a 4A here: development plans are kept in years 1 to 5."""
    return schools.build("se.compulsory", level=4)


@pytest.fixture
def shown(four: School, monkeypatch: pytest.MonkeyPatch) -> set[UUID]:
    """Whose consent to pictures stands; a test changes it."""
    given = set(four.pupils)

    def consented(children: Collection[UUID], _on: date) -> frozenset[UUID]:
        return frozenset(children) & frozenset(given)

    monkeypatch.setattr("testamur.schoolday.learning.queries.consent.consented", consented)
    return given


def seen(browser: Client, address: str, status: int = 200) -> str:
    """A page's text."""
    answer = browser.get(address)
    assert answer.status_code == status, (answer.status_code, address, answer.headers)
    return answer.content.decode()


def sent(browser: Client, address: str, status: int = 303, **fields: Any) -> str:
    """What a form leads to, or the page that says what is wrong."""
    answer = browser.post(address, fields)
    assert answer.status_code == status, (answer.status_code, address, answer.content.decode()[:3000])
    return answer["Location"] if status == 303 else answer.content.decode()
