"""Queries whose SQL is made once: for what is asked on every page, where making the SQL costs more than its answer.

The Django ORM builds its SQL anew each time it is asked; for a query that finds one row by its key that is nine tenths
of the work. A prepared query is an ordinary function that answers a queryset, of rows of one table or of tuples
(``values_list``); its SQL is kept by the shape of the arguments, and only the values change
(docs/decisions/0025-hot-queries-are-prepared.md).

What an argument may be: an id, a day, a moment, a whole number, a text, or a sequence of one of these: they become
parameters, each as it stands, so that whatever is reckoned from them (``now + COMING``) is an argument of its own.
None, a truth value and a member of an enumeration choose between shapes. Nothing else is taken, and a query that looks
at its arguments in another way, or asks the database while it is built, is refused the first time it is asked, in
every test that asks it.
"""

from __future__ import annotations

from collections.abc import Callable, Collection, Mapping, Sequence
from dataclasses import dataclass
from datetime import UTC, date, datetime, timedelta
from enum import Enum
from functools import wraps
from typing import Any, ParamSpec, TypeVar
from uuid import UUID

from django.core.exceptions import EmptyResultSet
from django.db import DEFAULT_DB_ALIAS, connections
from django.db.backends.base.base import BaseDatabaseWrapper
from django.db.models import Model, QuerySet
from django.db.models.query import FlatValuesListIterable, ModelIterable, ValuesListIterable

P = ParamSpec("P")
Row = TypeVar("Row")

LONGEST = 64
"""Sequences that are longer are asked as they come: their shapes would be many, and their answers outweigh the SQL."""
MOST = 512
"""So many shapes of one query are kept."""

_ROWS: tuple[object, ...] = (ValuesListIterable, FlatValuesListIterable, ModelIterable)
_NEW = object()
_WORDS = (UUID, datetime, date, int, str)


@dataclass(frozen=True, slots=True)
class _Plan:
    """SQL, and where each of its parameters comes from: a constant, or (argument, place in it)."""

    sql: str
    parameters: tuple[tuple[Any, tuple[str, int] | None], ...]
    converters: Mapping[int, tuple[Sequence[Callable[..., Any]], Any]]
    columns: int
    flat: bool
    whole: tuple[type[Model], Sequence[str]] | None


def prepared(make: Callable[P, QuerySet[Any, Row]]) -> Callable[P, list[Row]]:
    """A function with the same arguments (by name alone) that answers the rows of the queryset that `make` builds.

    Raises TypeError when the query cannot be prepared: see above.
    """
    plans: dict[object, Any] = {}

    @wraps(make)
    def asked(*args: P.args, **kwargs: P.kwargs) -> list[Row]:
        if args:
            raise TypeError("The arguments of a prepared query are named.")
        given = {name: _row(value) for name, value in kwargs.items()}
        if any(isinstance(value, tuple) and len(value) > LONGEST for value in given.values()):
            return list(make(*args, **kwargs))
        connection = connections[DEFAULT_DB_ALIAS]
        shape = (connection.vendor, *((name, _shape(value)) for name, value in sorted(given.items())))
        plan = plans.get(shape, _NEW)
        if plan is _NEW:
            if len(plans) >= MOST:
                plans.clear()
            plans[shape] = plan = _planned(make, given, connection)
        return _rows(plan, given, connection) if plan is not None else []

    return asked


def _row(value: object) -> object:
    return tuple(value) if isinstance(value, Collection) and not isinstance(value, str | bytes) else value


def _shape(value: object) -> object:
    if value is None or isinstance(value, bool | Enum):
        return value
    if isinstance(value, tuple):
        return (len(value), *{_word(one) for one in value})
    return _word(value)


def _word(value: object) -> type:
    found = next((kind for kind in _WORDS if isinstance(value, kind)), None)
    if found is None or isinstance(value, Enum):
        raise TypeError(f"{type(value).__name__} is no argument of a prepared query.")
    return found


def _planned(
    make: Callable[..., QuerySet[Any, Row]], given: Mapping[str, Any], on: BaseDatabaseWrapper
) -> _Plan | None:
    """Build the query twice with invented values, and see where they come out."""
    first, second = _invented(given, 1), _invented(given, 2)
    try:
        with on.execute_wrapper(_refused):
            rows, one = make(**first), make(**second)
        kind: object = rows._iterable_class  # noqa: SLF001 - which rows it gives
        if kind not in _ROWS:
            raise TypeError("A prepared query gives rows or tuples.")
        compiler = rows.query.get_compiler(connection=on)
        sql, values = compiler.as_sql()
        again, others = one.query.get_compiler(connection=on).as_sql()
    except EmptyResultSet:
        return None
    places = {name: _each(first[name], second[name], on) for name in given}
    found = [_place(a, b, places) for a, b in zip(values, others, strict=True)]
    lost = {name for name, some in places.items() if some} - {place[0] for _v, place in found if place is not None}
    if any(value is None or value == () for value in given.values()):
        lost = set()  # what is asked together with nothing is left out of the SQL
    if sql != again or lost:
        raise TypeError(f"The SQL of {make.__name__} depends on the values of its arguments {sorted(lost)}.")
    select = [entry[0] for entry in compiler.select[: compiler.col_count]]
    flat = kind is FlatValuesListIterable
    return _Plan(sql, tuple(found), compiler.get_converters(select), len(select), flat, _whole(kind, compiler))


def _whole(kind: object, compiler: Any) -> tuple[type[Model], Sequence[str]] | None:
    """The model of whole rows and the names of its columns."""
    if kind is not ModelIterable:
        return None
    info = compiler.klass_info
    if info.get("related_klass_infos") or compiler.annotation_col_map:
        raise TypeError("A prepared query gives rows of one table: name what is joined as tuples.")
    names = [compiler.select[at][0].target.attname for at in info["select_fields"]]
    return info["model"], names


def _refused(*_asked: Any) -> Any:
    raise TypeError("A prepared query asks nothing of the database while it is built.")


def _place(one: Any, other: Any, places: Mapping[str, Sequence[tuple[Any, Any]]]) -> tuple[Any, tuple[str, int] | None]:
    for name, each in places.items():
        for at, pair in enumerate(each):
            if pair == (one, other):
                return None, (name, at)
    if one != other:
        raise TypeError(f"A parameter is reckoned from an argument: {one!r}")
    return one, None


def _each(one: Any, other: Any, on: BaseDatabaseWrapper) -> tuple[tuple[Any, Any], ...]:
    if isinstance(one, tuple):
        return tuple((_written(a, on), _written(b, on)) for a, b in zip(one, other, strict=True))
    if one is None or isinstance(one, bool | Enum):
        return ()
    return ((_written(one, on), _written(other, on)),)


def _written(value: Any, on: BaseDatabaseWrapper) -> Any:
    """As the database takes it."""
    if isinstance(value, UUID):
        return value if on.features.has_native_uuid_field else value.hex
    if isinstance(value, datetime):
        return on.ops.adapt_datetimefield_value(value)
    if isinstance(value, date):
        return on.ops.adapt_datefield_value(value)
    return value


def _invented(given: Mapping[str, Any], turn: int) -> dict[str, Any]:
    """Values of the same kinds that stand for nothing, each another one."""
    found: dict[str, Any] = {}
    serial = turn * 1_000_000
    for name, value in given.items():
        if value is None or isinstance(value, bool | Enum):
            found[name] = value
            continue
        some = []
        for one in value if isinstance(value, tuple) else (value,):
            serial += 1
            some.append(_stand_in(_word(one), serial))
        found[name] = tuple(some) if isinstance(value, tuple) else some[0]
    return found


def _stand_in(kind: type, serial: int) -> Any:
    if kind is UUID:
        return UUID(int=0xABCDEF << 96 | serial)
    if kind is datetime:
        return datetime(1803, 1, 1, tzinfo=UTC) + timedelta(seconds=serial, microseconds=serial % 999_983)
    if kind is date:
        return date(3, 1, 1) + timedelta(days=serial)
    return serial + 77_000_000 if kind is int else f"stands-for-{serial}"


def _rows(plan: _Plan, given: Mapping[str, Any], on: BaseDatabaseWrapper) -> list[Any]:
    values = [
        constant if place is None else _written(_at(given[place[0]], place[1]), on)
        for constant, place in plan.parameters
    ]
    with on.cursor() as cursor:
        cursor.execute(plan.sql, values)
        rows = cursor.fetchall()
    if not rows:
        return []
    told: list[Any] = []
    for row in rows:
        cells = list(row[: plan.columns])
        for at, (steps, expression) in plan.converters.items():
            for step in steps:
                cells[at] = step(cells[at], expression, on)
        if plan.whole is not None:
            told.append(plan.whole[0].from_db(on.alias, plan.whole[1], cells))
        else:
            told.append(cells[0] if plan.flat else tuple(cells))
    return told


def _at(value: Any, place: int) -> Any:
    return value[place] if isinstance(value, tuple) else value
