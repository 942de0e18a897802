"""Documents that wait for a signature."""

from __future__ import annotations

from uuid import UUID

from testamur.kernel.base import clock
from testamur.kernel.base.actor import operator
from testamur.surfaces.cli import issuing
from testamur.trust.records import actions, steps
from testamur.trust.records.render import Renderer
from testamur.trust.records.rules import NewRecord
from tests.surfaces.web import world as worlds
from tests.surfaces.web.world import World


def planned(world: World, school: UUID | None = None) -> list[NewRecord]:
    """What the first school (or another) has to issue this term."""
    plan = issuing.plan(operator(), school or world.school, worlds.YEAR, worlds.TERM, (), worlds.ISSUED_ON)
    return list(plan.records)


def make_ready(world: World, school: UUID | None = None) -> list[UUID]:
    """Everything of a school prepared and marked ready."""
    by, new = operator(), planned(world, school)
    made = steps.prepare(
        by=by, new=new, renderer=Renderer(), public_url="https://testamur.example", test=True, now=clock.now()
    )
    for path in sorted({one.issuer.path for one in new}):
        some = [one.record for one in new if one.issuer.path == path]
        actions.mark_ready(by=by, path=path, records=some, now=clock.now())
    return list(made)


def issue_all() -> int:
    """What the background worker does: one batch after another, to the end."""
    published = 0
    while (done := steps.issue_next(by=operator(), worker="test", clock=clock.now)) is not None:
        published += done
    return published
