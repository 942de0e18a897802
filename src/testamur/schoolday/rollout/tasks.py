"""Background work of the roll-out: fresh schools of a practice installation are made aside, and appear whole."""

from __future__ import annotations

from datetime import datetime
from uuid import UUID

from django.conf import settings
from django.db import transaction
from django.utils.module_loading import import_string
from django_tasks import task

from testamur.kernel.base import clock
from testamur.kernel.base.actor import Actor
from testamur.kernel.base.refused import NotFound
from testamur.kernel.jobs import running
from testamur.kernel.jobs.rules import step_actor
from testamur.schoolday.rollout import actions, queries
from testamur.schoolday.rollout.models import Beginning

_STEP = step_actor("practice", "rollout.practice.begin")


@transaction.atomic
def ask_afresh(*, by: Actor, id: UUID, now: datetime) -> None:  # noqa: A002 - the name that every query uses
    """Have a fresh school made in the background; the same `id` twice makes one.

    Needs ``rollout.practice.begin``. Raises NotFound outside a practice installation, NotAllowed, Crowded.
    """
    if not settings.PRACTICE:
        raise NotFound("This is no practice installation.")
    if actions.ask_afresh(by=by, id=id, now=now):
        make_school.enqueue(str(id))


@task
def make_school(beginning: str) -> str:
    """Make the school that was asked for; returns its id. Nobody sees any of it before all of it is there.

    One transaction: a worker that is killed leaves nothing, and the next try begins anew. Once made it is not again.
    """
    asked = UUID(beginning)
    try:
        with transaction.atomic():
            list(
                Beginning.objects.select_for_update().order_by("asked_at", "id")[:1]
            )  # one after the other: they count
            found = queries.beginning(id=asked, now=clock.now())
            if found is None or found.school is not None:
                return str(found.school) if found is not None else ""
            made: UUID = import_string(settings.PRACTICE_SCHOOL)(now=clock.now())
            actions.have_made(by=_STEP, id=asked, school=made, now=clock.now())
    except Exception:
        if running.last_try():  # else it is tried again, and whoever waits goes on waiting
            actions.give_up(by=_STEP, id=asked, now=clock.now())
        raise
    return str(made)
