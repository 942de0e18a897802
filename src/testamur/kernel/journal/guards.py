"""Put the guards of `kernel.base.sqltext` into a migration."""

from __future__ import annotations

from typing import Any

from django.db import router
from django.db.migrations.operations.base import Operation, OperationCategory

from testamur.kernel.base.sqltext import Guard


class _Guarding(Operation):
    """Statements that touch no model.

    Django's `RunPython` has all models of the house made anew for whatever it calls: with so many guards a quarter of
    the time of a first start.
    """

    category = OperationCategory.SQL

    def __init__(self, sql: Guard, alias: str) -> None:
        self.sql, self.alias = sql, alias

    def state_forwards(self, app_label: str, state: Any) -> None:
        """Models do not know of guards."""

    def database_forwards(self, app_label: str, schema_editor: Any, *_states: Any) -> None:
        self._run(0, app_label, schema_editor)

    def database_backwards(self, app_label: str, schema_editor: Any, *_states: Any) -> None:
        self._run(1, app_label, schema_editor)

    def describe(self) -> str:
        return f"Guard a table of database {self.alias}"

    def _run(self, part: int, app_label: str, schema_editor: Any) -> None:
        if router.allow_migrate(schema_editor.connection.alias, app_label, database=self.alias):
            for statement in self.sql[schema_editor.connection.vendor][part]:
                schema_editor.execute(statement, params=None)


def guard(sql: Guard, *, alias: str = "default") -> Operation:
    """A migration operation that makes the guard (and removes it when the migration is undone) in database `alias`.

    SQLite drops a table's triggers when a later migration rebuilds the table: that migration must put the guard back,
    and a house test looks for every guard in the finished schema.
    """
    return _Guarding(sql, alias)
