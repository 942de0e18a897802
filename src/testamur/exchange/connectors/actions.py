"""Importing a bundle: batches of one transaction each, resumable, and the same again changes nothing."""

from __future__ import annotations

import hashlib
from collections import Counter
from collections.abc import Callable, Iterator
from dataclasses import dataclass, replace
from datetime import date, datetime
from itertools import islice
from pathlib import Path
from typing import Any
from uuid import UUID

from django.db import transaction

from testamur.exchange.connectors.formats import open_bundle
from testamur.exchange.connectors.models import ImportRun, Source
from testamur.exchange.connectors.planner import decisions, enrolments, people, resolving, timetables, units
from testamur.exchange.connectors.planner.core import Context
from testamur.exchange.connectors.planner.decisions import TakeIn
from testamur.exchange.connectors.rules import Format, Options, Row
from testamur.exchange.connectors.tabular.files import Files
from testamur.exchange.connectors.tabular.report import Report
from testamur.exchange.connectors.tabular.scratch import Scratch
from testamur.kernel.base.actor import Actor
from testamur.kernel.base.ids import new_id
from testamur.kernel.journal import actions as journal
from testamur.register.schools import queries as schools
from testamur.register.schools.actions import units as units_verbs
from testamur.register.schools.rules import UnitUpdate, UnitView

BATCH = 1000
"""Rows of one kind in one transaction."""
DOCUMENTS = 50
"""Finished documents in one transaction: each is normalised, some ten milliseconds."""
ORDER = (
    "unit", "session", "course", "group", "person", "membership", "guardian", "enrolment", "holiday", "timetable",
    "mark", "document",
)  # fmt: skip
Progress = Callable[[int], None]


@dataclass(frozen=True, slots=True)
class Outcome:
    """What an import did.

    Attributes:
        rows: neutral rows read, the ones before a resumed cursor included.
        counts: kind → outcome (``new``, ``changed``, ``unchanged``, ``ended``, ``refused``) → rows.
        same_as: set when the very same bundle was the last one imported, without a refusal: it was not read again.
        resumed_at: rows that an earlier, interrupted run had loaded.
    """

    run: UUID
    path: str
    format: str
    source: str
    rows: int
    counts: dict[str, dict[str, int]]
    noted: int
    refused: int
    resumed_at: int
    dry_run: bool
    same_as: datetime | None = None

    @property
    def changed(self) -> int:
        """Rows that changed anything."""
        return sum(n for one in self.counts.values() for what, n in one.items() if what in {"new", "changed", "ended"})


def import_bundle(
    *,
    by: Actor,
    path: Path,
    report: Report,
    now: datetime,
    options: Options | None = None,
    authority: str = "",
    authority_name: str = "",
    dry_run: bool = False,
    progress: Progress | None = None,
    take_in: TakeIn | None = None,
    again: bool = False,
    place: str = "",
) -> Outcome:
    """Read the bundle at `path` and load what is new or changed.

    One transaction per batch of about `BATCH` rows; a run that was killed goes on where it stood when the same bundle
    is imported again with the same options. With `dry_run` everything is done in one transaction and undone. Defects go
    to `report`. The very bundle that was imported last, with no row refused, is not read again unless `again`.
    `authority` is the code of the body under which schools and school years stand; it is made when the
    register has none of that code, and is called `authority_name` from now on (without one, a new body by its code).
    Needs ``connectors.import.run`` at that body, and the register's own verbs; for finished documents, which change
    nothing in the register, the same verb at `place` (a school) is enough.
    Raises `BundleUnreadable`, `BundleUnknown`, `NotAllowed`.
    """
    files, found = open_bundle(path)
    try:
        options = replace(options or Options(), today=now.date())
        bundle = files.digest()
        job = _Job(
            by, files, found, options, report, now, authority, bundle, progress, take_in, again, authority_name, place
        )
        return _tried(job) if dry_run else job.run()
    finally:
        files.close()


def _tried(job: _Job) -> Outcome:
    """Run the import in one transaction and undo it."""
    with transaction.atomic():
        outcome = replace(job.run(), dry_run=True)
        transaction.set_rollback(True)
    return outcome


@dataclass(slots=True)
class _Job:
    """One import while it goes on."""

    by: Actor
    files: Files
    format: Format
    options: Options
    report: Report
    now: datetime
    authority: str
    bundle: str
    progress: Progress | None
    take_in: TakeIn | None
    again: bool
    authority_name: str = ""
    place: str = ""

    def run(self) -> Outcome:
        name = f"{self.authority or '-'}/{self.format.source(self.files)}"
        options = hashlib.sha256(repr(replace(self.options, today=date.min)).encode()).hexdigest()[:32]
        last = None if self.again else self._last(name, options)
        if last is not None:
            return Outcome(
                last.id, str(self.files.path), self.format.id, name, last.cursor, {}, 0, 0, 0, dry_run=False,
                same_as=last.ended,
            )  # fmt: skip
        with Scratch() as scratch:
            run, context = self._start(name, options, scratch)
            resumed = run.cursor
            read = 0
            rows = self.format.read(self.files, self.options, self.report)
            for batch, consumed in _batches(rows):
                read += consumed
                if read > resumed:
                    self._load(context, run, batch, read)
                if self.progress is not None:
                    self.progress(consumed)
            self._finish(context, run, read)
        return Outcome(
            run.id, str(self.files.path), self.format.id, name, read, _counted(context.counts), self.report.noted,
            self.report.refused, resumed, dry_run=False,
        )  # fmt: skip

    def _last(self, name: str, options: str) -> ImportRun | None:
        """The source's last run, when it loaded this very bundle whole."""
        home = schools.unit_by_code(code=self.authority) if self.authority else None
        self._must_run(home)
        run = ImportRun.objects.filter(source__name=name).order_by("-started", "-id").first()
        same = run is not None and (run.bundle, run.options, run.state, run.refused) == (
            self.bundle, options, "finished", 0,
        )  # fmt: skip
        return run if same else None

    def _must_run(self, home: UnitView | None) -> None:
        at = home.path if home else "/"
        below = bool(self.place) and home is not None and self.place.startswith(at)
        self.by.must("connectors.import.run", self.place if below and self.format.id == "documents" else at)

    @transaction.atomic
    def _start(self, name: str, options: str, scratch: Scratch) -> tuple[ImportRun, Context]:
        home = schools.unit_by_code(code=self.authority) if self.authority else None
        self._must_run(home)
        source, _made = Source.objects.get_or_create(name=name)
        context = Context(
            self.by, source.id, name, self.options, self.report, scratch, self.now, home, named=bool(self.authority)
        )
        if self.authority and home is None:
            context.home = resolving.make_authority(context, self.authority, self.authority_name or self.authority)
        elif home is not None and self.authority_name:
            named = UnitUpdate(home.id, name=self.authority_name)
            units_verbs.update_units(by=self.by, updates=[named], now=self.now)
        run = ImportRun.objects.filter(source=source, bundle=self.bundle, options=options, state="running").first()
        if run is None:
            # of an interrupted run of another bundle nothing is taken up: its rows are known by their keys
            run = ImportRun(
                id=new_id(), source=source, format=self.format.id, bundle=self.bundle, options=options, started=self.now
            )
            run.save(force_insert=True)
        else:
            context.counts.update(
                {(kind, what): n for kind, one in run.counts.items() for what, n in one.items() if what != "refused"}
            )
        return run, context

    @transaction.atomic
    def _load(self, context: Context, run: ImportRun, batch: dict[str, list[Any]], read: int) -> None:
        for kind in ORDER:
            rows = batch.get(kind)
            if rows:
                self._kind(context, kind, rows)
        run.cursor = read
        run.counts = _counted(context.counts)
        run.save(update_fields=["cursor", "counts"])

    def _kind(self, context: Context, kind: str, rows: list[Any]) -> None:
        if kind == "document":
            decisions.load_documents(context, rows, self.take_in)
        else:
            LOADERS[kind](context, rows)

    @transaction.atomic
    def _finish(self, context: Context, run: ImportRun, read: int) -> None:
        run.state, run.cursor, run.counts = "finished", read, _counted(context.counts)
        run.ended = max(self.now, run.started)
        run.refused = self.report.refused
        run.save(update_fields=["state", "ended", "cursor", "counts", "refused"])
        journal.append(
            by=self.by, kind="connectors.import.finished/1", path=context.home.path if context.home else "/",
            now=self.now,
            refs={
                "run": str(run.id), "format": run.format, "bundle": run.bundle, "rows": read, "counts": run.counts,
                "refused": self.report.refused,
            },
        )  # fmt: skip


LOADERS: dict[str, Callable[[Context, list[Any]], None]] = {
    "unit": units.load_units,
    "session": units.load_sessions,
    "course": units.load_courses,
    "group": units.load_groups,
    "person": people.load_persons,
    "membership": enrolments.load_memberships,
    "guardian": people.load_guardians,
    "enrolment": enrolments.load_enrolments,
    "holiday": timetables.load_holidays,
    "timetable": timetables.load_timetables,
    "mark": decisions.load_marks,
}


def _batches(rows: Iterator[Row], size: int = BATCH) -> Iterator[tuple[dict[str, list[Any]], int]]:
    """Rows by kind, at most about `size` of one kind at a time, with how many there are in all.

    Readers may interleave kinds: a batch holds everything read so far, so that loading its kinds in `ORDER` finds
    every row that another one names.
    """
    pending: dict[str, list[Any]] = {}
    count = 0
    for chunk in iter(lambda: list(islice(rows, DOCUMENTS)), []):
        for row in chunk:
            pending.setdefault(row.kind_name, []).append(row)
        count += len(chunk)
        if len(pending.get("document", ())) >= DOCUMENTS or max(map(len, pending.values())) >= size:
            yield pending, count
            pending, count = {}, 0
    if pending:
        yield pending, count


def _counted(counts: Counter[tuple[str, str]]) -> dict[str, dict[str, int]]:
    """Counts by kind and outcome, without zeros, in loading order."""
    found: dict[str, dict[str, int]] = {}
    for kind in ORDER:
        one = {what: n for (name, what), n in sorted(counts.items()) if name == kind and n}
        if one:
            found[kind] = one
    return found
