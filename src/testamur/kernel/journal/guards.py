"""Put the guards of `kernel.base.sqltext` into a migration."""

from __future__ import annotations

from typing import Any

from django.db import migrations

from testamur.kernel.base.sqltext import Guard


def guard(sql: Guard, *, alias: str = "default") -> migrations.RunPython:
    """A migration operation that makes the guard (and removes it when the migration is undone) in database `alias`.

    SQLite drops a table's triggers when a later migration rebuilds the table: that migration must put the guard back,
    and a house test looks for every guard in the finished schema.
    """

    def run(schema_editor: Any, part: int) -> None:
        for statement in sql[schema_editor.connection.vendor][part]:
            schema_editor.execute(statement, params=None)

    return migrations.RunPython(
        lambda _apps, editor: run(editor, 0), lambda _apps, editor: run(editor, 1), hints={"database": alias}
    )
