"""From a list that an examiner signed to its definitive entry, and a term of lists with everything going wrong."""

from __future__ import annotations

from datetime import date, datetime, timedelta
from random import Random
from uuid import UUID

import pytest

from testamur.exchange.connectors.ladok import steps
from testamur.exchange.connectors.ladok.client import LadokClient
from testamur.exchange.connectors.ladok.messages import RegistryScale
from testamur.exchange.connectors.ladok.simulator.demo import seed_university
from testamur.exchange.connectors.ladok.simulator.server import Simulator
from testamur.exchange.connectors.ladok.simulator.state import SCALES
from testamur.kernel.base.actor import operator
from testamur.schoolday.reporting.rules.states import ListState
from tests.exchange.connectors.ladok.world import CREATED, EXAM, World
from tests.schoolday.reporting.conftest import sealing_university
from tests.schoolday.reporting.signing import Desk
from tests.schoolday.reporting.university import TODAY, University

__all__ = ["sealing_university"]


@pytest.fixture
def now() -> datetime:
    """The day of the university."""
    return TODAY


@pytest.mark.feature("B25", "B36", "B44")
@pytest.mark.django_db(transaction=True)
def test_a_list_that_the_examiner_signed_is_sent_attested_and_entered(
    sealing_university: University, registry: Simulator
) -> None:
    u, desk = sealing_university, Desk(sealing_university)
    seed_university(by=operator(), state=registry.state, path=u.path, on=u.now.date())
    one = desk.signed({u.students[0]: "C", u.students[1]: "F"})
    with LadokClient.of(registry.settings) as client:
        assert steps.take_up(by=steps.STEP, now=desk.now()) == 1
        done = steps.send_due(by=steps.STEP, client=client, clock=desk.now, jitter=lambda: 0.5)
        assert done.ready == 1
        assert desk.head(one).state is ListState.SIGNED
        registry.attest()
        assert steps.follow(by=steps.STEP, client=client, now=desk.now()).entered == 1
    assert desk.head(one).state is ListState.ENTERED
    attested = [r for held in registry.state.results.values() for r in held.attested.values()]
    assert sorted(SCALES[r.scale][1][r.grade][0] for r in attested) == ["C", "F"]
    assert {r.examined_on for r in attested} == {desk.view(one).rows[0].examined_on.isoformat()}  # type: ignore[union-attr]


@pytest.mark.feature("B44")
def test_a_term_of_lists_ends_without_drift_whatever_happens_on_the_way(
    world: World, monkeypatch: pytest.MonkeyPatch
) -> None:
    from testamur.exchange.connectors.ladok.simulator import feed

    monkeypatch.setattr(feed, "PAGE", 7)
    rng = Random(20261130)
    wanted: dict[tuple[UUID, str], tuple[str, str]] = {}
    keys = []
    for number, (course, module) in enumerate((("DV1574", "1405"), ("DV1574", "1415"), ("MA1441", "2205"))):
        values = [g.code for g in _scale(world, course, module).grades]
        for start in range(0, 10, 2):
            rows = [
                (person, rng.choice(values), EXAM + timedelta(days=number))
                for person in world.u.students[start : start + 2]
            ]
            examiner = "other_examiner" if course == "MA1441" else "examiner"
            keys.append(world.sign(rows, course=course, module=module, examiner=examiner))
            for person, value, on in rows:
                wanted[person, world.instance(course, module)] = (value, on.isoformat())
    for _ in range(200):
        world.later(minutes=46)
        world.registry.down = rng.random() < 0.2
        world.registry.lose = rng.choice((0, 0, 1, 2))
        world.send()
        world.registry.down = False
        if rng.random() < 0.5:
            world.registry.attest()
        world.follow()
        if len(world.entered) == len(keys):
            break
    assert {key for key, _number in world.entered} == set(keys)
    assert len(world.entered) == len(keys)
    found = {}
    for person, instance in wanted:
        [result] = world.held(person, instance, attested=True)
        found[person, instance] = (SCALES[result.scale][1][result.grade][0], result.examined_on)
        assert world.held(person, instance) == []
    assert found == wanted
    assert world.calls(CREATED) == len(wanted)


def _scale(world: World, course: str, module: str) -> RegistryScale:
    made = next(c for c in world.registry.state.courses.values() if c.code == course)
    part = next(m for m in made.modules if m.code == module)
    return world.client.scales()[part.scale]


def test_a_registry_that_was_restarted_still_has_everything(world: World, tmp_path: object) -> None:
    from pathlib import Path

    folder = Path(str(tmp_path))
    with Simulator(folder, keep=True) as first:
        seed_university(by=operator(), state=first.state, path=world.u.path, on=date(2026, 11, 30))
        first.draft(world.number(world.u.students[0]), world.instance(), "A", "2026-10-28")
        before = {uid: dict(held.working) for uid, held in first.state.results.items()}
    with Simulator(folder, keep=True) as again:
        assert {uid: dict(held.working) for uid, held in again.state.results.items()} == before
        assert again.state.users == first.state.users
        [uid] = [r.uid for held in again.state.results.values() for r in held.working.values()]
        assert again.state.find(uid) is not None
