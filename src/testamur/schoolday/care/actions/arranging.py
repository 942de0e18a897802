"""Arranging the care of a unit: opening hours, deadline, closing days and what families answer to them."""

from __future__ import annotations

from datetime import date, datetime
from uuid import UUID

from django.db import transaction

from testamur.kernel.base.actor import Actor
from testamur.kernel.base.ids import new_id
from testamur.kernel.base.refused import NotFound
from testamur.kernel.journal.actions import append
from testamur.register.schools import queries as schools
from testamur.schoolday.care import queries
from testamur.schoolday.care.models import Closing, Need
from testamur.schoolday.care.models import Setting as SettingRow
from testamur.schoolday.care.rules import DayClosed, DeadlinePassed, Hours, NoCare, Setting, check_hours, check_setting


@transaction.atomic
def arrange(*, by: Actor, setting: Setting, now: datetime) -> None:
    """Set opening hours, deadline and ratio of a unit; from then on it has care. Journal: ``care.setting.arranged/1``.

    Needs ``care.setting.write`` at the unit's path. Raises NotFound, NotAllowed, SettingInvalid.
    """
    unit = schools.unit(setting.unit)
    if unit is None:
        raise NotFound("There is no such unit.", field="unit")
    by.must("care.setting.write", unit.path)
    check_setting(setting)
    values = {
        "path": unit.path,
        "opening": {str(day): as_told(hours) for day, hours in sorted(setting.opening.items())},
        "deadline_days": setting.deadline_days,
        "deadline_at": setting.deadline_at,
        "small_per_adult": setting.small_per_adult,
        "big_per_adult": setting.big_per_adult,
        "own_weeks": setting.own_weeks,
        "changed_at": now,
    }
    SettingRow.objects.update_or_create(unit=unit.id, defaults=values)
    append(by=by, kind="care.setting.arranged/1", path=unit.path, refs={"unit": str(unit.id)}, now=now)


@transaction.atomic
def close_day(*, by: Actor, unit: UUID, on: date, name: str, now: datetime, answer_by: date | None = None) -> UUID:
    """Decide that a unit is closed on a day; with `answer_by`, families say until then whether they need care anyway.

    Returns its id. Journal: ``care.day.closed/1``. Needs ``care.setting.write`` at the unit's path. Raises NotFound,
    NotAllowed, DayClosed (closed already, past, or an answer that comes too late).
    """
    view, _setting = queries.care_unit(unit)
    by.must("care.setting.write", view.path)
    said = " ".join(name.split())[:120]
    if not said:
        raise DayClosed("Say why the unit is closed.", field="name")
    if on < now.date() or Closing.objects.filter(unit=unit, on=on, cancelled_at__isnull=True).exists():
        raise DayClosed("That day is over, or closed already.", field="on")
    if answer_by is not None and not now.date() <= answer_by <= on:
        raise DayClosed("Answers are due before the day.", field="answer_by")
    row = Closing(
        id=new_id(), unit=unit, path=view.path, on=on, name=said, asks=answer_by is not None, answer_by=answer_by,
        decided_by=by.id, decided_at=now,
    )  # fmt: skip
    row.save(force_insert=True)
    append(by=by, kind="care.day.closed/1", path=view.path, refs={"unit": str(unit), "closing": str(row.id)}, now=now)
    return row.id


@transaction.atomic
def open_day(*, by: Actor, closing: UUID, now: datetime) -> None:
    """Call a closing day off. Journal: ``care.day.opened/1``. Needs ``care.setting.write``. Raises NotFound."""
    row = Closing.objects.select_for_update().filter(id=closing, cancelled_at__isnull=True).first()
    if row is None:
        raise NotFound("There is no such closing day.", field="closing")
    by.must("care.setting.write", row.path)
    row.cancelled_at = now
    row.save(update_fields=["cancelled_at"])
    refs = {"unit": str(row.unit), "closing": str(row.id)}
    append(by=by, kind="care.day.opened/1", path=row.path, refs=refs, now=now)


@transaction.atomic
def answer_closing(*, by: Actor, closing: UUID, child: UUID, hours: Hours | None, now: datetime) -> None:
    """Say whether a child needs care on a closing day; the last answer stands. Journal: ``care.need.told/1``.

    Needs ``care.week.write`` for the child. Raises NotFound, DayClosed (nobody is asked), DeadlinePassed (staff may
    still write), NoCare, HoursInvalid.
    """
    row = Closing.objects.filter(id=closing, cancelled_at__isnull=True).first()
    if row is None:
        raise NotFound("There is no such closing day.", field="closing")
    here = queries.place(child=child, on=now.date())
    by.must("care.week.write", here.group_path, person=child, group=here.group)
    if here.unit != row.unit:
        raise NoCare("The child has no care there.", field="child")
    if not row.asks or row.answer_by is None:
        raise DayClosed("Nobody is asked about that day.", field="closing")
    staff = by.may("care.day.late", here.group_path, group=here.group)
    if now.date() > row.answer_by and not staff:
        raise DeadlinePassed("Answers were due earlier.", field="closing")
    if hours is not None:
        _view, setting = queries.care_unit(row.unit)
        check_hours(hours, setting.opening.get(row.on.isoweekday()))
    values = {
        "starts": hours.starts if hours is not None else None,
        "ends": hours.ends if hours is not None else None,
        "by": by.id,
        "at": now,
    }
    Need.objects.update_or_create(closing=row, child=child, defaults=values, create_defaults={"id": new_id(), **values})
    refs = {"closing": str(closing), "pupil": str(child), "needed": hours is not None}
    append(by=by, kind="care.need.told/1", path=here.group_path, refs=refs, now=now)


def as_told(hours: Hours) -> list[str]:
    """Hours as JSON keeps them."""
    return [f"{hours.starts:%H:%M}", f"{hours.ends:%H:%M}"]
