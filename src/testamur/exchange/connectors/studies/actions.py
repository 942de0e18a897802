"""Loading the tables of a university."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime
from pathlib import Path
from uuid import UUID

from django.db import transaction

from testamur.exchange.connectors.rules import Options
from testamur.exchange.connectors.studies.finding import Finder
from testamur.exchange.connectors.studies.loading import Job, load
from testamur.exchange.connectors.studies.reader import read
from testamur.exchange.connectors.tabular.files import Files
from testamur.exchange.connectors.tabular.report import Report
from testamur.kernel.base.actor import Actor
from testamur.kernel.base.refused import NotFound, Refused
from testamur.kernel.journal import actions as journal
from testamur.law.tables import PACKS
from testamur.register.schools import queries as schools


class NoUniversity(Refused):
    """The unit is governed by no pack that knows results of courses."""

    code = "import.studies.no_university"


@dataclass(frozen=True, slots=True)
class Outcome:
    """What an import did. `counts`: table → ``new``, ``changed``, ``unchanged``, ``ended``, ``attendance`` → rows."""

    rows: int
    counts: dict[str, dict[str, int]]
    noted: int
    refused: int
    dry_run: bool

    @property
    def changed(self) -> int:
        """Rows that changed anything."""
        return sum(n for one in self.counts.values() for what, n in one.items() if what != "unchanged")


@transaction.atomic
def import_studies(
    *, by: Actor, path: Path, university: UUID, report: Report, now: datetime, dry_run: bool = False
) -> Outcome:
    """Load courses, modules, occasions, registrations, exams, sign-ups and credits from the tables at `path`.

    Rows that cannot be loaded are told to `report` and left out; what stands there already is passed over, so that the
    same tables again change nothing. One transaction; with `dry_run` it is undone. Needs ``connectors.import.run`` at
    the university, and what the verbs of `studies` and `curriculum` need. Raises NotAllowed, NotFound, `NoUniversity`,
    `BundleUnreadable`. Journal: ``connectors.import.finished/1``, besides what those verbs write.
    """
    unit = schools.unit(university)
    if unit is None:
        raise NotFound("There is no such university.", field="university")
    by.must("connectors.import.run", unit.path)
    pack = PACKS.get(schools.pack_of(unit.id, on=now.date()))
    if pack is None or pack.results is None:
        raise NoUniversity("No rules about results of courses are in force at this unit.", field="university")
    files = Files(path)
    try:
        lines = read(files, report, Options(today=now.date()))
        bundle = files.digest()
    finally:
        files.close()
    job = Job(by, Finder(unit, now.date()), pack.results, now)
    load(job, lines)
    counts = {table: {what: n for what, n in sorted(some.items()) if n} for table, some in job.counts.items()}
    rows = sum(map(len, lines.values()))
    journal.append(
        by=by, kind="connectors.import.finished/1", path=unit.path, now=now,
        refs={"format": "studies", "bundle": bundle, "rows": rows, "counts": counts, "refused": report.refused},
    )  # fmt: skip
    if dry_run:
        transaction.set_rollback(True)
    return Outcome(rows, counts, report.noted, report.refused, dry_run)
