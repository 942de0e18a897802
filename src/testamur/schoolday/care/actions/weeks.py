"""Writing care weeks: days, regular weeks, copies. The last write stands, whoever of the guardians wrote it."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from datetime import date, datetime, timedelta
from uuid import UUID
from zoneinfo import ZoneInfo

from django.db import transaction

from testamur.kernel.base.actor import Actor
from testamur.kernel.base.ids import new_id
from testamur.kernel.journal.actions import append
from testamur.register.people import reach
from testamur.schoolday.care import queries
from testamur.schoolday.care.actions.arranging import as_told
from testamur.schoolday.care.models import Day, Regular, Wish
from testamur.schoolday.care.queries import CarePlace
from testamur.schoolday.care.rules import (
    DayClosed,
    DeadlinePassed,
    Hours,
    HoursInvalid,
    NewDay,
    NoCare,
    OthersWeek,
    Parity,
    Reason,
    Setting,
    check_hours,
    copies,
    is_locked,
    week_of,
)
from testamur.schoolday.care.rules import Regular as WrittenWeek

LATE = "care.day.late"
"""What the staff may do, and guardians may not: change what is locked."""
MOST_AHEAD = timedelta(days=400)


@transaction.atomic
def write_days(*, by: Actor, child: UUID, days: Sequence[NewDay], now: datetime, zone: ZoneInfo) -> int:
    """Write single days of a child: hours, or a reason for none; with neither the regular week holds again.

    Returns how many days were changed; nothing is written, nor journalled, when all is as before. Journal:
    ``care.week.written/1``. Needs ``care.week.write`` for the child. Raises NotFound (no care), HoursInvalid,
    DayClosed, DeadlinePassed: after the deadline a guardian may still say that the child does not come, today or later.
    """
    here = queries.place(child=child, on=now.astimezone(zone).date())
    by.must("care.week.write", here.group_path, person=child, group=here.group)
    changed = _write(by, here, days, now, zone)
    if changed:
        _journal(by, here, {child: changed}, now)
    return len(changed)


@transaction.atomic
def write_regular(
    *,
    by: Actor,
    child: UUID,
    valid_from: date,
    days: Mapping[int, Hours],
    now: datetime,
    zone: ZoneInfo,
    parity: Parity = Parity.EVERY,
) -> None:
    """Write the regular week of a child from a day on, or that of odd or even weeks; a weekday without has no care.

    Days that differ stay. Where the unit lets each guardian write the own weeks alone, those that another guardian of
    the child wrote for odd or even weeks are that one's. Journal: ``care.regular.written/1``. Needs
    ``care.week.write`` for the child. Raises NotFound, HoursInvalid, DayClosed, OthersWeek, DeadlinePassed (a
    guardian's week begins in one that is not locked).
    """
    today = now.astimezone(zone).date()
    here = queries.place(child=child, on=today)
    by.must("care.week.write", here.group_path, person=child, group=here.group)
    _view, setting = queries.care_unit(here.unit)
    _must_be_near(valid_from, today)
    if is_locked(setting, valid_from, now, zone) and not _is_staff(by, here):
        raise DeadlinePassed("That week is locked already.", field="valid_from")
    if setting.own_weeks and not _is_staff(by, here) and _others(by, here, parity, valid_from):
        raise OthersWeek("Another guardian writes these weeks.", field="parity")
    for weekday, hours in days.items():
        check_hours(hours, setting.opening.get(weekday))
    values = {
        "days": {str(day): as_told(hours) for day, hours in sorted(days.items())},
        "by": by.id,
        "at": now,
    }
    row, _made = Regular.objects.update_or_create(
        child=child, unit=here.unit, valid_from=valid_from, parity=parity.value, defaults=values,
        create_defaults={"id": new_id(), **values},
    )  # fmt: skip
    refs = {"pupil": str(child), "care": str(row.id), "staff": _is_staff(by, here)}
    append(by=by, kind="care.regular.written/1", path=here.group_path, refs=refs, now=now)


@transaction.atomic
def copy_week(
    *,
    by: Actor,
    child: UUID,
    monday: date,
    weeks: int,
    now: datetime,
    zone: ZoneInfo,
    siblings: Sequence[UUID] = (),
    alike: bool = False,
) -> int:
    """Copy a child's week to its next `weeks` weeks, and (these weeks and itself) to siblings in the same form.

    `alike`: to those of the weeks alone that are odd as it, or even, by their ISO number.

    Illness is not copied; days that are closed or locked there are left as they are. Returns how many days were
    written. Journal: ``care.week.written/1``, one for all. Needs ``care.week.write`` for each child. Raises NotFound,
    HoursInvalid (too many weeks, or none and no sibling), NoCare (a sibling in another form).
    """
    today = now.astimezone(zone).date()
    placed = queries.places(children=[child, *siblings], on=today)
    here = queries.place(child=child, on=today)
    by.must("care.week.write", here.group_path, person=child, group=here.group)
    source = _of_week(here, monday, now, zone)
    ahead = copies(source, weeks, alike=alike) if weeks or not siblings else ()
    changed = {child: _write(by, here, _open(by, here, ahead, now, zone), now, zone)}
    for sibling in dict.fromkeys(siblings):
        there = placed.get(sibling)
        if there is None or there.form is not here.form:
            raise NoCare("Hours are copied to siblings in the same form.", field="siblings")
        by.must("care.week.write", there.group_path, person=sibling, group=there.group)
        changed[sibling] = _write(by, there, _open(by, there, (*source, *ahead), now, zone), now, zone)
    changed = {key: rows for key, rows in changed.items() if rows}
    if changed:
        _journal(by, here, changed, now)
    return sum(map(len, changed.values()))


@transaction.atomic
def wish_told(*, by: Actor, child: UUID, wanted: bool, now: datetime) -> None:
    """Choose to be told when the child comes and leaves, or no longer. Journal: ``care.wish.chosen/1``.

    Needs ``care.week.write`` for the child. Raises NotFound.
    """
    here = queries.place(child=child, on=now.date())
    by.must("care.week.write", here.group_path, person=child, group=here.group)
    if wanted:
        Wish.objects.get_or_create(person=by.id, child=child, defaults={"id": new_id(), "at": now})
    else:
        Wish.objects.filter(person=by.id, child=child).delete()
    append(
        by=by, kind="care.wish.chosen/1", path=here.group_path, refs={"pupil": str(child), "wanted": wanted}, now=now
    )


def _others(by: Actor, here: CarePlace, parity: Parity, since: date) -> bool:
    """Whether what would no longer hold was written for odd or even weeks by another who is still a guardian."""
    readers = set(reach.readers(children=[here.child], on=since)[here.child]) - {by.id}
    rows = Regular.objects.filter(child=here.child, unit=here.unit)
    known = [queries.as_regular(row) for row in rows]
    kinds = [Parity.ODD, Parity.EVEN] if parity is Parity.EVERY else [parity]
    for kind in kinds:
        some = [one for one in known if one.parity in {Parity.EVERY, kind}]
        held = max((one for one in some if one.valid_from <= since), key=_order, default=None)
        ahead = [one for one in some if one.valid_from > since]
        if any(one.parity is kind and one.by in readers for one in (*ahead, *([held] if held is not None else []))):
            return True
    return False


def _order(one: WrittenWeek) -> tuple[date, bool]:
    return one.valid_from, one.parity is not Parity.EVERY


def _journal(by: Actor, here: CarePlace, changed: Mapping[UUID, Sequence[UUID]], now: datetime) -> None:
    refs = {
        "pupils": [str(child) for child in changed],
        "cares": [str(rows[0]) for rows in changed.values()],
        "days": sum(map(len, changed.values())),
        "staff": _is_staff(by, here),
    }
    append(by=by, kind="care.week.written/1", path=here.group_path, refs=refs, now=now)


def _is_staff(by: Actor, here: CarePlace) -> bool:
    return by.may(LATE, here.group_path, group=here.group)


def _write(by: Actor, here: CarePlace, days: Iterable[NewDay], now: datetime, zone: ZoneInfo) -> list[UUID]:
    """Write the days that differ from what is kept; ids of their rows (of a day that is as usual again, a new one)."""
    told = {one.on: one for one in days}
    if not told:
        return []
    _view, setting = queries.care_unit(here.unit)
    staff, today = _is_staff(by, here), now.astimezone(zone).date()
    shut = queries.closed_days(here.unit, here.unit_path, min(told), max(told))
    kept = {
        row.on: row
        for row in Day.objects.select_for_update().filter(child=here.child, unit=here.unit, on__in=list(told))
    }
    changed = []
    for on, one in sorted(told.items()):
        _must_be_near(on, today)
        if _same(kept.get(on), one):
            continue
        _must_be_open(one, setting, now, zone, today=today, staff=staff)
        if on in shut and (one.hours is not None or one.reason is not None):
            raise DayClosed("There is no care on that day.", field="starts", on=str(on))
        if one.hours is not None:
            check_hours(one.hours, setting.opening.get(on.isoweekday()))
        changed.append(_keep(by, here, one, kept.get(on), now, staff=staff))
    return changed


def _must_be_open(one: NewDay, setting: Setting, now: datetime, zone: ZoneInfo, *, today: date, staff: bool) -> None:
    if staff or not is_locked(setting, one.on, now, zone):
        return
    if one.reason is None or one.on < today:
        raise DeadlinePassed("That week is locked: tell the staff.", field="starts", on=str(one.on))


def _same(row: Day | None, one: NewDay) -> bool:
    if row is None:
        return one.hours is None and one.reason is None
    told = (one.hours.starts, one.hours.ends) if one.hours is not None else (None, None)
    return (row.starts, row.ends) == told and row.reason == (one.reason.value if one.reason is not None else "")


def _keep(by: Actor, here: CarePlace, one: NewDay, row: Day | None, now: datetime, *, staff: bool) -> UUID:
    if one.hours is None and one.reason is None:
        assert row is not None
        row.delete()
        return row.id
    row = row or Day(id=new_id(), child=here.child, unit=here.unit, on=one.on)
    row.starts = one.hours.starts if one.hours is not None else None
    row.ends = one.hours.ends if one.hours is not None else None
    row.reason = one.reason.value if one.hours is None and one.reason is not None else ""
    row.by, row.at, row.staff = by.id, now, staff
    key = row.id
    row.save()
    return key


def _of_week(here: CarePlace, monday: date, now: datetime, zone: ZoneInfo) -> tuple[NewDay, ...]:
    """What a week says of each open day, to be copied; a day of which it says nothing is left out."""
    days = queries.days_of({here.child: here}, monday, week_of(monday)[-1], now=now, zone=zone)[here.child]
    found = []
    for day in days:
        if not day.is_open or day.missing or day.reason is Reason.ILL:
            continue
        free = day.reason or Reason.FREE
        found.append(NewDay(day.on, day.hours, None if day.hours is not None else free))
    return tuple(found)


def _open(by: Actor, here: CarePlace, days: Sequence[NewDay], now: datetime, zone: ZoneInfo) -> list[NewDay]:
    """Those of the days on which there is care, and which `by` may write."""
    if not days:
        return []
    _view, setting = queries.care_unit(here.unit)
    shut = queries.closed_days(here.unit, here.unit_path, min(d.on for d in days), max(d.on for d in days))
    staff = _is_staff(by, here)
    return [
        one
        for one in days
        if one.on not in shut
        and _fits(one.hours, setting.opening.get(one.on.isoweekday()))
        and (staff or not is_locked(setting, one.on, now, zone))
    ]


def _fits(hours: Hours | None, opening: Hours | None) -> bool:
    if opening is None:
        return False
    return hours is None or (opening.starts <= hours.starts and hours.ends <= opening.ends)


def _must_be_near(on: date, today: date) -> None:
    if not today - MOST_AHEAD <= on <= today + MOST_AHEAD:
        raise HoursInvalid("That is too far away.", field="valid_from")
