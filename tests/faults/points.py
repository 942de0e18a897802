"""Where a process can be made to die, or a disk to be full. Only the tests know of these: the product has no hooks."""

from __future__ import annotations

import errno
import inspect
import os
import pkgutil
import signal
from collections.abc import Callable
from typing import Any

LONGEST = int(os.environ.get("FAULT_SECONDS", "240"))
"""Seconds that anything may take here."""

# name: what is replaced, and whether the process dies before it or after it, and at which call; "journal:KIND" is the
# writing of an entry of that kind, in the middle of a transaction
DEATHS: dict[str, tuple[str, str, int]] = {
    "before the claim is committed": ("journal:records.batch_claimed", "after", 1),
    "after the claim": ("testamur.trust.records.actions:claim", "after", 1),
    "in the middle of sealing": ("testamur.trust.sealing.sealer:Batch.seal", "after", 2),
    "before the seal notes": ("testamur.trust.records.drafts:write_notes", "before", 1),
    "while the seal notes are written": ("testamur.kernel.base.durable:_write_all", "after", 1),
    "after the seal notes": ("testamur.trust.records.drafts:write_notes", "after", 1),
    "after the batch counts as sealed": ("testamur.trust.records.actions:note_sealed", "after", 1),
    "before the log append": ("testamur.trust.transparency.actions:append", "before", 1),
    "entries in the database, not in the files": ("testamur.trust.transparency.actions:publish", "before", 1),
    "tiles written, head not published": ("testamur.trust.transparency.files:LogFiles.write", "after", 1),
    "head published, database does not know": ("testamur.trust.transparency.files:LogFiles.publish", "after", 1),
    "after the log append": ("testamur.trust.transparency.actions:append", "after", 1),
    "before the archive write": ("testamur.trust.archive.ocfl:Store.write", "before", 1),
    "archive objects staged, none in place": ("testamur.trust.archive.ocfl:Store._place", "before", 1),
    "some archive objects in place": ("testamur.trust.archive.ocfl:Store._place", "after", 2),
    "after the archive write": ("testamur.trust.archive.ocfl:Store.write", "after", 1),
    "before the archive index": ("testamur.trust.archive.actions:register", "before", 1),
    "before publishing": ("testamur.trust.records.actions:publish", "before", 1),
    "while publishing": ("journal:records.batch_published", "after", 1),
    "after publishing": ("testamur.trust.records.actions:publish", "after", 1),
}

# where the disk is full, and at which call
FULL: dict[str, tuple[str, int]] = {
    "seal notes": ("testamur.kernel.base.durable:_write_all", 1),
    "tiles of the log": ("testamur.trust.transparency.files:sync_tree", 1),
    "checkpoint of the log": ("testamur.trust.transparency.files:write_durable", 1),
    "files of the archive": ("testamur.trust.archive.ocfl:write_plain", 5),
    "flush of the archive": ("testamur.trust.archive.ocfl:sync_tree", 1),
}


def _replace(target: str, made: Callable[[Callable[..., Any]], Callable[..., Any]]) -> None:
    module, _, path = target.partition(":")
    holder_path, _, name = path.rpartition(".")
    holder: Any = pkgutil.resolve_name(f"{module}:{holder_path}" if holder_path else module)
    original = inspect.getattr_static(holder, name)
    if isinstance(original, staticmethod):
        setattr(holder, name, staticmethod(made(original.__func__)))
    else:
        setattr(holder, name, made(original))


def _arm(point: str, act: Callable[[], None]) -> None:
    """Do `act` when this process reaches `point`."""
    target, when, nth = DEATHS[point]
    kind = target.partition("journal:")[2]

    def made(original: Callable[..., Any]) -> Callable[..., Any]:
        calls = 0

        def wrapped(*args: Any, **kwargs: Any) -> Any:
            nonlocal calls
            calls += not kind or args[0].kind.startswith(kind)
            now = calls == nth and (not kind or args[0].kind.startswith(kind))
            if now and when == "before":
                act()
            result = original(*args, **kwargs)
            if now and when == "after":
                act()
            return result

        return wrapped

    _replace("testamur.kernel.journal.models:Entry.save" if kind else target, made)


def arm_death(point: str) -> None:
    """Kill this process when it reaches `point`, as a power cut does it: no clean-up, nothing flushed."""
    _arm(point, lambda: os.kill(os.getpid(), signal.SIGKILL))


def arm_cut(point: str) -> None:
    """Let the database server end every connection of this database when the process reaches `point`."""

    def cut() -> None:
        import psycopg
        from django.db import connection

        with psycopg.connect(**connection.get_connection_params() | {"cursor_factory": None}, autocommit=True) as other:
            other.execute(
                "SELECT pg_terminate_backend(pid) FROM pg_stat_activity"
                " WHERE datname = current_database() AND pid <> pg_backend_pid()"
            )

    _arm(point, cut)


def arm_full(point: str) -> None:
    """Let the disk be full from the n-th call on."""
    target, nth = FULL[point]

    def made(original: Callable[..., Any]) -> Callable[..., Any]:
        calls = 0

        def wrapped(*args: Any, **kwargs: Any) -> Any:
            nonlocal calls
            calls += 1
            if calls >= nth:
                raise OSError(errno.ENOSPC, os.strerror(errno.ENOSPC))
            return original(*args, **kwargs)

        return wrapped

    _replace(target, made)


def arm_pause(target: str, flag: str, go: str) -> None:
    """Stop before the first call of `target`: tell by the file `flag`, go on when the file `go` is there."""
    import time
    from pathlib import Path

    def made(original: Callable[..., Any]) -> Callable[..., Any]:
        calls = 0

        def wrapped(*args: Any, **kwargs: Any) -> Any:
            nonlocal calls
            calls += 1
            if calls == 1:
                Path(flag).touch()
                end = time.monotonic() + LONGEST
                while not Path(go).exists():
                    if time.monotonic() > end:  # to go on would be another race than the one that is tried
                        raise TimeoutError(go)
                    time.sleep(0.01)
            return original(*args, **kwargs)

        return wrapped

    _replace(target, made)
