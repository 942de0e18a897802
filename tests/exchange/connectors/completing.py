"""A student who has completed a course, all the way to the published certificate."""

from __future__ import annotations

from uuid import UUID

from testamur.access.accounts.queries.hats import actor as actor_of
from testamur.access.accounts.queries.hats import hats
from testamur.access.accounts.rules.hats import SELF
from testamur.kernel.base.actor import Actor
from testamur.schoolday.reporting import actions
from testamur.schoolday.reporting.models import ListRow
from testamur.schoolday.reporting.rules.views import Entry
from tests.schoolday.reporting.signing import Desk
from tests.schoolday.reporting.university import University


def student(u: University, person: UUID) -> Actor:
    """That student as him- or herself."""
    me = next(hat for hat in hats(person=person, on=u.now.date()) if hat.role == SELF)
    return actor_of(me, person=person, identified_by="simulated")


def complete(desk: Desk) -> tuple[UUID, UUID]:
    """``graded`` gets C in the whole of DV1574; returns the decision and the record of its certificate."""
    whole, me = desk.open(module=""), desk.u.persons["graded"]
    others = [Entry(row.id, value="") for row in desk.view(whole).rows if row.person != me]
    actions.save_rows(
        by=desk.u.actor("teacher"), list=whole, entries=others, revision=desk.head(whole).revision, now=desk.now()
    )
    desk.send(whole)
    desk.finish(whole)
    row = ListRow.objects.get(list=whole, person=me)
    assert row.decision is not None
    assert row.certificate is not None
    return row.decision, row.certificate
