"""What went wrong, said so that a person can act on it: what happened, what is kept, what to do next."""

from __future__ import annotations

import errno
import os
import sys
import tempfile
import traceback
from dataclasses import dataclass
from typing import Any

import typer
from typer.exceptions import TyperException

from testamur.kernel.base.refused import Refused
from testamur.surfaces.cli import output

USAGE = 2
SOFTWARE = 70
"""EX_SOFTWARE of sysexits.h."""
INTERRUPTED = 130
"""128 + SIGINT, as shells have it."""
KEPT = "What was finished before is kept; the same command goes on from there."


@dataclass(frozen=True, slots=True)
class Told:
    """One failure in words."""

    code: str
    message: str
    exit: int
    field: str = ""


def tell(error: BaseException, *, as_json: bool) -> int:
    """Say it on standard error, or as one JSON object on standard output; returns the exit code."""
    if isinstance(error, SystemExit):
        return error.code if isinstance(error.code, int) else int(error.code is not None)
    if isinstance(error, BrokenPipeError):  # whoever read our output has gone: nobody is left to be told
        os.dup2(os.open(os.devnull, os.O_WRONLY), sys.stdout.fileno())
        return 1
    if _is_usage(error) and not as_json:
        _show_usage(error)
        return USAGE
    told = explain(error)
    if as_json:
        where = {"field": told.field} if told.field else {}
        output.emit({"error": {"code": told.code, "message": told.message, **where}, "exit": told.exit})
    elif isinstance(error, Refused):
        output.refused(error)
    else:
        output.say(f"[bold red]{_heading(told)}[/] {output.plain(told.message)}  [dim]{told.code}[/]")
    return told.exit


def explain(error: BaseException) -> Told:
    """The failure in words."""
    if isinstance(error, Refused):
        return Told(error.code, str(error), output.REFUSED, error.field)
    if isinstance(error, KeyboardInterrupt | typer.Abort | EOFError):
        return Told("interrupted", KEPT, INTERRUPTED)
    if _is_usage(error):
        return Told("usage", str(error), USAGE)
    if isinstance(error, OSError):
        return _system(error)
    return _database(error) or _settings(error) or _unexpected(error)


def _heading(told: Told) -> str:
    return {"interrupted": "stopped", "unexpected": "error of the program"}.get(told.code, "failed")


def _is_usage(error: BaseException) -> bool:
    """A wrong option or argument; the library tells it by a class that shows itself."""
    return isinstance(error, TyperException) and hasattr(error, "show")


def _show_usage(error: BaseException) -> None:
    from typer import rich_utils

    try:
        rich_utils.rich_format_error(error)  # type: ignore[arg-type] # the library exports no name for the class
    except Exception:  # noqa: BLE001 - a helper of the library's own: without it the plain words do
        output.say(output.plain(error))


_ADVICE = {
    errno.ENOSPC: "The disk is full. Free some space, then run the same command again.",
    errno.EDQUOT: "The disk quota is used up. Free some space, then run the same command again.",
    errno.EROFS: "The file system is read-only. Name another folder, or mount it writable.",
    errno.EACCES: "You may not read or write there. Name another folder, or get the right to use this one.",
    errno.EPERM: "You may not do that there. Name another folder, or get the right to use this one.",
    errno.ENOENT: "There is no such file or folder.",
    errno.ENOTDIR: "A part of that path is a file, not a folder.",
    errno.EISDIR: "That is a folder, not a file.",
    errno.EEXIST: "A file stands where a folder is needed.",
}


def _system(error: OSError) -> Told:
    what = _ADVICE.get(error.errno or 0, error.strerror or type(error).__name__)
    where = f" ({error.filename})" if error.filename else ""
    name = errno.errorcode.get(error.errno or 0, "os").lower()
    return Told(f"system.{name}", f"{what}{where} {KEPT}", output.REFUSED)


_DATABASE = (
    ("readonly database", "The database cannot be written: its file or folder is read-only."),
    (
        "unable to open database file",
        "The database cannot be opened: the data folder (TESTAMUR_DATA) is read-only, or not yours.",
    ),
    ("database or disk is full", "The disk is full. Free some space, then run the same command again."),
    ("disk i/o error", "The disk gave an error. Look at its health before going on."),
    ("database is locked", "Another program holds the database. Wait until it has ended, then run it again."),
    ("malformed", "The database file is damaged. Restore the backup; the archive on disk is the truth."),
    ("not a database", "The file in the data folder is no database. Name the right folder with TESTAMUR_DATA."),
)


def _database(error: BaseException) -> Told | None:
    utils: Any = sys.modules.get("django.db.utils")
    if utils is None or not isinstance(error, utils.OperationalError | utils.InterfaceError | utils.DatabaseError):
        return None
    if isinstance(error, utils.IntegrityError | utils.ProgrammingError | utils.DataError):
        return None  # our own mistakes
    text = " ".join(str(error).split())
    what = next(
        (said for sign, said in _DATABASE if sign in text.lower()), f"The database does not answer: {text[:200]}"
    )
    return Told("system.database", f"{what} {KEPT}", output.REFUSED)


def _settings(error: BaseException) -> Told | None:
    """A setting in the environment that cannot be read."""
    pydantic: Any = sys.modules.get("pydantic")
    if pydantic is None or not isinstance(error, pydantic.ValidationError):
        return None
    wrong = "; ".join(
        f"TESTAMUR_{'_'.join(map(str, one['loc'])).upper()}={one.get('input')!r}: {one['msg']}"
        for one in error.errors()
    )
    return Told("settings", f"A setting in the environment is wrong: {wrong}. Nothing was begun.", USAGE)


def _unexpected(error: BaseException) -> Told:
    """The details go into a file that only its owner may read: they may quote personal data."""
    handle, path = tempfile.mkstemp(prefix="testamur-error-", suffix=".txt")
    with os.fdopen(handle, "w", encoding="utf-8") as stream:
        stream.write("".join(traceback.format_exception(error)))
    return Told(
        "unexpected",
        f"{type(error).__name__}: this should not happen, and it is our mistake, not yours. {KEPT} "
        f"Send {path} to whoever maintains your installation; it may quote personal data.",
        SOFTWARE,
    )
