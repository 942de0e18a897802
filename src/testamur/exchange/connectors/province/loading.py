"""Loading a delivery part by part: each in transactions of its own, each with its report; none stops another."""

from __future__ import annotations

import csv
import logging
import os
import re
from collections import Counter
from collections.abc import Callable, Iterator, Sequence
from contextlib import nullcontext
from dataclasses import dataclass, field
from datetime import datetime
from pathlib import Path

from django.db import DatabaseError, transaction

from testamur.exchange.connectors.actions import Outcome, import_bundle
from testamur.exchange.connectors.planner.decisions import TakeIn
from testamur.exchange.connectors.province.parts import COMMON, Part, opened
from testamur.exchange.connectors.rules import Defect, Options, Severity
from testamur.exchange.connectors.tabular.report import Report
from testamur.kernel.base.actor import Actor
from testamur.kernel.base.refused import NotAllowed, Refused

log = logging.getLogger(__name__)
BROKEN = "import.part.broken"
"""A part broke off for no reason of its rows: the machine's log tells why."""
SUMMARY = "summary.csv"
_OUTCOMES = ("new", "changed", "unchanged", "ended", "refused")
Progress = Callable[[int, int, str], None]
"""Parts done, parts in all, and the name of the one that is over."""


@dataclass(frozen=True, slots=True)
class PartOutcome:
    """What one part came to.

    Attributes:
        counts: kind → outcome → rows, as `Outcome.counts`.
        error: code of the refusal that stopped it; empty when it was read to its end.
        report: name of its file of defects in the folder of reports; empty where nothing was to say.
        first: the first defects.
    """

    name: str
    rows: int = 0
    counts: dict[str, dict[str, int]] = field(default_factory=dict)
    noted: int = 0
    refused: int = 0
    error: str = ""
    message: str = ""
    report: str = ""
    first: tuple[Defect, ...] = ()

    @property
    def total(self) -> dict[str, int]:
        """Rows by outcome; those that were left out while they were read are counted too."""
        sums: Counter[str] = Counter()
        for one in self.counts.values():
            sums.update(one)
        sums["refused"] = self.refused
        return {outcome: sums[outcome] for outcome in _OUTCOMES if sums[outcome]}

    @property
    def whole(self) -> bool:
        """Whether everything of the part is in the register now."""
        return not self.error and not self.refused


@dataclass(frozen=True, slots=True)
class Delivered:
    """What a delivery came to: its parts in the order in which they were read."""

    parts: tuple[PartOutcome, ...]
    dry_run: bool

    @property
    def rows(self) -> int:
        """Rows of all parts."""
        return sum(part.rows for part in self.parts)

    @property
    def changed(self) -> int:
        """Rows that changed anything."""
        return sum(n for part in self.parts for what, n in part.total.items() if what in {"new", "changed", "ended"})

    @property
    def failed(self) -> tuple[PartOutcome, ...]:
        """Parts that broke off, or of which rows were left out."""
        return tuple(part for part in self.parts if not part.whole)

    @property
    def counts(self) -> dict[str, dict[str, int]]:
        """Kind → outcome → rows, of all parts."""
        sums: dict[str, Counter[str]] = {}
        for part in self.parts:
            for kind, one in part.counts.items():
                sums.setdefault(kind, Counter()).update(one)
        return {kind: dict(one) for kind, one in sums.items()}


def import_province(
    *,
    by: Actor,
    path: Path,
    reports: Path,
    now: datetime,
    options: Options | None = None,
    authority: str,
    authority_name: str = "",
    dry_run: bool = False,
    take_in: TakeIn | None = None,
    progress: Progress | None = None,
) -> Delivered:
    """Load every part of the delivery at `path`, and write into `reports` what was found in each, and `SUMMARY`.

    With `dry_run` all of it is done in one transaction and undone.
    The same delivery again changes nothing, and one that broke off goes on where it stood. Needs
    ``connectors.import.run`` at the body. Raises NotAllowed, and BundleUnreadable when there is no part at all.
    """
    reports.mkdir(mode=0o700, parents=True, exist_ok=True)
    with opened(path) as parts:
        common = next((part for part in parts if part.name == COMMON), None) if dry_run else None
        job = _Job(by, reports, now, options, authority, authority_name, take_in, progress, common)
        found = tuple(job.run(parts, dry_run=dry_run))
    told = Delivered(found, dry_run)
    _summary(reports / SUMMARY, told.parts)
    return told


@dataclass(frozen=True, slots=True)
class _Job:
    """One delivery while it is loaded."""

    by: Actor
    reports: Path
    now: datetime
    options: Options | None
    authority: str
    authority_name: str
    take_in: TakeIn | None
    progress: Progress | None
    common: Part | None

    def run(self, parts: Sequence[Part], *, dry_run: bool) -> Iterator[PartOutcome]:
        for number, part in enumerate(parts, start=1):
            if dry_run:
                yield self._tried(part, number)
            else:
                yield self._part(part, number)
            if self.progress is not None:
                self.progress(number, len(parts), part.name)

    def _tried(self, part: Part, number: int) -> PartOutcome:
        with transaction.atomic():
            if self.common is not None and part != self.common:
                self._load(self.common, Report())
            told = self._part(part, number)
            transaction.set_rollback(True)
        return told

    def _part(self, part: Part, number: int) -> PartOutcome:
        report = Report(self.reports / f"{number:04d}-{_plain(part.name)}.csv")
        outcome, error, message = None, "", ""
        try:
            outcome = self._load(part, report)
        except NotAllowed:
            raise
        except Refused as no:
            error, message = no.code, str(no).replace(str(part.path), part.name)
        except (DatabaseError, OSError, ValueError, ArithmeticError, LookupError):
            log.exception("a part of a delivery broke off")
            error, message = (
                BROKEN,
                "The part broke off. What was loaded of it stays; it goes on when it is sent again.",
            )
        finally:
            if error:  # a part that broke off has its report too
                report.add(Defect(part.name, 0, "", "", message, error, Severity.REFUSED))
            report.close()
        return _told(part, report, outcome, error, message)

    def _load(self, part: Part, report: Report) -> Outcome:
        with transaction.atomic() if transaction.get_connection().in_atomic_block else nullcontext():
            return import_bundle(
                by=self.by, path=part.path, report=report, now=self.now, options=self.options,
                authority=self.authority, authority_name=self.authority_name, take_in=self.take_in,
            )  # fmt: skip


def _told(part: Part, report: Report, outcome: Outcome | None, error: str, message: str) -> PartOutcome:
    name = report.path.name if report.path is not None and report.total else ""
    first = tuple(report.first)
    if outcome is None:
        rows = report.refused - 1  # one line says why the whole part was
        return PartOutcome(
            part.name, noted=report.noted, refused=rows, error=error, message=message, report=name,
            first=first,
        )  # fmt: skip
    return PartOutcome(
        part.name, outcome.rows, outcome.counts, outcome.noted, outcome.refused, report=name, first=first
    )


def _summary(path: Path, parts: Sequence[PartOutcome]) -> None:
    fd = os.open(path, os.O_WRONLY | os.O_CREAT | os.O_TRUNC, 0o600)
    with os.fdopen(fd, "w", encoding="utf-8-sig", newline="") as stream:  # the mark makes Excel read UTF-8
        table = csv.writer(stream)
        table.writerow(["part", "rows", *_OUTCOMES, "noted", "error", "report"])
        for part in parts:
            total = part.total
            table.writerow([
                _plain(part.name), part.rows, *(total.get(outcome, 0) for outcome in _OUTCOMES[:-1]), part.refused,
                part.noted, part.error, part.report,
            ])  # fmt: skip


def _plain(name: str) -> str:
    """A name for a file, and a cell that no spreadsheet takes for a formula."""
    return re.sub(r"[^\w.-]+", "_", name).strip("_.-")[:80] or "common"
