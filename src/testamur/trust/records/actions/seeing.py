"""Looking at documents: drafts before they are signed, originals in the archive; and who saw whom."""

from __future__ import annotations

import hashlib
from collections.abc import Collection, Sequence
from datetime import datetime
from uuid import UUID

from django.db import transaction

from testamur.kernel.base.actor import Actor
from testamur.kernel.base.ids import new_id
from testamur.kernel.base.refused import NotFound
from testamur.kernel.journal.actions import append
from testamur.register.people import queries as people
from testamur.trust.archive.queries import store
from testamur.trust.records import drafts
from testamur.trust.records.models import Issue, Record, RecordSigner, Retrieval, Sight
from testamur.trust.records.originals import Fetched, OriginalDamaged, read_original
from testamur.trust.records.rules import State


@transaction.atomic
def note_sight(*, by: Actor, persons: Collection[UUID], where: str, path: str, now: datetime) -> int:
    """Write down that `by` saw the true names of those of `persons` whose identity is protected; returns how many.

    Once per person, actor and hour; oneself is not counted. `where` is a short dotted text (``office.class``), `path`
    the place by which the sight is reviewed (`queries.sights`). Whoever may be shown a name is decided before: this
    asks for no permission. Journal: ``people.protected_seen/1``, none when nobody is protected.
    """
    hour = now.replace(minute=0, second=0, microsecond=0)
    hidden = people.protected(persons) - {by.id}
    known = Sight.objects.filter(actor=by.id, hour=hour, person__in=hidden).values_list("person", flat=True)
    fresh = sorted(hidden.difference(known)) if hidden else []
    if not fresh:
        return 0
    Sight.objects.bulk_create(
        [
            Sight(id=new_id(), person=person, actor=by.id, hour=hour, at=now, path=path, where=where[:60])
            for person in fresh
        ],
        ignore_conflicts=True,
    )
    told = {"persons": [str(person) for person in fresh], "where": where[:60]}
    append(by=by, kind="people.protected_seen/1", path=path, refs=told, now=now)
    return len(fresh)


@transaction.atomic
def first_revision(*, by: Actor, record: UUID, now: datetime) -> bytes:
    """The PDF of a record as it is signed, without seal: for reading before signing.

    For those whom the record names as signers, and for ``records.record.read`` at its place; to all others it is not
    there (NotFound). Raises OriginalDamaged when the file is not the one that was made. A sight of protected persons
    is journalled as in `note_sight`.
    """
    row = _row(record)
    signs = RecordSigner.objects.filter(record=record, person=by.id).exists()
    if not (signs and by.may("records.record.sign", row.path)) and not by.may("records.record.read", row.path):
        raise NotFound("There is no such document.", record=str(record))
    if row.state == State.DISPOSED:
        raise NotFound("The draft was thrown away.", record=str(record))
    pdf = _first_revision(row)
    note_sight(by=by, persons=_named(row), where="records.first_revision", path=row.path, now=now)
    return pdf


@transaction.atomic
def original(*, by: Actor, record: UUID, now: datetime) -> Fetched:
    """The sealed original with its proof and what was checked on the way, for the office.

    Needs ``records.record.read`` where the record lies. Raises NotFound, OriginalDamaged. Kept as a retrieval; a sight
    of protected persons is journalled. Journal: ``records.fetched/1``.
    """
    row = _row(record)
    by.must("records.record.read", row.path)
    fetched = read_original(record, now=now)
    note_retrieval(by=by, fetched=fetched, way="office", now=now)
    note_sight(by=by, persons=_named(row), where="records.original", path=row.path, now=now)
    told = {"record": str(record), "way": "office", "pdf_sha256": fetched.report["digests"]["pdf_sha256"]}
    append(by=by, kind="records.fetched/1", path=row.path, refs=told, now=now)
    return fetched


def note_retrieval(*, by: Actor, fetched: Fetched, way: str, now: datetime) -> None:
    """Keep that an original was handed out; part of the verbs that do."""
    Retrieval(
        id=new_id(),
        record_id=fetched.record,
        person=by.id,
        way=way,
        pdf_sha256=fetched.report["digests"]["pdf_sha256"],
        at=now,
    ).save(force_insert=True)


def _row(record: UUID) -> Record:
    row = Record.objects.filter(id=record).first()
    if row is None:
        raise NotFound("There is no such document.", record=str(record))
    return row


def _named(row: Record) -> Sequence[UUID]:
    """The pupils whom a document names."""
    return [row.subject] if row.subject_kind == "pupil" else [UUID(pupil) for pupil in row.pupils]


def _first_revision(row: Record) -> bytes:
    """From the pack of drafts, or (when that is gone) the beginning of the original, which the seal only adds to."""
    if Issue.objects.filter(record=row).exists():
        pdf = store().read(row.id, "record.pdf")[: row.size]
    else:
        try:
            pdf = drafts.read_part(row.draft_file_id, row.draft_offset, row.size)
        except OSError as error:
            raise OriginalDamaged("The draft cannot be read.", record=str(row.id)) from error
    if hashlib.sha256(pdf).hexdigest() != row.h0:
        raise OriginalDamaged("The stored draft is not the one that was made.", record=str(row.id))
    return pdf
