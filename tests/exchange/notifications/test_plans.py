"""Letters that a plan of the body responsible has come into force."""

from __future__ import annotations

from datetime import timedelta
from uuid import UUID

import pytest

from testamur.exchange.notifications import steps, tasks
from testamur.kernel.base import clock
from testamur.kernel.base.actor import operator
from testamur.kernel.delivery.models import Message
from testamur.register.people import actions as people
from testamur.register.people.rules import ContactKind, NewContact
from testamur.register.schools import queries as schools
from testamur.schoolday.rollout import actions
from testamur.schoolday.rollout.rules import Mark, NewPlan, Reach, Stage
from tests.shipping import see_own_acts
from tests.surfaces.web import world as worlds
from tests.surfaces.web.world import World


@pytest.fixture
def world(db: None, monkeypatch: pytest.MonkeyPatch) -> World:
    """A body with a Vietnamese school, whose staff have addresses at work; what happened before is told."""
    see_own_acts(monkeypatch)
    made = worlds.build(clock.now(), vietnamese=True)
    new = [
        (made.persons[name], NewContact(ContactKind.EMAIL, f"{name.replace('_', '.')}@work.example", "work"))
        for name in ("vn_principal", "vn_teacher", "principal")
        if name in made.persons
    ]
    people.add_contacts(by=operator(), contacts=new, now=clock.now())
    follow()
    return made


def follow() -> list[Message]:
    """The letters that go now."""
    known = set(Message.objects.values_list("id", flat=True))
    steps.follow_colleagues(by=tasks.STEP, names=tasks.NAMES, now=clock.now())
    return list(Message.objects.exclude(id__in=known).filter(kind="notices.plans").order_by("to"))


def drafted(world: World) -> UUID:
    """A plan of the body, not in force."""
    today = clock.now().date()
    marks = (Mark.ENTRY, Mark.VERIFICATION, Mark.SIGNING, Mark.DELIVERY)
    dates = {mark: today + timedelta(days=n) for n, mark in enumerate(marks, 30)}
    plan = NewPlan("Học bạ số", "Kế hoạch 1", "2026/2027", (Stage("Một", (1, 2, 3), Reach.ALL, dates),))
    body = schools.units_above(world.vn_path)[0]
    return actions.draft_plan(by=operator(), authority=body.id, new=plan, now=clock.now())


@pytest.mark.feature("D1", "D2")
def test_the_heads_of_the_schools_that_a_plan_asks_are_told_once(world: World) -> None:
    plan = drafted(world)
    assert not follow(), "a draft is told to nobody"
    actions.put_in_force(by=operator(), plan=plan, now=clock.now())
    (letter,) = follow()
    assert letter.to == "vn.principal@work.example"
    assert "/rollout/" in letter.text
    assert "1, 2, 3" in letter.text
    assert not follow()


def test_a_plan_that_was_closed_meanwhile_is_told_to_nobody(world: World) -> None:
    plan = drafted(world)
    actions.put_in_force(by=operator(), plan=plan, now=clock.now())
    actions.close_plan(by=operator(), plan=plan, now=clock.now())
    assert not follow()
