"""Collecting defects: all of them to a file, the first few and the counts in memory."""

from __future__ import annotations

import csv
import os
from collections import Counter
from dataclasses import astuple, replace
from pathlib import Path
from typing import IO

from testamur.exchange.connectors.rules import Defect, Severity, clip

SHOWN = 20
_DISTINCT = 20_000
_FORMULA = frozenset("=+-@\t\r\n＝＋－＠")
_HEADER = ("file", "row", "column", "found", "done", "code", "severity")


class Report:
    """Takes every defect of a run.

    A refusal is written each time. A note that says the same of the same column again (same file, column, code and
    found) is written once and counted, so that a million capitalised words make one line.
    """

    def __init__(self, path: Path | None = None) -> None:
        """`path` is the CSV to write (readable by its owner only: it quotes personal data); None keeps none."""
        self.path = path
        self.first: list[Defect] = []
        self.noted = 0
        self.refused = 0
        self.by_code: Counter[str] = Counter()
        self._repeats: Counter[tuple[str, str, str, str]] = Counter()
        self._last: dict[tuple[str, str, str, str], Defect] = {}
        self._stream: IO[str] | None = None

    def add(self, defect: Defect) -> None:
        """Take one defect."""
        defect = replace(defect, found=clip(defect.found))
        self.by_code[defect.code] += 1
        if defect.severity is Severity.REFUSED:
            self.refused += 1
        else:
            self.noted += 1
            key = (defect.file, defect.column, defect.code, defect.found)
            if key in self._repeats:
                self._repeats[key] += 1
                return
            if len(self._repeats) < _DISTINCT:
                self._repeats[key] = 0
                self._last[key] = defect
        self._keep(defect)
        self._write(defect)

    def _keep(self, defect: Defect) -> None:
        """Refusals are shown before notes; in each kind the first stay."""
        if len(self.first) < SHOWN:
            self.first.append(defect)
        elif defect.severity is Severity.REFUSED:
            for position in range(len(self.first) - 1, -1, -1):
                if self.first[position].severity is Severity.NOTED:
                    del self.first[position]
                    self.first.append(defect)
                    return

    def _write(self, defect: Defect) -> None:
        if self.path is None:
            return
        if self._stream is None:
            self.path.parent.mkdir(parents=True, exist_ok=True)
            fd = os.open(self.path, os.O_WRONLY | os.O_CREAT | os.O_TRUNC, 0o600)
            self._stream = os.fdopen(fd, "w", encoding="utf-8-sig", newline="")  # the mark makes Excel read UTF-8
            csv.writer(self._stream).writerow(_HEADER)
        csv.writer(self._stream).writerow([_plain(value) for value in astuple(defect)])

    def close(self) -> None:
        """Write how often the repeated notes came, and close the file."""
        for key, count in self._repeats.items():
            if count:
                defect = self._last[key]
                self._write(replace(defect, done=f"{defect.done} (and {count} more rows like it)"))
        self._repeats.clear()
        if self._stream is not None:
            self._stream.close()
            self._stream = None

    @property
    def total(self) -> int:
        """All defects, repeated notes counted one by one."""
        return self.noted + self.refused


def _plain(value: object) -> object:
    """A cell that a spreadsheet shall not take for a formula (CWE-1236)."""
    if isinstance(value, str) and value[:1] in _FORMULA:
        return f"'{value}"
    return value
