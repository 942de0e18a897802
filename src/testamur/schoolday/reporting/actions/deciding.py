"""A signed list becomes decisions."""

# ruff: noqa: A002 - a list is what all this is about

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import UTC, date, datetime, time
from typing import Any
from uuid import UUID

from django.db import transaction
from django.utils import timezone

from testamur.kernel.base.actor import Actor, Grant
from testamur.kernel.base.clock import stamp
from testamur.kernel.base.refused import NotFound, Refused
from testamur.kernel.journal.actions import append
from testamur.kernel.proofs.jcs import canonical
from testamur.register.curriculum import queries as curriculum
from testamur.schoolday.reporting.actions.freezing import freeze
from testamur.schoolday.reporting.models import ListRow, ResultList
from testamur.schoolday.reporting.queries.law import results_of
from testamur.schoolday.reporting.queries.posts import examiners
from testamur.schoolday.reporting.queries.reach import held
from testamur.schoolday.reporting.queries.signing import must_be_unaltered
from testamur.schoolday.reporting.rules.control import control_number
from testamur.schoolday.reporting.rules.documents import (
    COURSE,
    EXAMINER,
    MODULE,
    ListAltered,
    WayOfPaper,
    code_of,
    period_of,
)
from testamur.schoolday.reporting.rules.lists import ListNotSent, NotExaminer
from testamur.schoolday.reporting.rules.states import ListKind, ListState, Reason, Way
from testamur.schoolday.results import actions as decisions
from testamur.schoolday.results.rules import Amendment, NewDecision
from testamur.schoolday.results.rules import Reason as Why
from testamur.trust.records import actions as records
from testamur.trust.records import queries as kept
from testamur.trust.records.rules import State
from testamur.trust.signing import queries as ceremonies

UNSIGNED = frozenset({State.DRAFTED, State.READY, State.SIGNING, State.DISPOSED})
CREDITS = "hp:"
"""Flag of a decision that says how many credits it is about."""
BY_HAND = "paper"
_MAKES = (
    Grant(
        "reporting",
        "/",
        (
            "results.decision.record",
            "results.decision.rectification",
            "results.decision.re-examination",
            "records.record.read",
            "records.record.annul",
        ),
    ),
)
"""What follows from a signature, for the step or the office that notes it."""


class SignatureMissing(Refused):
    """The document of the list is not signed by its examiner."""

    code = "reporting.list.not_signed"


class SignedOnInvalid(Refused):
    """A list is signed on a day from that of its sending to today."""

    code = "reporting.list.signed_on"


@dataclass(frozen=True, slots=True)
class Signed:
    """Who signed a list, when, and how."""

    examiner: UUID
    at: datetime
    method: str


@transaction.atomic
def decide(*, by: Actor, list: UUID, now: datetime) -> int:
    """The document of a sent list is signed by its examiner: its rows become decisions; returns how many.

    The day of the decision is that of the signature. A row that the law refuses meanwhile (the result was decided by
    another list) stays undecided with the code in `refused`, and the others are decided. A correction takes the place
    of its decision; where it takes a pass away, the former certificate is declared void. Needs
    ``reporting.list.decide`` at the list and what `results.actions` and `records.actions` need. Raises NotFound,
    `ListNotSent`, `SignatureMissing`, `NotExaminer` for one without the post on the day of the signature, and
    `ListAltered` when the list is not what was sent or what was signed. Journal:
    ``reporting.list.signed/1``.
    """
    row = _sent(list)
    by.must("reporting.list.decide", row.path)
    rows = tuple(ListRow.objects.filter(list=row).order_by("id"))
    must_be_unaltered(row, rows)
    signed = _signature(by, row)
    if signed.examiner not in examiners(course_code=row.course_code, unit=row.unit, on=timezone.localdate(signed.at)):
        raise NotExaminer("Who signed was no examiner of the course on that day.", field="list")
    return _decide(by, row, rows, signed, now)


@transaction.atomic
def note_paper_signature(*, by: Actor, list: UUID, examiner: UUID, signed_on: date, now: datetime) -> int:
    """A list that goes the way of paper was signed by hand: its rows become decisions; returns how many (row B24).

    The office has the signed archive list before it. Needs ``reporting.office.paper`` at the list. Raises NotFound,
    `ListNotSent`, `WayOfPaper` for one that is signed electronically, `NotExaminer` for another than the one it was
    sent to or one without the post on that day, `SignedOnInvalid`, `ListAltered`. Journal:
    ``reporting.list.signed/1`` with the method ``paper``.
    """
    row = _sent(list)
    by.must("reporting.office.paper", row.path)
    if row.way != Way.PAPER:
        raise WayOfPaper("This list is signed electronically.", field="list")
    if examiner != row.examiner or examiner not in examiners(course_code=row.course_code, unit=row.unit, on=signed_on):
        raise NotExaminer("The list is signed by the examiner to whom it was sent.", field="examiner")
    if row.sent_at is None or not timezone.localdate(row.sent_at) <= signed_on <= now.date():
        raise SignedOnInvalid("The day lies between the sending of the list and today.", field="signed_on")
    rows = tuple(ListRow.objects.filter(list=row).order_by("id"))
    must_be_unaltered(row, rows)
    at = now if signed_on == now.date() else datetime.combine(signed_on, time(12), tzinfo=UTC)
    return _decide(by, row, rows, Signed(examiner, max(at, row.sent_at), BY_HAND), now)


def _sent(list: UUID) -> ResultList:
    row = held(list)
    if row.state != ListState.SENT:
        raise ListNotSent("The list does not wait for a signature.", field="list", state=row.state)
    return row


def _signature(by: Actor, row: ResultList) -> Signed:
    """Who signed the document of the list, if it says what was sent. Raises `SignatureMissing`, `ListAltered`."""
    view = next(iter(kept.by_ids(by=by, records=[row.record])), None) if row.record else None
    given = kept.given([view.id])[view.id] if view is not None and view.state not in UNSIGNED else []
    mine = next((one for one in given if one.role == EXAMINER and one.person == row.examiner), None)
    if view is None or mine is None:
        raise SignatureMissing("The list is not signed by its examiner.", field="list")
    frozen = kept.frozen(records=[view.id]).get(view.id, {})
    said = frozen.get("content", {})
    if view.subject != row.id or said.get("sent_sha256") != row.sent_sha256 or said.get("number") != row.number:
        raise ListAltered(
            "What was signed is not what was sent. Nothing is decided by it: have it looked into.", field="list"
        )
    return Signed(mine.person, mine.signed_at, ceremonies.ceremony(mine.ceremony, by=by).method)


def _decide(by: Actor, row: ResultList, rows: tuple[ListRow, ...], signed: Signed, now: datetime) -> int:
    graded = tuple(one for one in rows if one.value)
    correction = row.kind == ListKind.CORRECTION
    made, refused = (_correct if correction else _record)(_acting(by), row, graded, signed, now)
    for one in graded:
        one.decision, one.refused = made.get(one.id), refused.get(one.id)
    ListRow.objects.bulk_update(graded, ["decision", "refused"], batch_size=200)
    assert row.sent_at is not None  # by constraint
    row.state, row.signed_at, row.signed_method, row.trouble = ListState.SIGNED, signed.at, signed.method, None
    row.control_number = control_number(year=row.sent_at.year, number=row.number)
    row.save(update_fields=["state", "signed_at", "signed_method", "trouble", "control_number"])
    freeze(row, _text(row, signed, made, refused), Reason.SIGNED, signed.examiner, now)
    append(
        by=by,
        kind="reporting.list.signed/1",
        path=row.path,
        refs={
            "list": str(row.id), "number": row.number, "kind": row.kind, "course": str(row.course),
            "examiner": str(signed.examiner), "method": signed.method, "rows": len(made), "sha256": row.sent_sha256,
            "refused": {str(key): code for key, code in refused.items()},
            "record": str(row.record) if row.record else None,
        },
        now=now,
    )  # fmt: skip
    return len(made)


def _acting(by: Actor) -> Actor:
    """Whoever notes a signature makes the decisions of that signature, and nothing else with it."""
    return Actor(by.id, by.identified_by, (*by.grants, *_MAKES), by.on_behalf_of)


Outcome = tuple[Mapping[UUID, UUID], Mapping[UUID, str]]
"""By row: the decision it became, or the code of why it became none."""


def _record(by: Actor, row: ResultList, rows: tuple[ListRow, ...], signed: Signed, now: datetime) -> Outcome:
    flags = _credits(row)
    new = [
        NewDecision(
            pupil=one.person,
            unit=row.unit,
            path=row.path,
            pack=row.pack,
            kind=MODULE if row.module else COURSE,
            code=code_of(row.course_code, row.module_code),
            value=one.value,
            period=period_of(_day(one)),
            year_level=0,
            decided_on=timezone.localdate(signed.at),
            decided_by=(signed.examiner,),
            flags=flags,
            occasion=_day(one).isoformat(),
            scale=row.scale,
        )
        for one in rows
    ]
    done = decisions.record_decisions(by=by, decisions=new, now=now)
    made = {rows[index].id: key for index, key in done.ids.items()}
    refused = {rows[one.index].id: one.code for one in done.rejected}
    # the same value of the same day stands already: it is another list's
    return made, {one.id: refused.get(one.id, decisions.AlreadyDecided.code) for one in rows if one.id not in made}


def _correct(by: Actor, row: ResultList, rows: tuple[ListRow, ...], signed: Signed, now: datetime) -> Outcome:
    made: dict[UUID, UUID] = {}
    refused: dict[UUID, str] = {}
    law = results_of(row.pack)
    for one in rows:
        assert one.corrects is not None  # of a correction, by `open_correction`
        amendment = amendment_of(one, examiner=signed.examiner, on=timezone.localdate(signed.at))
        try:
            with transaction.atomic():
                made[one.id] = decisions.correct_decision(by=by, decision=one.corrects, amendment=amendment, now=now)
                if not law.passed(row.scale, one.value):
                    _void_certificate(by, row, one.corrects, now)
        except Refused as refusal:
            made.pop(one.id, None)
            refused[one.id] = refusal.code
    return made, refused


def amendment_of(one: ListRow, *, examiner: UUID, on: date) -> Amendment:
    """The correction that a row says, as it is decided by that examiner on that day. For this package."""
    told: Mapping[str, Any] = one.amendment or {}
    return Amendment(
        value=one.value,
        reason=Why(told["reason"]),
        role=EXAMINER,
        decided_by=(examiner,),
        decided_on=on,
        grounds=frozenset(told["grounds"]),
        explanation=told["explanation"],
        heard=frozenset(told["heard"]),
        hearing_unneeded=told["hearing_unneeded"],
    )


def _void_certificate(by: Actor, row: ResultList, decision: UUID, now: datetime) -> None:
    """The certificate of a result that is no pass any more is not replaced by another: it is declared void."""
    former = ListRow.objects.filter(decision=decision, certificate__isnull=False).first()
    if former is None or former.certificate is None:
        return
    for view in kept.by_ids(by=by, records=[former.certificate]):
        if view.state is State.PUBLISHED:
            records.annul(by=by, path=view.path, record=view.id, why=row.reason, now=now)


def _credits(row: ResultList) -> frozenset[str]:
    course = curriculum.courses([row.course]).get(row.course)
    if course is None:
        raise NotFound("There is no such course.", field="course")
    module = next((one for one in course.modules if one.id == row.module), None)
    amount = module.credits if module else course.credits
    return frozenset({f"{CREDITS}{amount.normalize():f}"})


def _day(one: ListRow) -> date:
    assert one.examined_on is not None  # what was sent has a date: `checks`
    return one.examined_on


def _text(row: ResultList, signed: Signed, made: Mapping[UUID, UUID], refused: Mapping[UUID, str]) -> str:
    """What stands of a signed list: which version was signed, by whom, and what each row became."""
    return canonical(
        {
            "v": 1,
            "list": str(row.id),
            "number": row.number,
            "sent_sha256": row.sent_sha256,
            "record": str(row.record) if row.record else None,
            "examiner": str(signed.examiner),
            "method": signed.method,
            "signed_at": stamp(signed.at),
            "control_number": row.control_number,
            "decisions": {str(key): str(value) for key, value in made.items()},
            "refused": {str(key): code for key, code in refused.items()},
        }
    ).decode()
