"""Background work of forms."""

from __future__ import annotations

from django_tasks import task

from testamur.kernel.base import clock
from testamur.kernel.jobs.rules import step_actor
from testamur.schoolday.forms import steps


@task
def remind() -> int:
    """Remind of forms whose last day is near; returns of how many."""
    return steps.remind_due(by=step_actor("forms", "forms.form.remind"), now=clock.now())


@task
def settle() -> int:
    """Note answers whose signature has arrived; returns how many were looked at."""
    by = step_actor("forms", "forms.answer.settle", "signing.ceremony.see")
    return steps.settle(by=by, now=clock.now())
