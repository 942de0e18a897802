"""A signed list as the registry reads it."""

# ruff: noqa: A002 - a list is what all this is about

from __future__ import annotations

from uuid import UUID

from testamur.kernel.base.actor import Actor
from testamur.kernel.base.refused import NotFound
from testamur.schoolday.reporting.models import ListRow, ResultList
from testamur.schoolday.reporting.queries.reach import READ, found
from testamur.schoolday.reporting.rules.documents import SignedList, SignedRow
from testamur.schoolday.reporting.rules.states import ListKind, ListState

_DECIDED = (ListState.SIGNED, ListState.ENTERED)


def signed(*, by: Actor, list: UUID) -> SignedList:
    """A signed list with its decided rows: nothing in it changes any more.

    Rows that the law refused are left out. Needs ``reporting.list.read`` at its place. Raises NotFound for an unknown
    list and for one that is not signed.
    """
    row = found(list)
    by.must(READ, row.path)
    if row.state not in _DECIDED or row.examiner is None or row.signed_at is None:
        raise NotFound("There is no such signed list.", field="list")
    return SignedList(
        id=row.id,
        number=row.number,
        kind=ListKind(row.kind),
        state=ListState(row.state),
        unit=row.unit,
        path=row.path,
        course=row.course,
        course_code=row.course_code,
        module=row.module,
        module_code=row.module_code,
        occasion=row.occasion,
        scale=row.scale,
        title=row.title,
        title_en=row.title_en,
        reason=row.reason,
        examiner=row.examiner,
        signed_at=row.signed_at,
        method=row.signed_method,
        control_number=row.control_number,
        sent_sha256=row.sent_sha256,
        record=row.record,
        rows=rows_of(row.id),
    )


def not_entered(*, by: Actor, path: str) -> tuple[UUID, ...]:
    """Signed lists at or below a path without a definitive entry, in order of signature.

    Needs ``reporting.list.read`` there.
    """
    by.must(READ, path)
    rows = ResultList.objects.filter(state=ListState.SIGNED, path__startswith=path)
    return tuple(rows.order_by("signed_at", "number").values_list("id", flat=True))


def rows_of(list: UUID) -> tuple[SignedRow, ...]:
    """Rows of a list that became decisions, in order of their ids; for this package."""
    return tuple(
        SignedRow(
            row=one.id,
            person=one.person,
            value=one.value,
            examined_on=one.examined_on,
            points=one.points,
            decision=one.decision,
            certificate=one.certificate,
            corrects=one.corrects,
            automatic=one.automatic,
        )
        for one in ListRow.objects.filter(list=list, decision__isnull=False).order_by("id")
        if one.decision is not None and one.examined_on is not None
    )
