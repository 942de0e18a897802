"""What every test stands on: a data folder of its own, both databases, the public samples when they are there."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

import pytest
from _pytest.config import Config
from _pytest.config.argparsing import Parser
from hypothesis import settings

# How long an example takes says nothing on a machine that is busy. The same examples each time, so that what is red
# says what was changed; `--hypothesis-profile=searching` tries others.
settings.register_profile("any-machine", deadline=None, derandomize=True)
settings.register_profile("searching", deadline=None)
settings.load_profile("any-machine")

SAMPLES = Path(__file__).resolve().parents[2] / "shared" / "samples"
PACKS = SAMPLES.parent / "packs"


def pytest_configure() -> None:
    """Catalogues of translations are compiled when they are newer than what was compiled."""
    from scripts import messages

    messages.compile_all()


def pytest_addoption(parser: Parser) -> None:
    """`--database-only`: the tests that touch a database, to run them on another one."""
    parser.addoption("--database-only", action="store_true", help="only tests that use a database")


def pytest_collection_modifyitems(config: Config, items: list[pytest.Item]) -> None:
    """Carry out `--database-only`; journeys in a browser are run apart, when `-m browser` asks for them."""
    if "browser" not in config.option.markexpr:
        apart = [i for i in items if i.get_closest_marker("browser")]
        config.hook.pytest_deselected(items=apart)
        items[:] = [i for i in items if i not in set(apart)]
    if config.getoption("--database-only"):
        chosen = [i for i in items if i.get_closest_marker("django_db")]
        config.hook.pytest_deselected(items=[i for i in items if i not in chosen])
        items[:] = chosen


@pytest.fixture(scope="session", autouse=True)
def _flush_past_guards() -> Iterator[None]:
    """Between transactional tests the tables are emptied: only there may append-only tables be (guards off and on)."""
    # base first: it and operations import each other
    from django.db.backends.postgresql import base as _postgres  # noqa: F401
    from django.db.backends.postgresql.operations import DatabaseOperations as Postgres
    from django.db.backends.sqlite3 import base as _sqlite  # noqa: F401
    from django.db.backends.sqlite3.operations import DatabaseOperations as Sqlite

    plain_postgres, plain_sqlite = Postgres.execute_sql_flush, Sqlite.execute_sql_flush

    def postgres(self: Any, sql_list: list[str]) -> None:
        plain_postgres(self, ["SET session_replication_role = replica", *sql_list, "RESET session_replication_role"])

    def sqlite(self: Any, sql_list: list[str]) -> None:
        with self.connection.cursor() as cursor:
            cursor.execute("SELECT name, sql FROM sqlite_master WHERE type = 'trigger'")
            guards = cursor.fetchall()
        off, on = [f"DROP TRIGGER {name}" for name, _sql in guards], [sql for _name, sql in guards]
        plain_sqlite(self, [*off, *sql_list, *on])

    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(Postgres, "execute_sql_flush", postgres)
        patch.setattr(Sqlite, "execute_sql_flush", sqlite)
        yield


@pytest.fixture
def now() -> datetime:
    """A fixed instant."""
    return datetime(2026, 6, 10, 8, 0, tzinfo=UTC)


@pytest.fixture
def samples() -> Path:
    """The folder of public samples; the test is skipped, and says so, where it is absent."""
    if not SAMPLES.is_dir():
        pytest.skip("public samples are not on this machine (../shared/samples)")
    return SAMPLES
