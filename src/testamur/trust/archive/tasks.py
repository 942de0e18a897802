"""Background work of the archive."""

from __future__ import annotations

from django_tasks import task

from testamur.kernel.base import clock
from testamur.kernel.jobs.rules import step_actor
from testamur.trust.archive import steps


@task
def audit() -> dict[str, int]:
    """Re-read every object; what was found stands in the journal and as this task's value."""
    report = steps.audit(by=step_actor("archive", "archive.audit"), now=clock.now())
    return {"objects": report.objects, "findings": len(report.findings)}
