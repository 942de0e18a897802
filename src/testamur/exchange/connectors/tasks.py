"""Background work of the connectors: an upload is tried (everything is done and undone) or loaded."""

from __future__ import annotations

import json
import shutil
from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from dataclasses import replace
from datetime import datetime, timedelta
from pathlib import Path
from typing import Any
from uuid import UUID

from django.conf import settings
from django.db import transaction
from django_tasks import task

from testamur.access.accounts import queries as accounts
from testamur.exchange.connectors import uploads
from testamur.exchange.connectors.actions import Outcome, import_bundle
from testamur.exchange.connectors.diary import exporting
from testamur.exchange.connectors.diary.actions import LOAD as DIARY
from testamur.exchange.connectors.diary.actions import import_diary
from testamur.exchange.connectors.diary.mapping import Mapping as DiaryMapping
from testamur.exchange.connectors.diary.mapping import mapping_of
from testamur.exchange.connectors.diary.roster import ROSTERS, as_our_own
from testamur.exchange.connectors.formats import rows_of
from testamur.exchange.connectors.handover import take_in
from testamur.exchange.connectors.lms import launching
from testamur.exchange.connectors.planner.decisions import TakeIn
from testamur.exchange.connectors.province import telling
from testamur.exchange.connectors.province.loading import Delivered, import_province
from testamur.exchange.connectors.province.parts import is_province
from testamur.exchange.connectors.rules import IncomingDocument, Options
from testamur.exchange.connectors.tabular.report import Report
from testamur.kernel.base import clock
from testamur.kernel.base.actor import Actor, Grant
from testamur.kernel.base.refused import NotAllowed, Refused
from testamur.kernel.jobs.rules import step_actor
from testamur.register.people import queries as people
from testamur.register.schools import queries as schools
from testamur.register.schools.rules import UnitView
from testamur.trust.records import actions, queries, steps

TRY = "connectors.try"
LOAD = "connectors.load"
STEP = step_actor("import", "records.record.read", "records.work.do")
KEEP_REPORTS = timedelta(days=30)
EVERY = 500
"""Rows between two notes of progress."""


class HatGone(Refused):
    """Whoever asked no longer holds the role in which it was asked."""

    code = "accounts.hat.unknown"


class Elsewhere(Refused):
    """A document is about a pupil, or comes from a school, that the importing role does not reach."""

    code = "import.document.elsewhere"


def request(
    *,
    by: Actor,
    upload: uploads.Upload,
    home: UnitView,
    body: UnitView,
    hat: str,
    options: Mapping[str, str],
    dry_run: bool,
    now: datetime,
    diary: DiaryMapping | None = None,
) -> UUID:
    """Ask for an upload to be tried or loaded in the background; returns the id of the work.

    `home` is the unit of the role in which it is asked (``connectors.import.run`` there), `body` the body responsible.
    At a school only finished documents are taken, and with a mapping (`diary`) a table of another diary: then `home` is
    the school into whose diary it goes (``diary.import.load`` there).
    """
    by.must("connectors.import.run", home.path)
    if diary is not None:
        by.must(DIARY, home.path)
    asked = {
        "upload": upload.token,
        "names": list(upload.names),
        "hat": hat,
        "identified_by": by.identified_by,
        "authority": body.code,
        "options": dict(options),
        **({"diary": diary.data()} if diary is not None else {}),
    }
    with transaction.atomic():
        kind = TRY if dry_run else LOAD
        work = actions.start_work(by=by, kind=kind, unit=home.id, path=home.path, asked=asked, now=now)
        load.enqueue(str(work))
    return work


@task
def load(work: str) -> int:
    """Try or load what a work asks for; returns the rows read. A run that was killed goes on where it stood."""
    view = queries.work(by=STEP, work=UUID(work))
    if view.ended is not None:
        return 0
    report = Report(folder() / f"{view.id}.csv")
    try:
        upload = uploads.get(token=str(view.asked["upload"]), person=view.person)
        if "diary" not in view.asked and is_province(upload.bundle):
            return _delivered(view, upload, report)
        outcome = _import(view, upload, report)
    except Refused as refused:  # no other try would end differently: whoever asked is told why
        report.close()
        actions.finish_work(by=STEP, work=view.id, error=refused.code, now=clock.now())
        return 0
    report.close()
    _keep(view.id, outcome, report)
    if view.kind == LOAD:
        uploads.remove(token=upload.token, person=view.person)
    actions.finish_work(by=STEP, work=view.id, now=clock.now())
    return outcome.rows


@task
def tidy() -> int:
    """Remove uploads that nobody loaded and launches that began a day ago, and reports that are a month old."""
    now = clock.now()
    launching.tidy(now=now)
    old = (now - KEEP_REPORTS).timestamp()
    for path in folder().iterdir():
        if path.stat().st_mtime >= old:
            continue
        if path.suffix in {".csv", ".json"}:
            path.unlink(missing_ok=True)
        elif path.is_dir():
            shutil.rmtree(path, ignore_errors=True)
    return uploads.sweep(now=now) + exporting.sweep(now=now)


def result(work: UUID) -> dict[str, Any] | None:
    """What an import came to, as `Outcome` and the first defects; None while there is nothing."""
    try:
        told: dict[str, Any] = json.loads((folder() / f"{work}.json").read_text(encoding="utf-8"))
    except (OSError, ValueError):
        return None
    return told


def report_of(work: UUID, part: int | None = None) -> Path:
    """Where the full list of an import's defects lies; it quotes personal data.

    Of a delivery of many schools: the summary, or the list of one `part` (its number in order, from 1).
    """
    several = telling.folder_of(folder(), work)
    return telling.report_of(several, part) if several.is_dir() else folder() / f"{work}.csv"


def folder() -> Path:
    """Where reports of imports lie (`<data>/imports`)."""
    place = Path(settings.DATA) / "imports"
    place.mkdir(mode=0o700, parents=True, exist_ok=True)
    return place


def _delivered(view: queries.WorkView, upload: uploads.Upload, report: Report) -> int:
    """Try or load a delivery of many schools; progress counts its parts."""
    now, dry_run = clock.now(), view.kind == TRY
    by = _actor(view, now)
    report.close()

    def progress(done: int, total: int, _name: str) -> None:
        if done == 1:
            steps.begin(work=view.id, total=total, now=now)
        steps.advance(work=view.id, done=1)

    told: Delivered = import_province(
        by=by, path=upload.bundle, reports=telling.folder_of(folder(), view.id), now=now,
        options=Options(**view.asked["options"]), authority=str(view.asked["authority"]), dry_run=dry_run,
        take_in=_taker(by), progress=progress,
    )  # fmt: skip
    telling.keep(folder() / f"{view.id}.json", told)
    if not dry_run:
        uploads.remove(token=upload.token, person=view.person)
    actions.finish_work(by=STEP, work=view.id, now=clock.now())
    return told.rows


def _import(view: queries.WorkView, upload: uploads.Upload, report: Report) -> Outcome:
    now, dry_run = clock.now(), view.kind == TRY
    by = _actor(view, now)
    steps.begin(work=view.id, total=rows_of(upload.bundle) or len(upload.names), now=now)
    read = 0

    def progress(rows: int) -> None:
        nonlocal read
        read += rows
        if read >= EVERY and (not dry_run or "diary" in view.asked):  # a trial may be one transaction: nobody sees it
            steps.advance(work=view.id, done=read)
            read = 0

    unit = schools.unit(view.unit)
    told = mapping_of(view.asked["diary"]) if "diary" in view.asked else None
    if told is not None and told.kind not in ROSTERS:
        outcome = import_diary(
            by=by, path=upload.bundle, mapping=told, school=view.unit, report=report, now=now, dry_run=dry_run,
            progress=progress,
        )  # fmt: skip
    else:
        with _bundle(upload, told, unit, report, now) as bundle:
            outcome = import_bundle(
                by=by, path=bundle, report=report, now=now, options=Options(**view.asked["options"]),
                authority=str(view.asked["authority"]), dry_run=dry_run, progress=progress, take_in=_taker(by),
                again=dry_run, place=unit.path if unit is not None else "",
            )  # fmt: skip
    steps.begin(work=view.id, total=outcome.rows, now=now)
    steps.advance(work=view.id, done=outcome.rows)
    return outcome


@contextmanager
def _bundle(
    upload: uploads.Upload, told: DiaryMapping | None, unit: UnitView | None, report: Report, now: datetime
) -> Iterator[Path]:
    """What was sent; a table of pupils or of a timetable as one of our own."""
    if told is None or unit is None:
        yield upload.bundle
        return
    with as_our_own(upload.bundle, told, unit, report, now.date()) as made:
        yield made


def _actor(view: queries.WorkView, now: datetime) -> Actor:
    """Whoever asked, in the role in which it was asked, if it is held still. Raises HatGone."""
    hats = accounts.hats(person=view.person, on=now.date())
    hat = next((h for h in hats if h.key == view.asked["hat"]), None)
    if hat is None:
        raise HatGone("The role in which the import was asked for is no longer held.")
    return accounts.actor(hat, person=view.person, identified_by=str(view.asked["identified_by"]))


def _taker(by: Actor) -> TakeIn:
    """`handover.take_in` for one who reaches some schools only: a document of another one is its row's fault alone."""
    signing = replace(by, grants=(*by.grants, Grant("import", "/", ("people.legal_name.read",))))

    def taken(*, by: Actor, document: IncomingDocument, pupil: UUID, unit: UUID | None, now: datetime) -> UUID:
        if not by.may("people.legal_name.read", people.paths([pupil]).get(pupil, "/"), person=pupil):
            raise Elsewhere("The pupil belongs to another school.", field="identifier")
        try:
            # signers may be kept at another school of the body; the pupil was looked at above
            return take_in(by=signing, document=document, pupil=pupil, unit=unit, now=now)
        except NotAllowed as no:
            raise Elsewhere("The school is not yours to issue documents for.", field="school_code") from no

    return taken


def _keep(work: UUID, outcome: Outcome, report: Report) -> None:
    told = {
        "format": outcome.format,
        "rows": outcome.rows,
        "counts": outcome.counts,
        "noted": outcome.noted,
        "refused": outcome.refused,
        "dry_run": outcome.dry_run,
        "changed": outcome.changed,
        "same_as": outcome.same_as.isoformat() if outcome.same_as else None,
        "first": [
            {
                "file": d.file,
                "row": d.row,
                "column": d.column,
                "found": d.found,
                "done": d.done,
                "severity": d.severity.value,
            }
            for d in report.first
        ],
        "more": max(0, report.total - len(report.first)),
    }
    path = folder() / f"{work}.json"
    path.touch(mode=0o600)
    path.chmod(0o600)
    path.write_text(json.dumps(told, ensure_ascii=False), encoding="utf-8")
