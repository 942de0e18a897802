"""Letters that a plan has come into force: to the head and the office of each school that it asks, once each."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import datetime
from functools import partial
from uuid import UUID

from testamur.exchange.notifications.rules.colleagues import plan_of
from testamur.exchange.notifications.steps.posting import MOST, Letter, post
from testamur.exchange.notifications.words import plans as words
from testamur.kernel.base.actor import Actor
from testamur.kernel.base.refused import NotFound
from testamur.kernel.journal.rules import EntryView
from testamur.register.schools import queries as schools
from testamur.register.schools.rules import Role
from testamur.schoolday.rollout import queries as rollout
from testamur.schoolday.rollout.rules import PlanState, PlanView, SchoolLine


def tell_plans(by: Actor, entries: Sequence[EntryView], now: datetime) -> int:
    """Letters of the plans that the entries put in force, once to each person; returns how many.

    However late an entry is read it is told, unless the plan was closed meanwhile.
    """
    letters: list[Letter] = []
    for entry in entries:
        wanted = plan_of(entry.kind, entry.refs)
        found = _standing(by, wanted, entry.path) if wanted is not None else None
        if found is not None:
            letters += _of_plan(by, found, now)
    return sum(post(by, "plans", letters[n : n + MOST], now) for n in range(0, len(letters), MOST))


def _standing(by: Actor, wanted: UUID, path: str) -> PlanView | None:
    try:
        found = rollout.plan(by=by, id=wanted, path=path)
    except NotFound:
        return None
    return found if found.state is PlanState.IN_FORCE else None


def _of_plan(by: Actor, found: PlanView, now: datetime) -> list[Letter]:
    """Who holds several posts, or posts at several schools, reads one letter: of the first school in order."""
    asked = [one for one in rollout.participation(by=by, id=found.id, path=found.path).schools if one.asked]
    heads: dict[UUID, list[UUID]] = {}
    for role in (Role.PRINCIPAL, Role.ADMINISTRATOR):
        for held in schools.holders(role=role, on=now.date()):
            heads.setdefault(held.unit, []).append(held.person)
    told: dict[UUID, SchoolLine] = {}
    for line in asked:
        for person in heads.get(line.unit, ()):
            told.setdefault(person, line)
    return [
        Letter(person, line.path, f"plan:{found.id}:{person}", partial(words.in_force, found, line))
        for person, line in told.items()
    ]
