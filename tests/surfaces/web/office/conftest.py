"""What the tests of the office share: background work is done at once, tables are read, posts are added."""

from __future__ import annotations

from collections.abc import Callable
from datetime import date
from typing import Any
from uuid import UUID

import pytest
from django.test import Client
from django.urls import reverse

from testamur.exchange.connectors import tasks as connectors
from testamur.kernel.base import clock
from testamur.kernel.base.actor import operator
from testamur.register.schools import actions as schools
from testamur.register.schools.rules import NewPost, Role
from testamur.schoolday.results import tasks as results
from testamur.trust.records import queries
from testamur.trust.records.queries import RecordView
from testamur.trust.records.rules import State
from tests.surfaces.web import world as worlds
from tests.surfaces.web.conftest import enter_as
from tests.surfaces.web.world import World

TERM = "2025/2026 VT"
LogIn = Callable[..., Client]
Answer = Any
"""What the test client gives; the stubs have no public name for it."""


def do_work(response: Answer) -> UUID:
    """Do the background work that a page sent its visitor to; returns its id."""
    assert response.status_code == 302, response.content.decode()[:2000]
    work = UUID(response["Location"].rstrip("/").rpartition("/")[2])
    kind = queries.work(by=operator(), work=work).kind
    (results.make if kind == results.MAKE else connectors.load).call(str(work))
    return work


def make(browser: Client, world: World) -> None:
    """Make the term reports of the first school's class, as the button of the class page does."""
    asked = {"act": "make", "term": TERM, "document": "terminsbetyg"}
    do_work(browser.post(reverse("office:group_act", args=[world.group]), asked))


def reports(world: World, state: State | None = None) -> list[RecordView]:
    """The term reports of the first school."""
    found = queries.records(by=operator(), path=world.school_path, state=state)
    return [r for r in found if r.document_type.endswith("terminsbetyg") and r.state is not State.DISPOSED]


def text(response: Answer) -> str:
    """The page, as text."""
    told: str = response.content.decode()
    return told


@pytest.fixture
def archivist(world: World) -> World:
    """The former pupil of the world keeps the archive of the school: sees documents, but no protected identity."""
    post = NewPost(world.persons["adult"], world.school, Role.ARCHIVIST, date(2025, 7, 1))
    schools.add_posts(by=operator(), posts=[post], now=clock.now())
    return world


@pytest.fixture
def vietnamese(db: None) -> World:
    """The world with the Vietnamese school."""
    return worlds.build(clock.now(), vietnamese=True)


@pytest.fixture
def vn_office(vietnamese: World) -> Client:
    """An administrator of the Vietnamese school; the principal of it holds that post too."""
    assert vietnamese.vn_school is not None
    person = vietnamese.persons["vn_principal"]
    post = NewPost(person, vietnamese.vn_school, Role.ADMINISTRATOR, date(2025, 7, 1))
    schools.add_posts(by=operator(), posts=[post], now=clock.now())
    return enter_as(Client(), vietnamese, "vn_principal", hat=f"administrator@{vietnamese.vn_path}")
