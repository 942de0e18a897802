"""Writing the timetable: weekly lessons, and days without lessons."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import replace
from datetime import date, datetime, timedelta
from uuid import UUID

from django.db import transaction

from testamur.kernel.base.actor import Actor
from testamur.kernel.base.ids import new_id
from testamur.kernel.base.refused import NotFound, Refused
from testamur.kernel.journal import actions as journal
from testamur.register.people.actions.checks import at, unless_conflict
from testamur.register.people.queries import chunks, missing
from testamur.register.people.rules import common_path, ids_digest
from testamur.register.schools.actions.units import unit_paths
from testamur.register.schools.models import Group, Holiday, Slot
from testamur.register.schools.rules import NewHoliday, NewSlot, OutsideYear, check_period, check_slot


class HolidayTaken(Refused):
    """The unit has a holiday from this day already."""

    code = "schools.holiday.taken"


@transaction.atomic
def add_slots(*, by: Actor, slots: Sequence[NewSlot], now: datetime) -> list[UUID]:
    """Add weekly lessons of groups and return their ids in order. Journal: ``schools.timetable.added/1``.

    A lesson is valid within its group's school year. Two lessons at one hour are no mistake: halves of a class, two
    teachers, two classes of one teacher. Needs ``schools.timetable.add`` at each group's path. Raises ``not_found``,
    ``schools.timetable.invalid``, ``schools.period.invalid`` and ``schools.period.outside``; `found` names the item as
    ``index``.
    """
    groups = {
        row.id: row
        for chunk in chunks({new.group for new in slots})
        for row in Group.objects.select_related("school", "school_year").filter(id__in=chunk)
    }
    unknown = missing(new.teacher for new in slots if new.teacher)
    rows, places = [], set()
    for index, new in enumerate(slots):
        with at(index):
            group = groups.get(new.group)
            if group is None:
                raise NotFound("There is no such group.", field="group")
            if new.teacher in unknown:
                raise NotFound("There is no such person.", field="teacher")
            by.must("schools.timetable.add", group.path)
            places.add(group.school.path)
            rows.append(_slot(new, group))
    Slot.objects.bulk_create(rows, batch_size=500)
    ids = [row.id for row in rows]
    journal.append(
        by=by,
        kind="schools.timetable.added/1",
        path=common_path(places),
        now=now,
        refs={"count": len(ids), "digest": ids_digest(ids)},
    )
    return ids


@transaction.atomic
def end_slots(*, by: Actor, ends: Mapping[UUID, date], now: datetime) -> None:
    """Say for each weekly lesson which day is the last it can be on. Journal: ``schools.timetable.ended/1``.

    A last day before the first means that the lesson never was; one after the group's school year, that year's last.
    Needs ``schools.timetable.end`` at each group's path. Raises ``not_found``.
    """
    rows = [
        row
        for chunk in chunks(ends)
        for row in Slot.objects.select_for_update(of=("self",))
        .select_related("group__school_year", "school")
        .filter(id__in=chunk)
    ]
    if len(rows) < len(ends):
        raise NotFound("There is no such lesson in the timetable.", field="ends")
    for row in rows:
        by.must("schools.timetable.end", row.group.path)
        row.valid_to = max(min(ends[row.id], row.group.school_year.ends), row.valid_from - timedelta(days=1))
    Slot.objects.bulk_update(rows, ["valid_to"], batch_size=200)
    journal.append(
        by=by,
        kind="schools.timetable.ended/1",
        path=common_path({row.school.path for row in rows}),
        now=now,
        refs={"count": len(rows), "digest": ids_digest(ends)},
    )


@transaction.atomic
def move_slot(*, by: Actor, slot: UUID, to: NewSlot, since: date, now: datetime) -> UUID:
    """Let a weekly lesson be at another hour, in another room or with another teacher from a day on; returns its id.

    What was before that day stays told as it was. Journal: ``schools.timetable.moved/1``. Needs
    ``schools.timetable.add`` and ``schools.timetable.end`` at the group's path. Raises as `add_slots`, and
    ``schools.period.outside`` for a day on which the lesson is not in force.
    """
    row = (
        Slot.objects.select_for_update(of=("self",))
        .select_related("group__school_year", "group__school")
        .filter(id=slot)
        .first()
    )
    if row is None or row.group_id != to.group:
        raise NotFound("There is no such lesson in the timetable.", field="slot")
    by.must("schools.timetable.add", row.group.path)
    by.must("schools.timetable.end", row.group.path)
    if not row.valid_from <= since <= row.valid_to:
        raise OutsideYear("The lesson is not in force on that day.", field="since")
    if to.teacher is not None and missing([to.teacher]):
        raise NotFound("There is no such person.", field="teacher")
    new = _slot(replace(to, valid_from=since, valid_to=row.valid_to, id=None), row.group)
    row.valid_to = since - timedelta(days=1)
    row.save(update_fields=["valid_to"])
    new.save(force_insert=True)
    refs = {"slot": str(row.id), "to": str(new.id), "since": str(since)}
    journal.append(by=by, kind="schools.timetable.moved/1", path=row.group.school.path, refs=refs, now=now)
    return new.id


@transaction.atomic
def add_holidays(*, by: Actor, holidays: Sequence[NewHoliday], now: datetime) -> list[UUID]:
    """Add days without lessons of units and all below them, and return the ids. Journal: ``schools.holidays.added/1``.

    Needs ``schools.timetable.holiday`` at each unit's path. Raises ``not_found``, ``schools.period.invalid`` and
    ``schools.holiday.taken`` (one holiday begins on a day at a unit).
    """
    places = unit_paths(by, "schools.timetable.holiday", [new.unit for new in holidays])
    for index, new in enumerate(holidays):
        with at(index):
            check_period(new.starts, new.ends)
    rows = [
        Holiday(id=new.id or new_id(), unit_id=new.unit, starts=new.starts, ends=new.ends, name=_name(new))
        for new in holidays
    ]
    with unless_conflict(
        HolidayTaken("A holiday begins on that day already.", field="starts"),
        keys=lambda: [((row.unit_id, row.starts),) for row in rows],
        kept=lambda: Holiday.objects.filter(unit__in={r.unit_id for r in rows}).values_list("unit_id", "starts"),
    ):
        Holiday.objects.bulk_create(rows)
    ids = [row.id for row in rows]
    journal.append(
        by=by,
        kind="schools.holidays.added/1",
        path=common_path(places),
        now=now,
        refs={"count": len(ids), "digest": ids_digest(ids)},
    )
    return ids


@transaction.atomic
def remove_holidays(*, by: Actor, holidays: Sequence[UUID], now: datetime) -> None:
    """Take holidays away: their days have lessons again. Journal: ``schools.holidays.removed/1``.

    Needs ``schools.timetable.holiday`` at each unit's path. Raises ``not_found``.
    """
    rows = list(Holiday.objects.select_related("unit").filter(id__in=holidays))
    if len(rows) < len(set(holidays)):
        raise NotFound("There is no such holiday.", field="holidays")
    for row in rows:
        by.must("schools.timetable.holiday", row.unit.path)
    Holiday.objects.filter(id__in=[row.id for row in rows]).delete()
    journal.append(
        by=by,
        kind="schools.holidays.removed/1",
        path=common_path({row.unit.path for row in rows}),
        now=now,
        refs={"count": len(rows), "digest": ids_digest(row.id for row in rows)},
    )


def _slot(new: NewSlot, group: Group) -> Slot:
    check_slot(new)
    year = group.school_year
    first, last = new.valid_from or year.starts, new.valid_to or year.ends
    check_period(first, last, field="valid_to")
    if first < year.starts or last > year.ends:
        raise OutsideYear("The lesson lies outside the school year of its group.", field="valid_from", code=year.code)
    return Slot(
        id=new.id or new_id(),
        school_id=group.school_id,
        group_id=group.id,
        subject=new.subject or group.subject or group.course,
        teacher_id=new.teacher,
        weekday=new.weekday,
        week=new.week.value,
        number=new.number,
        starts=new.starts,
        ends=new.ends,
        room=new.room[:40],
        valid_from=first,
        valid_to=last,
    )


def _name(new: NewHoliday) -> str:
    return new.name.strip()[:120] or str(new.starts)
