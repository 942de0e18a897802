"""`testamur`: the command line. Every command imports what it needs when it runs, so that `verify` needs no Django."""

from __future__ import annotations

import sys

import typer

INTERRUPTED = 130
"""Exit code after Ctrl-C: 128 + SIGINT, as shells have it."""

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
    """Mount the commands; for `verify`, and those of the signer's own computer, nothing else is brought along."""
    from testamur.surfaces.cli.verify import verify

    app.command()(verify)
    if first == "verify":
        return
    from testamur.surfaces.cli import agent as own

    app.command()(own.agent)
    app.command("sign-request")(own.sign_request)
    app.command()(own.certificate)
    if first in {"agent", "sign-request", "certificate"}:
        return
    from testamur.surfaces.cli import (
        bench,
        bench_grid,
        bench_notices,
        bench_portal,
        bench_province,
        bench_results,
        bench_workers,
        deliver,
        import_,
        log_entries,
        operate,
        out,
        registry,
        retention,
        roster,
        worker,
    )
    from testamur.surfaces.cli.appoint import appoint
    from testamur.surfaces.cli.bounce import bounce
    from testamur.surfaces.cli.correct import correct
    from testamur.surfaces.cli.demo import demo
    from testamur.surfaces.cli.export import export, import_diary
    from testamur.surfaces.cli.import_province import import_province_command
    from testamur.surfaces.cli.import_studies import import_studies
    from testamur.surfaces.cli.issue import issue
    from testamur.surfaces.cli.phone import texts
    from testamur.surfaces.cli.practice import practice
    from testamur.surfaces.cli.serve import serve
    from testamur.surfaces.cli.status import status
    from testamur.surfaces.cli.trust import trust

    for command in (demo, practice, serve, issue, correct, trust, appoint, bounce):
        app.command()(command)
    app.command("import")(import_.import_command)
    app.command("import-province")(import_province_command)
    app.command()(export)
    app.command("import-diary")(import_diary)
    app.command("import-studies")(import_studies)
    app.command("import-templates")(import_.templates_command)
    app.command("phone-texts")(texts)
    app.command()(worker.worker)
    app.command()(worker.relay)
    app.command()(worker.jobs)
    log_entries.mount(operate.log)
    for name, group in (("log", operate.log), ("archive", operate.archive), ("journal", operate.journal)):
        app.add_typer(group, name=name)
    app.add_typer(status, name="status")
    app.add_typer(out.app, name="clients")
    app.add_typer(registry.app, name="registry")
    app.add_typer(deliver.app, name="deliver")
    app.add_typer(roster.app, name="roster")
    app.add_typer(retention.app, name="retention")
    measures = (bench_grid.grid, bench_notices.notices, bench_portal.portal, bench_results.results)
    for measure in (*measures, bench_workers.workers, bench_province.province):
        bench.app.command()(measure)
    app.add_typer(bench.app, name="bench")


def run() -> None:
    """The entry point. Whatever goes wrong becomes a sentence and an exit code; never a traceback.

    0: done; 1: refused, or something is left out; 2: wrong use of the command; 70: an error of the program itself;
    130: interrupted. `verify` has codes of its own (docs/verify.md).
    """
    _mount(next(iter(sys.argv[1:]), ""))
    try:
        code = app(standalone_mode=False)
        if code == INTERRUPTED:  # the library's way of telling Ctrl-C
            raise KeyboardInterrupt  # noqa: TRY301 - so that one place tells it, whichever way it comes
    except BaseException as error:  # noqa: BLE001 - the last place where anything can be said
        from testamur.surfaces.cli import failures

        sys.exit(failures.tell(error, as_json="--json" in sys.argv))
    sys.exit(code if isinstance(code, int) else 0)
