"""A process of its own that appends to a log, and that can be told to be killed at a given instant.

Run as a program: `child.py make`, `child.py append LOG START END BATCH [POINT]` or `child.py check LOG SIZE…`; one
JSON object on standard output. The data folder comes from TESTAMUR_DATA.
"""

from __future__ import annotations

import json
import os
import pkgutil
import signal
import sys
from collections.abc import Callable
from datetime import UTC, datetime
from typing import Any
from uuid import UUID

import django


def die(*_args: Any, **_kwargs: Any) -> None:
    """As a power cut does it: no clean-up, nothing flushed."""
    os.kill(os.getpid(), signal.SIGKILL)


def before(function: Callable[..., Any], nth: int = 1) -> Callable[..., Any]:
    calls = 0

    def wrapped(*args: Any, **kwargs: Any) -> Any:
        nonlocal calls
        calls += 1
        if calls == nth:
            die()
        return function(*args, **kwargs)

    return wrapped


def after(function: Callable[..., Any], nth: int = 1) -> Callable[..., Any]:
    calls = 0

    def wrapped(*args: Any, **kwargs: Any) -> Any:
        nonlocal calls
        calls += 1
        result = function(*args, **kwargs)
        if calls == nth:
            die()
        return result

    return wrapped


# where, which function, whether the process dies before or after it, and at which call
POINTS: dict[str, tuple[str, str, Callable[..., Any], int]] = {
    "rows written, not committed": ("actions.journal", "append", after, 1),
    "rows committed": ("actions", "publish", before, 1),
    "drafts written, none renamed": ("files.Path", "replace", before, 1),
    "some tiles renamed": ("files.Path", "replace", after, 2),
    "all tiles renamed, folders not flushed": ("files", "sync_tree", before, 2),
    "tiles written": ("files.LogFiles", "write", after, 1),
    "witness remembers, cosignature lost": ("witnesses.local", "write_durable", after, 1),
    "witnesses cosigned": ("witnesses.panel", "ask", after, 1),
    "checkpoint renamed, database does not know": ("files.LogFiles", "publish", after, 1),
    "published": ("publishing", "_announce", after, 1),
}


def arm(point: str) -> None:
    """Kill this process when it reaches `point`."""
    path, name, how, nth = POINTS[point]
    holder: Any = pkgutil.resolve_name(f"testamur.trust.transparency.{path}")
    setattr(holder, name, how(getattr(holder, name), nth))


def main(command: str, *args: str) -> dict[str, Any]:
    from testamur.trust.transparency import queries
    from testamur.trust.transparency.files import LogFiles
    from tests.trust.transparency.support import append, assert_proved, entries, make_log

    if command == "make":
        from django.core.management import call_command

        for app in ("journal", "transparency"):
            call_command("migrate", app, verbosity=0)
        return {"log": str(make_log())}
    log = UUID(args[0])
    if command == "check":
        report = queries.audit(log=log)
        hashes = LogFiles("exempelkommun").hashes(report.published)
        return {
            "size": report.size,
            "published": report.published,
            "differences": [str(d) for d in report.differences],
            "checkpoint": queries.checkpoint(log=log).decode(),
            "consistency": {size: [h.hex() for h in hashes.consistency(int(size))] for size in args[1:]},
        }
    start, end, batch = map(int, args[1:4])
    if args[4:]:
        arm(args[4])
    places: list[int] = []
    for at in range(start, end, batch):
        wanted = entries(at, min(at + batch, end))
        result = append(log, wanted, datetime.now(UTC))
        assert_proved(log, wanted, result)
        places += [index for index, _ in result.proofs]
    return {"places": places}


if __name__ == "__main__":
    django.setup()
    print(json.dumps(main(*sys.argv[1:])))  # noqa: T201 - the answer to the parent
