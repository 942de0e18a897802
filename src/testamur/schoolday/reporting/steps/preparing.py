"""A sent list as documents: the list itself, and a certificate for each result that passed."""

# ruff: noqa: A002 - a list is what all this is about

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, field, replace
from datetime import datetime
from typing import Any
from uuid import UUID

from django.db import transaction

from testamur.kernel.base.actor import Actor
from testamur.kernel.base.ids import random_id
from testamur.kernel.base.refused import Refused
from testamur.law.contract import DocumentFacts, DocumentType
from testamur.schoolday.reporting.actions.documents import note_prepared, note_trouble, throw_away
from testamur.schoolday.reporting.models import ListRow, ResultList
from testamur.schoolday.reporting.queries.law import results_of
from testamur.schoolday.reporting.queries.reach import held
from testamur.schoolday.reporting.queries.signing import must_be_unaltered, must_still_hold
from testamur.schoolday.reporting.rules.documents import (
    Elsewhere,
    FormerNotPublished,
    certificate_period,
    period_of,
)
from testamur.schoolday.reporting.rules.states import ListState, Way
from testamur.schoolday.reporting.steps.facts import (
    Gathered,
    certificate_facts,
    gather,
    list_facts,
    signers,
    student,
)
from testamur.trust.records import actions as records
from testamur.trust.records import queries as kept
from testamur.trust.records import steps as press
from testamur.trust.records.queries import Latest
from testamur.trust.records.render import Renderer, template_digest
from testamur.trust.records.rules import NewRecord, State, Subject

CHUNK = 50
"""Documents in one durable pack, as for a term's documents: a second or two of work."""

Clock = Callable[[], datetime]


@dataclass(frozen=True, slots=True)
class Press:
    """What documents are made with."""

    renderer: Renderer
    public_url: str
    test: bool
    clock: Clock


def prepare(*, by: Actor, list: UUID, renderer: Renderer, public_url: str, test: bool, clock: Clock) -> int:
    """Make the documents of a sent list and let them wait for the examiner's signature; returns how many were made.

    Their ids are chosen and written down before anything is made, so that whoever dies on the way and runs again makes
    nothing twice. Nothing is done for a list that is prepared, taken back, or signed by hand. What stands in the way is
    noted on the list (`note_trouble`) and raised: NobodySigns, Elsewhere, FormerNotPublished, `ListNotReady` when the
    checks stop it by now, `ListAltered` when it is not what was sent. Needs ``reporting.list.prepare``,
    ``people.legal_name.read`` and ``records.record.read``, ``.draft``, ``.ready``.
    """
    made = Press(renderer, public_url, test, clock)
    try:
        planned = _plan(list, clock())
        return 0 if planned is None else _make(by, *planned, made)
    except Refused as refusal:
        note_trouble(by=by, list=list, refusal=refusal, now=clock())
        raise


@transaction.atomic
def _plan(list: UUID, now: datetime) -> tuple[ResultList, tuple[ListRow, ...]] | None:
    """The list with an id for each document, or None when there is nothing to do."""
    row = held(list)
    if row.state != ListState.SENT or row.way != Way.ELECTRONIC or row.prepared_at is not None:
        return None
    rows = tuple(ListRow.objects.filter(list=row).order_by("id"))
    must_be_unaltered(row, rows)
    must_still_hold(row, rows, now)
    law = results_of(row.pack)
    fresh = [one for one in rows if one.value and one.certificate is None and law.passed(row.scale, one.value)]
    for one in fresh:
        one.certificate = random_id()
    ListRow.objects.bulk_update(fresh, ["certificate"], batch_size=200)
    if row.record is None:
        row.record = random_id()
        row.save(update_fields=["record"])
    return row, rows


def _make(by: Actor, row: ResultList, rows: tuple[ListRow, ...], made: Press) -> int:
    one = gather(by=by, row=row, rows=rows, now=made.clock())
    ids = _ids(row, rows)
    there = {view.id: view.state for view in kept.by_ids(by=by, records=ids)}
    new = [record for record in _records(by, one) if record.record not in there]
    for start in range(0, len(new), CHUNK):
        if not _waits(row):
            break
        press.prepare(
            by=by,
            new=new[start : start + CHUNK],
            renderer=made.renderer,
            public_url=made.public_url,
            test=made.test,
            now=made.clock(),
        )
    try:
        _hand_over(by, row, ids, made.clock())
    except Refused:
        if not _waits(row):  # taken back meanwhile: nobody shall sign what was made since
            throw_away(by=by, path=row.path, ids=ids, now=made.clock())
        raise
    return len(new)


@transaction.atomic
def _hand_over(by: Actor, row: ResultList, ids: Sequence[UUID], now: datetime) -> None:
    drafted = [view.id for view in kept.by_ids(by=by, records=ids) if view.state is State.DRAFTED]
    if drafted:
        records.mark_ready(by=by, path=row.path, records=drafted, now=now)
    note_prepared(by=by, list=row.id, sent_sha256=row.sent_sha256, now=now)


def _ids(row: ResultList, rows: Sequence[ListRow]) -> list[UUID]:
    return [key for key in (row.record, *(one.certificate for one in rows)) if key is not None]


def _waits(row: ResultList) -> bool:
    return ResultList.objects.filter(id=row.id, state=ListState.SENT, record=row.record).exists()


# --- the records -------------------------------------------------------------------------------


@dataclass(slots=True)
class _Places:
    """What there is of each certificate already, read once for each day of examination."""

    by: Actor
    one: Gathered
    known: dict[str, Mapping[tuple[str, UUID], Latest]] = field(default_factory=dict)

    def of(self, document: DocumentType, person: UUID, period: str) -> Latest | None:
        """The newest version of that certificate, or None."""
        if period not in self.known:
            unit = self.one.unit
            self.known[period] = kept.latest(by=self.by, path=unit.path, unit=unit.id, period=period)
        return self.known[period].get((document.code, person))


def _records(by: Actor, one: Gathered) -> list[NewRecord]:
    law = results_of(one.pack.id)
    document, certificate = one.pack.documents[law.list_document], one.pack.documents[law.certificate]
    row = one.list
    facts = list_facts(one)
    about = Subject("group", row.id, f"{row.number} {one.code}")
    found = [
        _record(one, document, about, facts, row.record, period_of(facts.period.ends).label),
    ]
    places = _Places(by, one)
    digest = template_digest(certificate.template)
    for line in one.rows:
        if line.certificate is None or line.examined_on is None:
            continue
        period = certificate_period(one.code, line.examined_on.isoformat())
        subject = student(one.persons[line.person])
        new = _record(one, certificate, subject, certificate_facts(one, line), line.certificate, period, digest=digest)
        found.append(_versioned(new, places.of(certificate, line.person, period), one))
    return found


def _record(
    one: Gathered,
    document: DocumentType,
    about: Subject,
    facts: DocumentFacts,
    record: UUID | None,
    period: str,
    *,
    digest: str = "",
) -> NewRecord:
    assert record is not None  # by `_plan`
    assert one.list.examiner is not None  # of what was sent, by constraint
    content: dict[str, Any] = document.content(facts)
    return NewRecord(
        record=record,
        issuer=one.issuer,
        document=document,
        pack_id=one.pack.id,
        pack_version=one.pack.version,
        template_sha256=digest or template_digest(document.template),
        subject=about,
        period=period,
        # which version of the list this says: a signature on it is one on what was sent
        content={**content, "sent_sha256": one.list.sent_sha256},
        signers=signers(document, one.persons[one.list.examiner]),
        issued_on=one.issued_on,
        group=f"{one.list.number}",
        pupils=tuple(line.person for line in one.rows) if about.kind == "group" else (),
    )


def _versioned(new: NewRecord, before: Latest | None, one: Gathered) -> NewRecord:
    """The certificate as first version, or as the one that takes the place of a former."""
    if before is None or before.record == new.record:
        return new
    if before.state is State.ANNULLED:
        return replace(new, version=before.version + 1)
    if one.list.reason == "new":
        raise Elsewhere("There is a certificate of this student, module and day already.", field="list")
    if before.state is not State.PUBLISHED:
        raise FormerNotPublished("The certificate that this one replaces is not published yet.", field="list")
    because = one.list.reason.replace("-", "_")
    return replace(new, version=before.version + 1, replaces=before.record, replaced_because=because)
