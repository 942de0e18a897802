"""SQL text of the two guards that every installation has, for SQLite and PostgreSQL: used by migrations only.

A state machine's transitions and the journal's append-only rule are refused by the database itself, so that no
program, console or forgotten script can pass them by.
"""

from __future__ import annotations

from collections.abc import Iterable

Guard = dict[str, tuple[list[str], list[str]]]


def transitions(table: str, column: str, allowed: Iterable[tuple[str, str]]) -> Guard:
    """Guard that refuses an UPDATE of `column` unless (old, new) is in `allowed`; the same value is no transition.

    Returns vendor → (statements that make it, statements that remove it).
    """
    pairs = ", ".join(f"'{old}>{new}'" for old, new in sorted(allowed))
    name = f"{table}_{column}_transitions"
    sqlite = (
        f"CREATE TRIGGER {name} BEFORE UPDATE OF {column} ON {table} "
        f"WHEN OLD.{column} <> NEW.{column} AND OLD.{column} || '>' || NEW.{column} NOT IN ({pairs}) "
        f"BEGIN SELECT RAISE(ABORT, '{table}: transition refused'); END"
    )
    function = (
        f"CREATE FUNCTION {name}() RETURNS trigger LANGUAGE plpgsql AS $$ BEGIN "
        f"IF OLD.{column} <> NEW.{column} AND OLD.{column} || '>' || NEW.{column} NOT IN ({pairs}) THEN "
        f"RAISE EXCEPTION '{table}: transition refused (% to %)', OLD.{column}, NEW.{column} "
        f"USING ERRCODE = 'check_violation'; END IF; RETURN NEW; END $$"
    )
    trigger = f"CREATE TRIGGER {name} BEFORE UPDATE OF {column} ON {table} FOR EACH ROW EXECUTE FUNCTION {name}()"
    return {
        "sqlite": ([sqlite], [f"DROP TRIGGER {name}"]),
        "postgresql": ([function, trigger], [f"DROP TRIGGER {name} ON {table}", f"DROP FUNCTION {name}()"]),
    }


def born_as(table: str, column: str, first: str) -> Guard:
    """Guard that refuses an INSERT with another value of `column` than `first`: nothing is born grown-up.

    Shape as `transitions`.
    """
    name = f"{table}_{column}_birth"
    sqlite = (
        f"CREATE TRIGGER {name} BEFORE INSERT ON {table} WHEN NEW.{column} <> '{first}' "
        f"BEGIN SELECT RAISE(ABORT, '{table}: begins as {first}'); END"
    )
    function = (
        f"CREATE FUNCTION {name}() RETURNS trigger LANGUAGE plpgsql AS $$ BEGIN "
        f"RAISE EXCEPTION '{table}: begins as {first}' USING ERRCODE = 'check_violation'; END $$"
    )
    trigger = (
        f"CREATE TRIGGER {name} BEFORE INSERT ON {table} "
        f"FOR EACH ROW WHEN (NEW.{column} <> '{first}') EXECUTE FUNCTION {name}()"
    )
    return {
        "sqlite": ([sqlite], [f"DROP TRIGGER {name}"]),
        "postgresql": ([function, trigger], [f"DROP TRIGGER {name} ON {table}", f"DROP FUNCTION {name}()"]),
    }


def append_only(table: str) -> Guard:
    """Guard that refuses every UPDATE, DELETE and (PostgreSQL) TRUNCATE of `table`. Shape as `transitions`.

    SQLite's INSERT OR REPLACE asks the DELETE trigger only with `PRAGMA recursive_triggers`, which `config.env` sets.
    """
    name = f"{table}_append_only"
    sqlite = [
        f"CREATE TRIGGER {name}_{verb.lower()} BEFORE {verb} ON {table} "
        f"BEGIN SELECT RAISE(ABORT, '{table} is append-only'); END"
        for verb in ("UPDATE", "DELETE")
    ]
    function = (
        f"CREATE FUNCTION {name}() RETURNS trigger LANGUAGE plpgsql AS $$ BEGIN "
        f"RAISE EXCEPTION '{table} is append-only' USING ERRCODE = 'check_violation'; END $$"
    )
    postgres = [
        function,
        f"CREATE TRIGGER {name}_row BEFORE UPDATE OR DELETE ON {table} FOR EACH ROW EXECUTE FUNCTION {name}()",
        f"CREATE TRIGGER {name}_all BEFORE TRUNCATE ON {table} FOR EACH STATEMENT EXECUTE FUNCTION {name}()",
    ]
    remove = [
        f"DROP TRIGGER {name}_row ON {table}",
        f"DROP TRIGGER {name}_all ON {table}",
        f"DROP FUNCTION {name}()",
    ]
    return {
        "sqlite": (sqlite, [f"DROP TRIGGER {name}_update", f"DROP TRIGGER {name}_delete"]),
        "postgresql": (postgres, remove),
    }
