"""Invented tasks that the tests run."""

from __future__ import annotations

import os
import time
from pathlib import Path

from django_tasks import task

from testamur.kernel.base.refused import Refused

NAME = "Exempelsson"


class TooSad(Refused):
    code = "test.too_sad"


@task
def add(a: int, b: int) -> int:
    return a + b


@task
def refuse(name: str) -> None:
    raise TooSad(f"{name} is too sad")


@task
def crash() -> None:
    raise ZeroDivisionError(NAME)


@task
def note(folder: str, word: str, seconds: float = 0) -> None:
    """Leave a mark at the beginning and one at the end."""
    with (Path(folder) / "notes").open("a") as out:
        out.write(f"begin {word} {os.getpid()}\n")
        out.flush()
        time.sleep(seconds)
        out.write(f"end {word} {os.getpid()}\n")


@task
def meet(folder: str, seconds: float = 120) -> None:
    """Wait until another process does the same: so both have begun before either takes anything else."""
    own = Path(folder) / f"here-{os.getpid()}"
    own.touch()
    end = time.monotonic() + seconds
    while not [one for one in Path(folder).glob("here-*") if one != own]:
        assert time.monotonic() < end, "nobody came"
        time.sleep(0.05)


not_a_task = 5
