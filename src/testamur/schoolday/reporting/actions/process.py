"""Decisions about how results are signed (rows B24, B45)."""

from __future__ import annotations

from collections.abc import Callable
from datetime import date, datetime
from uuid import UUID

from django.db import transaction
from django.utils.module_loading import import_string

from testamur.kernel.base.actor import Actor
from testamur.kernel.base.ids import new_id
from testamur.kernel.base.refused import NotFound, Refused
from testamur.kernel.journal.actions import append
from testamur.register.schools import queries as schools
from testamur.register.schools.rules import Role
from testamur.schoolday.reporting.actions.documents import stand_in, throw_away
from testamur.schoolday.reporting.models import ProcessRule
from testamur.schoolday.reporting.queries.law import law_at
from testamur.schoolday.reporting.rules.states import Way
from testamur.trust.records import queries as kept
from testamur.trust.records.rules import SEEN_BY_CITIZENS, State

ENQUEUE = "testamur.schoolday.reporting.tasks.enqueue_process"
"""Named, not imported, as in `documents`."""
_REFERENCE = 80


class ProcessTwice(Refused):
    """There is a decision for that day of examination already."""

    code = "reporting.rule.exists"


class NoHead(Refused):
    """Nobody holds the post that decides."""

    code = "reporting.rule.no_head"


class ReferenceTooLong(Refused):
    """A file number has at most 80 characters."""

    code = "reporting.rule.reference"


class NotDecided(Refused):
    """The document of the decision is not signed and published: it holds for nobody."""

    code = "reporting.rule.not_decided"


@transaction.atomic
def propose_process(*, by: Actor, path: str, way: Way, grade_from: date, reference: str = "", now: datetime) -> UUID:
    """Draw up a decision that from a day of examination on results are signed in another way; returns its id.

    The head of the unit at `path` (its principal today) signs it as a document on the main line, which is made in the
    background; it holds once that is published. Needs ``reporting.rule.propose`` at `path`. Raises NotFound, NoHead,
    ProcessTwice for a day on which another decision holds or is to hold, NoResults. One that its head declined, or
    whose document was discarded, came to nothing: the new one takes its place. Journal:
    ``reporting.rule.proposed/1``, with the former one in ``replaces``.
    """
    by.must("reporting.rule.propose", path)
    unit = schools.unit_at(path)
    if unit is None:
        raise NotFound("There is no such unit.", field="path")
    law_at(path)
    text = " ".join(reference.split())
    if len(text) > _REFERENCE:
        raise ReferenceTooLong(f"A file number has at most {_REFERENCE} characters.", field="reference")
    head = schools.holder(role=Role.PRINCIPAL, on=now.date(), unit=unit.id)
    if head is None:
        raise NoHead("Nobody is head of this unit today.", field="path")
    former = [*ProcessRule.objects.select_for_update().filter(path=path, grade_from=grade_from)]
    if not all(_came_to_nothing(by, one) for one in former):
        raise ProcessTwice("There is a decision for that day already.", field="grade_from", day=grade_from)
    replaced = [str(one.id) for one in former]
    for one in former:
        throw_away(by=stand_in(by), path=path, ids=[one.record] if one.record else [], now=now)
        one.delete()
    row = ProcessRule(
        id=new_id(), path=path, way=Way(way), grade_from=grade_from, reference=text, decided_by=head, made_at=now
    )
    row.save(force_insert=True)
    told = {"rule": str(row.id), "way": row.way, "grade_from": grade_from.isoformat(), "decided_by": str(head)}
    append(
        by=by,
        kind="reporting.rule.proposed/1",
        path=path,
        refs={**told, **({"replaces": replaced} if replaced else {})},
        now=now,
    )
    enqueue: Callable[..., None] = import_string(ENQUEUE)
    enqueue(rule=row.id, by=by.id)
    return row.id


def _came_to_nothing(by: Actor, rule: ProcessRule) -> bool:
    """Whether a decision can never hold: its head would not sign it, or its document was discarded."""
    if rule.in_force_at is not None or rule.record is None:
        return False
    reader = stand_in(by)
    states = [view.state for view in kept.by_ids(by=reader, records=[rule.record])]
    declined = any(one.open and one.record == rule.record for one in kept.declines(by=reader, path=rule.path))
    return states == [State.DISPOSED] or (states == [State.DRAFTED] and declined)


@transaction.atomic
def note_in_force(*, by: Actor, rule: UUID, now: datetime) -> None:
    """The document of a decision is published: it holds from now on, for the days of examination that it names.

    Lists that were sent before keep their way. Needs ``reporting.rule.put_in_force`` and ``records.record.read``.
    Raises NotFound, ProcessTwice, `NotDecided` while the document of the decision is not published. Journal:
    ``reporting.rule.in_force/1``.
    """
    row = ProcessRule.objects.select_for_update().filter(id=rule).first()
    if row is None:
        raise NotFound("There is no such decision.", field="rule")
    by.must("reporting.rule.put_in_force", row.path)
    if row.in_force_at is not None:
        return
    document = next(iter(kept.by_ids(by=by, records=[row.record])), None) if row.record else None
    if document is None or document.state not in SEEN_BY_CITIZENS or document.subject != row.id:
        raise NotDecided("The head has not signed that decision yet.", field="rule")
    same = ProcessRule.objects.filter(path=row.path, grade_from=row.grade_from, in_force_at__isnull=False)
    if same.exists():
        raise ProcessTwice("Another decision holds from that day.", field="grade_from", day=row.grade_from)
    row.in_force_at = now
    row.save(update_fields=["in_force_at"])
    told = {"rule": str(rule), "way": row.way, "grade_from": row.grade_from.isoformat(), "record": str(row.record)}
    append(by=by, kind="reporting.rule.in_force/1", path=row.path, refs=told, now=now)
