"""Keeping menus: made, written day by day, copied week by week, ended."""

from __future__ import annotations

import secrets
from collections.abc import Mapping, Sequence
from datetime import date, datetime, timedelta
from uuid import UUID

from django.db import IntegrityError, transaction

from testamur.kernel.base.actor import Actor
from testamur.kernel.base.ids import new_id
from testamur.kernel.base.refused import NotFound
from testamur.kernel.journal.actions import append
from testamur.register.schools import queries as schools
from testamur.register.schools.rules import Form
from testamur.schoolday.noticeboard.models import Menu, MenuDish
from testamur.schoolday.noticeboard.queries.menus import dishes_of
from testamur.schoolday.noticeboard.rules.menus import (
    Dish,
    MenuEnded,
    MenuInvalid,
    MenuTaken,
    check_dishes,
    check_name,
    copied,
)


@transaction.atomic
def add_menu(*, by: Actor, unit: UUID, name: str, forms: Sequence[str] = (), now: datetime) -> UUID:
    """Begin a menu of a unit and of all below it (of those `forms` of school alone), and return its id.

    Journal: ``noticeboard.menu.added/1``. Needs ``noticeboard.menu.add`` at the unit's path. Raises not_found,
    ``noticeboard.menu.invalid`` and ``noticeboard.menu.taken``.
    """
    place = schools.unit(unit)
    if place is None:
        raise NotFound("There is no such unit.", field="unit")
    by.must("noticeboard.menu.add", place.path)
    if not set(forms) <= {form.value for form in Form}:
        raise MenuInvalid("There is no such form of school.", field="forms")
    row = Menu(
        id=new_id(), unit=unit, path=place.path, name=check_name(name), code=secrets.token_hex(6),
        forms=sorted(set(forms)), made_at=now, changed_at=now,
    )  # fmt: skip
    try:
        with transaction.atomic():
            row.save(force_insert=True)
    except IntegrityError as twice:
        raise MenuTaken("There is a menu of that name already.", field="name") from twice
    append(by=by, kind="noticeboard.menu.added/1", path=row.path, refs={"menu": str(row.id)}, now=now)
    return row.id


@transaction.atomic
def write_days(*, by: Actor, menu: UUID, days: Mapping[date, Sequence[Dish]], now: datetime) -> int:
    """Write what a menu has on these days, in place of what it had; returns how many dishes. No dish: an empty day.

    Journal: ``noticeboard.menu.written/1``. Needs ``noticeboard.menu.write`` at its path. Raises not_found,
    ``noticeboard.menu.invalid`` (with the day as ``on``) and ``noticeboard.menu.ended``.
    """
    row = _locked(by, menu, "noticeboard.menu.write")
    return _written(by, row, days, now)


@transaction.atomic
def copy_week(*, by: Actor, menu: UUID, source: date, target: date, weeks: int = 1, now: datetime) -> int:
    """Let the weeks from the Monday `target` have the dishes of the week from the Monday `source`.

    Returns how many dishes. Journal, needs and raises as `write_days`.
    """
    row = _locked(by, menu, "noticeboard.menu.write")
    source, target = _monday(source), _monday(target)
    there = dishes_of(menus=[menu], first=source, last=source + timedelta(days=6))[menu]
    return _written(by, row, copied(there, source, target, weeks), now)


@transaction.atomic
def end_menu(*, by: Actor, menu: UUID, now: datetime) -> None:
    """Keep a menu no more: its pages are empty, its days stay. Journal: ``noticeboard.menu.ended/1``.

    Needs ``noticeboard.menu.end`` at its path. Raises not_found and ``noticeboard.menu.ended``.
    """
    row = _locked(by, menu, "noticeboard.menu.end")
    row.ended_at = row.changed_at = now
    row.save(update_fields=["ended_at", "changed_at"])
    append(by=by, kind="noticeboard.menu.ended/1", path=row.path, refs={"menu": str(row.id)}, now=now)


def _written(by: Actor, row: Menu, days: Mapping[date, Sequence[Dish]], now: datetime) -> int:
    new = []
    for on, some in sorted(days.items()):
        try:
            dishes = check_dishes(some)
        except MenuInvalid as no:
            no.found = {**no.found, "on": str(on)}
            raise
        new += [
            MenuDish(
                id=new_id(), menu=row, on=on, place=n, meal=dish.meal.value, names=dict(dish.names),
                marks=sorted(dish.marks),
            )
            for n, dish in enumerate(dishes)
        ]  # fmt: skip
    MenuDish.objects.filter(menu=row, on__in=list(days)).delete()
    MenuDish.objects.bulk_create(new, batch_size=500)
    row.changed_at = now
    row.save(update_fields=["changed_at"])
    refs = {"menu": str(row.id), "days": len(days), "dishes": len(new)}
    append(by=by, kind="noticeboard.menu.written/1", path=row.path, refs=refs, now=now)
    return len(new)


def _locked(by: Actor, menu: UUID, verb: str) -> Menu:
    row = Menu.objects.select_for_update().filter(id=menu).first()
    if row is None:
        raise NotFound("There is no such menu.", field="menu")
    by.must(verb, row.path)
    if row.ended_at is not None:
        raise MenuEnded("The menu is kept no more.", field="menu")
    return row


def _monday(day: date) -> date:
    return day - timedelta(days=day.weekday())
