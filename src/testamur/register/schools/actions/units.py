"""Adding and changing units of the tree."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import datetime
from uuid import UUID

from django.db import transaction
from django.db.models import Q

from testamur.kernel.base.actor import Actor
from testamur.kernel.base.ids import new_id
from testamur.kernel.base.refused import NotFound, Refused
from testamur.kernel.journal import actions as journal
from testamur.register.people.actions.checks import at, unless_conflict
from testamur.register.people.rules import common_path, ids_digest
from testamur.register.schools import queries
from testamur.register.schools.models import Unit
from testamur.register.schools.rules import (
    NewUnit,
    UnitKind,
    UnitUpdate,
    UnitView,
    child_path,
    slug_of,
)


class UnitTaken(Refused):
    """A unit with this code stands there already, or its path is taken by another."""

    code = "schools.unit.taken"


class UnitInvalid(Refused):
    """A unit that cannot stand there: a root without country, an authority below a school."""

    code = "schools.unit.invalid"


_ABOVE: dict[UnitKind, set[UnitKind | None]] = {
    UnitKind.AUTHORITY: {None, UnitKind.AUTHORITY},
    UnitKind.OFFICE: {UnitKind.AUTHORITY, UnitKind.OFFICE},
    UnitKind.SCHOOL: {None, UnitKind.AUTHORITY, UnitKind.OFFICE},
    UnitKind.DEPARTMENT: {UnitKind.SCHOOL, UnitKind.DEPARTMENT},
}
"""Which kind may stand below which (None: at the root; a school may be its own body)."""


@transaction.atomic
def add_units(*, by: Actor, units: Sequence[NewUnit], now: datetime) -> list[UUID]:
    """Add units and return their ids in order; a parent may come earlier in the same call (with an id of the caller's).

    Needs ``schools.unit.add`` at each parent's path (``/`` for a root). Raises ``not_found``, ``schools.unit.invalid``,
    ``schools.unit.taken`` and ``schools.path.invalid``.
    """
    known = queries.units([new.parent for new in units if new.parent is not None])
    rows: list[Unit] = []
    places: set[str] = set()
    for index, new in enumerate(units):
        with at(index):
            parent = _parent(new, known)
            above = parent.path if parent else "/"
            by.must("schools.unit.add", above)
            row = _unit_row(new, parent)
        places.add(above)
        rows.append(row)
        known[row.id] = UnitView(
            row.id, new.kind, row.code, row.name, row.path, new.parent, row.country, new.form, row.pack
        )
    with unless_conflict(
        UnitTaken("A unit with such a code or path is there already.", field="code"),
        keys=lambda: [((row.parent_id, row.code), row.path) for row in rows],
        kept=lambda: [
            key
            for row in Unit.objects.filter(Q(path__in=[r.path for r in rows]) | Q(code__in=[r.code for r in rows]))
            for key in ((row.parent_id, row.code), row.path)
        ],
    ):
        Unit.objects.bulk_create(rows)
    ids = [row.id for row in rows]
    journal.append(
        by=by,
        kind="schools.units.added/1",
        path=common_path(places),
        now=now,
        refs={"count": len(ids), "digest": ids_digest(ids)},
    )
    return ids


@transaction.atomic
def update_units(*, by: Actor, updates: Sequence[UnitUpdate], now: datetime) -> int:
    """Change names, forms, packs and further facts of units; returns how many differ from before.

    Needs ``schools.unit.change`` at each unit's path. Raises ``not_found``.
    """
    rows = Unit.objects.select_for_update().in_bulk([u.id for u in updates])
    changed = {}
    for index, update in enumerate(updates):
        row = rows.get(update.id)
        if row is None:
            raise NotFound("There is no such unit.", field="id", index=index)
        by.must("schools.unit.change", row.path)
        before = (row.name, row.form, row.pack, row.parts)
        row.name = update.name or row.name
        row.form = row.form if update.form is None else update.form.value
        row.pack = row.pack if update.pack is None else update.pack
        row.parts = row.parts if update.parts is None else [list(pair) for pair in update.parts]
        if before != (row.name, row.form, row.pack, row.parts):
            changed[row.id] = row
    Unit.objects.bulk_update(changed.values(), ["name", "form", "pack", "parts"], batch_size=100)
    if changed:
        journal.append(
            by=by,
            kind="schools.units.changed/1",
            path=common_path({row.path for row in changed.values()}),
            now=now,
            refs={"count": len(changed), "digest": ids_digest(changed)},
        )
    return len(changed)


def _parent(new: NewUnit, known: dict[UUID, UnitView]) -> UnitView | None:
    if new.parent is None:
        parent = None
    elif new.parent in known:
        parent = known[new.parent]
    else:
        raise NotFound("There is no such unit to stand under.", field="parent")
    if (parent.kind if parent else None) not in _ABOVE[new.kind]:
        raise UnitInvalid("A unit of this kind cannot stand there.", field="kind", kind=new.kind.value)
    return parent


def _unit_row(new: NewUnit, parent: UnitView | None) -> Unit:
    country = new.country or (parent.country if parent else "")
    if len(country) != 2 or not country.isascii() or not country.isupper():  # noqa: PLR2004 - ISO 3166-1 alpha-2
        raise UnitInvalid("A country is two capital letters.", field="country", country=country)
    code, name = new.code.strip(), " ".join(new.name.split())
    if not code or not name:
        raise UnitInvalid("A unit needs a code and a name.", field="code")
    return Unit(
        id=new.id or new_id(),
        parent_id=new.parent,
        kind=new.kind.value,
        code=code,
        name=name,
        country=country,
        path=child_path(parent.path if parent else "/", new.slug or slug_of(code)),
        form=new.form.value,
        pack=new.pack,
        parts=[list(pair) for pair in new.parts],
    )


def unit_paths(by: Actor, verb: str, ids: Sequence[UUID]) -> set[str]:
    """The paths of units, after checking that they exist and that `by` has the verb at each."""
    known = queries.units(ids)
    for index, key in enumerate(ids):
        if key not in known:
            raise NotFound("There is no such unit.", field="unit", index=index)
    places = {one.path for one in known.values()}
    for place in places:
        by.must(verb, place)
    return places
