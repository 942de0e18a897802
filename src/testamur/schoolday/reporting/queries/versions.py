"""What a list held when it was sent or signed, and what changed since somebody looked."""

# ruff: noqa: A002 - a list is what all this is about

from __future__ import annotations

from collections.abc import Iterable
from uuid import UUID

from testamur.kernel.base.actor import Actor
from testamur.schoolday.reporting.models import ListRow, ListVersion, ResultList, Seen
from testamur.schoolday.reporting.queries.lists import NOBODY
from testamur.schoolday.reporting.queries.reach import READ, found, must
from testamur.schoolday.reporting.rules.content import Cells, FrozenList, FrozenRow, content
from testamur.schoolday.reporting.rules.states import Reason
from testamur.schoolday.reporting.rules.views import Difference, VersionView


def differences(*, by: Actor, list: UUID) -> tuple[Difference, ...]:
    """What changed since `by` last saw the list, by row; nothing for whoever never saw it.

    Raises NotFound, NotAllowed without ``reporting.list.read`` at its place (or as a grader of it).
    """
    row = found(list)
    must(by, READ, row)
    seen = Seen.objects.filter(list=row, person=by.id).first()
    if seen is None:
        return ()
    before = {UUID(key): (UUID(told[0]), _cells(told[1:])) for key, told in seen.content.items()}
    after = {one.id: (one.person, cells(one)) for one in ListRow.objects.filter(list=row)}
    told = []
    for key in sorted({*before, *after}):
        person = (after.get(key) or before[key])[0]
        was, is_ = before.get(key), after.get(key)
        if was is None or is_ is None or was[1] != is_[1]:
            shown = NOBODY if row.anonymous else person
            told.append(Difference(key, shown, was[1] if was else None, is_[1] if is_ else None))
    return tuple(told)


def versions(*, by: Actor, list: UUID) -> tuple[VersionView, ...]:
    """The frozen versions of a list, oldest first. Raises as `differences`."""
    row = found(list)
    must(by, READ, row)
    return tuple(
        VersionView(one.number, Reason(one.reason), one.sha256, one.made_by, one.made_at)
        for one in ListVersion.objects.filter(list=row).order_by("number")
    )


def cells(row: ListRow) -> Cells:
    """Grade, date and points of a row as texts."""
    return (row.value, row.examined_on.isoformat() if row.examined_on else "", row.points)


def frozen(row: ResultList, rows: Iterable[ListRow]) -> str:
    """The canonical content of a list as it stands, of which the digest is made; for this package.

    Only rows with a grade: the others are not sent. What was sent is unaltered when this still has its `sent_sha256`.
    """
    if row.examiner is None:
        raise ValueError("a list without an examiner is not frozen")
    return content(
        FrozenList(
            id=row.id,
            number=row.number,
            kind=row.kind,
            reason=row.reason,
            pack=row.pack,
            unit=row.unit,
            course=row.course,
            course_code=row.course_code,
            module=row.module,
            module_code=row.module_code,
            occasion=row.occasion,
            scale=row.scale,
            title=row.title,
            title_en=row.title_en,
            way=row.way,
            examiner=row.examiner,
            rows=tuple(
                FrozenRow(one.id, one.person, one.value, one.examined_on, one.points, one.corrects, one.amendment)
                for one in rows
                if one.value
            ),
        )
    )


def _cells(told: Iterable[str]) -> Cells:
    value, examined_on, points = told
    return (value, examined_on, points)
