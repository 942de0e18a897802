"""What a delivery came to, kept for the page of whoever sent it."""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any
from uuid import UUID

from testamur.exchange.connectors.province.loading import SUMMARY, Delivered, PartOutcome
from testamur.exchange.connectors.tabular.report import SHOWN


def folder_of(imports: Path, work: UUID) -> Path:
    """Where the reports of a delivery lie: one for each part, and the summary."""
    return imports / f"{work}.parts"


def report_of(folder: Path, part: int | None) -> Path:
    """The list of one part by its number from 1, or the summary; a path that leads nowhere where there is none."""
    if part is None:
        return folder / SUMMARY
    return next(iter(sorted(folder.glob(f"{part:04d}-*.csv"))), folder / "none")


def keep(path: Path, told: Delivered) -> None:
    """Write it down as JSON, readable by the service alone."""
    path.touch(mode=0o600)
    path.chmod(0o600)
    path.write_text(json.dumps(as_data(told), ensure_ascii=False), encoding="utf-8")


def as_data(told: Delivered) -> dict[str, Any]:
    """As the result of one bundle, with its parts beside."""
    first = [
        {
            "file": f"{part.name}/{d.file}", "row": d.row, "column": d.column, "found": d.found, "done": d.done,
            "severity": d.severity.value,
        }
        for part in told.parts
        for d in part.first
    ]  # fmt: skip
    first.sort(key=lambda one: str(one["severity"]) != "refused")  # what was left out comes first
    several = sum(part.noted + part.refused for part in told.parts)
    return {
        "format": "province",
        "rows": told.rows,
        "counts": told.counts,
        "noted": sum(part.noted for part in told.parts),
        "refused": sum(part.refused for part in told.parts),
        "dry_run": told.dry_run,
        "changed": told.changed,
        "same_as": None,
        "first": first[:SHOWN],
        "more": max(0, several - SHOWN),
        "parts": [_part(part, number) for number, part in enumerate(told.parts, start=1)],
    }


def _part(part: PartOutcome, number: int) -> dict[str, Any]:
    return {
        "number": number, "name": part.name, "rows": part.rows, "total": part.total, "refused": part.refused,
        "error": part.error, "report": bool(part.report), "whole": part.whole,
    }  # fmt: skip
