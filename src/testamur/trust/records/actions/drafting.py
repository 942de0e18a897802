"""Drafts: entered, marked ready, recalled, thrown away; and records declared void."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime
from uuid import UUID

from django.db import transaction

from testamur.kernel.base.actor import Actor
from testamur.kernel.base.refused import NotAllowed
from testamur.kernel.journal.actions import append
from testamur.register.schools import queries as schools
from testamur.trust.records.actions.common import NotReplaceable, ask_rules, chunks, digest, move, refs
from testamur.trust.records.models import DraftFile, Record, RecordSigner
from testamur.trust.records.rules import Issuer, NewRecord, State, code


@dataclass(frozen=True, slots=True)
class Drafted:
    """A rendered record: where its first revision lies in the pack, and the digests that bind it."""

    new: NewRecord
    h0: str
    size: int
    json_size: int
    offset: int
    record_json_sha256: str
    content_sha256: str


@transaction.atomic
def draft(*, by: Actor, pack: UUID, size: int, drafted: Sequence[Drafted], now: datetime) -> None:
    """Enter rendered records as drafts. Journal: ``records.drafted/1`` with count and digest of the H0s.

    Raises NotAllowed without ``records.record.draft`` at each school, and for an issuer that is not the school's own
    organisation; NotReplaceable when a record names a former one that is not published, or is about somebody else, or
    of another organisation. A second record for the same document, pupil, period and version breaks a constraint.
    """
    for issuer in {d.new.issuer for d in drafted}:
        by.must("records.record.draft", issuer.path)
        _must_be_the_schools_own(issuer)
    _must_be_replaceable([d.new for d in drafted if d.new.replaces])
    file = DraftFile(id=pack, made_at=now, size=size)
    file.save(force_insert=True)
    Record.objects.bulk_create([_record(d, pack) for d in drafted], batch_size=200)
    RecordSigner.objects.bulk_create(
        [
            RecordSigner(record_id=d.new.record, order=s.order, role=s.role, person=s.person)
            for d in drafted
            for s in d.new.signers
        ],
        batch_size=500,
    )
    append(
        by=by,
        kind="records.drafted/1",
        path=drafted[0].new.issuer.path,
        refs={"pack": str(pack), "count": len(drafted), "h0s_sha256": digest(d.h0 for d in drafted)},
        now=now,
    )


def _must_be_the_schools_own(issuer: Issuer) -> None:
    """The organisation whose key will seal is the school itself or stands above it in the register."""
    above = schools.units_above(issuer.path)
    if not above or above[-1].id != issuer.unit or issuer.organisation not in {unit.id for unit in above}:
        raise NotAllowed("The school does not issue for this organisation.", verb="records.record.draft")


def _must_be_replaceable(new: Sequence[NewRecord]) -> None:
    wanted = {n.replaces for n in new}
    former = {r.id: r for some in chunks(sorted(filter(None, wanted))) for r in Record.objects.filter(id__in=some)}
    for n in new:
        old = former.get(n.replaces) if n.replaces else None
        if old is None or old.state != State.PUBLISHED:
            raise NotReplaceable("Only a published record can be replaced.")
        if (old.organisation, old.subject) != (n.issuer.organisation, n.subject.id):
            raise NotReplaceable("A record takes the place of one about the same person, by the same organisation.")


def _record(d: Drafted, pack: UUID) -> Record:
    new = d.new
    return Record(
        id=new.record,
        organisation=new.issuer.organisation,
        unit=new.issuer.unit,
        path=new.issuer.path,
        document_type=new.document.code,
        pack=new.pack_id,
        subject_kind=new.subject.kind,
        subject=new.subject.id,
        title=new.document.title if new.subject.kind == "pupil" else f"{new.document.title} {new.subject.name}",
        period=new.period,
        version=new.version,
        replaces_id=new.replaces,
        replaced_because=new.replaced_because,
        code=code(new.record),
        content_sha256=d.content_sha256,
        record_json_sha256=d.record_json_sha256,
        h0=d.h0,
        size=d.size,
        json_size=d.json_size,
        draft_file_id=pack,
        draft_offset=d.offset,
        issued_on=new.issued_on,
        group_code=new.group,
        pupils=[str(pupil) for pupil in new.pupils],
    )


@transaction.atomic
def mark_ready(*, by: Actor, path: str, records: Sequence[UUID], now: datetime) -> None:
    """The school administrator's word that the documents may be signed (A4). Journal: ``records.ready/1``.

    Needs ``records.record.ready`` at the school. Raises WrongState, and what a rule of ``settings.READY_RULES`` refuses
    (``transcripts.class.not_verified``): a document that rests on something that is not there yet stays a draft.
    """
    by.must("records.record.ready", path)
    move(records, State.DRAFTED, State.READY, path)
    ask_rules(records, now)
    for some in chunks(records):
        Record.objects.filter(id__in=some).update(ready_at=now, declined_at=None)
    append(by=by, kind="records.ready/1", path=path, refs=refs(records), now=now)


@transaction.atomic
def recall(*, by: Actor, path: str, records: Sequence[UUID], now: datetime) -> None:
    """Take ready documents back to draft before anybody signs. Journal: ``records.recalled/1``."""
    by.must("records.record.ready", path)
    move(records, State.READY, State.DRAFTED, path)
    for some in chunks(records):
        Record.objects.filter(id__in=some).update(ready_at=None)
    append(by=by, kind="records.recalled/1", path=path, refs=refs(records), now=now)


@transaction.atomic
def discard(*, by: Actor, path: str, records: Sequence[UUID], now: datetime) -> None:
    """Throw drafts away that nobody has signed. Journal: ``records.discarded/1``."""
    by.must("records.record.draft", path)
    move(records, State.DRAFTED, State.DISPOSED, path)
    append(by=by, kind="records.discarded/1", path=path, refs=refs(records), now=now)


@transaction.atomic
def annul(*, by: Actor, path: str, record: UUID, why: str, now: datetime) -> None:
    """Declare a published record void (it should never have been issued). Journal: ``records.annulled/1``."""
    by.must("records.record.annul", path)
    move([record], State.PUBLISHED, State.ANNULLED, path)
    # what nobody has seen is not shown as void either
    Record.objects.filter(id=record, released_at__gt=now).update(released_at=None)
    append(by=by, kind="records.annulled/1", path=path, refs={"record": str(record), "why": why[:80]}, now=now)
