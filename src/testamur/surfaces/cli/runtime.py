"""Start Django from the command line: settings, both databases, the data folder."""

from __future__ import annotations

import os
import signal
import time
from collections.abc import Callable
from pathlib import Path
from typing import TypeVar

T = TypeVar("T")

PATIENCE = 120.0
"""Seconds that what runs for long (web, workers, relay) waits for its database when it starts."""
PAUSE = 1.0
"""Seconds between two looks at a database server that is not there yet."""


def start(
    *, data: Path | None = None, mode: str | None = None, migrate: bool = True, patience: float = 0.0
) -> None:  # fmt: skip
    """Load settings and apps once; `data` and `mode` override the environment, and must come first.

    With `migrate` both databases are brought to the newest schema (a no-op of some milliseconds when they are). A
    database server that does not answer is waited for `patience` seconds: after a power cut all machines start at once.
    """
    if data is not None:
        os.environ["TESTAMUR_DATA"] = str(data)
    if mode is not None:
        os.environ["TESTAMUR_MODE"] = mode
    os.environ.setdefault("DJANGO_SETTINGS_MODULE", "testamur.config.settings")
    import django
    from django.apps import apps

    if not apps.ready:
        django.setup()
    if migrate:
        patiently(_migrate, patience)


def begin_worker(data: str, mode: str) -> None:
    """Start Django in a spawned worker process. Stands here because this module can be imported before Django."""
    signal.signal(signal.SIGINT, signal.SIG_IGN)  # Ctrl-C is the parent's: what a worker has begun it ends
    start(data=Path(data), mode=mode, migrate=False)


def patiently(what: Callable[[], T], patience: float = PATIENCE) -> T:
    """Do what needs the database, again and again for `patience` seconds while its server does not answer.

    `what` must leave nothing behind when it fails. A file that cannot be opened is told at once.
    """
    from django.db import connections
    from django.db.utils import InterfaceError, OperationalError

    from testamur.surfaces.cli import output

    end = time.monotonic() + patience
    while True:
        try:
            return what()
        except (OperationalError, InterfaceError) as error:
            # what is wrong with a file does not mend itself
            if time.monotonic() > end or connections["default"].vendor == "sqlite":
                raise
            why = next(iter(str(error).splitlines()), type(error).__name__)
            output.say(f"[dim]the database does not answer yet: {output.plain(why)}[/]")
            connections.close_all()
            time.sleep(PAUSE)


def _migrate() -> None:
    from django.core.management import call_command
    from django.db import connections

    from testamur.surfaces.cli.schema import alone, behind

    for alias in connections:
        if behind(alias):
            with alone(alias):
                if behind(alias):  # another process may have brought it there meanwhile
                    call_command("migrate", database=alias, verbosity=0, interactive=False)
