"""Reading a roster from a source of SS 12000: all, what changed, what is gone, and when it stops for safety."""

from __future__ import annotations

from datetime import timedelta
from functools import partial
from typing import Any
from uuid import UUID

import httpx
import pytest
import time_machine

from testamur.exchange.connectors import actions
from testamur.exchange.connectors.models import RosterSource, SourceKey
from testamur.exchange.connectors.roster.rules import SourceRefused, Vanishing
from testamur.exchange.connectors.roster.wire import SourceFailed
from testamur.exchange.connectors.rostering import sources, syncing
from testamur.exchange.connectors.tabular.report import Report
from testamur.kernel.base import clock
from testamur.kernel.base.actor import operator
from testamur.register.people.models import Person
from testamur.register.schools import queries as schools
from testamur.register.schools.models import Enrolment, Group, Post
from tests.exchange.connectors.roster.conftest import ROOM, Reader, Simulated, person_key, pupil

pytestmark = pytest.mark.django_db


def held(key: str, kind: str = "person") -> UUID:
    """Our id of a thing of the source."""
    return SourceKey.objects.get(kind=kind, key=key).object_id


def change_class(simulated: Simulated, members: list[dict[str, Any]]) -> None:
    """The class has other members now."""
    kept = {name: value for name, value in simulated.things["groups"][ROOM].items() if name not in {"id", "meta"}}
    simulated.put("groups", ROOM, **{**kept, "groupMemberships": members})


def in_class() -> int:
    """Pupils in the class today."""
    (group,) = Group.objects.all()
    return len(schools.members(group=group.id, on=clock.now().date()))


def test_all_is_read_at_first_and_the_same_again_changes_nothing(reader: Reader, simulated: Simulated):
    first = reader.sync()
    assert (first.full, first.outcome.refused) == (True, 0)
    assert first.outcome.counts["person"] == {"new": 31}
    assert in_class() == 30
    assert Person.objects.get(id=held(person_key(1))).given == "Elev1"
    assert {post.role for post in Post.objects.all()} == {"teacher"}
    again = reader.sync(full=True)
    assert again.outcome.changed == 0
    assert again.going == {}


def test_a_school_with_more_memberships_than_a_batch_holds_is_read_whole(
    reader: Reader, simulated: Simulated, monkeypatch: pytest.MonkeyPatch
):
    monkeypatch.setattr(actions, "DOCUMENTS", 5)
    monkeypatch.setattr(actions, "_batches", partial(actions._batches, size=5))
    assert reader.sync().outcome.refused == 0  # the source tells who is in a class before it tells who that is
    assert in_class() == 30


def test_later_only_what_changed_is_asked_for(reader: Reader, simulated: Simulated):
    reader.sync()
    simulated.asked.clear()
    with time_machine.travel(clock.now() + timedelta(hours=1), tick=True):
        pupil(simulated, 3, givenName="Ändrad")
        done = reader.sync()
    assert not done.full
    assert done.outcome.counts["person"] == {"changed": 1}
    assert Person.objects.get(id=held(person_key(3))).given == "Ändrad"
    assert {one for one in simulated.asked if one.endswith(" all")} == {"organisations all"}
    assert in_class() == 30


def test_who_is_gone_at_the_source_leaves_school_and_class_and_may_come_back(reader: Reader, simulated: Simulated):
    reader.sync()
    kept = simulated.things["persons"][person_key(5)]
    members = simulated.things["groups"][ROOM]["groupMemberships"]
    with time_machine.travel(clock.now() + timedelta(days=1), tick=True):
        simulated.remove("persons", person_key(5))
        room = {
            **simulated.things["groups"][ROOM],
            "groupMemberships": [m for m in members if m["person"]["id"] != person_key(5)],
        }
        simulated.put("groups", ROOM, **{name: value for name, value in room.items() if name not in {"id", "meta"}})
        done = reader.sync()
    assert done.going == {"person": 1, "membership": 1, "enrolment": 1}
    gone = held(person_key(5))
    assert not Enrolment.objects.filter(person=gone, ends=None).exists()
    assert Person.objects.filter(id=gone).exists()
    with time_machine.travel(clock.now() + timedelta(days=3), tick=True):
        assert in_class() == 29
        simulated.put("persons", person_key(5), **{n: v for n, v in kept.items() if n not in {"id", "meta"}})
        change_class(simulated, members)
        reader.sync()
        assert Enrolment.objects.filter(person=gone, ends=None).count() == 2
        assert in_class() == 30


def test_nothing_vanishes_when_a_source_is_suddenly_half_empty(reader: Reader, simulated: Simulated):
    reader.sync()
    for number in range(1, 26):
        del simulated.things["persons"][person_key(number)]
    with pytest.raises(Vanishing) as stopped:
        reader.sync(full=True)
    assert int(str(stopped.value.found["going"])) > 20
    assert in_class() == 30
    done = reader.sync(full=True, allow_ending=True)
    assert done.going["person"] == 25
    with time_machine.travel(clock.now() + timedelta(days=1), tick=True):
        assert reader.sync(full=True).going == {}  # what ended does not end again


def test_a_trial_changes_nothing_and_says_what_would(reader: Reader, simulated: Simulated):
    tried = reader.sync(dry_run=True)
    assert tried.outcome.counts["person"] == {"new": 31}
    assert Person.objects.count() == 0
    assert RosterSource.objects.get().cursor is None


def test_a_protected_pupil_is_protected_here_and_never_lowered_by_a_source(reader: Reader, simulated: Simulated):
    pupil(simulated, 2, securityMarking="Skyddad folkbokföring")
    reader.sync()
    assert Person.objects.get(id=held(person_key(2))).protection == "protected_registration"
    with time_machine.travel(clock.now() + timedelta(hours=1), tick=True):
        pupil(simulated, 2)
        reader.sync()
    assert Person.objects.get(id=held(person_key(2))).protection == "protected_registration"


@pytest.mark.parametrize(
    "answer",
    [
        httpx.Response(500),
        httpx.Response(200, text="<html>"),
        httpx.Response(200, json={"data": "all"}),
        httpx.Response(302, headers={"Location": "https://elsewhere.example/"}),
        httpx.Response(200, json={"data": [{"displayName": "nobody"}], "pageToken": None}),
        httpx.Response(200, json={"data": [], "pageToken": "again"}),
    ],
)
def test_a_broken_answer_changes_nothing(reader: Reader, simulated: Simulated, answer: httpx.Response):
    simulated.broken = lambda request: answer if request.url.path == "/v2/groups" else None
    with pytest.raises(SourceFailed):
        reader.sync()
    assert Person.objects.count() == 0
    assert RosterSource.objects.get().cursor is None


def test_a_source_that_asks_to_wait_and_whose_token_ends_is_read_all_the_same(reader: Reader, simulated: Simulated):
    said = iter([httpx.Response(429, headers={"Retry-After": "1"}), httpx.Response(503), httpx.Response(401)])
    simulated.broken = lambda request: next(said, None) if request.url.path == "/v2/persons" else None
    assert reader.sync().outcome.counts["person"] == {"new": 31}


def test_due_sources_are_read_in_the_background_and_a_failure_is_told(
    reader: Reader, simulated: Simulated, monkeypatch: pytest.MonkeyPatch
):
    real = syncing.sync
    monkeypatch.setattr(syncing, "sync", lambda **how: real(**how, transport=reader.transport, pause=lambda _s: None))
    assert syncing.sync_due(by=operator(), now=clock.now(), report=lambda _id: Report()) == 1
    assert syncing.sync_due(by=operator(), now=clock.now(), report=lambda _id: Report()) == 0
    simulated.broken = lambda _request: httpx.Response(500)
    soon = clock.now() + timedelta(hours=1)
    assert syncing.sync_due(by=operator(), now=soon, report=lambda _id: Report()) == 0
    assert RosterSource.objects.get().error == "connectors.roster.failed status 500"


@pytest.mark.parametrize("url", ["http://source.example/", "ftp://x", "https://u:p@source.example/", "https://["])
def test_a_source_is_asked_over_https_alone(body: str, url: str):
    with pytest.raises(SourceRefused):
        sources.add_source(
            by=operator(), authority=body, name="x", kind="ss12000", base_url=url, token_url="https://t.example/",
            client_id="us", secret="s", now=clock.now(),
        )  # fmt: skip


def test_an_ended_source_is_read_no_more_and_its_secret_is_gone(
    reader: Reader, django_capture_on_commit_callbacks: object
):
    with django_capture_on_commit_callbacks(execute=True):  # type: ignore[operator]
        sources.end_source(by=operator(), source=reader.id, now=clock.now())
    assert sources.sources(by=operator())[0].ended_at is not None
    with pytest.raises(Exception, match="secret"):
        sources.secret_of(reader.id)
    with pytest.raises(Exception, match="no such source"):
        reader.sync()
