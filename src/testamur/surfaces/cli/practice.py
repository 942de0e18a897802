"""`testamur practice`: an installation of its own to practise in, with invented pupils, keys and a log of its own."""

from __future__ import annotations

import os
import shutil
from pathlib import Path
from typing import Annotated

import typer

from testamur.surfaces.cli import output

MARK = "practice.txt"
"""A file that says what the folder is: only such a folder is ever thrown away."""


def practice(
    dir: Annotated[Path, typer.Option(help="Folder of the practice installation")] = Path("practice"),  # noqa: A002 - the option's name
    port: Annotated[int, typer.Option(min=1, max=65535)] = 8001,
    host: Annotated[str, typer.Option(help="Address to listen on")] = "127.0.0.1",
    public_url: Annotated[str, typer.Option(help="Its address as people see it")] = "",
    reset: Annotated[bool, typer.Option("--reset", help="Throw everything away and begin anew")] = False,
    serve: Annotated[bool, typer.Option(help="Serve the web")] = True,
    workers: Annotated[int, typer.Option(min=1, max=64, help="Web processes")] = 2,
) -> None:
    """Serve a practice installation: everybody chooses whom to be, and begins again at will.

    Its own database, keys and log lie in the folder; nothing that it seals verifies with a real trust file. Stop it
    before `--reset`, which belongs into the night (docs/operate.md).
    """
    folder = dir.resolve()
    for name in [one for one in os.environ if one.startswith("TESTAMUR_") and not one.startswith("TESTAMUR_CONTACT_")]:
        del os.environ[name]  # nothing of a real installation: no database, no keys, no carrier of messages
    os.environ["TESTAMUR_PUBLIC_URL"] = public_url or f"http://localhost:{port}"
    fresh = _prepare(folder, reset=reset)
    from testamur.surfaces.cli import runtime

    runtime.start(data=folder / "data", mode="practice")
    if fresh:
        _build(folder)
    output.say(
        f"[bold]Practice[/] in {output.plain(str(folder))}: {os.environ['TESTAMUR_PUBLIC_URL']}/rollout/practice/"
    )
    if serve:
        from testamur.surfaces.cli import serve as web

        web.run(host=host, port=port, workers=workers)


def _prepare(folder: Path, *, reset: bool) -> bool:
    """Whether the installation has to be built. Refuses a folder that holds something else."""
    if folder.exists() and any(folder.iterdir()) and not (folder / MARK).exists():
        output.say(
            f"[bold red]refused[/] {output.plain(str(folder))} holds other things; name an empty folder with --dir"
        )
        raise typer.Exit(2)
    built = (folder / MARK).exists() and (folder / MARK).read_text(encoding="utf-8").startswith("built")
    if built and not reset:
        return False
    if (folder / "data").exists():
        shutil.rmtree(folder / "data")
    folder.mkdir(parents=True, exist_ok=True)
    (folder / MARK).write_text("begun\n", encoding="utf-8")
    return True


def _build(folder: Path) -> None:
    from django.conf import settings

    from testamur.kernel.base import clock
    from testamur.kernel.base.actor import operator
    from testamur.surfaces.cli import practice_school
    from testamur.surfaces.cli.trust import write_trust

    practice_school.build(operator(), data=folder / "data", public_url=settings.PUBLIC_URL, now=clock.now())
    write_trust(folder / "trust.json")
    (folder / MARK).write_text("built: a Testamur practice installation; may be thrown away\n", encoding="utf-8")
