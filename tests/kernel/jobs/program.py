"""A worker in a process of its own: `program.py UNTIL CONCURRENCY SECONDS_AHEAD`; prints the summary."""

from __future__ import annotations

import json
import os
import signal
import sys
from datetime import datetime, timedelta
from multiprocessing.context import SpawnProcess

from testamur.kernel.base import clock


def ahead() -> datetime:
    return clock.now() + timedelta(seconds=int(os.environ.get("TEST_AHEAD", "0")))


if __name__ == "__main__":
    from testamur.surfaces.cli.runtime import start

    start(migrate=False)
    from testamur.kernel.jobs.supervisor import Supervisor, Until
    from tests.kernel.jobs.program import ahead as ahead_of_time

    if stops := int(os.environ.get("TEST_STOPS_AT_START", "0")):
        plain = SpawnProcess.start

        def stopped(process: SpawnProcess) -> None:
            for _ in range(stops):
                os.kill(os.getpid(), signal.SIGTERM)
            plain(process)

        SpawnProcess.start = stopped  # type: ignore[assignment, method-assign]

    tried: list[tuple[str, int, str]] = []
    until, concurrency = Until(sys.argv[1]), int(sys.argv[2])
    summary = Supervisor(concurrency, ahead_of_time, until, lambda *one: tried.append(one)).run()
    told = {f: getattr(summary, f) for f in ("done", "failed", "died", "gave_up")}
    print(json.dumps({**told, "tried": tried}))  # noqa: T201 - the answer to the parent
