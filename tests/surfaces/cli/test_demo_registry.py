"""The demo's registry: signed lists go there, its page attests them, they are entered here; nowhere but in a demo."""

from __future__ import annotations

import ssl
import time
from collections.abc import Iterator
from http import HTTPStatus
from pathlib import Path

import httpx
import pytest
from django.conf import settings
from pytest_django.fixtures import Settings as SettingsWrapper

from testamur.exchange.connectors.ladok import tasks as registry
from testamur.exchange.connectors.ladok.settings import simulator_folder
from testamur.exchange.connectors.ladok.simulator.server import Simulator
from testamur.kernel.base import clock
from testamur.kernel.base.actor import operator
from testamur.schoolday.reporting import steps, tasks
from testamur.schoolday.reporting.queries import lists
from testamur.schoolday.reporting.rules.states import ListState
from testamur.surfaces.cli import demo_registry, issuing
from testamur.surfaces.cli import demo_university_lists as demo
from testamur.surfaces.cli.demo_university_lists import Term
from testamur.trust.records.render import Renderer

pytestmark = pytest.mark.django_db(transaction=True)
STUDENTS = 20


@pytest.fixture
def term(tmp_path: Path, settings: SettingsWrapper, monkeypatch: pytest.MonkeyPatch) -> Term:
    """The university of the demo with its lists, in a data folder of its own; no registry is named."""
    settings.DATA = tmp_path / "data"
    settings.DATA.mkdir()
    settings.MODE, settings.LADOK = "demo", {**settings.LADOK, "url": ""}
    monkeypatch.setenv("TESTAMUR_LADOK_URL", "")
    by, now = operator(), clock.now()
    made = demo.build(
        by, count=STUDENTS, data=settings.DATA, public_url=settings.PUBLIC_URL, now=now, told=lambda _what, _n: None
    )
    return demo.report(by, made, renderer=Renderer, public_url=settings.PUBLIC_URL, now=now)


@pytest.fixture
def served(term: Term) -> Iterator[Simulator]:
    """The registry beside the web."""
    began = time.process_time()
    running = demo_registry.start()
    assert time.process_time() - began < 2
    assert running is not None
    yield running
    running.stop()


@pytest.mark.feature("B42")
def test_a_signed_list_of_the_demo_reaches_the_registry_and_comes_back_entered(term: Term, served: Simulator) -> None:
    how = issuing.How(Path(settings.DATA), "demo", settings.PUBLIC_URL)
    issuing.run(operator(), [], how, lambda _what, _count: lambda _n: None, unfinished=term.records)
    (one,) = steps.settle(by=tasks.SETTLE_STEP, now=clock.now())
    assert registry.send.func() == 1
    assert lists.head(by=operator(), list=one).state is ListState.SIGNED
    browser = httpx.Client(
        verify=ssl.create_default_context(cafile=simulator_folder() / "root.pem"),
        base_url=f"{served.url}simulator/",
        timeout=60,
    )
    page = browser.get("")
    assert "TEST: simulated student registry" in page.text
    assert "<th>Ready to be attested</th><td>0</td>" not in page.text
    assert browser.post("attest").status_code == HTTPStatus.SEE_OTHER
    assert registry.follow.func() == 1
    assert lists.head(by=operator(), list=one).state is ListState.ENTERED


def test_there_is_no_simulated_registry_outside_a_demo_or_beside_a_real_one(
    term: Term, settings: SettingsWrapper
) -> None:
    settings.LADOK = {**settings.LADOK, "url": "https://registry.example/"}
    assert demo_registry.start() is None
    settings.LADOK, settings.MODE = {**settings.LADOK, "url": ""}, "production"
    assert demo_registry.start() is None
    assert settings.LADOK["url"] == ""
    assert not simulator_folder().exists()


def test_without_a_university_there_is_no_registry(db: None, settings: SettingsWrapper, tmp_path: Path) -> None:
    settings.DATA, settings.MODE, settings.LADOK = tmp_path, "demo", {**settings.LADOK, "url": ""}
    assert demo_registry.start() is None
