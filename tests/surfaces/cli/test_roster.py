"""The command line of rosters, against a system on a real socket: good and bad input, a stop, and a kill."""

from __future__ import annotations

import json
from collections.abc import Callable, Iterator
from datetime import timedelta
from functools import partial
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from pathlib import Path
from threading import Thread
from typing import Any

import httpx
import pytest
import time_machine
from pytest_django.fixtures import Settings as SettingsWrapper
from typer.testing import CliRunner, Result

from testamur.exchange.connectors import actions
from testamur.exchange.connectors.models import RosterSource
from testamur.kernel.base import clock
from testamur.kernel.base.actor import operator
from testamur.register.people.models import Person
from testamur.register.schools import actions as schools
from testamur.register.schools import queries
from testamur.register.schools.models import Group
from testamur.register.schools.rules import NewUnit, UnitKind
from testamur.surfaces.cli import failures, roster
from tests.exchange.connectors.roster.conftest import TODAY, Simulated, filled, person_key, pupil

pytestmark = pytest.mark.django_db
Run = Callable[..., Result]


@pytest.fixture(autouse=True)
def _in_spring(tmp_path: Path, settings: SettingsWrapper) -> Iterator[None]:
    """A demonstration, which may ask systems of this machine."""
    settings.DATA, settings.MODE = tmp_path / "data", "demo"
    with time_machine.travel(TODAY, tick=True):
        unit = NewUnit(UnitKind.AUTHORITY, "9901", "Exempelkommun", country="SE")
        schools.add_units(by=operator(), units=[unit], now=clock.now())
        yield


@pytest.fixture
def system() -> Iterator[tuple[Simulated, str]]:
    """A system of SS 12000 on a real socket: a class of thirty."""
    with time_machine.travel(TODAY - timedelta(hours=2)):
        simulated = filled(Simulated())

    class Handler(BaseHTTPRequestHandler):
        def _answer(self) -> None:
            body = self.rfile.read(int(self.headers.get("Content-Length") or 0))
            asked = httpx.Request(self.command, f"http://x{self.path}", headers=dict(self.headers), content=body)
            answer = simulated.answer(asked)
            self.send_response(answer.status_code)
            self.end_headers()
            self.wfile.write(answer.content)

        do_GET = do_POST = _answer  # noqa: N815 - the library's names

        def log_message(self, *_: object) -> None:
            """Nothing is said."""

    server = ThreadingHTTPServer(("127.0.0.1", 0), Handler)
    Thread(target=server.serve_forever, daemon=True).start()
    yield simulated, f"http://127.0.0.1:{server.server_port}"
    server.shutdown()
    server.server_close()


@pytest.fixture
def run(monkeypatch: pytest.MonkeyPatch) -> Run:
    """Runs a command in this process; a refusal ends it as the program does."""
    monkeypatch.setattr("testamur.surfaces.cli.runtime.start", lambda **_: None)

    def invoke(*words: object, answer: str = "s3cret\n") -> Result:
        result = CliRunner().invoke(roster.app, [str(word) for word in words], input=answer)
        if result.exception is not None and not isinstance(result.exception, SystemExit):
            result.exit_code = failures.explain(result.exception).exit
        return result

    return invoke


def add(run: Run, base: str, *more: str, name: str = "sis", kind: str = "ss12000") -> Result:
    """Enter a system."""
    return run(kind, "--authority", "9901", "--name", name, "--url", f"{base}/v2", "--token", f"{base}/token",
               "--client", "us", *more)  # fmt: skip


def in_class() -> int:
    """Pupils of the class today."""
    (group,) = Group.objects.all()
    return len(queries.members(group=group.id, on=clock.now().date()))


def test_a_system_is_entered_tried_read_listed_and_ended(run: Run, system: tuple[Simulated, str]):
    _simulated, base = system
    assert add(run, base).exit_code == 0
    key = RosterSource.objects.get().id
    assert "never read" in run("list").stderr
    tried = run("read", key, "--dry-run", "--json")
    assert (tried.exit_code, json.loads(tried.stdout)["counts"]["person"]) == (0, {"new": 31})
    assert not Person.objects.exists()
    done = run("read", key)
    assert (done.exit_code, "31 new" in done.stderr, in_class()) == (0, True, 30)
    again = json.loads(run("read", key, "--json").stdout)
    assert (again["full"], again["going"]) == (False, {})
    assert "well" in run("list").stderr
    assert "s3cret" not in run("list").stderr
    assert run("end", key).exit_code == 0
    assert "ended" in run("list").stderr
    assert run("read", key).exit_code == 1
    assert in_class() == 30


@pytest.mark.parametrize(
    ("kind", "more"),
    [
        ("ss12000", ("--every", "1")),
        ("ss12000", ("--name", "two words")),
        ("ss12000", ("--name", "")),
        ("ss12000", ("--url", "https://user:word@sis.example/")),
        ("ss12000", ("--url", "http://sis.example/")),
        ("ss12000", ("--token", "sis.example/token")),
        ("ss12000", ("--client", "")),
        ("ss12000", ("--authority", "0000")),
        ("oneroster", ("--every", "20000")),
    ],
)
def test_what_cannot_be_entered_is_refused_in_words(
    run: Run, system: tuple[Simulated, str], kind: str, more: tuple[str, ...]
):
    result = add(run, system[1], *more, kind=kind)
    assert result.exit_code == 1
    assert str(result.exception)
    assert not RosterSource.objects.exists()


def test_the_same_name_twice_and_no_secret_are_refused(run: Run, system: tuple[Simulated, str]):
    assert add(run, system[1]).exit_code == 0
    assert add(run, system[1]).exit_code == 1
    no_secret = run("ss12000", "--authority", "9901", "--name", "other", "--url", system[1], "--token", system[1],
                    "--client", "us", answer="\n")  # fmt: skip
    assert no_secret.exit_code != 0
    assert RosterSource.objects.count() == 1


def test_options_that_are_none_are_told(run: Run):
    assert run("read", "no-uuid").exit_code == 2
    assert run("ss12000", "--name", "x").exit_code == 2
    assert run("read", "018f0000-0000-7000-8000-00000000dead").exit_code == 1


def test_credentials_that_were_revoked_end_the_reading_and_change_nothing(run: Run, system: tuple[Simulated, str]):
    simulated, base = system
    add(run, base)
    key = RosterSource.objects.get().id
    assert run("read", key).exit_code == 0
    before = RosterSource.objects.get().cursor

    def revoked(request: httpx.Request) -> httpx.Response | None:
        return httpx.Response(401, json={"error": "invalid_client"}) if request.url.path == "/token" else None

    simulated.broken = revoked
    refused = run("read", key)
    assert refused.exit_code == 1
    assert "401" in str(refused.exception)
    simulated.broken = lambda request: httpx.Response(403) if request.url.path == "/v2/persons" else None
    assert run("read", key, "--full").exit_code == 1
    assert (RosterSource.objects.get().cursor, in_class()) == (before, 30)


def test_a_system_that_lost_half_the_school_is_not_followed_until_somebody_says_so(
    run: Run, system: tuple[Simulated, str]
):
    simulated, base = system
    add(run, base)
    key = RosterSource.objects.get().id
    run("read", key)
    for number in range(1, 26):
        del simulated.things["persons"][person_key(number)]
    stopped = run("read", key, "--full")
    assert stopped.exit_code == 1
    assert "25 of 31" in str(stopped.exception)
    assert "--allow-ending" in str(stopped.exception)
    assert in_class() == 30
    tried = json.loads(run("read", key, "--full", "--allow-ending", "--dry-run", "--json").stdout)
    assert (tried["going"]["person"], in_class()) == (25, 30)
    assert run("read", key, "--full", "--allow-ending").exit_code == 0
    with time_machine.travel(clock.now() + timedelta(days=1), tick=True):
        assert in_class() < 30


def test_a_reading_that_was_killed_goes_on_and_repeats_nothing(
    run: Run, system: tuple[Simulated, str], monkeypatch: pytest.MonkeyPatch
):
    add(run, system[1])
    key = RosterSource.objects.get().id
    monkeypatch.setattr(actions, "DOCUMENTS", 5)
    monkeypatch.setattr(actions, "_batches", partial(actions._batches, size=5))
    real = actions._Job._load
    loaded: list[Any] = []

    def dies(self: Any, *how: Any) -> None:
        if len(loaded) == 5:
            raise KeyboardInterrupt
        loaded.append(how)
        real(self, *how)

    monkeypatch.setattr(actions._Job, "_load", dies)
    assert run("read", key).exit_code != 0
    assert 0 < Person.objects.count() < 31
    assert RosterSource.objects.get().cursor is None
    monkeypatch.setattr(actions._Job, "_load", real)
    done = json.loads(run("read", key, "--json").stdout)
    assert (done["full"], done["refused"], Person.objects.count(), in_class()) == (True, 0, 31, 30)
    assert json.loads(run("read", key, "--full", "--json").stdout)["going"] == {}


def test_what_a_system_says_steers_no_terminal_and_no_row_that_is_refused_stops_the_rest(
    run: Run, system: tuple[Simulated, str]
):
    simulated, base = system
    pupil(simulated, 31, civicNo={"value": "199913399999", "nationality": "SE"}, givenName="[/red]\x1b[2J[bold]")
    pupil(simulated, 32, civicNo={"value": "[/]", "nationality": "SE"})
    add(run, base)
    result = run("read", RosterSource.objects.get().id)
    assert result.exit_code in {0, 1}
    assert result.exception is None or isinstance(result.exception, SystemExit)
    assert "\x1b[2J" not in result.stderr
    assert Person.objects.count() >= 31
