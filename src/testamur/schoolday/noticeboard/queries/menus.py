"""Reading menus: they name nobody, and hang at the door of every dining room; everybody may see them."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Collection, Iterable, Mapping
from datetime import date
from typing import Any
from uuid import UUID

from django.db.models import JSONField, QuerySet, Subquery

from testamur.kernel.prepared import prepared
from testamur.register.curriculum.rules import prefixes
from testamur.schoolday.noticeboard.models import Highlight, Menu, MenuDish
from testamur.schoolday.noticeboard.rules.menus import Dish, Mark, Meal, MenuView


def menus_under(path: str) -> tuple[MenuView, ...]:
    """The menus that are kept at or below `path`, in order of path and name; one query."""
    rows = Menu.objects.filter(path__startswith=path, ended_at=None)
    return tuple(map(_menu, rows.order_by("path", "name")))


def menus_above(path: str) -> tuple[MenuView, ...]:
    """The menus that units above `path` keep, which hold below them too; in order of path and name; one query."""
    ways = [way for way in prefixes(path) if way and way != path]
    rows = Menu.objects.filter(path__in=ways, ended_at=None)
    return tuple(map(_menu, rows.order_by("path", "name")))


def menus_for(*, places: Iterable[tuple[str, str]]) -> dict[tuple[str, str], tuple[MenuView, ...]]:
    """(path of a school, its form) → the menus that hold there: its own, and those of the units above; one query."""
    wanted = list(dict.fromkeys(places))
    ways = {way for path, _form in wanted for way in prefixes(path) if way}
    return _placed(wanted, [_menu(row) for row in _at(paths=ways)])


def menus_and_highlights(
    *, places: Iterable[tuple[str, str]], person: UUID
) -> tuple[dict[tuple[str, str], tuple[MenuView, ...]], dict[UUID, frozenset[Mark]]]:
    """As `menus_for`, with child → what that person wants to be pointed at; for oneself. One query for both."""
    wanted = list(dict.fromkeys(places))
    rows = _at_for(paths={way for path, _form in wanted for way in prefixes(path) if way}, person=person)
    found = [
        MenuView(key, unit, path, name, code, tuple(forms), changed_at, ended_at)
        for key, unit, path, name, code, forms, changed_at, ended_at, _chosen in rows
    ]
    chosen = rows[0][-1] if rows else None
    return _placed(wanted, found), _marks(chosen)


def highlights(*, person: UUID, child: UUID) -> frozenset[Mark]:
    """What that person wants to be pointed at in the menus of a child; for oneself. One query."""
    chosen = Highlight.objects.filter(person=person).values_list("chosen", flat=True).first()
    return _marks(chosen).get(child, frozenset())


def menu(*, id: UUID | None = None, code: str = "") -> MenuView | None:  # noqa: A002 - the name that every query uses
    """One menu by its id or its public code, or None; ended ones too."""
    row = (Menu.objects.filter(id=id) if id is not None else Menu.objects.filter(code=code)).first()
    return _menu(row) if row is not None else None


def dishes_of(*, menus: Collection[UUID], first: date, last: date) -> dict[UUID, dict[date, tuple[Dish, ...]]]:
    """Menu → day → its dishes in order, from one day to another; days without any are left out. One query."""
    found: dict[UUID, dict[date, list[Dish]]] = {key: defaultdict(list) for key in menus}
    for row in _dishes(menus=list(found), first=first, last=last):
        found[row.menu_id][row.on].append(Dish(row.names, frozenset(Mark(one) for one in row.marks), Meal(row.meal)))
    return {key: {on: tuple(some) for on, some in days.items()} for key, days in found.items()}


@prepared
def _at(paths: Collection[str]) -> QuerySet[Menu]:
    return Menu.objects.filter(path__in=paths, ended_at=None).order_by("path", "name")


@prepared
def _at_for(paths: Collection[str], person: UUID) -> QuerySet[Menu, tuple[Any, ...]]:
    chosen = Subquery(Highlight.objects.filter(person=person).values("chosen")[:1], output_field=JSONField())
    rows = Menu.objects.filter(path__in=paths, ended_at=None).order_by("path", "name")
    return rows.values_list("id", "unit", "path", "name", "code", "forms", "changed_at", "ended_at", chosen)


def _placed(
    wanted: Iterable[tuple[str, str]], found: Collection[MenuView]
) -> dict[tuple[str, str], tuple[MenuView, ...]]:
    return {
        (path, form): tuple(one for one in found if path.startswith(one.path) and (not one.forms or form in one.forms))
        for path, form in wanted
    }


def _marks(chosen: Mapping[str, Collection[str]] | None) -> dict[UUID, frozenset[Mark]]:
    return {UUID(key): frozenset(map(Mark, some)) for key, some in (chosen or {}).items()}


@prepared
def _dishes(menus: Collection[UUID], first: date, last: date) -> QuerySet[MenuDish]:
    return MenuDish.objects.filter(menu__in=menus, on__range=(first, last)).order_by("on", "place")


def _menu(row: Menu) -> MenuView:
    return MenuView(row.id, row.unit, row.path, row.name, row.code, tuple(row.forms), row.changed_at, row.ended_at)
