"""How the command line speaks: progress and sentences on standard error, results on standard output."""

from __future__ import annotations

import json
import sys
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from datetime import date
from typing import Any

import typer
from rich.console import Console
from rich.markup import escape
from rich.progress import BarColumn, MofNCompleteColumn, Progress, TextColumn, TimeElapsedColumn, TimeRemainingColumn

from testamur.kernel.base.text import harmless

REFUSED = 1
console = Console(stderr=True, highlight=False)


def say(text: str) -> None:
    """One line for the person at the terminal; Rich's markup, so names and messages go through `plain` first."""
    console.print(text, soft_wrap=True)


def plain(text: object) -> str:
    """Text in which brackets are brackets and not markup, and nothing steers the terminal."""
    return escape(harmless(str(text)))


def day(text: str, option: str) -> date | None:
    """The day that an option names, None when it is empty. Raises typer.BadParameter."""
    try:
        return date.fromisoformat(text) if text else None
    except ValueError as error:
        raise typer.BadParameter(f"{text!r} is no day; write it as 2026-06-12", param_hint=option) from error


def emit(value: object) -> None:
    """One JSON object on standard output, for machines."""
    sys.stdout.write(json.dumps(value, ensure_ascii=False, default=str) + "\n")


@contextmanager
def progress(quiet: bool = False) -> Iterator[Callable[[str, int], Callable[[int], None]]]:
    """Progress bars with counts and time left: `start(title, total)` returns `advance(by)`.

    Where nobody watches (a pipe, a log file) each stage that did something is told in one line when all is over.
    """
    bars = Progress(
        TextColumn("{task.description:<26}"),
        BarColumn(bar_width=30),
        MofNCompleteColumn(),
        TimeElapsedColumn(),
        TimeRemainingColumn(),
        console=console,
        disable=quiet or not console.is_terminal,
    )

    def start(title: str, total: int) -> Callable[[int], None]:
        task = bars.add_task(title, total=total)
        return lambda by: bars.advance(task, by)

    try:
        with bars:
            yield start
    finally:
        if not quiet and not console.is_terminal:
            for task in bars.tasks:
                if task.completed:
                    say(f"  {task.description}: {task.completed:.0f}")


def refused(error: Any) -> int:
    """Tell a refusal in a plain sentence; returns the exit status."""
    where = f" ({error.field})" if getattr(error, "field", "") else ""
    say(f"[bold red]refused[/] {plain(error)}{plain(where)}  [dim]{error.code}[/]")
    return REFUSED
