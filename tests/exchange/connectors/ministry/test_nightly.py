"""Delivery by itself at night: off until the body says so, once a night, and only what the plan in force asks for."""

from __future__ import annotations

from dataclasses import replace
from datetime import date, datetime, timedelta
from typing import Any
from uuid import UUID
from zoneinfo import ZoneInfo

import pytest

from testamur.exchange.connectors.ministry import actions, nightly, queries, steps
from testamur.kernel.base.actor import Actor, operator
from testamur.kernel.base.refused import NotAllowed
from testamur.kernel.journal.models import Entry
from testamur.schoolday.rollout import actions as rollout
from testamur.schoolday.rollout.rules import Mark, NewPlan, Reach, Stage
from testamur.schoolday.transcripts.queries import handover
from testamur.schoolday.transcripts.rules import HandoverState
from tests.exchange.connectors.ministry.world import World

pytestmark = pytest.mark.feature("D4", "D8")
BY = operator()
DOCUMENT = "vn.primary.hoc_ba_year"
NIGHT = datetime(2026, 6, 3, 2, 30, tzinfo=ZoneInfo("Asia/Ho_Chi_Minh"))


@pytest.fixture
def night(world: World, monkeypatch: pytest.MonkeyPatch) -> World:
    """The body delivers each night."""

    def filed_at(*, path: str, period: str, **_kw: Any) -> tuple[Any, ...]:
        return tuple(r for r in world.rows.values() if r.path.startswith(path) and r.period.startswith(period))

    monkeypatch.setattr(nightly, "filed_at", filed_at)
    actions.set_out(by=BY, organisation=world.authority.id, nightly=True, now=world.now)
    return world


def planned(world: World, *grades: int, year: str = "2025/2026") -> UUID:
    """A plan in force for those grades of all schools."""
    dates = {mark: date(2026, 5, 20) + timedelta(days=7 * n) for n, mark in enumerate(Mark)}
    stage = Stage("Thí điểm", grades, Reach.ALL, dates)
    new = NewPlan("Học bạ số", "Kế hoạch thử", year, (stage,))
    plan = rollout.draft_plan(by=BY, authority=world.authority.id, new=new, now=world.now)
    rollout.put_in_force(by=BY, plan=plan, now=world.now)
    return plan


def ask(at: datetime = NIGHT, by: Actor = steps.STEP) -> int:
    """The job at that instant."""
    return nightly.ask_nightly(by=by, document=DOCUMENT, now=at)


def test_each_night_what_is_sealed_is_asked_for_once_and_goes(night: World) -> None:
    plan = planned(night, 3)
    records = [night.record(n) for n in range(3)]
    assert ask() == 3
    assert ask(NIGHT + timedelta(hours=1)) == 0
    refs = Entry.objects.get(kind="connectors.delivery.asked/1").refs
    assert refs == {"count": 3, "plan": str(plan)}
    assert night.send().accepted == 3
    more = night.record(7)
    assert ask(NIGHT + timedelta(hours=2)) == 0, "once a night"
    assert ask(NIGHT + timedelta(days=1)) == 1
    assert night.states([*records, more]) == [HandoverState.ACCEPTED] * 3 + [HandoverState.WAITING]
    (sender,) = queries.senders(by=BY, path="/")
    assert (sender.nightly, sender.last_night) == (True, date(2026, 6, 4))


def test_it_is_off_by_default_and_rests_by_day_and_where_a_person_stopped_it(night: World) -> None:
    planned(night, 3)
    record = night.record(1)
    assert ask(NIGHT.replace(hour=9)) == 0
    assert ask(NIGHT.replace(hour=0)) == 0
    actions.set_out(by=BY, organisation=night.authority.id, paused=True, now=night.now)
    assert ask() == 0
    actions.set_out(by=BY, organisation=night.authority.id, paused=False, nightly=False, now=night.now)
    assert ask() == 0
    assert handover.handover(by=BY, record=record) is None
    actions.set_out(by=BY, organisation=night.authority.id, nightly=True, now=night.now)
    assert ask() == 1


def test_without_a_plan_in_force_and_for_grades_that_it_does_not_ask_for_nothing_goes(night: World) -> None:
    record = night.record(1)
    assert ask() == 0
    planned(night, 1, 2)  # the class is a third one
    assert ask(NIGHT + timedelta(days=1)) == 0
    assert handover.handover(by=BY, record=record) is None


def test_a_night_that_was_broken_off_goes_on(night: World, monkeypatch: pytest.MonkeyPatch) -> None:
    planned(night, 3)
    night.record(1)
    with monkeypatch.context() as patched:
        patched.setattr(nightly, "append", lambda **_kw: 1 / 0)
        with pytest.raises(ZeroDivisionError):
            ask()
    (sender,) = queries.senders(by=BY, path="/")
    assert sender.last_night is None
    assert ask() == 0, "it was asked for before the process died"
    assert night.send().accepted == 1


def test_it_needs_the_verb(night: World) -> None:
    planned(night, 3)
    night.record(1)
    with pytest.raises(NotAllowed):
        ask(by=Actor(id=night.authority.id, identified_by="test"))


def test_corrections_of_the_last_year_go_while_the_plan_of_the_next_is_in_force(night: World) -> None:
    plan = planned(night, 3)
    planned(night, 3, year="2026/2027")
    night.record(1)
    assert ask() == 1
    assert Entry.objects.get(kind="connectors.delivery.asked/1").refs["plan"] == str(plan)


def test_a_record_whose_class_has_another_name_now_is_not_left_out(night: World) -> None:
    planned(night, 3)
    record = night.record(1)
    night.rows[record] = replace(night.rows[record], group="3Z")
    assert ask() == 1
