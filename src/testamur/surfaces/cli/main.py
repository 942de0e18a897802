"""`testamur`: the command line. Every command imports what it needs when it runs, so that `verify` needs no Django."""

from __future__ import annotations

import sys

import typer

app = typer.Typer(
    name="testamur",
    help="School records, from the mark a teacher enters to the original a citizen holds for life.",
    no_args_is_help=True,
    add_completion=False,
    pretty_exceptions_enable=False,
)


@app.callback()
def _testamur() -> None:
    """School records, from the mark a teacher enters to the original a citizen holds for life."""


def _mount(first: str) -> None:
    """Mount the commands; for `verify` only itself, so that it starts at once and brings nothing else along."""
    from testamur.surfaces.cli.verify import verify

    app.command()(verify)
    if first == "verify":
        return
    from testamur.surfaces.cli import bench, import_, operate, worker
    from testamur.surfaces.cli.demo import demo
    from testamur.surfaces.cli.issue import issue
    from testamur.surfaces.cli.trust import trust

    for command in (demo, issue, trust):
        app.command()(command)
    app.command("import")(import_.import_command)
    app.command("import-templates")(import_.templates_command)
    app.command()(worker.worker)
    for name, group in (("log", operate.log), ("archive", operate.archive), ("journal", operate.journal)):
        app.add_typer(group, name=name)
    app.add_typer(bench.app, name="bench")


def run() -> None:
    """The entry point. A refusal becomes a sentence and exit status 1; never a traceback for what a person can mend."""
    from testamur.kernel.base.refused import Refused

    _mount(next(iter(sys.argv[1:]), ""))
    try:
        app()
    except Refused as error:
        from testamur.surfaces.cli.output import refused

        sys.exit(refused(error))
