"""Corrections of decisions that stand: rectification (HF 6:23) and re-examination (HF 6:24) as lists of one row."""

from __future__ import annotations

from collections.abc import Collection
from datetime import date, datetime
from typing import Any
from uuid import UUID

from django.db import transaction

from testamur.kernel.base.actor import Actor
from testamur.kernel.base.ids import new_id
from testamur.kernel.base.refused import NotFound, Refused
from testamur.kernel.journal.actions import append
from testamur.law.tables import pack
from testamur.register.curriculum import queries as curriculum
from testamur.register.curriculum.rules import CourseView
from testamur.schoolday.reporting.actions.deciding import amendment_of
from testamur.schoolday.reporting.models import ListNumber, ListRow, ResultList
from testamur.schoolday.reporting.queries.law import results_of
from testamur.schoolday.reporting.rules.documents import COURSE, EXAMINER, MODULE
from testamur.schoolday.reporting.rules.states import ListKind, ListState, Source
from testamur.schoolday.results import queries as decided
from testamur.schoolday.results.queries import Result
from testamur.schoolday.results.rules import Reason


class NoSuchReason(Refused):
    """The law knows no such correction of results."""

    code = "reporting.correction.reason"


class CorrectionUnderWay(Refused):
    """There is an open list with a correction of that decision."""

    code = "reporting.correction.under_way"


class CorrectedAlready(Refused):
    """Another decision took the place of that one: it is corrected instead."""

    code = "reporting.correction.done"


@transaction.atomic
def open_correction(
    *,
    by: Actor,
    decision: UUID,
    reason: str,
    value: str,
    explanation: str,
    heard: Collection[str] = (),
    hearing_unneeded: str = "",
    grounds: Collection[str] = (),
    now: datetime,
) -> UUID:
    """Open a list that corrects one decision and return its id; it is sent, signed and entered as any other.

    `reason` is ``rectification`` or ``re-examination``; `value` in any spelling that the law reads. What the law says
    of direction, grounds and hearing (`law.contract.Pack.correct`) is asked now, as if `by` decided today, and again
    when the examiner has signed. Needs ``reporting.list.correct`` where the decision was made. Raises NotFound,
    `NoSuchReason`, `CorrectedAlready`, `CorrectionUnderWay`, and what the law refuses. Journal:
    ``reporting.list.opened/1`` of the kind ``correction``.
    """
    old = decided.results_by_id([decision]).get(decision)
    if old is None or old.kind not in {MODULE, COURSE}:
        raise NotFound("There is no such result.", field="decision")
    by.must("reporting.list.correct", old.path)
    if reason not in pack(old.pack).corrections:
        raise NoSuchReason("The law knows no such correction.", field="reason", reason=reason)
    if old.replaced:
        raise CorrectedAlready("That decision is corrected already: correct the one in its place.", field="decision")
    open_ = ListRow.objects.filter(corrects=decision, list__state__in=[ListState.DRAFT, ListState.SENT])
    if under_way := open_.select_related("list").first():
        raise CorrectionUnderWay(
            "A correction of that decision is under way.", field="decision", number=under_way.list.number
        )
    row, line = _correction(by, old, reason, now)
    line.value = results_of(old.pack).normalise(old.scale, value)
    line.amendment = {
        "reason": reason,
        "explanation": explanation.strip(),
        "heard": sorted(heard),
        "hearing_unneeded": hearing_unneeded.strip(),
        "grounds": sorted(grounds),
    }
    _must_be_lawful(by, old, line, now)
    row.save(force_insert=True)
    line.save(force_insert=True)
    append(
        by=by,
        kind="reporting.list.opened/1",
        path=row.path,
        refs={
            "list": str(row.id), "number": row.number, "kind": row.kind, "course": row.course_code,
            "module": row.module_code, "reason": reason, "corrects": str(decision),
        },
        now=now,
    )  # fmt: skip
    return row.id


def _correction(by: Actor, old: Result, reason: str, now: datetime) -> tuple[ResultList, ListRow]:
    course, module_code = _course(old)
    module = next((one for one in course.modules if one.code == module_code), None)
    if module is None and module_code:
        raise NotFound("There is no such module any more.", field="decision")
    row = ResultList(
        id=new_id(),
        number=ListNumber.objects.create().id,
        kind=ListKind.CORRECTION,
        unit=old.unit,
        path=old.path,
        pack=old.pack,
        course=course.id,
        course_code=course.code,
        module=module.id if module else None,
        module_code=module_code,
        scale=old.scale,
        reason=reason,
        made_by=by.id,
        made_at=now,
        **_titles(old.id),
    )
    line = ListRow(
        id=new_id(),
        list=row,
        person=old.pupil,
        source=Source.CORRECTION,
        examined_on=date.fromisoformat(old.occasion),
        graded_by=by.id,
        graded_at=now,
        corrects=old.id,
    )
    return row, line


def _course(old: Result) -> tuple[CourseView, str]:
    code, _slash, module = old.code.partition("/")
    course = curriculum.course(code=code, path=old.path)
    if course is None:
        raise NotFound("There is no such course any more.", field="decision")
    return course, module


def _titles(decision: UUID) -> dict[str, Any]:
    """A degree project keeps its titles through a correction."""
    former = ListRow.objects.filter(decision=decision).select_related("list").first()
    if former is None:
        return {}
    one = former.list
    return {"degree_project": one.degree_project, "title": one.title, "title_en": one.title_en}


def _must_be_lawful(by: Actor, old: Result, line: ListRow, now: datetime) -> None:
    former = decided.one(old.id)
    assert former is not None  # read a moment ago, and never deleted
    amendment = amendment_of(line, examiner=by.id, on=now.date())
    assert amendment.role == EXAMINER
    assert isinstance(amendment.reason, Reason)
    pack(old.pack).correct(amendment.proposal(former.facts, former.decided_by))
