"""`testamur verify FILE…`: is this record genuine, and why? No database, no network, no Django.

Everything heavy is imported when it is needed, so that one file is answered at once. Several hundred files are shared
out to one process per core.
"""

from __future__ import annotations

import os
import sys
import warnings
from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from pathlib import Path
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from testamur.kernel.proofs.report import Verdict
    from testamur.kernel.proofs.trust import Trust

TRUST_VARIABLE = "TESTAMUR_TRUST"
PROOF_SUFFIX = ".tlog-proof"
FILES_PER_WORKER = 150
"""Fewer files than this are verified sooner than another process has started."""

EXIT_USAGE = 2
_WIDTH = 100
_SIGNS = {"ok": "✓", "failed": "✗", "undecided": "?", "absent": "–"}
_COLOURS = {"ok": "green", "failed": "bold red", "undecided": "yellow", "absent": "dim"}
_WORDS = {
    "valid": ("VALID", "bold green"),
    "invalid": ("FORGED OR CHANGED", "bold red"),
    "undecided": ("CANNOT BE DECIDED", "bold yellow"),
    "foreign": ("NOT A TESTAMUR RECORD", "bold"),
}
_OUTLIVED = ("status.annulled", "status.replaced")
_NO_LONGER = ("NO LONGER VALID", "bold red")
"""Said instead of forged or changed, when the status list alone decided: the document itself is genuine."""
_PRACTICE = ("PRACTICE, NOT VALID", "bold yellow")
"""Said instead of valid of what was made in training."""


def verify(
    files: list[Path],
    trust: Path | None = None,
    status: Path | None = None,
    max_status_age: int = 7,
    json: bool = False,
    workers: int = 0,
) -> None:
    """Verify records: valid, forged or changed, or cannot be decided, and why.

    Works offline. The trust bundle (--trust, or the environment variable TESTAMUR_TRUST) says whom to believe; one that
    came along with the file is never taken by itself. --status adds a status list to those in the bundle; one older
    than --max-status-age days is called stale. Exit code 0: valid; 1: forged, changed, no longer valid or made in
    training; 2: cannot be decided; 3: not a Testamur record; the worst one for several files.
    """
    raise SystemExit(
        main(files, trust=trust, status=status, max_status_age=max_status_age, as_json=json, workers=workers)
    )


def main(
    paths: Sequence[Path],
    *,
    trust: Path | None = None,
    status: Path | None = None,
    max_status_age: int = 7,
    as_json: bool = False,
    workers: int = 0,
) -> int:
    """Verify `paths`, print what was found and return the exit code.

    Args:
        paths: the files.
        trust: the bundle; by default the one that `TESTAMUR_TRUST` names.
        status: a status list beside those in the bundle.
        max_status_age: days.
        as_json: one JSON object a line (docs/formats.md §11) instead of text for people.
        workers: processes; 0 chooses by the number of files and cores.
    """
    from testamur.kernel.base.clock import now
    from testamur.kernel.proofs.report import Failed, exit_code
    from testamur.kernel.proofs.trust import TrustError

    warnings.simplefilter("ignore")  # libraries warn of odd certificates on stderr; the verdict says what matters
    if hasattr(sys.stdout, "reconfigure"):
        sys.stdout.reconfigure(errors="backslashreplace")  # a name must not stop the report on an old terminal
    if trust is None and os.environ.get(TRUST_VARIABLE):
        trust = Path(os.environ[TRUST_VARIABLE])
    believed = _Believed(trust, status, now(), timedelta(days=max(0, min(max_status_age, 36_500))))
    words = []
    show = _show_json if as_json else _human()
    try:
        for verdict in _verdicts(list(paths), believed, workers):
            words.append(verdict.counted)
            show(verdict)
        sys.stdout.flush()
    except (OSError, TrustError, Failed) as error:
        if isinstance(error, BrokenPipeError):
            sys.stdout = Path(os.devnull).open("w", encoding="utf-8")  # noqa: SIM115 - lives until the process ends
            return exit_code(words)
        print(_plain(f"testamur verify: {error}"), file=sys.stderr)
        return EXIT_USAGE
    return exit_code(words)


# --- verifying -----------------------------------------------------------------------------------


@dataclass(frozen=True, slots=True)
class _Believed:
    """What the files are verified with; small enough to be handed to other processes."""

    trust: Path | None
    status: Path | None
    at: datetime
    max_status_age: timedelta


def _verdicts(paths: Sequence[Path], believed: _Believed, workers: int) -> Iterator[Verdict]:
    if believed.trust is not None or believed.status is not None:
        _bundle(believed)  # a bundle or list that cannot be read stops everything, before the first file
    wanted = workers or min(_cores(), len(paths) // FILES_PER_WORKER)
    jobs = [(path, believed) for path in paths]
    if wanted < 2:  # noqa: PLR2004 - one process is this one
        yield from map(_verify_one, jobs)
        return
    from concurrent.futures import ProcessPoolExecutor
    from multiprocessing import get_context

    with ProcessPoolExecutor(wanted, mp_context=get_context("spawn")) as pool:
        yield from pool.map(_verify_one, jobs, chunksize=max(1, min(50, len(jobs) // (4 * wanted))))


def _cores() -> int:
    return len(os.sched_getaffinity(0)) if hasattr(os, "sched_getaffinity") else os.cpu_count() or 1


def _verify_one(job: tuple[Path, _Believed]) -> Verdict:
    """Runs in any process; answers for a file that cannot even be read."""
    from testamur.kernel.proofs.pdf.reader import MAX_SIZE
    from testamur.kernel.proofs.verify import verify_file

    path, believed = job
    try:
        if path.stat().st_size > MAX_SIZE:
            return _unread(path, "pdf.size", "The file is too large to be checked.")
        with path.open("rb") as file:  # bounded: a device or a pipe tells no size
            data = file.read(MAX_SIZE + 1)
        if len(data) > MAX_SIZE:
            return _unread(path, "pdf.size", "The file is too large to be checked.")
        beside = path.with_name(path.name + PROOF_SUFFIX)
        sidecar = beside.read_bytes() if beside.is_file() and beside.stat().st_size < MAX_SIZE else None
    except (OSError, ValueError) as error:
        return _unread(path, "file.unreadable", f"The file cannot be read ({getattr(error, 'strerror', error)}).")
    return verify_file(
        data,
        _bundle(believed),
        str(path),
        sidecar=sidecar,
        at=believed.at,
        max_status_age=believed.max_status_age,
    )


def _unread(path: Path, code: str, found: str) -> Verdict:
    from testamur.kernel.proofs.report import Check, Outcome, Verdict, Word

    check = Check("file", Outcome.UNDECIDED, code, found)
    return Verdict(str(path), Word.UNDECIDED, test=False, record={}, checks=(check,))


_bundles: dict[tuple[Path | None, Path | None], Trust] = {}


def _bundle(believed: _Believed) -> Trust:
    """The bundle with the status list added, parsed once per process. Raises OSError, `TrustError` or `Failed`."""
    place = believed.trust, believed.status
    if place not in _bundles:
        from testamur.kernel.proofs.trust import parse_trust
        from testamur.kernel.proofs.verify import NO_TRUST

        trust = parse_trust(believed.trust.read_bytes()) if believed.trust else NO_TRUST
        _bundles[place] = trust.with_status(believed.status.read_bytes()) if believed.status else trust
    return _bundles[place]


# --- showing -------------------------------------------------------------------------------------


def _show_json(verdict: Verdict) -> None:
    import json

    print(json.dumps(verdict.as_json(), ensure_ascii=False, separators=(",", ":")))


def _human() -> Callable[[Verdict], None]:
    """Text for people; with colour where standard output is a terminal that wants it."""
    if sys.stdout.isatty() and "NO_COLOR" not in os.environ:
        from rich.console import Console
        from rich.text import Text

        console = Console(highlight=False)

        def coloured(verdict: Verdict) -> None:
            for parts in _lines(verdict, console.width):
                console.print(Text.assemble(*parts), soft_wrap=True)

        return coloured

    def plain(verdict: Verdict) -> None:
        for parts in _lines(verdict, _WIDTH):
            print("".join(text for text, _style in parts).rstrip())

    return plain


def _lines(verdict: Verdict, width: int) -> Iterator[list[tuple[str, str]]]:
    """Lines of (text, style): the verdict first, then what each check found."""
    import textwrap

    word, style = _word(verdict)
    yield [(_plain(verdict.file), "bold")]
    test = _test(verdict)
    yield [("  ", ""), (word, style), *([("  ", ""), *test] if test else [])]
    if verdict.record:
        yield [("  " + _plain(_summary(verdict.record)), "")]
    names = max((len(check.name) for check in verdict.checks), default=0)
    for check in verdict.checks:
        first, *rest = textwrap.wrap(_plain(check.found), max(30, width - names - 7)) or [""]
        outcome = check.outcome.value
        yield [("  " + _SIGNS[outcome] + " ", _COLOURS[outcome]), (check.name.ljust(names) + "  ", "dim"), (first, "")]
        yield from ([(" " * (names + 6) + line, "")] for line in rest)
    yield [("", "")]


def _word(verdict: Verdict) -> tuple[str, str]:
    if verdict.code in _OUTLIVED:
        return _NO_LONGER
    return _PRACTICE if verdict.practice and verdict.word.value == "valid" else _WORDS[verdict.word.value]


def _test(verdict: Verdict) -> list[tuple[str, str]]:
    if verdict.practice:
        said = " PRACTICE ", " made in training with keys of its own, proves nothing"
    elif verdict.test:
        said = " TEST ", " made with test keys, proves nothing"
    else:
        return []
    return [(said[0], "black on yellow"), (said[1], "yellow")]


def _summary(record: object) -> str:
    assert isinstance(record, dict)
    return f"{record['title']}, {record['subject']}, {record['issuer']}, {record['issued_on']}"


def _plain(text: str) -> str:
    """`text` without anything that could steer a terminal or turn the reading direction."""
    from testamur.kernel.base.text import harmless

    return harmless(text)
