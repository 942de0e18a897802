"""Decisions about how results are signed: their documents, and the day from which they hold."""

from __future__ import annotations

from datetime import datetime
from uuid import UUID

from django.db import transaction

from testamur.kernel.base.actor import Actor
from testamur.kernel.base.ids import random_id
from testamur.kernel.base.refused import NotFound, Refused
from testamur.law.contract import DocumentFacts
from testamur.law.results import ProcessFacts
from testamur.register.people.actions import legal_persons
from testamur.register.schools import queries as schools
from testamur.schoolday.reporting.actions.process import note_in_force
from testamur.schoolday.reporting.models import ProcessRule
from testamur.schoolday.reporting.queries.law import law_at, results_of
from testamur.schoolday.reporting.rules.documents import period_of
from testamur.schoolday.reporting.steps.facts import PURPOSE, authority_of, issuer, school, signers
from testamur.schoolday.reporting.steps.preparing import Press
from testamur.trust.records import actions as records
from testamur.trust.records import queries as kept
from testamur.trust.records import steps as press
from testamur.trust.records.render import template_digest
from testamur.trust.records.rules import SEEN_BY_CITIZENS, NewRecord, State, Subject


def prepare_process(*, by: Actor, rule: UUID, made: Press) -> UUID:
    """Make the document of a proposed decision and let it wait for the head's signature; returns its record.

    Doing it again makes nothing twice. Needs what `preparing.prepare` needs of records and people. Raises NotFound,
    NobodySigns.
    """
    row = _with_record(rule)
    assert row.record is not None  # by `_with_record`
    there = kept.by_ids(by=by, records=[row.record])
    if not there:
        press.prepare(
            by=by,
            new=[_record(by, row, made.clock())],
            renderer=made.renderer,
            public_url=made.public_url,
            test=made.test,
            now=made.clock(),
        )
    if not there or there[0].state is State.DRAFTED:
        records.mark_ready(by=by, path=row.path, records=[row.record], now=made.clock())
    return row.record


@transaction.atomic
def _with_record(rule: UUID) -> ProcessRule:
    row = ProcessRule.objects.select_for_update().filter(id=rule).first()
    if row is None:
        raise NotFound("There is no such decision.", field="rule")
    if row.record is None:
        row.record = random_id()
        row.save(update_fields=["record"])
    return row


def _record(by: Actor, row: ProcessRule, now: datetime) -> NewRecord:
    unit = schools.unit_at(row.path)
    if unit is None or row.record is None:
        raise NotFound("There is no such unit.", field="path")
    authority = authority_of(unit)
    law = law_at(row.path)
    document = law.documents[results_of(law.id).process_document]
    head = legal_persons(by=by, ids=[row.decided_by], purpose=PURPOSE, now=now)[row.decided_by]
    who = signers(document, head)
    facts = DocumentFacts(
        school=school(unit, authority),
        period=period_of(row.grade_from),
        year_level=0,
        class_name="",
        pupil=None,
        decisions=(),
        issued_on=now.date(),
        principal=head.facts.name,
        process=ProcessFacts(
            way=row.way,
            grade_from=row.grade_from,
            decided_by=f"{who[0].title} {head.facts.name}",
            reference=row.reference,
        ),
    )
    return NewRecord(
        record=row.record,
        issuer=issuer(unit, authority),
        document=document,
        pack_id=law.id,
        pack_version=law.version,
        template_sha256=template_digest(document.template),
        subject=Subject("group", row.id, row.grade_from.isoformat()),
        period=facts.period.label,
        content=document.content(facts),
        signers=who,
        issued_on=now.date(),
    )


def put_in_force(*, by: Actor, now: datetime) -> int:
    """Let every decision hold whose document is published; returns how many do from now on. Idempotent.

    Needs ``reporting.rule.put_in_force`` and ``records.record.read``.
    """
    waiting = ProcessRule.objects.filter(in_force_at__isnull=True, record__isnull=False)
    pairs = waiting.order_by("made_at", "id").values_list("record", "id")
    rules = {record: key for record, key in pairs if record is not None}
    count = 0
    for view in kept.by_ids(by=by, records=[*rules]):
        if view.state not in SEEN_BY_CITIZENS:
            continue
        try:
            note_in_force(by=by, rule=rules[view.id], now=now)
        except Refused:  # another decision holds from that day: this one never will
            continue
        count += 1
    return count
