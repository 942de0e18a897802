"""Background steps of keeping: making an extract, deleting what a list names, forgetting old files."""

from __future__ import annotations

import json
import os
from dataclasses import asdict
from datetime import date, datetime, time
from decimal import Decimal
from hashlib import sha256
from pathlib import Path
from typing import Any
from uuid import UUID

from django.db import transaction

from testamur.kernel.base.actor import Actor, Grant
from testamur.kernel.jobs.rules import step_actor
from testamur.kernel.journal.actions import append
from testamur.register.schools import queries as schools
from testamur.schoolday.keeping import owners
from testamur.schoolday.keeping.extract.files import file_of
from testamur.schoolday.keeping.extract.sections import parts
from testamur.schoolday.keeping.models import DeletionList, Extract, ListItem
from testamur.schoolday.keeping.rules import BATCH, Category, ExtractState, ListState

_ERASER = step_actor("keeping")
_SEES = (
    "keeping.extract.see", "people.details.see", "people.contact.see", "people.protected.see",
    "people.guardianship.see", "records.record.fetch", "diary.family.see",
)  # fmt: skip
"""What the making of an extract may read, of the one person alone."""


def make_extract(*, extract: UUID, now: datetime) -> bool:
    """Make an extract that was asked for; False where there is nothing to do. A second run makes it anew.

    It reads as the person who asked, with powers over the one person alone. Journal: ``keeping.extract.made/1``.
    """
    row = Extract.objects.filter(id=extract, state=ExtractState.ASKED, expires_at__gt=now).first()
    if row is None:
        return False
    grant = Grant("extract", "/", _SEES, wards=frozenset({row.person}))
    by = Actor(id=row.asked_by, identified_by=row.identified_by, grants=(grant,))
    found = list(parts(by=by, person=row.person, now=now))
    units = _units(found)
    content = {
        "format": "testamur-extract/1",
        "person": row.person,
        "asked_by": row.asked_by,
        "made_at": now,
        "units": units,
        "parts": [asdict(one) for one in found],
    }
    data = json.dumps(content, default=_plain, ensure_ascii=False, indent=1).encode()
    _write(file_of(row.id), data)
    with transaction.atomic():
        mine = Extract.objects.filter(id=row.id, state=ExtractState.ASKED)
        told = mine.update(state=ExtractState.MADE, made_at=now, sha256=sha256(data).hexdigest(), size=len(data))
        if told:
            refs = {"extract": str(row.id), "person": str(row.person), "sha256": sha256(data).hexdigest()}
            append(by=by, kind="keeping.extract.made/1", path="/", refs=refs, now=now)
    return bool(told)


def erase_listed(*, list: UUID, now: datetime) -> int:  # noqa: A002 - what it is about
    """Delete the next batch of a list that is carried out; returns how many rows are left. Idempotent.

    What was changed after the review and is not old any more stays, and is counted as kept.
    Journal: the deletion's own entry for each batch, and at the end ``keeping.list.carried/1`` with the counts and the
    digest of the ids: the evidence of the deletion.
    """
    with transaction.atomic():
        row = DeletionList.objects.select_for_update().filter(id=list, state=ListState.RUNNING).first()
        if row is None:
            return 0
        items = [*ListItem.objects.filter(list=row.id).order_by("id").values_list("row", flat=True)]
        some = items[row.gone : row.gone + BATCH]
        if some:
            gone = owners.erase(
                school=row.unit_id, path=row.path, category=Category(row.category), before=row.before,
                rows=[UUID(hex=one) for one in some], because=row.id, now=now,
            )  # fmt: skip
            row.gone += len(some)
            row.kept += len(some) - gone
            row.save(update_fields=["gone", "kept"])
        left = len(items) - row.gone
        if not left:
            row.state, row.ended_at = ListState.DONE, now
            row.save(update_fields=["state", "ended_at"])
            refs = {
                "list": str(row.id), "unit": str(row.unit_id), "category": row.category, "count": row.count,
                "kept": row.kept, "before": row.before.isoformat(), "digest": row.digest,
                "approved_by": str(row.approved_by), "carried_by": str(row.carried_by),
            }  # fmt: skip
            append(by=_ERASER, kind="keeping.list.carried/1", path=row.path, refs=refs, now=now)
        return left


def unfinished() -> tuple[UUID, ...]:
    """Lists that are being carried out: whoever did it may have died."""
    rows = DeletionList.objects.filter(state=ListState.RUNNING).order_by("started_at", "id")
    return tuple(rows.values_list("id", flat=True))


def tidy(*, now: datetime) -> int:
    """Delete the files of extracts whose time is over; returns how many."""
    gone = Extract.objects.filter(expires_at__lte=now).exclude(state=ExtractState.GONE)
    count = 0
    for row in gone:
        file_of(row.id).unlink(missing_ok=True)
        count += Extract.objects.filter(id=row.id).update(state=ExtractState.GONE)
    return count


def _units(found: list[Any]) -> dict[str, str]:
    """Names of the schools that stand in the tables as ids."""
    ids = {
        cell
        for part in found
        for table in part.tables
        for at, column in enumerate(table.columns)
        if column in {"school", "unit"}
        for cell in (line[at] for line in table.rows)
        if isinstance(cell, UUID)
    }
    return {str(key): name for key, name in schools.unit_names(ids).items()}


def _plain(value: object) -> object:
    """What JSON has no word for, as a text."""
    if isinstance(value, date | time):
        return value.isoformat()
    if isinstance(value, UUID | Decimal):
        return str(value)
    raise TypeError(type(value).__name__)


def _write(path: Path, data: bytes) -> None:
    """The whole file or none, readable by the server alone."""
    draft = path.with_suffix(".part")
    with os.fdopen(os.open(draft, os.O_WRONLY | os.O_CREAT | os.O_TRUNC, 0o600), "wb") as stream:
        stream.write(data)
    draft.replace(path)
