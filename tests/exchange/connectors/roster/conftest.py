"""A source that speaks SS 12000 or OneRoster, and a body that reads from it."""

from __future__ import annotations

import json
from collections.abc import Callable, Iterator
from dataclasses import dataclass, field
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Any
from uuid import UUID

import httpx
import pytest
import time_machine
from django.conf import settings

from testamur.exchange.connectors.rostering import sources, syncing
from testamur.exchange.connectors.rostering.syncing import Synced
from testamur.exchange.connectors.tabular.report import Report
from testamur.kernel.base import clock
from testamur.kernel.base.actor import operator
from testamur.register.schools import actions as schools
from testamur.register.schools.rules import NewUnit, UnitKind

TODAY = datetime(2026, 3, 2, 9, 0, tzinfo=UTC)
BASE = "https://source.example/v2"
SCHOOL, ROOM = "11111111-0000-4000-8000-000000000001", "22222222-0000-4000-8000-000000000001"


@pytest.fixture(autouse=True)
def _on_a_fixed_day(tmp_path: Path) -> Iterator[None]:
    """A day in spring; a data folder of its own."""
    former, settings.DATA = settings.DATA, tmp_path / "data"
    settings.DATA.mkdir()
    with time_machine.travel(TODAY, tick=True):
        yield
    settings.DATA = former


@pytest.fixture
def body(db: None) -> str:
    """The code of a body."""
    unit = NewUnit(UnitKind.AUTHORITY, "9901", "Exempelkommun", country="SE")
    schools.add_units(by=operator(), units=[unit], now=clock.now())
    return "9901"


@dataclass
class Simulated:
    """A source of SS 12000: what it has, when each thing changed, what is gone."""

    things: dict[str, dict[str, dict[str, Any]]] = field(default_factory=dict)
    gone: list[tuple[str, str, datetime]] = field(default_factory=list)
    asked: list[str] = field(default_factory=list)
    broken: Callable[[httpx.Request], httpx.Response | None] = lambda _request: None
    page: int = 7

    def put(self, name: str, key: str, **told: Any) -> None:
        """Something is there, or changed."""
        at = clock.now().isoformat()
        self.things.setdefault(name, {})[key] = {"id": key, "meta": {"created": at, "modified": at}, **told}

    def remove(self, name: str, key: str) -> None:
        """Something is gone."""
        del self.things[name][key]
        self.gone.append((name, key, clock.now()))

    def answer(self, request: httpx.Request) -> httpx.Response:
        """What it says."""
        broken = self.broken(request)
        if broken is not None:
            return broken
        if request.url.path == "/token":
            return httpx.Response(200, json={"access_token": "t0ken", "token_type": "Bearer", "expires_in": 3600})
        assert request.headers["Authorization"] == "Bearer t0ken"
        name, query = request.url.path.removeprefix("/v2/"), dict(request.url.params)
        self.asked.append(f"{name} {'delta' if {'after', 'meta.modified.after'} & set(query) else 'all'}")
        if name == "duties/lookup":
            wanted = json.loads(request.content)["ids"]
            return httpx.Response(200, json=[self.things["duties"][key] for key in wanted])
        after = query.get("after") or query.get("meta.modified.after")
        since = datetime.fromisoformat(after) if after else None
        if name == "deletedEntities":
            data: dict[str, list[str]] = {}
            for kind, key, at in self.gone:
                if since is None or at > since:
                    data.setdefault(kind, []).append(key)
            return httpx.Response(200, json={"data": data, "pageToken": None})
        if "pageToken" in query:
            start, _bar, text = query["pageToken"].partition("|")
            since = datetime.fromisoformat(text) if text else None
        else:
            start = "0"
        some = [
            one for one in self.things.get(name, {}).values()
            if since is None or datetime.fromisoformat(one["meta"]["modified"]) > since
        ]  # fmt: skip
        end = int(start) + self.page
        token = f"{end}|{since.isoformat() if since else ''}" if end < len(some) else None
        return httpx.Response(200, json={"data": some[int(start) : end], "pageToken": token})


def person_key(number: int) -> str:
    """Id of an invented person at the source."""
    return f"33333333-0000-4000-8000-{number:012}"


def pupil(source: Simulated, number: int, **told: Any) -> str:
    """An invented pupil of year 8."""
    key = person_key(number)
    place = {"enroledAt": {"id": SCHOOL}, "schoolYear": 8, "schoolType": "GR", "startDate": "2025-08-18"}
    source.put("persons", key, **{
        "givenName": f"Elev{number}", "familyName": "Exempel", "eduPersonPrincipalNames": [],
        "civicNo": {"value": f"2012010{number % 9 + 1}TF{number:02}", "nationality": "SE"},
        "securityMarking": "Ingen", "enrolments": [place], **told,
    })  # fmt: skip
    return key


@pytest.fixture
def simulated() -> Simulated:
    """A school with a class of thirty, taught by one teacher."""
    with time_machine.travel(TODAY - timedelta(hours=2)):
        return filled(Simulated())


def filled(source: Simulated) -> Simulated:
    """A school with its class, in that source."""
    source.put(
        "organisations", SCHOOL, displayName="Källskolan", schoolUnitCode="12345678", organisationType="Skolenhet"
    )
    keys = [pupil(source, number) for number in range(1, 31)]
    teacher, duty = person_key(90), "44444444-0000-4000-8000-000000000001"
    source.put("persons", teacher, givenName="Lärare", familyName="Exempel", securityMarking="Ingen", enrolments=[])
    source.put("duties", duty, person={"id": teacher}, dutyAt={"id": SCHOOL}, dutyRole="Lärare")
    source.put("groups", ROOM, displayName="8A", groupType="Klass", organisation={"id": SCHOOL},
               startDate="2025-08-18", endDate="2026-06-12",
               groupMemberships=[{"person": {"id": key}, "startDate": "2025-08-18"} for key in keys])  # fmt: skip
    source.put("activities", "55555555-0000-4000-8000-000000000001", displayName="8A", groups=[{"id": ROOM}],
               teachers=[{"duty": {"id": duty}}], organisation={"id": SCHOOL})  # fmt: skip
    return source


@dataclass
class Reader:
    """A source as it was entered, and its readings."""

    id: UUID
    simulated: Simulated | None
    transport: httpx.BaseTransport

    def sync(self, **how: Any) -> Synced:
        """Read it once."""
        return syncing.sync(
            by=operator(), source=self.id, report=Report(), now=clock.now(), transport=self.transport,
            pause=lambda _seconds: None, loopback=True, **how,
        )  # fmt: skip


@pytest.fixture
def reader(body: str, simulated: Simulated) -> Reader:
    """The body reads from the simulated source."""
    made = sources.add_source(
        by=operator(), authority=body, name="source", kind="ss12000", base_url=BASE,
        token_url="https://source.example/token", client_id="us", secret="s3cret", now=clock.now(),
    )  # fmt: skip
    return Reader(made.id, simulated, httpx.MockTransport(simulated.answer))
