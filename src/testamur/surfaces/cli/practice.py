"""`testamur practice`: an installation of its own to practise in, with invented pupils, keys and a log of its own.

In its folder `practice.txt` names the data folder that holds (``data-3``). A new one is built aside and takes its place
in one step, when all of it is there; the former one goes when nobody serves it any more.
"""

from __future__ import annotations

import contextlib
import fcntl
import os
import re
import shutil
from collections.abc import Callable
from pathlib import Path
from typing import IO, Annotated

import typer

from testamur.surfaces.cli import output

MARK = "practice.txt"
"""A file that says what the folder is: only such a folder is ever thrown away."""
BUILDING = "building.lock"
"""Held by whoever builds: two who begin anew at once build once."""
SERVED = "served.lock"
"""In a data folder; held by whoever serves it."""
_NAME = re.compile(r"data(?:-([0-9]{1,6}))?")


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

    Its own database, keys and log lie in the folder; nothing that it seals verifies with a real trust file. `--reset`
    builds a new one aside, also while the former is served; it holds from the next start (docs/operate.md).
    """
    folder = dir.resolve()
    for name in [one for one in os.environ if one.startswith("TESTAMUR_") and not one.startswith("TESTAMUR_CONTACT_")]:
        del os.environ[name]  # nothing of a real installation: no database, no keys, no carrier of messages
    os.environ["TESTAMUR_PUBLIC_URL"] = public_url or f"http://localhost:{port}"
    must_be_ours(folder)
    if reset or current(folder) is None:
        afresh(folder, _build)
    place, held = hold_current(folder)  # for as long as this process lives
    _show_trust(folder, place)
    from testamur.surfaces.cli import runtime

    runtime.start(data=place, mode="practice")
    sweep(folder)
    output.say(
        f"[bold]Practice[/] in {output.plain(str(place))}: {os.environ['TESTAMUR_PUBLIC_URL']}/rollout/practice/"
    )
    if serve:
        from testamur.surfaces.cli import serve as web

        web.run(host=host, port=port, workers=workers)
    held.close()


def must_be_ours(folder: Path) -> None:
    """Refuse (exit 2) a folder that holds something else."""
    if folder.exists() and any(folder.iterdir()) and not (folder / MARK).exists():
        output.say(
            f"[bold red]refused[/] {output.plain(str(folder))} holds other things; name an empty folder with --dir"
        )
        raise typer.Exit(2)


def current(folder: Path) -> Path | None:
    """The data folder that holds; None before the first was built whole."""
    if not (folder / MARK).exists():
        return None
    said = (folder / MARK).read_text(encoding="utf-8").partition("\n")[0]
    if not said.startswith("built"):
        return None
    name = said.removeprefix("built").strip()
    return folder / (name if _NAME.fullmatch(name) else "data")


def afresh(folder: Path, build: Callable[[Path], None]) -> Path:
    """Build a new installation aside and put it in the place of the former; returns its data folder.

    Who is killed in between leaves the former one as it was. Who waits here while another builds takes what that one
    built.
    """
    folder.mkdir(parents=True, exist_ok=True)
    seen = current(folder)
    if seen is None:
        with contextlib.suppress(FileExistsError), (folder / MARK).open("x", encoding="utf-8") as mark:
            mark.write("begun\n")
    with (folder / BUILDING).open("w") as lock:
        fcntl.flock(lock, fcntl.LOCK_EX)
        there = current(folder)
        if there is not None and there != seen:
            return there
        _clear(folder, keep=there)
        place = folder / f"data-{max(map(_number, _places(folder)), default=0) + 1}"
        build(place)
        _swap(folder, place)
    return place


def hold_current(folder: Path) -> tuple[Path, IO[str]]:
    """The data folder that holds, not to be thrown away until the file is closed or this process ends."""
    while True:
        place = current(folder)
        assert place is not None  # one was built
        place.mkdir(parents=True, exist_ok=True)
        held = (place / SERVED).open("w")
        fcntl.flock(held, fcntl.LOCK_SH)
        if current(folder) == place:  # else it was replaced, and perhaps thrown away, before it was held
            return place, held
        held.close()


def sweep(folder: Path) -> None:
    """Throw away former installations that nobody serves any more, unless another is being built."""
    with (folder / BUILDING).open("w") as lock:
        try:
            fcntl.flock(lock, fcntl.LOCK_EX | fcntl.LOCK_NB)
        except BlockingIOError:
            return
        _clear(folder, keep=current(folder))


def _clear(folder: Path, *, keep: Path | None) -> None:
    for place in _places(folder):
        if place != keep and not _served(place):
            shutil.rmtree(place, ignore_errors=True)


def _served(place: Path) -> bool:
    if not (place / SERVED).exists():
        return False
    with (place / SERVED).open("r+") as lock:
        try:
            fcntl.flock(lock, fcntl.LOCK_EX | fcntl.LOCK_NB)
        except BlockingIOError:
            return True
    return False


def _places(folder: Path) -> list[Path]:
    return [one for one in folder.iterdir() if one.is_dir() and not one.is_symlink() and _NAME.fullmatch(one.name)]


def _number(place: Path) -> int:
    found = _NAME.fullmatch(place.name)
    return int(found[1]) if found is not None and found[1] else 0


def _swap(folder: Path, place: Path) -> None:
    from testamur.kernel.base.durable import write_durable

    said = f"built {place.name}\na Testamur practice installation; may be thrown away\n"
    write_durable(folder / MARK, said.encode())
    _show_trust(folder, place)


def _show_trust(folder: Path, place: Path) -> None:
    """The trust file of the installation that holds; whoever was killed after the swap leaves it to the next start."""
    from testamur.kernel.base.durable import write_durable

    if (place / "trust.json").exists():
        write_durable(folder / "trust.json", (place / "trust.json").read_bytes())


def _build(place: Path) -> None:
    from testamur.surfaces.cli import runtime

    runtime.start(data=place, mode="practice")
    from django.conf import settings

    from testamur.kernel.base import clock
    from testamur.kernel.base.actor import operator
    from testamur.surfaces.cli import practice_school
    from testamur.surfaces.cli.trust import write_trust

    practice_school.build(operator(), data=place, public_url=settings.PUBLIC_URL, now=clock.now())
    write_trust(place / "trust.json")
