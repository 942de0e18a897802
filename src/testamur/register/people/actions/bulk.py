"""Writing very many rows at once.

Django's `bulk_create` costs 60-90 µs a row here, nearly all of it in building objects and SQL; an import writes a
million. These two functions take plain tuples and send them through the driver's own bulk path: COPY on PostgreSQL, one
prepared statement on SQLite. Constraints hold as ever; Python-side defaults do not apply, so every column is named.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Sequence
from typing import Any

from django.db import connections, models, router

Row = Sequence[Any]


def insert(model: type[models.Model], fields: Sequence[str], rows: Iterable[Row]) -> None:
    """Insert rows whose values stand in the order of `fields` (field names; foreign keys take ids).

    Raises Django's `IntegrityError` like any other insert.
    """
    connection, table, columns, names = _target(model, fields)
    with connection.cursor() as cursor:
        if connection.vendor == "postgresql":
            copying = cursor.copy(f"COPY {table} ({', '.join(names)}) FROM STDIN")
            with connection.wrap_database_errors, copying as copy:
                for row in _prepared(columns, rows, connection):
                    copy.write_row(row)
        else:
            marks = ", ".join(["%s"] * len(names))
            sql = f"INSERT INTO {table} ({', '.join(names)}) VALUES ({marks})"  # noqa: S608 - names of our own model
            cursor.executemany(sql, _prepared(columns, rows, connection))


def update(model: type[models.Model], fields: Sequence[str], rows: Iterable[Row]) -> None:
    """Write the values of `fields` into existing rows; each tuple ends with the row's ``id``."""
    connection, table, columns, names = _target(model, [*fields, "id"])
    ready = list(_prepared(columns, rows, connection))
    if not ready:
        return
    with connection.cursor() as cursor:
        if connection.vendor == "postgresql":
            # one statement with an array per column: executemany would cost a round trip per row
            arrays = ", ".join(f"%s::{column.rel_db_type(connection)}[]" for column in columns)
            sets = ", ".join(f"{name} = new.{name}" for name in names[:-1])
            source = f"unnest({arrays}) AS new ({', '.join(names)})"
            sql = f"UPDATE {table} SET {sets} FROM {source} WHERE {table}.{names[-1]} = new.{names[-1]}"  # noqa: S608 - names of our own model
            cursor.execute(sql, [list(values) for values in zip(*ready, strict=True)])
        else:
            sets = ", ".join(f"{name} = %s" for name in names[:-1])
            cursor.executemany(f"UPDATE {table} SET {sets} WHERE {names[-1]} = %s", ready)  # noqa: S608 - as above


def _target(model: type[models.Model], fields: Sequence[str]) -> tuple[Any, str, list[Any], list[str]]:
    """Connection, quoted table, columns and their quoted names. The connection is Any: `copy` is psycopg's own."""
    connection = connections[router.db_for_write(model)]
    meta: Any = model._meta  # noqa: SLF001 - Django's documented Meta API
    columns = [meta.get_field(name) for name in fields]
    quote = connection.ops.quote_name
    return connection, quote(meta.db_table), columns, [quote(column.column) for column in columns]


def _prepared(columns: Sequence[Any], rows: Iterable[Row], connection: Any) -> Iterable[Row]:
    """The rows as the driver wants them; most columns are text and pass through untouched."""
    to_change = [(n, change) for n, column in enumerate(columns) if (change := _converter(column, connection))]
    for row in rows:
        values = list(row)
        for n, change in to_change:
            if values[n] is not None:
                values[n] = change(values[n])
        yield values


def _converter(column: Any, connection: Any) -> Callable[[Any], Any] | None:
    target = column.target_field if column.is_relation else column
    match target.get_internal_type():
        case "UUIDField":
            return None if connection.features.has_native_uuid_field else lambda value: value.hex
        case "DateField":
            adapt: Callable[[Any], Any] = connection.ops.adapt_datefield_value
            return adapt
        case "CharField" | "BooleanField" | "SmallIntegerField":
            return None
        case _:
            return lambda value: column.get_db_prep_save(value, connection)
