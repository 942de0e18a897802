"""Subscriptions: made, renewed, ended; who is told what; and where nothing is ever posted to."""

from __future__ import annotations

import json
from collections.abc import Callable, Iterator
from datetime import timedelta
from http.server import BaseHTTPRequestHandler, HTTPServer
from threading import Thread
from typing import Any

import pytest
import time_machine
from pytest_django.fixtures import Settings as SettingsWrapper

from testamur.access.accounts import actions as accounts
from testamur.access.accounts import queries
from testamur.access.accounts.rules import clients as scopes
from testamur.exchange.connectors.models import RosterSubscription
from testamur.exchange.connectors.roster import posting, subscribing
from testamur.exchange.connectors.roster.rules import TRIES
from testamur.kernel.base import clock
from testamur.kernel.base.actor import operator
from testamur.register.people import actions as people
from testamur.register.people.rules import PersonUpdate
from tests.surfaces.api.conftest import Program, program
from tests.surfaces.api.roster.conftest import Taught

pytestmark = pytest.mark.django_db
BASE = "/ss12000/v2"


class Listener:
    """A subscriber on this machine: what it was told, and what it answers."""

    def __init__(self) -> None:
        self.told: list[Any] = []
        self.status = 200
        outer = self

        class Handler(BaseHTTPRequestHandler):
            def do_POST(self) -> None:
                outer.told.append(json.loads(self.rfile.read(int(self.headers["Content-Length"]))))
                self.send_response(outer.status)
                self.send_header("Location", "http://127.0.0.1:1/")
                self.end_headers()

            def log_message(self, *_: object) -> None:
                """Nothing is said."""

        self.server = HTTPServer(("127.0.0.1", 0), Handler)
        self.url = f"http://127.0.0.1:{self.server.server_port}/hook"
        Thread(target=self.server.serve_forever, daemon=True).start()


@pytest.fixture
def listener() -> Iterator[Listener]:
    """It listens while the test runs."""
    one = Listener()
    yield one
    one.server.shutdown()
    one.server.server_close()


@pytest.fixture
def reader(taught: Taught, settings: SettingsWrapper) -> Program:
    """A program that may subscribe, in a demonstration."""
    settings.MODE = "demo"
    return program(taught.world.school_path, scopes.PERSONS, scopes.SUBSCRIPTIONS)


def subscribed(reader: Program, target: str, *kinds: str) -> Any:
    """The answer to a wish."""
    wish = {"name": "Ours", "target": target, "resourceTypes": [{"resource": kind} for kind in kinds or ("Person",)]}
    return reader.post(f"{BASE}/subscriptions", wish)


def tell() -> int:
    """What the background does each quarter of a minute."""
    return subscribing.tell(now=clock.now(), is_open=lambda key: queries.open_client(key) is not None, loopback=True)


def rename(taught: Taught, name: str) -> None:
    """A pupil has another name."""
    update = PersonUpdate(taught.world.persons["third"], given=name)
    people.update_persons(by=operator(), updates=[update], now=clock.now())


def test_a_subscriber_is_told_what_kind_changed_and_nothing_more(
    taught: Taught, reader: Program, listener: Listener, later: Callable[[], None]
):
    reader.read(f"{BASE}/persons")
    answer = subscribed(reader, listener.url, "Person", "Group")
    made = json.loads(answer.content)
    assert answer.status_code == 201
    assert (made["target"], made["resourceTypes"]) == (listener.url, [{"resource": "Person"}, {"resource": "Group"}])
    assert tell() == 0
    later()
    rename(taught, "Ändrad")
    assert tell() == 1
    assert listener.told == [{"modifiedEntites": ["Person"], "deletedEntities": False}]
    assert tell() == 0


def test_a_target_that_fails_is_tried_again_later_each_time_and_at_last_left_alone(
    taught: Taught, reader: Program, listener: Listener, later: Callable[[], None]
):
    reader.read(f"{BASE}/persons")
    key = json.loads(subscribed(reader, listener.url).content)["id"]
    later()
    rename(taught, "Ändrad")
    listener.status = 302  # a redirect is followed nowhere
    at = clock.now()
    for _ in range(TRIES + 2):
        at += timedelta(hours=7)
        with time_machine.travel(at, tick=True):
            assert tell() == 0
    assert len(listener.told) == TRIES
    assert RosterSubscription.objects.get().error == "status 302"
    listener.status = 200
    with time_machine.travel(at, tick=True):
        again = accounts_token(reader)
        assert again.patch(key).status_code == 200
        assert tell() == 1


class accounts_token:  # noqa: N801 - reads as what it does
    """A program with a new token: an hour is long over."""

    def __init__(self, reader: Program) -> None:
        self.reader = reader
        reader.token = json.loads(reader.ask_token().content)["access_token"]

    def patch(self, key: str) -> Any:
        """Renew."""
        from django.test import Client

        return Client().patch(f"{BASE}/subscriptions/{key}", headers={"Authorization": f"Bearer {self.reader.token}"})


def test_a_subscription_is_its_programs_own_and_goes_with_it(taught: Taught, reader: Program, listener: Listener):
    from django.test import Client

    key = json.loads(subscribed(reader, listener.url).content)["id"]
    other = program(taught.world.school_path, scopes.SUBSCRIPTIONS)
    assert other.get(f"{BASE}/subscriptions/{key}").status_code == 404
    assert other.read(f"{BASE}/subscriptions")["data"] == []
    assert reader.read(f"{BASE}/subscriptions/{key}")["id"] == key
    accounts.end_client(by=operator(), client=reader.made.id, now=clock.now())
    tell()
    assert not RosterSubscription.objects.exists()
    mine = {"Authorization": f"Bearer {other.token}"}
    second = json.loads(subscribed(other, listener.url).content)["id"]
    assert Client().delete(f"{BASE}/subscriptions/{second}", headers=mine).status_code == 204
    assert other.read(f"{BASE}/subscriptions")["data"] == []


@pytest.mark.parametrize(
    "target",
    [
        "http://example.org/hook", "ftp://example.org/", "https://user:pw@example.org/", "https://example.org/#x",
        "https://10.0.0.7/hook", "https://169.254.169.254/latest/", "https://[::1]/", "https://localhost/",
        "https://[::ffff:10.0.0.1]/", "nowhere", "https://", "https://exa mple.org/", "http://127.0.0.1:80/",
    ],
)  # fmt: skip
def test_nobody_is_subscribed_at_an_address_of_our_own_network(
    taught: Taught, reader: Program, settings: SettingsWrapper, target: str
):
    settings.MODE = "production"
    assert subscribed(reader, target).status_code == 400
    assert not RosterSubscription.objects.exists()


def test_a_name_that_leads_into_our_own_network_is_never_posted_to(monkeypatch: pytest.MonkeyPatch):
    for addresses in (["10.0.0.7"], ["93.184.216.34", "127.0.0.1"], ["fe80::1"]):
        monkeypatch.setattr(posting, "resolve", lambda _host, _port, addresses=addresses: addresses)
        with pytest.raises(posting.Failed, match="inside"):
            posting.post("https://hooks.example.org/", {}, loopback=False)


@pytest.mark.parametrize(
    "wish",
    [
        {},
        {"name": "", "target": "https://example.org/", "resourceTypes": [{"resource": "Person"}]},
        {"name": "x", "target": "https://example.org/", "resourceTypes": [{"resource": "Shoe"}]},
        {"name": "x", "target": "https://example.org/", "resourceTypes": []},
        {"name": 7, "target": "https://example.org/", "resourceTypes": [{"resource": "Person"}]},
        {"name": "x", "target": "https://example.org/", "resourceTypes": "Person"},
    ],
)
def test_a_wish_that_is_not_understood_is_refused(reader: Program, wish: dict[str, object]):
    assert reader.post(f"{BASE}/subscriptions", wish).status_code == 400
