"""How the command line speaks: progress and sentences on standard error, results on standard output."""

from __future__ import annotations

import json
import sys
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from typing import Any

from rich.console import Console
from rich.progress import BarColumn, MofNCompleteColumn, Progress, TextColumn, TimeElapsedColumn, TimeRemainingColumn

REFUSED = 1
console = Console(stderr=True, highlight=False)


def say(text: str) -> None:
    """One line for the person at the terminal."""
    console.print(text)


def emit(value: object) -> None:
    """One JSON object on standard output, for machines."""
    sys.stdout.write(json.dumps(value, ensure_ascii=False, default=str) + "\n")


@contextmanager
def progress(quiet: bool = False) -> Iterator[Callable[[str, int], Callable[[int], None]]]:
    """Progress bars with counts and time left: `start(title, total)` returns `advance(by)`."""
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

    with bars:
        yield start


def refused(error: Any) -> int:
    """Tell a refusal in a plain sentence; returns the exit status."""
    where = f" ({error.field})" if getattr(error, "field", "") else ""
    console.print(f"[bold red]refused[/] {error}{where}  [dim]{error.code}[/]")
    return REFUSED
