"""Taking over a table of another diary; keeping a mapping for the next time."""

from __future__ import annotations

import hashlib
import json
from collections import defaultdict
from collections.abc import Callable, Iterator
from dataclasses import replace
from datetime import date, datetime
from itertools import islice
from pathlib import Path
from uuid import UUID

from django.db import transaction

from testamur.exchange.connectors.actions import Outcome, Progress
from testamur.exchange.connectors.diary import absences, looking, marks, remarks
from testamur.exchange.connectors.diary.core import Job, Row
from testamur.exchange.connectors.diary.fields import Kind
from testamur.exchange.connectors.diary.mapping import Mapping, MappingInvalid, check
from testamur.exchange.connectors.diary.matching import pupils_of
from testamur.exchange.connectors.models import DiaryMapping, ImportRun, Source
from testamur.exchange.connectors.rules import Options
from testamur.exchange.connectors.tabular import dates
from testamur.exchange.connectors.tabular.files import Files
from testamur.exchange.connectors.tabular.report import Report
from testamur.exchange.connectors.tabular.words import SILENT
from testamur.kernel.base.actor import Actor, Grant
from testamur.kernel.base.ids import new_id
from testamur.kernel.base.refused import NotFound
from testamur.kernel.journal import actions as journal
from testamur.law.tables import PACKS
from testamur.register.schools import queries as schools
from testamur.register.schools.rules import UnitView
from testamur.schoolday.diary.queries import rooms
from testamur.schoolday.diary.rules.rooms import NoPack

BATCH = 1000
"""Rows in one transaction."""
LOAD = "diary.import.load"
IDENTIFIED_BY = "import"
"""How the journal names what an import enters: whoever follows it tells families nothing of it."""
_MAY = (
    "diary.mark.plan", "diary.mark.enter", "diary.lesson.add", "diary.attendance.take", "diary.absence.excuse",
    "diary.remark.write", "diary.group.every",
)  # fmt: skip
LOADERS: dict[Kind, Callable[[Job, list[Row]], None]] = {
    Kind.MARKS: marks.load,
    Kind.ABSENCES: absences.load,
    Kind.REMARKS: remarks.load,
}


def import_diary(
    *,
    by: Actor,
    path: Path,
    mapping: Mapping,
    school: UUID,
    report: Report,
    now: datetime,
    dry_run: bool = False,
    progress: Progress | None = None,
) -> Outcome:
    """Load marks, absences or remarks of another system's table into the diary of a school.

    A row that was loaded before is passed over, one that says something else than what stands here is told and left
    out: nothing is overwritten, so that a run that was killed is simply run again. A batch is one transaction; with
    `dry_run` each is undone. Findings go to `report`; nobody is notified. Needs ``diary.import.load`` at the school.
    Raises NotAllowed, NotFound, `NoPack`, `MappingInvalid`, `BundleUnreadable`. Journal:
    ``connectors.import.finished/1``, besides what the diary's own verbs write.
    """
    unit = schools.unit(school)
    if unit is None:
        raise NotFound("There is no such school.", school=str(school))
    by.must(LOAD, unit.path)
    check(mapping)
    if mapping.kind not in LOADERS:
        raise MappingInvalid("Such rows are not loaded into a diary.", field="kind", value=mapping.kind.value)
    bundle = _digest(path)
    with rooms.remembered():
        run, job = _start(by, unit, mapping, path, bundle, report, now, dry_run=dry_run)
        read = 0
        for batch in _batches(looking.rows(path, mapping, report, Options(date_order=job.order))):
            _load(job, batch, dry_run=dry_run)
            read += len(batch)
            if progress is not None:
                progress(len(batch))
        _finish(by, unit, run, job, read, report, dry_run=dry_run)
    counts = _counted(job)
    return Outcome(
        run.id, str(path), run.format, run.source.name, read, counts, report.noted, report.refused, 0, dry_run=dry_run
    )


@transaction.atomic
def save_mapping(*, by: Actor, unit: UUID, mapping: Mapping, now: datetime) -> UUID:
    """Keep a mapping under its name for the schools at and below `unit`; one of that name and kind is replaced.

    Needs ``diary.import.load`` there. Raises NotFound, `MappingInvalid`. Journal: ``connectors.mapping.saved/1``.
    """
    place = schools.unit(unit)
    if place is None:
        raise NotFound("There is no such place.", unit=str(unit))
    by.must(LOAD, place.path)
    if not mapping.name:
        raise MappingInvalid("Give the mapping a name.", field="name")
    check(mapping)
    told = replace(mapping, file="", sheet="").data()
    row, made = DiaryMapping.objects.get_or_create(
        path=place.path, name=mapping.name[:80], kind=mapping.kind.value, defaults={"told": told, "changed_at": now}
    )
    if not made:
        row.told, row.changed_at = told, now
        row.save(update_fields=["told", "changed_at"])
    content = hashlib.sha256(json.dumps(told, sort_keys=True).encode()).hexdigest()
    refs = {"mapping": str(row.id), "kind": row.kind, "content": content}
    journal.append(by=by, kind="connectors.mapping.saved/1", path=place.path, refs=refs, now=now)
    return row.id


def _digest(path: Path) -> str:
    files = Files(path)
    try:
        return files.digest()
    finally:
        files.close()


def _start(
    by: Actor,
    unit: UnitView,
    mapping: Mapping,
    path: Path,
    bundle: str,
    report: Report,
    now: datetime,
    *,
    dry_run: bool,
) -> tuple[ImportRun, Job]:
    pack = PACKS.get(schools.pack_of(unit.id, on=now.date()))
    if pack is None:
        raise NoPack("No rule pack is in force at this school.", school=str(unit.id))
    with transaction.atomic():
        source, _made = Source.objects.get_or_create(name=f"{schools.units_above(unit.path)[0].code}/diary")
        told = json.dumps({**mapping.data(), "school": str(unit.id)}, sort_keys=True)
        run = ImportRun(
            id=new_id(), source=source, format=f"diary.{mapping.kind.value}", bundle=bundle,
            options=hashlib.sha256(told.encode()).hexdigest()[:32], started=now,
        )  # fmt: skip
        if not dry_run:
            again = ImportRun.objects.filter(source=source, bundle=bundle, options=run.options, state="running").first()
            run = again or run
            if again is None:
                run.save(force_insert=True)
    slots = defaultdict(list)
    for slot in schools.slots(on=(date(1900, 1, 1), date(2200, 1, 1)), school=unit.id):
        slots[slot.group].append(slot)
    subjects = frozenset(slot.subject for some in slots.values() for slot in some if slot.subject)
    job = Job(
        _importer(by, unit), unit, pack, mapping, source.id, report, looking.named_table(path, mapping), now,
        pupils_of(by=by, school=unit.id), slots, subjects,
        mapping.date_order or _order(path, mapping),
    )  # fmt: skip
    return run, job


def _importer(by: Actor, unit: UnitView) -> Actor:
    """Whoever imports writes in every subject, in the name that the journal knows imports by."""
    return replace(by, identified_by=IDENTIFIED_BY, grants=(*by.grants, Grant("administrator", unit.path, _MAY)))


def _order(path: Path, mapping: Mapping) -> str:
    """``dmy`` or ``mdy`` where a slashed date of the column can be only one of them, and none the other."""
    if not mapping.columns.get("date"):
        return ""
    seen: set[str] = set()
    with_one = replace(mapping, columns={"date": mapping.columns["date"]})
    for _number, cells in looking.rows(path, with_one, SILENT, Options()):
        seen.add(dates.parse(cells["date"]).order)
    seen.discard("")
    return seen.pop() if len(seen) == 1 else ""


def _load(job: Job, batch: list[Row], *, dry_run: bool) -> None:
    with transaction.atomic():
        LOADERS[job.mapping.kind](job, batch)
        if dry_run:
            transaction.set_rollback(True)
    if dry_run:
        job.made.clear()


def _finish(by: Actor, unit: UnitView, run: ImportRun, job: Job, read: int, report: Report, *, dry_run: bool) -> None:
    if dry_run:
        return
    with transaction.atomic():
        run.state, run.cursor, run.counts = "finished", read, _counted(job)
        run.ended, run.refused = max(job.now, run.started), report.refused
        run.save(update_fields=["state", "ended", "cursor", "counts", "refused"])
        journal.append(
            by=by, kind="connectors.import.finished/1", path=unit.path, now=job.now,
            refs={
                "run": str(run.id), "format": run.format, "bundle": run.bundle, "rows": read, "counts": run.counts,
                "refused": report.refused,
            },
        )  # fmt: skip


def _batches(rows: Iterator[tuple[int, dict[str, str]]]) -> Iterator[list[Row]]:
    while batch := [Row(number, cells) for number, cells in islice(rows, BATCH)]:
        yield batch


def _counted(job: Job) -> dict[str, dict[str, int]]:
    one = {what: n for (_kind, what), n in sorted(job.counts.items()) if n}
    return {f"diary.{job.kind}": one} if one else {}


__all__ = ["import_diary", "save_mapping"]
