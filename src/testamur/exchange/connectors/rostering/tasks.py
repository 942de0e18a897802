"""Background work of rosters: tell subscribers, read from sources that are due, forget what went long ago."""

from __future__ import annotations

from uuid import UUID

from django.conf import settings
from django_tasks import task

from testamur.access.accounts import queries as accounts
from testamur.exchange.connectors.roster import subscribing, tracking
from testamur.exchange.connectors.rostering import listening, syncing
from testamur.exchange.connectors.tabular.report import Report
from testamur.exchange.connectors.tasks import folder
from testamur.kernel.base import clock
from testamur.kernel.jobs.rules import step_actor

READER = step_actor(
    "roster", "connectors.roster.manage", "connectors.import.run", "people.*", "schools.*", "curriculum.*"
)


@task
def tell() -> int:
    """Tell subscribers; returns how many were told."""
    return subscribing.tell(
        now=clock.now(), is_open=lambda client: accounts.open_client(client) is not None,
        loopback=settings.MODE == "demo",
    )  # fmt: skip


@task
def read() -> int:
    """Read the sources that are due; the report of each last reading lies under ``<data>/imports``.

    Before that, those that tell of changes are asked to go on doing so.
    """
    listening.keep(now=clock.now(), loopback=settings.MODE == "demo")
    return syncing.sync_due(by=READER, now=clock.now(), report=_report, loopback=settings.MODE == "demo")


@task
def tidy() -> int:
    """Forget what went long ago."""
    return tracking.tidy(now=clock.now())


def _report(source: UUID) -> Report:
    return Report(folder() / f"roster-{source}.csv")
