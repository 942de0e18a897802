"""`testamur trust`: write the trust bundle of this installation."""

from __future__ import annotations

from pathlib import Path
from typing import Annotated

import typer

from testamur.surfaces.cli import output


def trust(out: Annotated[Path, typer.Argument(help="File to write")] = Path("trust.json")) -> None:
    """Write the trust bundle: seal roots, logs with keys and status lists, e-ID roots; for whoever verifies offline."""
    from testamur.surfaces.cli import runtime

    runtime.start()
    from testamur.kernel.base import clock
    from testamur.kernel.base.actor import operator
    from testamur.trust.records import steps

    for outcome in steps.publish_all_status(by=operator(), clock=clock.now, cover=True):
        if outcome.refused is not None:  # the bundle is written all the same, with the list that there is
            output.say(f"[yellow]no new status list[/] of {outcome.origin}: {outcome.refused}")
    output.say(f"written: {write_trust(out)}")


def write_trust(path: Path) -> Path:
    """Write the bundle with the newest status lists and return its path."""
    from testamur.kernel.base import clock
    from testamur.trust.records import bundle

    path.parent.mkdir(parents=True, exist_ok=True)
    bundle.write(path, bundle.current(now=clock.now()))
    return path
