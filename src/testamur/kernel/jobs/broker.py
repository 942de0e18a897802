"""The broker: one queue of messages that hold the id of a task and nothing else, read by Celery workers.

A message is a call to look at the row: arguments, tries and results stay in the database, so nothing personal ever lies
with the broker, and losing it, or getting a message twice, is harmless (`handing.begin` lets each be begun once).

Celery's own choices that are made here: confirmed, durable messages that end when the relay will send them again; acks
late, one message at a time; JSON alone; no results, no remote control, no events; one process, one task (`solo`), the
processes being kept by our supervisor as those without a broker are.
"""

from __future__ import annotations

import logging
import os
import signal
import socket
import ssl
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from datetime import datetime
from multiprocessing.connection import Connection
from typing import TYPE_CHECKING, Any
from urllib.parse import urlsplit
from uuid import UUID

from testamur.kernel.base.refused import Refused
from testamur.kernel.jobs import rules

if TYPE_CHECKING:
    from celery import Celery

log = logging.getLogger(__name__)

QUEUE = "testamur"
RUN = "testamur.run"
TIMEOUT = 5
"""Seconds that the broker has to take a connection or to confirm a message."""


class NoBroker(Refused):
    """The installation names no broker: TESTAMUR_BROKER_URL is empty."""

    code = "jobs.no_broker"


class Unreachable(Refused):
    """The broker does not answer, or does not take a message."""

    code = "jobs.broker_unreachable"


@dataclass(frozen=True, slots=True)
class BrokerState:
    """What the broker says of our queue: messages that wait, workers that listen."""

    messages: int
    workers: int


def configured() -> bool:
    """Whether this installation names a broker."""
    from django.conf import settings

    return bool(settings.BROKER_URL)


def shown() -> str:
    """The broker's address without user and password."""
    from django.conf import settings

    parts = urlsplit(settings.BROKER_URL)
    return f"{parts.scheme}://{parts.hostname or ''}{f':{parts.port}' if parts.port else ''}"


def app() -> Celery:
    """A Celery application for this installation's broker. Raises NoBroker."""
    from celery import Celery
    from django.conf import settings

    if not configured():
        raise NoBroker("TESTAMUR_BROKER_URL names no broker (amqp://… or redis://…).")
    made = Celery("testamur", broker=settings.BROKER_URL, set_as_current=False, fixups=[])
    parts = urlsplit(settings.BROKER_URL)
    options: dict[str, object] = {"confirm_publish": True} if parts.scheme.startswith("amqp") else {}
    if parts.scheme in {"amqps", "rediss"}:
        made.conf.broker_use_ssl = _tls(parts.scheme, parts.hostname or "", settings.BROKER_CA)
    made.conf.update(
        accept_content=["json"],
        task_serializer="json",
        task_default_queue=QUEUE,
        task_ignore_result=True,
        task_acks_late=True,
        task_publish_retry=False,  # the relay tries again itself: only it knows what was begun meanwhile
        worker_prefetch_multiplier=1,
        worker_enable_remote_control=False,
        worker_send_task_events=False,
        worker_hijack_root_logger=False,
        worker_cancel_long_running_tasks_on_connection_loss=False,  # the lease decides, not the connection
        broker_heartbeat=0,  # a worker at its task answers nobody; a dead one is told by its lease
        broker_connection_timeout=TIMEOUT,
        broker_connection_retry_on_startup=True,
        broker_connection_max_retries=None,
        broker_transport_options=options,
        enable_utc=True,
    )
    return made


def _tls(scheme: str, host: str, root: str) -> dict[str, object]:
    """The broker's certificate must end in `root` (else in what the system trusts) and name `host`."""
    if scheme == "rediss":
        known: dict[str, object] = {"ssl_cert_reqs": ssl.CERT_REQUIRED, "ssl_check_hostname": True}
        return known | ({"ssl_ca_certs": root} if root else {})
    return {"cert_reqs": ssl.CERT_REQUIRED, "server_hostname": host, "ca_certs": root or None}


@contextmanager
def _connected(celery: Celery) -> Iterator[Any]:
    from kombu.exceptions import OperationalError

    caught: tuple[type[BaseException], ...] = (OperationalError, OSError)
    try:
        with celery.connection_for_write() as connection:
            caught = (*caught, *connection.connection_errors, *connection.channel_errors)
            connection.ensure_connection(max_retries=1, interval_start=0, timeout=TIMEOUT)
            yield connection
    except caught as error:
        raise Unreachable(f"The broker does not answer: {type(error).__name__}.", error=type(error).__name__) from error


@contextmanager
def sending() -> Iterator[Callable[[UUID], None]]:
    """A function that sends the message of one task and returns when the broker has confirmed it.

    Raises NoBroker; Unreachable from the block when the broker does not answer in time.
    """
    celery = app()
    with _connected(celery) as connection, celery.amqp.Producer(connection) as producer:

        def send(task: UUID) -> None:
            celery.send_task(
                RUN,
                args=(str(task),),
                producer=producer,
                queue=QUEUE,
                # a message that nobody took is sent again: the old one must not lie about
                expiration=rules.LEASE.total_seconds(),
                confirm_timeout=TIMEOUT,
                ignore_result=True,
            )

        yield send


def state() -> BrokerState:
    """Ask the broker about our queue. Raises NoBroker, Unreachable."""
    celery = app()
    with _connected(celery) as connection:
        found: Any = celery.amqp.queues[QUEUE](connection.default_channel).queue_declare()
        return BrokerState(found.message_count, found.consumer_count)


def work(worker: str, _until: object, clock: Callable[[], datetime], reports: Connection, parent: int) -> None:
    """The life of one Celery worker process; until its parent says stop."""
    from testamur.kernel.jobs.supervisor import die_with

    die_with(parent)
    signal.signal(signal.SIGINT, signal.SIG_IGN)  # a terminal sends it to all; the parent says when to stop
    import django
    from django.apps import apps

    if not apps.ready:
        django.setup()
    from celery.worker import state as celery_state

    signal.signal(signal.SIGTERM, lambda _number, _frame: setattr(celery_state, "should_stop", 0))
    celery = app()

    @celery.task(name=RUN, ignore_result=True)
    def _run(task: str) -> None:
        _one(task, worker, clock, reports)

    celery.finalize()
    celery.WorkController(
        hostname=f"{worker.replace(':', '-')}@{socket.gethostname()[:40]}",
        pool_cls="solo",
        concurrency=1,
        without_mingle=True,
        without_gossip=True,
        without_heartbeat=True,
    ).start()


def _one(task: str, worker: str, clock: Callable[[], datetime], reports: Connection) -> None:
    """One message: begin its task and run it to the end; nothing when it is no longer waiting for this.

    Whatever escapes (the database is away) ends this process: its parent gives the task back and starts another.
    """
    from django.db import close_old_connections

    from testamur.kernel.jobs import handing, running

    try:
        known = UUID(task)
    except ValueError:
        log.warning("a message names no task")
        return
    try:
        close_old_connections()
        claimed = handing.begin(task=known, worker=worker, now=clock())
        if claimed is None:
            return
        ran = running.run(claimed, clock=clock)
        reports.send((ran.path, ran.attempt, ran.reason))
    except Exception as error:  # noqa: BLE001 - Celery would take it for the task's own end
        log.error("worker %s ends: %s", worker, type(error).__name__)  # noqa: TRY400 - an error may quote data
        os._exit(1)
