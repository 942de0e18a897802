"""Delivery by itself, each night: what is sealed and what the plan in force asks for. Off until a body says so."""

from __future__ import annotations

import logging
from datetime import date, datetime
from uuid import UUID
from zoneinfo import ZoneInfo

from django.db import transaction

from testamur.exchange.connectors.ministry import gathering
from testamur.exchange.connectors.models import DeliverySender
from testamur.kernel.base.actor import Actor
from testamur.kernel.journal.actions import append
from testamur.register.schools import queries as schools
from testamur.register.schools.rules import UnitKind
from testamur.schoolday.rollout.queries.plans import plans_at
from testamur.schoolday.rollout.rules import PlanView
from testamur.schoolday.transcripts.actions import handover
from testamur.trust.records.queries.filed import filed_at

log = logging.getLogger(__name__)

ZONE = ZoneInfo("Asia/Ho_Chi_Minh")
"""The ministry's own clock."""
HOURS = range(1, 5)
"""Hours of the night in which it is asked for; the sending itself goes on as long as it takes."""


def ask_nightly(*, by: Actor, document: str, now: datetime) -> int:
    """Ask for every sealed record that a plan in force asks for, once a night for each body that says so.

    The plans of all school years that are in force count: corrections of the last year go while the next has begun.

    School by school, each in its own transaction: whoever is killed goes on at the next run, and a record that was
    asked for is passed over. Needs ``transcripts.handover.ask`` at every body. Returns how many records are new.
    Journal, for each body of which something is new: ``connectors.delivery.asked/1`` with the plan.
    """
    local = now.astimezone(ZONE)
    if local.hour not in HOURS:
        return 0
    due = DeliverySender.objects.filter(nightly=True, paused=False).exclude(last_night=local.date())
    return sum(_of_body(by, row.organisation, row.path, document, local.date(), now) for row in due.order_by("path"))


def _of_body(by: Actor, organisation: UUID, path: str, document: str, night: date, now: datetime) -> int:
    plans, places = plans_at(path=path), schools.units_under(path, kind=UnitKind.SCHOOL)
    made = {
        plan.id: sum(_of_school(by, organisation, school.path, plan, document, now) for school in places)
        for plan in plans
    }
    with transaction.atomic():
        DeliverySender.objects.filter(organisation=organisation).update(last_night=night)
        for one, count in made.items():
            if count:
                refs = {"count": count, "plan": str(one)}
                append(by=by, kind="connectors.delivery.asked/1", path=path, refs=refs, now=now)
    log.info("tonight %s records are new for %s", sum(made.values()), organisation)
    return sum(made.values())


@transaction.atomic
def _of_school(by: Actor, organisation: UUID, path: str, plan: PlanView, document: str, now: datetime) -> int:
    """What is sealed at one school, of the classes of which the plan asks something."""
    found = [
        one
        for one in filed_at(path=path, document_type=document, period=plan.school_year)
        if one.organisation == organisation
    ]
    asked = gathering.asked(found)
    groups = schools.groups_by_id({one.group for one in asked})
    levels = {key: one.year_level for key, one in groups.items()}
    # a class that is gone or was renamed has no grade any more: its school is asked, or it is not
    wanted = [one for one in asked if plan.stage_of(one.path, levels.get(one.group)) is not None]
    return handover.ask(by=by, records=wanted, now=now)
