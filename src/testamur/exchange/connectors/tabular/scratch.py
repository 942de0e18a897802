"""A private table on disk for what must be remembered about every row, so that memory stays flat."""

from __future__ import annotations

import sqlite3
from types import TracebackType
from typing import Self


class Scratch:
    """Keys and small notes in a temporary SQLite file that vanishes when closed."""

    def __init__(self) -> None:
        """Open the file; SQLite itself removes it, even after a crash."""
        self._db = sqlite3.connect("", isolation_level=None)
        self._db.execute("PRAGMA journal_mode=MEMORY")
        self._db.execute("PRAGMA synchronous=OFF")
        self._db.execute("PRAGMA cache_size=-8192")
        self._db.execute("CREATE TABLE note (space TEXT, key TEXT, value, PRIMARY KEY (space, key)) WITHOUT ROWID")
        self._db.execute("BEGIN")

    def __enter__(self) -> Self:
        """The scratch itself."""
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        """Drop everything."""
        self.close()

    def close(self) -> None:
        """Drop everything."""
        self._db.close()

    def first(self, space: str, key: str, row: int) -> int:
        """Remember that `key` stands on `row`; returns 0 the first time, else the row where it stood first."""
        done = self._db.execute("INSERT OR IGNORE INTO note VALUES (?, ?, ?)", (space, key, row))
        if done.rowcount:
            return 0
        return int(self._db.execute("SELECT value FROM note WHERE space = ? AND key = ?", (space, key)).fetchone()[0])

    def all_first(self, space: str, keys: list[tuple[str, int]]) -> bool:
        """Remember many (key, row) at once; True when none of them stood before. Else nothing new is kept."""
        before = self._db.total_changes
        self._db.execute("SAVEPOINT many")
        self._db.executemany("INSERT OR IGNORE INTO note VALUES (?, ?, ?)", [(space, key, row) for key, row in keys])
        fresh = self._db.total_changes - before == len(keys)
        if not fresh:
            self._db.execute("ROLLBACK TO many")
        self._db.execute("RELEASE many")
        return fresh

    def put(self, space: str, key: str, value: str) -> None:
        """Keep `value` under `key`, instead of what was there."""
        self._db.execute("INSERT OR REPLACE INTO note VALUES (?, ?, ?)", (space, key, value))

    def get(self, space: str, key: str) -> str:
        """What is kept under `key`, or an empty string."""
        found = self._db.execute("SELECT value FROM note WHERE space = ? AND key = ?", (space, key)).fetchone()
        return "" if found is None else str(found[0])

    def has(self, space: str) -> bool:
        """Whether anything is kept in `space`."""
        return self._db.execute("SELECT 1 FROM note WHERE space = ? LIMIT 1", (space,)).fetchone() is not None
