"""Background work of the notice board."""

from __future__ import annotations

from django_tasks import task

from testamur.kernel.base import clock
from testamur.kernel.jobs.rules import step_actor
from testamur.schoolday.noticeboard import actions


@task
def tidy() -> int:
    """Remove what was kept long enough."""
    return actions.tidy(by=step_actor("noticeboard", "noticeboard.enquiry.remove"), now=clock.now())
