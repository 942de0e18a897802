"""Where records stand on their way to the ministry's store. Ids; names are the reader's."""

from __future__ import annotations

from collections import Counter
from collections.abc import Collection, Mapping
from dataclasses import dataclass
from uuid import UUID

from django.db.models import Count, Q, QuerySet

from testamur.kernel.base.actor import Actor
from testamur.schoolday.transcripts.models import Handover
from testamur.schoolday.transcripts.rules import HandoverState, HandoverView

CHUNK = 400


@dataclass(frozen=True, slots=True)
class Tally:
    """Records of a place by state, and those rejected by the store's code."""

    states: Mapping[HandoverState, int]
    reasons: Mapping[str, int]

    @property
    def total(self) -> int:
        """All that were asked for."""
        return sum(self.states.values())


def handovers(
    *,
    by: Actor,
    path: str,
    state: HandoverState | None = None,
    code: str = "",
    school_year: str = "",
    offset: int = 0,
    limit: int = 100,
) -> tuple[HandoverView, ...]:
    """Records at or below `path`, those asked for first at the top. Needs ``transcripts.handover.see`` at `path`."""
    by.must("transcripts.handover.see", path)
    rows = Handover.objects.filter(path__startswith=path)
    if state is not None:
        rows = rows.filter(state=state)
    if code:
        rows = rows.filter(code=code)
    if school_year:
        rows = rows.filter(school_year=school_year)
    return _views(rows.order_by("asked_at", "path", "group", "record")[offset : offset + limit])


def tally(*, by: Actor, path: str, school_year: str = "") -> Tally:
    """How many records at or below `path` are in each state. Needs ``transcripts.handover.see`` at `path`."""
    by.must("transcripts.handover.see", path)
    rows = Handover.objects.filter(path__startswith=path)
    if school_year:
        rows = rows.filter(school_year=school_year)
    states: Counter[HandoverState] = Counter()
    reasons: Counter[str] = Counter()
    for state, code, count in rows.values_list("state", "code").annotate(n=Count("*")).order_by():
        states[HandoverState(state)] += count
        if state == HandoverState.REJECTED:
            reasons[code] += count
    return Tally(dict(states), dict(reasons))


def schools_of(*, by: Actor, path: str) -> dict[str, dict[HandoverState, int]]:
    """The same by school: place → state → records. Needs ``transcripts.handover.see`` at `path`."""
    by.must("transcripts.handover.see", path)
    rows = Handover.objects.filter(path__startswith=path)
    found: dict[str, dict[HandoverState, int]] = {}
    for place, state, count in rows.values_list("path", "state").annotate(n=Count("*")).order_by("path"):
        found.setdefault(place, {})[HandoverState(state)] = count
    return found


def of_group(*, by: Actor, group: UUID) -> tuple[HandoverView, ...]:
    """Every record of a class, the newest of each pupil last. Needs ``transcripts.handover.see`` at its place."""
    views = _views(Handover.objects.filter(group=group).order_by("pupil", "asked_at", "record"))
    for path in sorted({view.path for view in views}):
        by.must("transcripts.handover.see", path, group=group)
    return views


def handover(*, by: Actor, record: UUID) -> HandoverView | None:
    """One record, or None when it was never asked for. Needs ``transcripts.handover.see`` at its place."""
    row = Handover.objects.filter(record=record).first()
    if row is None:
        return None
    by.must("transcripts.handover.see", row.path, group=row.group)
    return view(row)


def of_pupil(*, by: Actor, pupil: UUID) -> tuple[HandoverView, ...]:
    """The records of one pupil that `by` may see, oldest first: over all years and schools."""
    views = _views(Handover.objects.filter(pupil=pupil).order_by("school_year", "asked_at", "record"))
    return tuple(one for one in views if by.may("transcripts.handover.see", one.path, group=one.group))


def newest(pupils: Collection[UUID]) -> dict[tuple[UUID, str], UUID]:
    """The record of each pupil and school year that was asked for last: ids, for code that has asked already."""
    every = sorted(set(pupils))
    found: dict[tuple[UUID, str], UUID] = {}
    for start in range(0, len(every), CHUNK):
        rows = Handover.objects.filter(pupil__in=every[start : start + CHUNK]).order_by("asked_at", "record")
        found |= {(pupil, year): record for pupil, year, record in rows.values_list("pupil", "school_year", "record")}
    return found


def waiting(*, by: Actor, path: str, limit: int) -> tuple[HandoverView, ...]:
    """What waits to be sent from `path`, those asked for first. Needs ``transcripts.handover.note`` there."""
    by.must("transcripts.handover.note", path)
    rows = Handover.objects.filter(path__startswith=path, state=HandoverState.WAITING)
    return _views(rows.order_by("asked_at", "path", "group", "record")[:limit])


def known(*, records: Collection[UUID], state: HandoverState | None = None) -> frozenset[UUID]:
    """Which of these records were asked for (or are in that state): ids alone, for code that has asked already."""
    every = sorted(set(records))
    asked = Q() if state is None else Q(state=state)
    found: set[UUID] = set()
    for start in range(0, len(every), CHUNK):
        rows = Handover.objects.filter(asked, record__in=every[start : start + CHUNK])
        found.update(rows.values_list("record", flat=True))
    return frozenset(found)


def view(row: Handover) -> HandoverView:
    """The row as the dataclass that crosses the door."""
    return HandoverView(
        row.record, row.pupil, row.group, row.unit, row.path, row.school_year, HandoverState(row.state), row.tries,
        row.receipt, row.code, row.message, row.sent_at, row.answered_at,
    )  # fmt: skip


def _views(rows: QuerySet[Handover]) -> tuple[HandoverView, ...]:
    return tuple(view(row) for row in rows)
