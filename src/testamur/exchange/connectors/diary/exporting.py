"""Exports of a school: asked for, made in the background, fetched once by whoever asked."""

from __future__ import annotations

import contextlib
import hashlib
import json
import os
import zipfile
from collections.abc import Iterator
from dataclasses import dataclass, replace
from datetime import datetime, timedelta
from pathlib import Path
from typing import IO
from uuid import UUID

from django.conf import settings
from django.db import transaction
from django.utils.module_loading import import_string
from django_tasks import task

from testamur.access.accounts import queries as accounts
from testamur.exchange.connectors.diary.giving import register as registers
from testamur.exchange.connectors.diary.giving import writing
from testamur.kernel.base import clock
from testamur.kernel.base.actor import Actor, Grant
from testamur.kernel.base.clock import stamp
from testamur.kernel.base.refused import NotFound, Refused
from testamur.kernel.base.sheet import Sheet
from testamur.kernel.jobs.rules import step_actor
from testamur.kernel.journal import actions as journal
from testamur.register.people import queries as people
from testamur.register.schools import queries as schools
from testamur.register.schools.rules import UnitView
from testamur.schoolday.diary.queries import export as diary
from testamur.schoolday.noticeboard.queries import export as board
from testamur.trust.records import actions, queries, steps

EXPORT = "connectors.export"
STEP = step_actor("export", "records.record.read", "records.work.do")
KEEP = timedelta(days=1)
TABLES = 28
"""About so many tables an export has, for its progress."""
_README = Path(__file__).parent / "giving" / "README.txt"


class HatGone(Refused):
    """Whoever asked no longer holds the role in which it was asked."""

    code = "accounts.hat.unknown"


@dataclass(frozen=True, slots=True)
class Given:
    """What an export holds: rows and left out rows by table, and the sum of the ZIP."""

    tables: dict[str, tuple[int, int]]
    sha256: str


def request(*, by: Actor, school: UnitView, hat: str, now: datetime) -> UUID:
    """Ask for an export of everything a school owns; returns the id of the work. Needs ``diary.export.all`` there."""
    by.must(diary.ALL, school.path)
    asked = {"hat": hat, "identified_by": by.identified_by}
    asking = replace(by, grants=(*by.grants, Grant("export", school.path, ("records.record.draft",))))
    with transaction.atomic():
        work = actions.start_work(by=asking, kind=EXPORT, unit=school.id, path=school.path, asked=asked, now=now)
        give.enqueue(str(work))
    return work


@task
def give(work: str) -> int:
    """Make an export that was asked for; returns the rows. One that was killed begins again."""
    view = queries.work(by=STEP, work=UUID(work))
    if view.ended is not None:
        return 0
    now = clock.now()
    hat = next((h for h in accounts.hats(person=view.person, on=now.date()) if h.key == view.asked["hat"]), None)
    try:
        if hat is None:
            raise HatGone("The role in which the export was asked for is no longer held.")
        steps.begin(work=view.id, total=TABLES, now=now)
        by = accounts.actor(hat, person=view.person, identified_by=str(view.asked["identified_by"]))
        given = make(by=by, school=view.unit, path=file_of(view.id), now=now, work=view.id)
    except Refused as refused:
        actions.finish_work(by=STEP, work=view.id, error=refused.code, now=clock.now())
        return 0
    steps.begin(work=view.id, total=len(given.tables), now=now)
    steps.advance(work=view.id, done=len(given.tables))
    actions.finish_work(by=STEP, work=view.id, now=clock.now())
    return sum(rows for rows, _left in given.tables.values())


def make(*, by: Actor, school: UUID, path: Path, now: datetime, work: UUID | None = None) -> Given:
    """Write the export of a school to `path`; each table as it stands when it is written, row by row.

    What is about a protected pupil whom `by` may not see is left out and counted; that the others were given out is
    noted as a sight. Needs ``diary.export.all`` at the school. Journal: ``connectors.export.made/1``.
    """
    unit = schools.unit(school)
    if unit is None:
        raise NotFound("There is no such school.", school=str(school))
    by.must(diary.ALL, unit.path)
    found = registers.look_up(by=by, school=unit)
    told: list[writing.Written] = []
    draft = writing.folder_of(path) / f"{path.name}.part"
    with _private(draft) as stream, zipfile.ZipFile(stream, "w", zipfile.ZIP_DEFLATED, compresslevel=3) as archive:
        for sheet in _sheets(by, unit, found, now):
            told.append(writing.write(archive, sheet, found))
            if work is not None:
                steps.advance(work=work, done=1)
        readme = writing.add(archive, "README.txt", _README.read_bytes())
        writing.add(archive, "manifest.json", _manifest(by, unit, told, readme, now))
    draft.replace(path)
    given = Given({one.name: (one.rows, one.left_out) for one in told}, _sum(path))
    with transaction.atomic():
        actions.note_sight(by=by, persons=set(found.shown), where="office.export", path=unit.path, now=now)
        refs = {
            "unit": str(unit.id), "sha256": given.sha256, "rows": {one.name: one.rows for one in told},
            "left_out": len(found.hidden), "work": str(work or ""),
        }  # fmt: skip
        journal.append(by=by, kind="connectors.export.made/1", path=unit.path, refs=refs, now=now)
    return given


def fetch(*, by: Actor, work: UUID, now: datetime) -> IO[bytes]:
    """The file of an export, once, for whoever asked for it and may still. Journal: ``connectors.export.fetched/1``.

    Raises NotFound when it was fetched already, is older than a day, was asked for by somebody else, or when somebody
    of the school was protected since it was asked for.
    """
    view = queries.work(by=by, work=work)
    if view.kind != EXPORT or view.person != by.id:
        raise NotFound("There is no such export.")
    by.must(diary.ALL, view.path)
    path = file_of(work)
    if people.marked_since(path=view.path, moment=view.asked_at):
        path.unlink(missing_ok=True)  # it may name somebody who is protected since
    taken = path.with_suffix(".taken")
    with transaction.atomic():
        try:
            path.rename(taken)  # only one of two who ask in the same moment has it
            stream = taken.open("rb")
            taken.unlink()
        except OSError:
            raise NotFound("This export was fetched already, or its day is over. Ask for a new one.") from None
        refs = {"unit": str(view.unit), "work": str(work)}
        journal.append(by=by, kind="connectors.export.fetched/1", path=view.path, refs=refs, now=now)
    return stream


def waits(work: UUID) -> bool:
    """Whether the file of an export is still there to be fetched."""
    return file_of(work).is_file()


def sweep(*, now: datetime) -> int:
    """Remove exports that nobody fetched within a day; returns how many."""
    gone = 0
    for path in sorted(_folder().iterdir()) if _folder().is_dir() else []:
        if path.stat().st_mtime < (now - KEEP).timestamp():
            path.unlink(missing_ok=True)
            gone += 1
    return gone


def file_of(work: UUID) -> Path:
    """Where an export lies (`<data>/exports`)."""
    return _folder() / f"{work}.zip"


def _folder() -> Path:
    return Path(settings.DATA) / "exports"


def _sheets(by: Actor, unit: UnitView, found: registers.Register, now: datetime) -> Iterator[Sheet]:
    yield from registers.sheets(by=by, register=found, now=now)
    yield from diary.sheets(by=by, school=unit.id, path=unit.path)
    yield from board.sheets(by=by, path=unit.path)
    for place in settings.EXPORTS:  # of packages that this one does not know
        yield from import_string(place)(by=by, path=unit.path, pupils=set(found.shown))


def _manifest(
    by: Actor, unit: UnitView, told: list[writing.Written], readme: dict[str, object], now: datetime
) -> bytes:
    data = {
        "format": "testamur.export/1", "school": {"code": unit.code, "name": unit.name, "pack": unit.pack},
        "made_at": stamp(now), "made_by": str(by.id), "health": by.may(diary.HEALTH, unit.path),
        "tables": [one.data() for one in told], "files": {"README.txt": readme},
    }  # fmt: skip
    return json.dumps(data, ensure_ascii=False, indent=1).encode()


@contextlib.contextmanager
def _private(path: Path) -> Iterator[IO[bytes]]:
    """A new file for its owner alone; gone when its writing fails."""
    path.unlink(missing_ok=True)
    try:
        with os.fdopen(os.open(path, os.O_WRONLY | os.O_CREAT | os.O_EXCL, 0o600), "wb") as stream:
            yield stream
    except BaseException:
        path.unlink(missing_ok=True)
        raise


def _sum(path: Path) -> str:
    with path.open("rb") as stream:
        return hashlib.file_digest(stream, "sha256").hexdigest()
