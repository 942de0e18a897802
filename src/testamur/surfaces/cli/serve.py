"""`testamur serve`: the web and its background work, from one command."""

from __future__ import annotations

import os
import signal
import subprocess
import sys
from pathlib import Path
from typing import Annotated

import typer

from testamur.surfaces.cli import output

MOST = 64


def serve(
    data: Annotated[Path | None, typer.Option(help="Data folder; otherwise TESTAMUR_DATA")] = None,
    host: Annotated[str, typer.Option(help="Address to listen on")] = "127.0.0.1",
    port: Annotated[int, typer.Option(min=1, max=65535)] = 8000,
    workers: Annotated[int, typer.Option(min=0, max=MOST, help="Web processes; 0: one for each core")] = 0,
    threads: Annotated[int, typer.Option(min=1, max=MOST, help="Requests that one process takes at a time")] = 12,
    background: Annotated[bool, typer.Option(help="Run the background work too (else start testamur worker)")] = True,
) -> None:
    """Serve the web; with it, seal, send and ship in the background. Ctrl-C stops both.

    Where a broker is named (TESTAMUR_BROKER_URL) the background work goes over it, with a relay of its own.

    Put a proxy with TLS before it, or start it on the machine's own address for a trial. See docs/operate.md.
    """
    from testamur.surfaces.cli import runtime

    runtime.start(data=data, patience=runtime.PATIENCE)
    run(host=host, port=port, workers=workers or os.cpu_count() or 1, threads=threads, background=background)


def run(*, host: str, port: int, workers: int, threads: int = 12, background: bool = True) -> None:
    """Collect the static files, start the background work and the server; returns when it was stopped.

    In demo mode the registry of the university, the ministry's store and a signing service are served with it.
    """
    from testamur.surfaces.cli import demo_certificates, demo_ministry, demo_registry
    from testamur.surfaces.cli.runtime import patiently

    collect_static()
    registry = patiently(demo_registry.start)
    if registry is not None:
        output.say(f"[bold]the registry, simulated[/] {registry.url}simulator/ (no browser knows its TEST certificate)")
    store = patiently(demo_ministry.start)
    if store is not None:
        output.say(f"[bold]the ministry's store, simulated[/] {store.url}simulator/ shows and spoils what it takes")
    signing = demo_certificates.start()
    if signing is not None:
        output.say(f"[bold]the signing service, simulated[/] {signing.url}simulator/ shows codes; every PIN is 123456")
    helper = _background() if background else None
    try:
        _web(host, port, workers, threads)
    finally:
        if helper is not None:
            helper.send_signal(signal.SIGTERM)
            helper.wait()
        for simulated in (registry, store, signing):
            if simulated is not None:
                simulated.stop()


def collect_static() -> None:
    """Static files under names with their digest, in the data folder; what no page uses any more is removed."""
    from django.core.management import call_command

    call_command("collectstatic", interactive=False, verbosity=0, clear=True)


def _background() -> subprocess.Popen[bytes]:
    """A process of its own with the environment of this one; it notices when this one dies."""
    from django.conf import settings

    environment = {**os.environ, "TESTAMUR_DATA": str(settings.DATA), "TESTAMUR_PARENT": str(os.getpid())}
    way = ["--broker"] if settings.BROKER_URL else []
    return subprocess.Popen(  # noqa: S603 - our own program
        [sys.executable, "-m", "testamur", "worker", *way],
        env=environment,
        stdin=subprocess.DEVNULL,
        start_new_session=True,
    )


def _web(host: str, port: int, workers: int, threads: int) -> None:
    from granian import Granian
    from granian.constants import Interfaces
    from granian.log import LogLevels

    os.environ["TESTAMUR_SERVER"] = str(os.getpid())
    output.say(f"[bold]serving[/] http://{host}:{port}/ with {workers} processes; Ctrl-C stops")
    Granian(
        "testamur.config.wsgi:application",
        address=host,
        port=port,
        interface=Interfaces.WSGI,
        workers=workers,
        blocking_threads=threads,
        backlog=1024,
        websockets=False,
        log_level=LogLevels.warning,
        respawn_failed_workers=True,
        workers_kill_timeout=10,
    ).serve()
