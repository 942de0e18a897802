"""The book of copies and extracts of an office."""

from __future__ import annotations

from uuid import UUID

from testamur.kernel.base.actor import Actor
from testamur.kernel.base.refused import NotFound
from testamur.schoolday.custody.models import Copy
from testamur.schoolday.custody.rules import AskedBy, CopyKind, CopyView


def book(*, by: Actor, path: str, year: int, offset: int = 0, limit: int = 100) -> tuple[tuple[CopyView, ...], int]:
    """Lines of the books at or below `path` in a year, newest first, and how many there are in all.

    Needs ``custody.copy.see`` there.
    """
    by.must("custody.copy.see", path)
    rows = Copy.objects.filter(path__startswith=path, year=year).order_by("-issued_at", "-number")
    return tuple(map(_view, rows[offset : offset + limit])), rows.count()


def copy_of(*, by: Actor, copy: UUID) -> CopyView:
    """One line. Needs ``custody.copy.see`` at its office. Raises NotFound, to others too."""
    row = Copy.objects.filter(id=copy).first()
    if row is None or not by.may("custody.copy.see", row.path):
        raise NotFound("There is no such copy.", copy=str(copy))
    return _view(row)


def _view(row: Copy) -> CopyView:
    return CopyView(
        row.id, row.path, row.year, row.number, CopyKind(row.kind), row.record, row.pupil, AskedBy(row.asked_by),
        row.purpose, tuple(map(str, row.years)), row.issued_by, row.issued_at,
    )  # fmt: skip
