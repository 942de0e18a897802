"""SQL text of the guards that every installation has, for SQLite and PostgreSQL: used by migrations only.

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


def deleted_only_listed(table: str, key: str, items: tuple[str, str, str], lists: tuple[str, str, str]) -> Guard:
    """Guard that takes the place of the refusal of every DELETE by `append_only`: a row goes only while it is listed.

    A row may be deleted while an item names its `key` (an id, written as 32 hex digits) and the item's list is in the
    one state that carries out. `items`: table, column of the name, column of the list; `lists`: table, column, state.
    An UPDATE stays refused, and a TRUNCATE. Shape as `transitions`.
    """
    (item, named, of), (whole, column, state) = items, lists
    name = f"{table}_append_only"
    listed = (
        f"EXISTS (SELECT 1 FROM {item} i JOIN {whole} l ON l.id = i.{of} "  # noqa: S608 - names of our own tables
        f"WHERE i.{named} = {{}} AND l.{column} = '{state}')"
    )
    here = listed.format(f"OLD.{key}")
    there = listed.format(f"replace(OLD.{key}::text, '-', '')")
    function = (
        f"CREATE FUNCTION {name}_delete() RETURNS trigger LANGUAGE plpgsql AS $$ BEGIN IF {there} THEN RETURN OLD; "
        f"END IF; RAISE EXCEPTION '{table} is append-only' USING ERRCODE = 'check_violation'; END $$"
    )
    every = f"CREATE TRIGGER {name}_row BEFORE UPDATE OR DELETE ON {table} FOR EACH ROW EXECUTE FUNCTION {name}()"
    abort = f"BEGIN SELECT RAISE(ABORT, '{table} is append-only'); END"
    return {
        "sqlite": (
            [
                f"DROP TRIGGER {name}_delete",
                f"CREATE TRIGGER {name}_delete BEFORE DELETE ON {table} WHEN NOT {here} {abort}",
            ],
            [f"DROP TRIGGER {name}_delete", f"CREATE TRIGGER {name}_delete BEFORE DELETE ON {table} {abort}"],
        ),
        "postgresql": (
            [
                f"DROP TRIGGER {name}_row ON {table}",
                f"CREATE TRIGGER {name}_row BEFORE UPDATE ON {table} FOR EACH ROW EXECUTE FUNCTION {name}()",
                function,
                f"CREATE TRIGGER {name}_delete BEFORE DELETE ON {table} FOR EACH ROW EXECUTE FUNCTION {name}_delete()",
            ],
            [
                f"DROP TRIGGER {name}_delete ON {table}",
                f"DROP FUNCTION {name}_delete()",
                f"DROP TRIGGER {name}_row ON {table}",
                every,
            ],
        ),
    }


def refused_unless_listed(table: str, key: str, items: tuple[str, str, str], lists: tuple[str, str, str]) -> Guard:
    """Guard of a table that is not append-only as a whole: a row is deleted only while it is listed.

    The arguments are those of `deleted_only_listed`. An UPDATE is none of this guard's business.
    """
    (item, named, of), (whole, column, state) = items, lists
    name = f"{table}_listed"
    listed = (
        f"EXISTS (SELECT 1 FROM {item} i JOIN {whole} l ON l.id = i.{of} "  # noqa: S608 - names of our own tables
        f"WHERE i.{named} = {{}} AND l.{column} = '{state}')"
    )
    here, there = listed.format(f"OLD.{key}"), listed.format(f"replace(OLD.{key}::text, '-', '')")
    said = f"{table}: deleted only when listed"
    sqlite = f"CREATE TRIGGER {name} BEFORE DELETE ON {table} WHEN NOT {here} BEGIN SELECT RAISE(ABORT, '{said}'); END"
    function = (
        f"CREATE FUNCTION {name}() RETURNS trigger LANGUAGE plpgsql AS $$ BEGIN IF {there} THEN RETURN OLD; END IF; "
        f"RAISE EXCEPTION '{said}' USING ERRCODE = 'check_violation'; END $$"
    )
    trigger = f"CREATE TRIGGER {name} BEFORE DELETE ON {table} FOR EACH ROW EXECUTE FUNCTION {name}()"
    return {
        "sqlite": ([sqlite], [f"DROP TRIGGER {name}"]),
        "postgresql": ([function, trigger], [f"DROP TRIGGER {name} ON {table}", f"DROP FUNCTION {name}()"]),
    }


def fixed_unless(table: str, columns: Iterable[str], column: str, states: Iterable[str]) -> Guard:
    """Guard that refuses another value in any of `columns` of a row whose own `column` is not in `states`.

    Shape as `transitions`.
    """
    names, free = tuple(columns), ", ".join(f"'{state}'" for state in states)
    name = f"{table}_fixed"
    differs = " OR ".join(f"OLD.{one} IS DISTINCT FROM NEW.{one}" for one in names)
    sqlite = (
        f"CREATE TRIGGER {name} BEFORE UPDATE OF {', '.join(names)} ON {table} "
        f"WHEN OLD.{column} NOT IN ({free}) AND ({differs.replace('IS DISTINCT FROM', 'IS NOT')}) "
        f"BEGIN SELECT RAISE(ABORT, '{table}: fixed'); END"
    )
    function = (
        f"CREATE FUNCTION {name}() RETURNS trigger LANGUAGE plpgsql AS $$ BEGIN "
        f"RAISE EXCEPTION '{table}: fixed' USING ERRCODE = 'check_violation'; END $$"
    )
    trigger = (
        f"CREATE TRIGGER {name} BEFORE UPDATE OF {', '.join(names)} ON {table} FOR EACH ROW "
        f"WHEN (OLD.{column} NOT IN ({free}) AND ({differs})) EXECUTE FUNCTION {name}()"
    )
    return {
        "sqlite": ([sqlite], [f"DROP TRIGGER {name}"]),
        "postgresql": ([function, trigger], [f"DROP TRIGGER {name} ON {table}", f"DROP FUNCTION {name}()"]),
    }


def parts_fixed_unless(
    table: str, columns: Iterable[str], whole: tuple[str, str], column: str, states: Iterable[str]
) -> Guard:
    """Guard that keeps the parts of a whole as they are while the whole's `column` is not in `states`.

    `whole` is the whole's table and the column of `table` that holds its id. Refused are a new part, a part that goes,
    and another value in any of `columns`; the other columns stay free. Shape as `transitions`.
    """
    (parent, key), free = whole, ", ".join(f"'{state}'" for state in states)
    name, names = f"{table}_fixed", (key, *columns)
    differs = " OR ".join(f"OLD.{one} IS DISTINCT FROM NEW.{one}" for one in names)
    stands = "(SELECT {} FROM {} WHERE id = {{}}.{}) NOT IN ({})".format(column, parent, key, free)  # noqa: S608, UP032 - names of our own tables; the row is put in below
    old, new = stands.format("OLD"), stands.format("NEW")
    same = differs.replace("IS DISTINCT FROM", "IS NOT")
    refused = f"BEGIN SELECT RAISE(ABORT, '{table}: fixed'); END"
    update = f"UPDATE OF {', '.join(names)} ON {table}"
    sqlite = [
        f"CREATE TRIGGER {name}_insert BEFORE INSERT ON {table} WHEN {new} {refused}",
        f"CREATE TRIGGER {name}_delete BEFORE DELETE ON {table} WHEN {old} {refused}",
        f"CREATE TRIGGER {name}_update BEFORE {update} WHEN ({same}) AND ({old} OR {new}) {refused}",
    ]
    refuses = f"RAISE EXCEPTION '{table}: fixed' USING ERRCODE = 'check_violation'; END IF;"
    function = (  # the whole is looked at in here, because a trigger's own condition holds no query
        f"CREATE FUNCTION {name}() RETURNS trigger LANGUAGE plpgsql AS $$ BEGIN "
        f"IF TG_OP <> 'INSERT' THEN IF {old} THEN {refuses} END IF; "
        f"IF TG_OP <> 'DELETE' THEN IF {new} THEN {refuses} RETURN NEW; END IF; RETURN OLD; END $$"
    )
    execute = f"EXECUTE FUNCTION {name}()"
    postgres = [
        function,
        f"CREATE TRIGGER {name}_insert BEFORE INSERT ON {table} FOR EACH ROW {execute}",
        f"CREATE TRIGGER {name}_delete BEFORE DELETE ON {table} FOR EACH ROW {execute}",
        f"CREATE TRIGGER {name}_update BEFORE {update} FOR EACH ROW WHEN ({differs}) {execute}",
    ]
    gone = [f"DROP TRIGGER {name}_{verb}" for verb in ("insert", "delete", "update")]
    return {
        "sqlite": (sqlite, gone),
        "postgresql": (postgres, [*(f"{drop} ON {table}" for drop in gone), f"DROP FUNCTION {name}()"]),
    }
