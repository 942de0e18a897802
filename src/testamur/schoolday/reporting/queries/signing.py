"""Whether a sent list may be signed: it is what was sent, and nothing came between."""

# ruff: noqa: A002 - a list is what all this is about

from __future__ import annotations

from collections.abc import Sequence
from datetime import datetime
from uuid import UUID

from testamur.kernel.base.actor import Actor
from testamur.schoolday.reporting.models import ListRow, ListVersion, ResultList
from testamur.schoolday.reporting.queries import checks
from testamur.schoolday.reporting.queries.posts import examiners
from testamur.schoolday.reporting.queries.reach import found
from testamur.schoolday.reporting.queries.versions import frozen
from testamur.schoolday.reporting.rules.checks import stopping
from testamur.schoolday.reporting.rules.content import digest
from testamur.schoolday.reporting.rules.documents import Elsewhere, ListAltered, NotPrepared, WayOfPaper
from testamur.schoolday.reporting.rules.lists import ListNotReady, ListNotSent, NotExaminer
from testamur.schoolday.reporting.rules.states import ListState, Reason, Way


def must_be_signable(*, by: Actor, list: UUID, now: datetime) -> None:
    """Raise unless `by` may sign that list now: asked right before a ceremony is opened over its documents.

    Needs ``reporting.list.sign`` at the list. Raises NotFound, `ListNotSent`, `WayOfPaper`, `NotExaminer` for another
    than the one it was sent to or one whose post ended, `NotPrepared`, `ListAltered`, `ListNotReady` and `Elsewhere`
    when something came between since it was sent.
    """
    row = found(list)
    by.must("reporting.list.sign", row.path)
    if row.state != ListState.SENT:
        raise ListNotSent("The list does not wait for a signature.", field="list", state=row.state)
    if row.way != Way.ELECTRONIC:
        raise WayOfPaper("This list is signed by hand.", field="list")
    if by.id != row.examiner or by.id not in _may_sign(row, now):
        raise NotExaminer("The list is signed by the examiner to whom it was sent.", field="list")
    if row.prepared_at is None:
        raise NotPrepared("The documents of the list are being made.", field="list")
    rows = tuple(ListRow.objects.filter(list=row).order_by("id"))
    must_be_unaltered(row, rows)
    must_still_hold(row, rows, now)


def must_be_unaltered(row: ResultList, rows: Sequence[ListRow]) -> None:
    """Raise `ListAltered` unless a sent list still holds what was frozen when it was sent. For this package.

    Verbs and triggers let nobody change it; this finds what passed them by.
    """
    kept = ListVersion.objects.filter(list=row, reason=Reason.SENT).order_by("-number").first()
    now = digest(frozen(row, rows))
    if kept is None or not row.sent_sha256 == kept.sha256 == digest(kept.content) == now:
        raise ListAltered(
            "The list is not what was sent any more. Nothing is decided by it: have it looked into.",
            field="list",
            sent=row.sent_sha256,
            found=now,
        )


def must_still_hold(row: ResultList, rows: Sequence[ListRow], now: datetime) -> None:
    """Raise `ListNotReady` when a check stops a sent list by now, `Elsewhere` when an older one has the same result.

    Two lists with one result may be sent at the same time: the later one waits, and is stopped in the end. For this
    package.
    """
    told = checks.find_in(row, tuple(rows), finals=checks.finals_of(row, rows), may_sign=_may_sign(row, now), now=now)
    if stops := stopping(told):
        codes = ", ".join(dict.fromkeys(one.code for one in stops))
        raise ListNotReady("Something came between since the list was sent: return it.", field="list", checks=codes)
    mine = {one.person: one for one in rows if one.value}
    others = ListRow.objects.filter(
        person__in=mine,
        list__state=ListState.SENT,
        list__course=row.course,
        list__module_code=row.module_code,
        list__sent_at__lte=row.sent_at,
    ).exclude(list=row)
    for other in others.exclude(value="").select_related("list"):
        same = other.examined_on == mine[other.person].examined_on
        if same and (other.list.sent_at, other.list.number) < (row.sent_at, row.number):
            raise Elsewhere("Another list with a result of the same student and day waits.", number=other.list.number)


def _may_sign(row: ResultList, now: datetime) -> tuple[UUID, ...]:
    return examiners(course_code=row.course_code, unit=row.unit, on=now.date())
