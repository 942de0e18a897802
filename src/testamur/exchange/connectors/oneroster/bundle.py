"""A bundle's manifest, and its tables opened with the right columns."""

from __future__ import annotations

import re
from collections.abc import Sequence
from datetime import date

from testamur.exchange.connectors.oneroster import columns as c
from testamur.exchange.connectors.rules import Defect, Options, Reporter, Severity
from testamur.exchange.connectors.tabular.files import Files
from testamur.exchange.connectors.tabular.table import Column, Table, plain
from testamur.exchange.connectors.tabular.words import SILENT

_MODES = ("absent", "bulk", "delta")


class Bundle:
    """What the manifest says, set against what is there."""

    def __init__(self, files: Files, reporter: Reporter, options: Options) -> None:
        """Read the manifest; everything that does not fit is reported."""
        self.files = files
        self.reporter = reporter
        self.options = options
        self.properties: dict[str, str] = {}
        self.modes: dict[str, str] = {}
        self._read_manifest()
        self.version = self._version()

    def _read_manifest(self) -> None:
        member = self.files.find("manifest.csv")
        rows: dict[str, int] = {}
        if member is None:
            self.reporter.add(
                Defect("manifest.csv", 0, "", "no manifest", "every file read as bulk", "import.manifest.missing")
            )
        else:
            for number, (name, value) in Table(self.files, member, c.MANIFEST, self.reporter, self.options):
                self.properties[name.lower()] = value
                rows[name.lower()] = number
        for name in (*c.KNOWN_FILES, *c.UNUSED_FILES):
            key = f"file.{name}".lower()
            self.modes[name] = self._mode(name, self.properties.get(key, ""), rows.get(key, 0))

    def _mode(self, name: str, said: str, row: int) -> str:
        there = self.files.find(f"{name}.csv")
        mode = said.lower()
        if there is None:
            if mode in {"bulk", "delta"}:
                self.reporter.add(
                    Defect(
                        "manifest.csv", row, "value", f"file.{name} = {said}",
                        f"{name}.csv is not in the bundle: nothing of it read", "import.file.missing", Severity.REFUSED,
                    )
                )  # fmt: skip
            return "absent"
        if there.name.rpartition("/")[2] != f"{name}.csv":
            self.reporter.add(Defect(there.name, 0, "", there.name, f"read as {name}.csv", "import.file.case"))
        if name in c.UNUSED_FILES:
            self.reporter.add(Defect(there.name, 0, "", f"{name}.csv", "known, not imported", "import.file.unused"))
            return "absent"
        if mode == "absent" and row:
            self.reporter.add(
                Defect(
                    "manifest.csv", row, "value", f"file.{name} = absent",
                    f"{there.name} is there but not read; write bulk or delta to have it read",
                    "import.manifest.contradiction", Severity.REFUSED,
                )
            )  # fmt: skip
            return "absent"
        if mode not in _MODES and self.properties:
            self.reporter.add(Defect(
                "manifest.csv", row, "value", f"file.{name} = {said}",
                f"{there.name} read as bulk; accepted: absent, bulk, delta", "import.manifest.mode",
            ))  # fmt: skip
        return "delta" if mode == "delta" else "bulk"

    def _version(self) -> str:
        said = self.properties.get("oneroster.version", "")
        guess = "1.2" if self.modes["roles"] != "absent" else "1.1"
        if said in {"1.1", "1.2"}:
            return said
        if self.properties:
            self.reporter.add(Defect(
                "manifest.csv", 0, "oneroster.version", said, f"read as {guess}; accepted: 1.1, 1.2",
                "import.manifest.version",
            ))  # fmt: skip
        return guess

    def table(self, name: str, columns: Sequence[Column], *, silent: bool = False) -> Table | None:
        """The table of one file, or None when the bundle has none to be read."""
        member = self.files.find(f"{name}.csv")
        if member is None or self.modes.get(name) == "absent":
            return None
        unused = c.NOT_READ.get(f"{name}.csv", frozenset())
        return Table(
            self.files, member, columns, SILENT if silent else self.reporter, self.options,
            ignored=lambda header: header.lower().startswith("metadata.") or silent or plain(header) in unused,
        )  # fmt: skip

    def ended(self, table: Table, number: int, status: str, modified: str, name: str) -> bool:
        """True when the row says that the thing is gone (``tobedeleted``)."""
        if modified and modified[4:5] != "-":
            table.note_once("dateLastModified", modified, "no ISO 8601 date and time: not used", "import.date.modified")
        if not status:
            if self.modes[name] == "delta":
                table.note(number, "status", "empty", "read as active; a delta needs it", "import.status.missing")
            return False
        if self.modes[name] == "bulk":
            table.note_once("status", "filled", "read, though a bulk file leaves it empty", "import.status.bulk")
        if status == "active":
            return False
        if status.lower() == "tobedeleted":
            return True
        table.note(number, "status", status, "read as active; accepted: active, tobedeleted", "import.word.unknown")
        return False


def source_of(files: Files, options: Options) -> str:
    """The name of the exporting system: ``source.systemCode`` or ``systemName`` of the manifest, else ``oneroster``."""
    member = files.find("manifest.csv")
    if member is None:
        return "oneroster"
    said = {name.lower(): value for _, (name, value) in Table(files, member, c.MANIFEST, SILENT, options)}
    for key in ("source.systemcode", "source.systemname"):
        slug = re.sub(r"[^a-z0-9.]+", "-", said.get(key, "").lower()).strip("-")
        if slug and slug != "absent":
            return slug
    return "oneroster"


def last_day(ends: date | None, modified: str) -> date | None:
    """When a deleted row ended: its own last day, else the day on which the source changed it (ISO 8601)."""
    if ends is not None or not modified:
        return ends
    try:
        return date.fromisoformat(modified[:10])
    except ValueError:
        return None
