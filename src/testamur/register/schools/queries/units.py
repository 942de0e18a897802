"""Reading the units of the organisation, and which rules hold at them."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Collection, Iterable, Sequence
from datetime import date
from uuid import UUID

from django.db.models import QuerySet

from testamur.kernel.base.memory import recall_each, remember
from testamur.kernel.prepared import prepared
from testamur.register.curriculum import queries as curriculum
from testamur.register.curriculum.rules import prefixes
from testamur.register.people.queries import chunks
from testamur.register.schools.models import Unit
from testamur.register.schools.rules import Form, UnitKind, UnitView


def units(ids: Iterable[UUID]) -> dict[UUID, UnitView]:
    """Units by id; an unknown id is left out."""
    return recall_each("schools.unit", list(dict.fromkeys(ids)), _units)


def _units(ids: Collection[UUID]) -> dict[UUID, UnitView]:
    found = {row.id: _unit(row) for chunk in chunks(ids) for row in _units_by_id(ids=chunk)}
    for view in found.values():
        remember("schools.way", view.path, view)
    return found


@prepared
def _units_by_id(ids: Collection[UUID]) -> QuerySet[Unit]:
    return Unit.objects.filter(id__in=ids)


def unit_names(ids: Iterable[UUID]) -> dict[UUID, str]:
    """What units are called, by id; an unknown id is left out."""
    return {key: view.name for key, view in units(ids).items()}


def unit(id: UUID) -> UnitView | None:  # noqa: A002 - the name that every query uses
    """One unit, or None."""
    return units([id]).get(id)


def unit_at(path: str) -> UnitView | None:
    """The unit with exactly that path, or None."""
    row = Unit.objects.filter(path=path).first()
    return None if row is None else _unit(row)


def unit_by_code(*, code: str, parent: UUID | None = None) -> UnitView | None:
    """The unit with that code directly below `parent` (None: among the roots), or None."""
    row = Unit.objects.filter(code=code, parent=parent).first()
    return None if row is None else _unit(row)


def units_by_code(*, codes: Iterable[str], under: str = "/") -> dict[str, tuple[UnitView, ...]]:
    """Units at or below the path `under` by code, in path order; two parents may have a child of the same code."""
    found: dict[str, list[UnitView]] = defaultdict(list)
    for chunk in chunks(dict.fromkeys(codes)):
        for row in Unit.objects.filter(path__startswith=under, code__in=chunk).order_by("path"):
            found[row.code].append(_unit(row))
    return {code: tuple(views) for code, views in found.items()}


def units_under(path: str, *, kind: UnitKind | None = None) -> tuple[UnitView, ...]:
    """The unit at `path` and all below it, in path order; of one kind where asked."""
    rows = Unit.objects.filter(path__startswith=path)
    return tuple(_unit(row) for row in (rows.filter(kind=kind) if kind else rows).order_by("path"))


def units_above(path: str) -> tuple[UnitView, ...]:
    """The units on the way from the root down to `path`, itself included: authority, then school."""
    found = recall_each("schools.way", [way for way in prefixes(path) if way], units_on)
    return tuple(found[way] for way in sorted(found))


def units_on(paths: Collection[str]) -> dict[str, UnitView]:
    """Units by path; a path without one (a group's) is left out."""
    found = {row.path: _unit(row) for row in _units_by_path(paths=paths)}
    for view in found.values():
        remember("schools.unit", view.id, view)
    return found


@prepared
def _units_by_path(paths: Collection[str]) -> QuerySet[Unit]:
    return Unit.objects.filter(path__in=paths)


def pack_of(unit_id: UUID, *, on: date) -> str:
    """Id of the jurisdiction pack for a unit on that day, or an empty text.

    What `curriculum` records for the path and period decides, then the unit's own pack, then those of the units above.
    """
    here = unit(unit_id)
    return "" if here is None else pack_among(units_above(here.path), on=on)


def pack_among(way: Sequence[UnitView], *, on: date) -> str:
    """The same for the last of the units on a way down from the root (`units_above`). One query."""
    in_force = curriculum.pack_in_force(path=way[-1].path, form=way[-1].form, on=on)
    if in_force is not None:
        return in_force.pack
    return next((above.pack for above in reversed(way) if above.pack), "")


def _unit(row: Unit) -> UnitView:
    return UnitView(
        id=row.id,
        kind=UnitKind(row.kind),
        code=row.code,
        name=row.name,
        path=row.path,
        parent=row.parent_id,
        country=row.country,
        form=Form(row.form),
        pack=row.pack,
        parts=tuple((key, value) for key, value in row.parts),
    )
