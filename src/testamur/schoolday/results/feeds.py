"""Decisions in pages, for programs that read many: what was decided at a place, and what was replaced since."""

from __future__ import annotations

from collections.abc import Collection, Mapping
from dataclasses import dataclass, field
from datetime import date, datetime
from typing import Any, Literal
from uuid import UUID

from django.db.models import F, Q, QuerySet
from django.db.models.functions import Coalesce

from testamur.kernel.base.actor import Actor
from testamur.register.people.queries import chunks
from testamur.schoolday.results.models import Decision
from testamur.schoolday.results.queries import DecisionRow, facts_of

Order = Literal["id", "-id", "changed", "-changed", "decided", "-decided"]
_ORDERS: Mapping[str, tuple[str, ...]] = {
    "id": ("id",),
    "-id": ("-id",),
    "changed": ("changed", "id"),
    "-changed": ("-changed", "-id"),
    "decided": ("decided_on", "id"),
    "-decided": ("-decided_on", "-id"),
}


@dataclass(frozen=True, slots=True)
class Wanted:
    """Which decisions. None and empty stand for no limit.

    Attributes:
        path: at or below it.
        kinds: pack → the kinds of its decisions.
        hidden: persons who are left out.
        standing: True for those that stand, False for those that were replaced.
        codes: of subject, module or course.
        made, changed: (from, before) when a decision was made, or was made or replaced; both inclusive.
        decided: (first, last) day of decision; both inclusive.
    """

    path: str
    kinds: Mapping[str, Collection[str]]
    hidden: Collection[UUID] = ()
    ids: Collection[UUID] | None = None
    codes: Collection[str] | None = None
    pupil: UUID | None = None
    pupils: Collection[UUID] | None = None
    unit: UUID | None = None
    decider: UUID | None = None
    standing: bool | None = None
    made: tuple[datetime | None, datetime | None] = (None, None)
    changed: tuple[datetime | None, datetime | None] = (None, None)
    decided: tuple[date | None, date | None] = (None, None)
    occasions: tuple[str, str] = field(default=("", ""))


@dataclass(frozen=True, slots=True)
class Given:
    """A decision with its place, and when something last happened to it."""

    row: DecisionRow
    unit: UUID
    path: str
    changed_at: datetime
    replaced: bool


def page(
    *, by: Actor, wanted: Wanted, order: Order, limit: int, offset: int = 0, after: tuple[str, UUID] | None = None
) -> tuple[Given, ...]:
    """So many of the decisions in that order, which is total.

    `after`: only those that come after this one, by `place_of` it: whatever is decided or replaced between two pages,
    none of the others is left out or given twice. Needs ``results.decision.read`` at the path.
    """
    by.must("results.decision.read", wanted.path)
    rows = _rows(wanted)
    if after is not None:
        rows = rows.filter(_beyond(order, *after))
    rows = rows.order_by(*_ORDERS[order])[offset : offset + limit]
    return tuple(
        Given(facts_of(row), row.unit, row.path, row.changed, row.replaced_at is not None)  # type: ignore[attr-defined]  # annotated
        for row in rows
    )


def place_of(one: Given, order: Order) -> tuple[str, UUID]:
    """Where a decision stands in that order, as `page` takes it; the day or time as ISO 8601 has it."""
    decided_on = one.row.facts.decided_on
    places = {
        "id": "",
        "changed": one.changed_at.isoformat(),
        "decided": decided_on.isoformat() if decided_on is not None else "",
    }
    return places[order.removeprefix("-")], one.row.id


def _beyond(order: Order, value: str, key: UUID) -> Q:
    name, way = _ORDERS[order][0].removeprefix("-"), "lt" if order.startswith("-") else "gt"
    if name == "id":
        return Q(**{f"id__{way}": key})
    return Q(**{f"{name}__{way}": value}) | Q(**{name: value, f"id__{way}": key})


def count(*, by: Actor, wanted: Wanted) -> int:
    """How many there are in all. Needs ``results.decision.read`` at the path."""
    by.must("results.decision.read", wanted.path)
    return _rows(wanted).count()


def _rows(wanted: Wanted) -> QuerySet[Decision]:
    rows = Decision.objects.filter(path__startswith=wanted.path).annotate(
        replaced_at=F("replaced_by__made_at"), changed=Coalesce("replaced_by__made_at", "made_at")
    )
    kinds = Q(pk__in=[])
    for pack, some in wanted.kinds.items():
        kinds |= Q(pack=pack, kind__in=list(some))
    rows = rows.filter(kinds)
    for some in chunks(wanted.hidden):
        rows = rows.exclude(pupil__in=some)
    if wanted.standing is not None:
        rows = rows.filter(replaced_by__isnull=wanted.standing)
    if wanted.decider is not None:
        rows = rows.filter(decided_by__icontains=str(wanted.decider))
    return rows.filter(**_narrowed(wanted))


def _narrowed(wanted: Wanted) -> dict[str, Any]:
    lists = {"id__in": wanted.ids, "code__in": wanted.codes, "pupil__in": wanted.pupils}
    found: dict[str, Any] = {name: list(some) for name, some in lists.items() if some is not None}
    plain: dict[str, Any] = {"pupil": wanted.pupil, "unit": wanted.unit}
    ranges: dict[str, tuple[Any, Any]] = {
        "made_at": wanted.made,
        "changed": wanted.changed,
        "decided_on": wanted.decided,
        "occasion": (wanted.occasions[0] or None, wanted.occasions[1] or None),
    }
    for name, (first, last) in ranges.items():
        plain |= {f"{name}__gte": first, f"{name}__lte": last}
    return found | {name: value for name, value in plain.items() if value is not None}
