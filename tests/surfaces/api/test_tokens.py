"""Who comes in, for how long, how often."""

from __future__ import annotations

import json
from base64 import b64encode
from datetime import timedelta

import pytest
import time_machine
from django.test import Client

from testamur.access.accounts import actions, queries
from testamur.access.accounts.models import ApiClient
from testamur.access.accounts.rules.clients import GRADEBOOK, GRADES, ClientUnnamed, ScopeUnknown
from testamur.kernel.base import clock
from testamur.kernel.base.actor import operator
from testamur.kernel.base.refused import NotAllowed, NotFound
from testamur.kernel.journal.models import Entry
from testamur.surfaces.api import doors
from tests.schoolday.reporting.university import TODAY, University
from tests.surfaces.api.conftest import Program, program

pytestmark = pytest.mark.django_db
RESULTS = "/ims/oneroster/gradebook/v1p2/results"
GRADE_LIST = "/ss12000/v2/grades"


def test_a_token_is_had_by_form_or_header_and_lasts_an_hour(university: University, reader: Program):
    pair = b64encode(f"{reader.made.id}:{reader.made.secret}".encode()).decode()
    answer = Client().post(
        "/api/token", {"grant_type": "client_credentials", "scope": GRADES}, headers={"Authorization": f"Basic {pair}"}
    )
    told = json.loads(answer.content)
    assert (told["token_type"], told["expires_in"], told["scope"]) == ("Bearer", 3600, GRADES)
    assert answer.headers["Cache-Control"] == "no-store"
    narrow = Program(reader.made, told["access_token"])
    assert narrow.get(GRADE_LIST).status_code == 200
    assert narrow.get(RESULTS).status_code == 403  # the token lacks the scope, whatever the client has
    with time_machine.travel(TODAY + timedelta(minutes=59)):
        assert narrow.get(GRADE_LIST).status_code == 200
    with time_machine.travel(TODAY + timedelta(minutes=61)):
        answer = narrow.get(GRADE_LIST)
        assert (answer.status_code, json.loads(answer.content)["code"]) == (401, "UNAUTHORIZED")
        assert answer.headers["WWW-Authenticate"].startswith("Bearer")


def test_who_has_no_secret_gets_no_token_and_is_soon_not_asked_any_more(university: University, reader: Program):
    for form, error, status in (
        ({"client_secret": "guessed"}, "invalid_client", 401),
        ({"client_id": "nobody"}, "invalid_client", 401),
        ({"client_id": "00000000-0000-4000-8000-000000000000"}, "invalid_client", 401),
        ({"grant_type": "password"}, "unsupported_grant_type", 400),
        ({"scope": "everything"}, "invalid_scope", 400),
    ):
        answer = reader.ask_token(**form)
        assert (json.loads(answer.content)["error"], answer.status_code) == (error, status), form
    answers = {reader.ask_token(client_secret=f"guess {n}").status_code for n in range(30)}
    assert answers == {401, 429}
    assert reader.ask_token().status_code == 429  # the right secret as well: it could have been guessed


def test_a_forged_token_and_that_of_an_ended_client_open_nothing(university: University, reader: Program):
    first, _point, rest = reader.token.partition(".")
    for forged in ("", "x", f"{first}x.{rest}", reader.token[:-1], reader.token * 9, "a\0b"):
        answer = Program(reader.made, forged).get(RESULTS)
        assert answer.status_code == 401, forged[:20]
        assert json.loads(answer.content)["imsx_codeMajor"] == "failure"
    assert reader.get(RESULTS).status_code == 200
    actions.end_client(by=operator(), client=reader.made.id, now=clock.now())
    assert reader.get(RESULTS).status_code == 401
    assert reader.ask_token().status_code == 401


def test_the_secret_is_kept_nowhere_and_only_those_who_may_make_clients(university: University, reader: Program):
    row = ApiClient.objects.get(id=reader.made.id)
    assert reader.made.secret not in str(vars(row))
    assert queries.clients(by=operator(), path="/")[0].used_at is not None
    now = clock.now()
    for name in ("teacher", "administrator", "rector"):
        with pytest.raises(NotAllowed):
            actions.add_client(by=university.actor(name), name="x", path=university.path, scopes=[GRADES], now=now)
        with pytest.raises(NotAllowed):
            actions.end_client(by=university.actor(name), client=reader.made.id, now=now)
    for error, name, path, scopes in (
        (ScopeUnknown, "x", university.path, ["all"]),
        (ScopeUnknown, "x", university.path, []),
        (ClientUnnamed, " ", university.path, [GRADES]),
        (NotFound, "x", "/nowhere/", [GRADES]),
    ):
        with pytest.raises(error):
            actions.add_client(by=operator(), name=name, path=path, scopes=scopes, now=now)


def test_what_was_read_by_whom_is_written_down(university: University, reader: Program):
    shown = len(reader.read(RESULTS)["results"])
    entry = Entry.objects.filter(kind="accounts.client.read/1").last()
    assert entry is not None
    assert shown > 0
    assert (entry.actor, entry.path, entry.identified_by) == (reader.made.id, university.path, "api")
    assert (entry.refs["what"], entry.refs["count"]) == ("oneroster.results", shown)
    before = Entry.objects.count()
    reader.read("/ims/oneroster/gradebook/v1p2/categories")  # about nobody
    assert Entry.objects.count() == before


def test_a_program_that_asks_too_often_waits(university: University, monkeypatch: pytest.MonkeyPatch):
    monkeypatch.setattr(doors, "MOST", 3)
    hasty = program(university.path, GRADEBOOK)
    assert [hasty.get(RESULTS).status_code for _n in range(5)] == [200, 200, 200, 429, 429]
    answer = hasty.get(RESULTS)
    assert int(answer.headers["Retry-After"]) > 0
    assert "server_busy" in answer.content.decode()
