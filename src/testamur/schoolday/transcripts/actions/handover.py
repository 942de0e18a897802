"""Handing records over to the ministry's store: asked for, sent, accepted or rejected, asked for again.

One row for each record, so none is delivered twice. Who sends, and what the store answers in full, is known to the
connector that delivers; here stands only where each record is.
"""

from __future__ import annotations

from collections.abc import Collection, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from uuid import UUID

from django.db import transaction
from django.db.models import F

from testamur.kernel.base.actor import Actor
from testamur.kernel.base.refused import NotFound, Refused
from testamur.kernel.journal.actions import append
from testamur.schoolday.transcripts.models import Handover
from testamur.schoolday.transcripts.rules import HandoverState

CHUNK = 400
MESSAGE, CODE, RECEIPT = 400, 80, 120


class HandoverMoved(Refused):
    """A record is not where this step needs it to be: somebody else has moved it."""

    code = "transcripts.handover.moved"


@dataclass(frozen=True, slots=True)
class Asked:
    """A record that shall go to the store, and where it belongs."""

    record: UUID
    pupil: UUID
    group: UUID
    unit: UUID
    path: str
    school_year: str


@dataclass(frozen=True, slots=True)
class Said:
    """Why a record was rejected: a code, and words that name nobody."""

    code: str
    message: str = ""


@transaction.atomic
def ask(*, by: Actor, records: Sequence[Asked], now: datetime) -> int:
    """Let records wait for delivery; one that was asked for before is passed over. Returns how many are new.

    Needs ``transcripts.handover.ask`` at each record's place. Journal, once for each place:
    ``transcripts.handover.asked/1``.
    """
    for path, group in sorted({(one.path, one.group) for one in records}):
        by.must("transcripts.handover.ask", path, group=group)
    known = set(_rows([one.record for one in records]))
    fresh = {one.record: one for one in records if one.record not in known}
    rows = [
        Handover(
            record=one.record, pupil=one.pupil, group=one.group, unit=one.unit, path=one.path,
            school_year=one.school_year, asked_at=now,
        )
        for one in fresh.values()
    ]  # fmt: skip
    # two that ask at once: the first one's rows stand
    Handover.objects.bulk_create(rows, batch_size=CHUNK, ignore_conflicts=True)
    _tell(by, "transcripts.handover.asked/1", rows, now)
    return len(rows)


@transaction.atomic
def note_sent(*, by: Actor, records: Collection[UUID], now: datetime) -> None:
    """They stand in a batch that is drawn up for the store. Needs ``transcripts.handover.note``.

    Journal: ``transcripts.handover.sent/1``. Raises `HandoverMoved` when one of them does not wait: nothing is changed.
    """
    rows = _held(by, records, HandoverState.WAITING)
    for some in _chunks(records):
        Handover.objects.filter(record__in=some).update(
            state=HandoverState.SENT, tries=F("tries") + 1, sent_at=now, answered_at=None, code="", message=""
        )
    _tell(by, "transcripts.handover.sent/1", rows, now)


@transaction.atomic
def note_accepted(*, by: Actor, receipts: Mapping[UUID, str], now: datetime) -> None:
    """The store has them; `receipts` is its receipt for each. Needs ``transcripts.handover.note``.

    Journal: ``transcripts.handover.accepted/1``. Raises `HandoverMoved`.
    """
    rows = _held(by, receipts, HandoverState.SENT)
    for row in rows:
        row.state, row.receipt, row.answered_at = HandoverState.ACCEPTED, receipts[row.record][:RECEIPT], now
        row.code = row.message = ""
    Handover.objects.bulk_update(rows, ["state", "receipt", "answered_at", "code", "message"], batch_size=CHUNK // 4)
    _tell(by, "transcripts.handover.accepted/1", rows, now)


@transaction.atomic
def note_rejected(*, by: Actor, reasons: Mapping[UUID, Said], now: datetime, unsent: bool = False) -> None:
    """The store will not have them as they are; `unsent`: they could not even be put into its form.

    Needs ``transcripts.handover.note``. Journal: ``transcripts.handover.rejected/1``. Raises `HandoverMoved`.
    """
    rows = _held(by, reasons, HandoverState.WAITING if unsent else HandoverState.SENT)
    for row in rows:
        said = reasons[row.record]
        row.state, row.answered_at = HandoverState.REJECTED, now
        row.code, row.message = said.code[:CODE], said.message[:MESSAGE]
    Handover.objects.bulk_update(rows, ["state", "answered_at", "code", "message"], batch_size=CHUNK // 4)
    _tell(by, "transcripts.handover.rejected/1", rows, now)


@transaction.atomic
def ask_again(*, by: Actor, records: Collection[UUID], now: datetime) -> int:
    """Rejected records wait for delivery once more, as they are; returns how many. Those not rejected are passed over.

    Needs ``transcripts.handover.ask`` at each record's place. Journal: ``transcripts.handover.asked_again/1``. Raises
    ``not_found`` when one of them was never asked for.
    """
    found = _rows(records, lock=True)
    if len(found) != len(set(records)):
        raise NotFound("There is no such record on its way.", field="records")
    rows = [row for row in found.values() if row.state == HandoverState.REJECTED]
    for path, group in sorted({(row.path, row.group) for row in found.values()}):
        by.must("transcripts.handover.ask", path, group=group)
    for some in _chunks([row.record for row in rows]):
        Handover.objects.filter(record__in=some).update(
            state=HandoverState.WAITING, code="", message="", sent_at=None, answered_at=None
        )
    _tell(by, "transcripts.handover.asked_again/1", rows, now)
    return len(rows)


def _chunks(records: Collection[UUID]) -> list[list[UUID]]:
    every = sorted(set(records))
    return [every[start : start + CHUNK] for start in range(0, len(every), CHUNK)]


def _rows(records: Collection[UUID], *, lock: bool = False) -> dict[UUID, Handover]:
    rows = Handover.objects.select_for_update() if lock else Handover.objects.all()
    return {row.record: row for some in _chunks(records) for row in rows.filter(record__in=some).order_by("record")}


def _held(by: Actor, records: Collection[UUID], state: HandoverState) -> list[Handover]:
    """The rows, locked, all of them in that state."""
    found = _rows(records, lock=True).values()
    for path in sorted({row.path for row in found}):
        by.must("transcripts.handover.note", path)
    rows = [row for row in found if row.state == state]
    if len(rows) != len(set(records)):
        raise HandoverMoved("Some of these records are not where they were.", field="records")
    return rows


def _tell(by: Actor, kind: str, rows: Sequence[Handover], now: datetime) -> None:
    """One entry for each place: its classes and how many records, so that whoever counts knows where to look."""
    by_path: dict[str, list[Handover]] = {}
    for row in rows:
        by_path.setdefault(row.path, []).append(row)
    for path, some in sorted(by_path.items()):
        refs = {"groups": sorted({str(row.group) for row in some}), "count": len(some)}
        if len(some) == 1:
            refs["record"] = str(some[0].record)
        append(by=by, kind=kind, path=path, refs=refs, now=now)
