"""Copies and extracts: a number in the book, a purpose, and a print that leads back to the original."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import datetime
from uuid import UUID

from django.db import IntegrityError, transaction
from django.db.models import Max

from testamur.kernel.base.actor import Actor
from testamur.kernel.base.ids import new_id
from testamur.kernel.journal.actions import append
from testamur.schoolday.custody import printing, queries
from testamur.schoolday.custody.models import Copy
from testamur.schoolday.custody.queries.reach import lent
from testamur.schoolday.custody.rules import AskedBy, BookBusy, CopyKind, NoSuchYears, NotForCopies, said
from testamur.trust.records import queries as records
from testamur.trust.records.actions import seeing
from testamur.trust.records.rules import State


@transaction.atomic
def issue_copy(
    *,
    by: Actor,
    lookup: UUID,
    record: UUID,
    kind: CopyKind,
    asked_by: AskedBy,
    purpose: str,
    years: Sequence[str] = (),
    now: datetime,
) -> UUID:
    """Give a copy or an extract of one of the pupil's originals the next number of the office's book; returns its id.

    The office is that of the look-up. An extract names the `years` that it shows. Needs ``custody.copy.issue`` there.
    Raises SayWhy, LookUpEnded, NotFound, NotForCopies, NoSuchYears. Journal: ``custody.copy.issued/1``.
    """
    opened = queries.opened(by=by, lookup=lookup, now=now)
    by.must("custody.copy.issue", opened.path)
    why = said(purpose)
    one = queries.document(by=by, lookup=lookup, record=record, now=now)
    if one.state is not State.PUBLISHED or one.subject_kind != "pupil":
        raise NotForCopies("Only a document that holds good is copied.", field="record")
    if kind is CopyKind.EXTRACT:
        known = printing.years_of(by=lent(by, one.path, "records.record.read"), record=record)
        if not known:
            raise NotForCopies("This document has no years to make an extract of.", field="kind")
        if not years or not set(years) <= set(known):
            raise NoSuchYears("Choose among the years that stand in the document.", field="years", known=known)
    chosen = list(years) if kind is CopyKind.EXTRACT else []
    row = _numbered(
        Copy(
            id=new_id(), path=opened.path, year=now.year, kind=kind.value, record=record, pupil=one.subject,
            asked_by=asked_by.value, purpose=why, years=chosen, issued_by=by.id, issued_at=now,
        )
    )  # fmt: skip
    refs = {
        "copy": str(row.id), "record": str(record), "person": str(one.subject), "number": f"{row.number}/{row.year}",
        "kind": kind.value, "lookup": str(lookup),
    }  # fmt: skip
    append(by=by, kind="custody.copy.issued/1", path=opened.path, refs=refs, now=now)
    return row.id


def _numbered(row: Copy) -> Copy:
    """Saved under the next number of its book; two clerks at once get two numbers, and none is left out."""
    for _try in range(20):
        last = Copy.objects.filter(path=row.path, year=row.year).aggregate(last=Max("number"))["last"] or 0
        row.number = last + 1
        try:
            with transaction.atomic():
                row.save(force_insert=True)
        except IntegrityError:
            continue
        return row
    raise BookBusy("So many copies are given at this moment: try again.")


@transaction.atomic
def print_copy(*, by: Actor, copy: UUID, office: str, clerk: str, day: str, now: datetime) -> bytes:
    """The file of a copy, as often as it is asked for; each time is journalled. `day`: as `printing.file_of` has it.

    Needs ``custody.copy.see`` at its office. Raises NotFound, OriginalDamaged. Journal: ``custody.copy.printed/1``.
    """
    line = queries.copy_of(by=by, copy=copy)
    by.must("custody.copy.see", line.path)
    [known] = records.by_ids(by=lent(by, "/", "records.record.read"), records=[line.record])
    fetched = seeing.original(by=lent(by, known.path, "records.record.read"), record=line.record, now=now)
    refs = {"copy": str(copy), "record": str(line.record), "person": str(line.pupil)}
    append(by=by, kind="custody.copy.printed/1", path=line.path, refs=refs, now=now)
    return printing.file_of(line, fetched, office=office, clerk=clerk, zone_day=day, now=line.issued_at)
