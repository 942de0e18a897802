"""What the office follows: lists that wait, the archive list, how far documents have come (rows B25, B35, B36, B42)."""

# ruff: noqa: A002 - a list is what all this is about

from __future__ import annotations

from collections.abc import Iterable
from datetime import datetime, timedelta
from uuid import UUID

from django.db.models import Exists, OuterRef

from testamur.kernel.base.actor import Actor
from testamur.kernel.base.refused import NotFound
from testamur.kernel.jobs.rules import step_actor
from testamur.register.curriculum import queries as curriculum
from testamur.schoolday.reporting.models import ListRow, ResultList
from testamur.schoolday.reporting.queries.heads import counted, head_of
from testamur.schoolday.reporting.queries.reach import READ, found, must
from testamur.schoolday.reporting.rules.control import control_number
from testamur.schoolday.reporting.rules.documents import ArchiveList, ArchiveRow, Progress, Queue
from testamur.schoolday.reporting.rules.states import ListState, Way
from testamur.schoolday.reporting.rules.views import ListHead
from testamur.trust.records import queries as kept
from testamur.trust.records.rules import SEEN_BY_CITIZENS, State

_DECIDED = (ListState.SIGNED, ListState.ENTERED)
_UNSIGNED = frozenset({State.DRAFTED, State.READY, State.SIGNING, State.DISPOSED})
_READER = step_actor("reporting", "records.record.read")
"""Counts documents; of none of them anything is shown."""


def queue(*, by: Actor, path: str, now: datetime, days: int = 7) -> Queue:
    """Lists at or below a path that wait for somebody. `days`: so long a list may wait for its examiner unremarked.

    Needs ``reporting.office.see`` there.
    """
    by.must("reporting.office.see", path)
    rows = counted().filter(path__startswith=path)
    sent = rows.filter(state=ListState.SENT).order_by("sent_at", "number")
    refused = ListRow.objects.filter(list=OuterRef("pk"), refused__isnull=False)
    return Queue(
        unsigned=_heads(sent.filter(way=Way.ELECTRONIC, sent_at__lte=now - timedelta(days=days))),
        on_paper=_heads(sent.filter(way=Way.PAPER)),
        stuck=_heads(sent.filter(trouble__isnull=False)),
        to_enter=_heads(rows.filter(state=ListState.SIGNED).order_by("signed_at", "number")),
        undecided=_heads(rows.filter(Exists(refused), state__in=_DECIDED).order_by("signed_at", "number")),
    )


def archive_list(*, by: Actor, list: UUID) -> ArchiveList:
    """What the printed archive list of a list shows, from its sending on; names are the reader's to ask.

    One that is signed by hand bears its control number before. Needs ``reporting.list.read`` at the list. Raises
    NotFound for a draft.
    """
    row = found(list)
    must(by, READ, row)
    course = curriculum.courses([row.course]).get(row.course)
    if row.state not in {ListState.SENT, *_DECIDED} or row.sent_at is None or course is None:
        raise NotFound("There is no archive list of a list that was not sent.", field="list")
    module = next((one for one in course.modules if one.id == row.module), None)
    number = row.control_number
    if not number and row.way == Way.PAPER:
        number = control_number(year=row.sent_at.year, number=row.number)
    rows = [one for one in ListRow.objects.filter(list=row).order_by("id") if one.value]
    return ArchiveList(
        head=head_of(row, rows=len(rows), graded=len(rows)),
        course_name=course.name,
        course_name_en=course.name_en,
        module_name=module.name if module else "",
        control_number=number,
        way=Way(row.way),
        signature="" if row.state == ListState.SENT else row.way,
        rows=tuple(
            ArchiveRow(one.person, one.value, one.examined_on, one.points, one.decision, one.refused or "")
            for one in rows
            if one.examined_on is not None
        ),
    )


def progress(*, by: Actor, list: UUID) -> Progress:
    """How far the documents of a sent or signed list have come.

    Needs ``reporting.list.read`` at the list. Raises NotFound.
    """
    row = found(list)
    must(by, READ, row)
    ids = [row.record, *ListRow.objects.filter(list=row).values_list("certificate", flat=True)]
    wanted = [key for key in ids if key is not None]
    views = kept.by_ids(by=_READER, records=wanted)
    return Progress(
        done=len(views),
        total=len(wanted),
        ready=row.prepared_at is not None,
        errors=(row.trouble,) if row.trouble else (),
        signed=any(view.id == row.record and view.state not in _UNSIGNED for view in views),
        published=sum(view.state in SEEN_BY_CITIZENS for view in views),
    )


def documents(*, by: Actor, list: UUID) -> tuple[UUID, ...]:
    """Records of a sent list: its own first, then the certificates. Needs ``reporting.list.read`` at the list.

    Raises NotFound.
    """
    row = found(list)
    must(by, READ, row)
    certificates = ListRow.objects.filter(list=row, certificate__isnull=False).order_by("id")
    ids = [row.record, *certificates.values_list("certificate", flat=True)]
    return tuple(key for key in ids if key is not None)


def _heads(rows: Iterable[ResultList]) -> tuple[ListHead, ...]:
    return tuple(map(head_of, rows))
