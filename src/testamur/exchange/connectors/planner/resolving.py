"""What every loader needs to look up: persons, units and the authority of the run; and the end of enrolments."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Sequence
from uuid import UUID

from testamur.exchange.connectors.planner.core import Context
from testamur.exchange.connectors.rules import GroupRow, SessionRow, UnitRow
from testamur.kernel.base.ids import new_id
from testamur.kernel.base.refused import Refused
from testamur.register.people import actions as people_verbs
from testamur.register.people import queries as people
from testamur.register.people.rules import Identifier, Scheme
from testamur.register.schools import queries
from testamur.register.schools.actions import enrolments as verbs
from testamur.register.schools.actions import units as schools
from testamur.register.schools.rules import NewUnit, UnitKind, UnitView, slug_of

UNKNOWN_COUNTRY = "ZZ"
"""ISO 3166-1 user-assigned: no country was told."""


def home(context: Context, row: UnitRow | SessionRow | GroupRow | None = None) -> UnitView:
    """The run's authority: named, else the register's only one, else made for the source (reported)."""
    if context.home is None:
        roots = [one for one in queries.units_under("/", kind=UnitKind.AUTHORITY) if one.parent is None]
        if len(roots) == 1:
            context.home = roots[0]
        else:
            code = context.source_name.rpartition("/")[2]
            context.home = queries.unit_by_code(code=code) or make_authority(context, code, code.title())
            if row is not None:
                context.note(
                    row, "authority", "none", f"an authority {code!r} was made: name your own with --authority",
                    "import.unit.authority",
                )  # fmt: skip
    return context.home


def make_authority(context: Context, code: str, name: str) -> UnitView:
    """A new root; its country is the one said, or unknown."""
    unit = NewUnit(
        UnitKind.AUTHORITY, code, name, None, slug_from(code), context.options.country or UNKNOWN_COUNTRY, id=new_id()
    )
    (made,) = schools.add_units(by=context.by, units=[unit], now=context.now)
    found = queries.unit(made)
    assert found is not None
    return found


def slug_from(code: str) -> str:
    """The path part of a code; of a code that gives none, its digest's first letters."""
    try:
        return slug_of(code)[:60].rstrip("-")
    except Refused:
        return f"u-{new_id().hex[-12:]}"


def resolve_units(context: Context, keys: Sequence[str]) -> dict[str, UUID]:
    """Ids of units by the source's key, else by official code under the run's authority."""
    found = context.resolve("unit", keys)
    missing = {key for key in keys if key and key not in found}
    if missing:
        under = context.home.path if context.home else "/"
        for code, views in queries.units_by_code(codes=missing, under=under).items():
            if len(views) == 1:
                found[code] = views[0].id
                context.ids["unit", code] = views[0].id
    return found


def resolve_persons(context: Context, keys: Sequence[str]) -> dict[str, UUID]:
    """Ids of persons by the source's key; ``id:scheme:number`` is looked up in the register as well."""
    found = context.resolve("person", keys)
    wanted: dict[tuple[str, str, str], str] = {}
    for key in {k for k in keys if k and k not in found and k.startswith("id:")}:
        _id, scheme, value = key.split(":", 2)
        wanted[scheme, context.source_name[:80] if scheme == Scheme.LOCAL else "", value] = key
    if wanted:
        numbers = [Identifier(Scheme(scheme), value, where) for scheme, where, value in wanted]
        for number, person in people.holders_of_identifiers(numbers=numbers).items():
            found[wanted[number]] = person
    return found


def keep(context: Context, placed: Sequence[tuple[UUID, UUID]], *, only_from: str = "") -> None:
    """Keep persons at their units (pairs of person and unit), where they are kept elsewhere (or at `only_from`)."""
    if not placed:
        return
    paths = {key: one.path for key, one in queries.units(u for _p, u in placed).items()}
    now = people.paths(p for p, _u in placed)
    moving: dict[str, list[UUID]] = defaultdict(list)
    for person, unit in dict(placed).items():
        if now.get(person) != paths[unit] and (not only_from or now.get(person) == only_from):
            moving[paths[unit]].append(person)
    for path, persons in moving.items():
        people_verbs.move_persons(by=context.by, ids=persons, to=path, now=context.now)


def end_open(context: Context, *, persons: Sequence[UUID] = (), groups: Sequence[UUID] = ()) -> None:
    """End today whatever enrolments of these persons, or in these groups, are open. Nobody is deleted."""
    if not persons and not groups:
        return
    rows = queries.open_enrolments(persons=persons, groups=groups)
    if rows:
        ends = {row.id: max(context.today, row.starts) for row in rows}
        verbs.end_enrolments(by=context.by, ends=ends, now=context.now)
