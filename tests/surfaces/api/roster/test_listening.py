"""A source that tells us of changes: asked for, renewed, believed only so far, left; and read all the same without."""

from __future__ import annotations

import json
from datetime import timedelta
from pathlib import Path
from typing import Any
from urllib.parse import urlsplit

import httpx
import pytest
import time_machine
from django.core.wsgi import get_wsgi_application
from django.db import connection
from django.test import Client
from pytest_django.fixtures import Settings as SettingsWrapper

from testamur.access.accounts import queries
from testamur.access.accounts.rules import clients as scopes
from testamur.exchange.connectors.models import RosterSource, RosterSubscription
from testamur.exchange.connectors.roster import subscribing
from testamur.exchange.connectors.roster.rules import SourceRefused
from testamur.exchange.connectors.rostering import listening, sources, syncing
from testamur.exchange.connectors.tabular.report import Report
from testamur.kernel.base import clock
from testamur.kernel.base.actor import operator
from testamur.register.people import actions as people
from testamur.register.people.rules import PersonUpdate
from testamur.register.schools import actions as schools
from testamur.register.schools.rules import NewUnit, UnitKind
from tests.surfaces.api.conftest import program
from tests.surfaces.api.roster.conftest import Taught
from tests.surfaces.api.roster.test_loopback import ALL

pytestmark = pytest.mark.django_db


@pytest.fixture
def source(taught: Taught, settings: SettingsWrapper, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> RosterSource:
    """Another body reads the school through the product's own addresses, and wants to be told."""
    settings.MODE, settings.DATA, settings.PUBLIC_URL = "demo", tmp_path / "data", "http://127.0.0.1:8000"
    unit = NewUnit(UnitKind.AUTHORITY, "9902", "Grannkommunen", country="SE")
    schools.add_units(by=operator(), units=[unit], now=clock.now())
    client = program(taught.world.school_path, *ALL["ss12000"], scopes.SUBSCRIPTIONS).made
    made = sources.add_source(
        by=operator(), authority="9902", name="neighbour", kind="ss12000", base_url="http://localhost/ss12000/v2",
        token_url="http://localhost/api/token", client_id=str(client.id), secret=client.secret, now=clock.now(),
        subscribes=True, loopback=True,
    )  # fmt: skip
    # the program asked shares the test's transaction, and no request of it closes the connection
    monkeypatch.setattr(connection, "close_if_unusable_or_obsolete", lambda: None)
    return RosterSource.objects.get(id=made.id)


def ours() -> httpx.BaseTransport:
    """The way to our own addresses."""
    return httpx.WSGITransport(app=get_wsgi_application())


def keep(transport: httpx.BaseTransport | None = None) -> int:
    """What the background does before it reads."""
    return listening.keep(now=clock.now(), loopback=True, transport=transport or ours())


def read_due(monkeypatch: pytest.MonkeyPatch) -> int:
    """What the background does each minute."""
    real = syncing.sync
    with monkeypatch.context() as patched:
        patched.setattr(syncing, "sync", lambda **how: real(**how, transport=ours(), pause=lambda _s: None))
        return syncing.sync_due(by=operator(), now=clock.now(), report=lambda _id: Report(), loopback=True)


def told(monkeypatch: pytest.MonkeyPatch) -> list[Any]:
    """The provider tells its subscribers, whose addresses are ours; what it said."""
    said: list[Any] = []

    def post(url: str, body: object, *, loopback: bool) -> None:
        assert loopback
        assert url.startswith("http://127.0.0.1:8000/hooks/roster/")
        answer = Client(enforce_csrf_checks=True).post(
            urlsplit(url).path, json.dumps(body), content_type="application/json"
        )
        said.append((answer.status_code, body))

    with monkeypatch.context() as patched:
        patched.setattr(subscribing, "post", post)
        subscribing.tell(now=clock.now(), is_open=lambda key: queries.open_client(key) is not None, loopback=True)
    return said


def test_a_change_at_the_source_is_here_with_the_next_minute_and_not_with_the_next_day(
    taught: Taught, source: RosterSource, monkeypatch: pytest.MonkeyPatch
):
    assert keep() == 1
    assert read_due(monkeypatch) == 1
    row = RosterSource.objects.get()
    assert (row.subscription, row.error) == (str(RosterSubscription.objects.get().id), "")
    at = clock.now() + timedelta(minutes=2)
    with time_machine.travel(at, tick=True):
        assert read_due(monkeypatch) == 0
        update = PersonUpdate(taught.world.persons["third"], preferred="Ändrad")
        people.update_persons(by=operator(), updates=[update], now=clock.now())
        ((status, body),) = told(monkeypatch)
        assert status == 200
        assert "Person" in body["modifiedEntites"]
        assert read_due(monkeypatch) == 1
        row.refresh_from_db()
        assert row.told_at is not None
        assert row.next_at > clock.now() + timedelta(minutes=50)
        assert told(monkeypatch) == []
    with time_machine.travel(at + timedelta(minutes=61), tick=True):
        assert read_due(monkeypatch) == 1  # nobody told anything: it is read all the same


def test_a_subscription_is_renewed_before_it_ends_and_made_anew_where_it_is_gone(source: RosterSource):
    keep()
    first = RosterSource.objects.get()
    assert first.subscribed_until is not None
    assert keep() == 0
    with time_machine.travel(first.subscribed_until - timedelta(days=1), tick=True):
        assert keep() == 1
        again = RosterSource.objects.get()
        assert again.subscription == first.subscription
        assert again.subscribed_until is not None
        assert again.subscribed_until > first.subscribed_until
    RosterSubscription.objects.all().delete()
    with time_machine.travel(again.subscribed_until - timedelta(days=1), tick=True):
        assert keep() == 1
    assert RosterSource.objects.get().subscription not in {"", first.subscription}


def test_whoever_is_left_tells_no_more(source: RosterSource):
    keep()
    assert listening.leave(source=source.id, now=clock.now(), loopback=True, transport=ours())
    assert not RosterSubscription.objects.exists()
    sources.end_source(by=operator(), source=source.id, now=clock.now())
    path = urlsplit(listening.hook(source.id)).path
    assert Client().post(path, "{}", content_type="application/json").status_code == 404
    assert keep() == 0


def test_nobody_else_wakes_a_source_and_nobody_makes_it_read_without_a_breath(source: RosterSource):
    path = urlsplit(listening.hook(source.id)).path
    RosterSource.objects.update(last_at=clock.now(), next_at=clock.now() + timedelta(hours=1))
    for wrong in (path[:-1] + "x", path.replace(str(source.id), "018f0000-0000-7000-8000-00000000dead")):
        assert Client().post(wrong, "{}", content_type="application/json").status_code == 404
    assert Client().get(path).status_code == 405
    assert RosterSource.objects.get().told_at is None
    for _ in range(3):
        assert Client().post(path, "no JSON at all", content_type="application/json").status_code == 200
    assert RosterSource.objects.get().next_at >= clock.now() + timedelta(seconds=50)


def test_what_is_told_while_the_source_is_read_is_read_again(source: RosterSource, monkeypatch: pytest.MonkeyPatch):
    real = syncing.sync

    def slow(**how: Any) -> Any:
        done = real(**how, transport=ours(), pause=lambda _s: None)
        listening.heard(source=source.id, word=listening.hook(source.id).rpartition("/")[2], now=clock.now())
        return done

    monkeypatch.setattr(syncing, "sync", slow)
    now = clock.now()
    assert syncing.sync_due(by=operator(), now=now, report=lambda _id: Report(), loopback=True) == 1
    assert RosterSource.objects.get().next_at <= now + timedelta(minutes=1)


@pytest.mark.parametrize(
    "answer",
    [
        httpx.Response(500),
        httpx.Response(201, text="<html>"),
        httpx.Response(201, json={"id": "../../persons", "expires": "2027-01-01T00:00:00Z"}),
        httpx.Response(201, json={"id": "x"}),
        httpx.Response(201, json={"id": "x", "expires": "2027-01-01"}),
        httpx.Response(403, json={"code": "FORBIDDEN", "message": "no"}),
    ],
)
def test_a_source_that_makes_no_subscription_is_read_as_before(source: RosterSource, answer: httpx.Response):
    def says(request: httpx.Request) -> httpx.Response:
        if request.url.path == "/api/token":
            return httpx.Response(200, json={"access_token": "t0ken"})
        return answer

    assert keep(httpx.MockTransport(says)) == 0
    assert RosterSource.objects.get().subscription == ""


def test_only_a_source_of_ss12000_tells_of_changes(source: RosterSource):
    with pytest.raises(SourceRefused):
        sources.add_source(
            by=operator(), authority="9902", name="other", kind="oneroster", base_url="https://x.example/",
            token_url="https://x.example/t", client_id="us", secret="s", subscribes=True, now=clock.now(),
        )  # fmt: skip
