"""Background work of keeping."""

from __future__ import annotations

from uuid import UUID

from django_tasks import task

from testamur.kernel.base import clock
from testamur.schoolday.keeping import steps


@task
def make_extract(extract: str) -> bool:
    """Make an extract that was asked for."""
    return steps.make_extract(extract=UUID(extract), now=clock.now())


@task
def erase_listed(list: str) -> int:  # noqa: A002 - what it is about
    """Carry out an approved list, batch by batch; one that was killed goes on where it was."""
    batches = 1
    while steps.erase_listed(list=UUID(list), now=clock.now()):
        batches += 1
    return batches


@task
def tidy() -> int:
    """Forget files whose time is over, and go on with lists whose carrying out was interrupted."""
    for deletion in steps.unfinished():
        erase_listed.enqueue(str(deletion))  # beside one that still runs it waits for its lock, batch by batch
    return steps.tidy(now=clock.now())
