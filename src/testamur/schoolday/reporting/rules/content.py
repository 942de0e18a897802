"""What of a list is frozen when it is sent: canonical JSON without a name, and its digest. Pure."""

from __future__ import annotations

import hashlib
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date
from typing import Any
from uuid import UUID

from testamur.kernel.proofs.jcs import canonical

VERSION = 1
"""Of the format. A change of it changes every digest: sent lists are checked by the version that they were sent in."""

Cells = tuple[str, str, str]
"""Grade, date of examination (ISO, or empty), points."""


@dataclass(frozen=True, slots=True)
class FrozenRow:
    """One graded student of a list that is sent."""

    row: UUID
    person: UUID
    value: str
    examined_on: date | None
    points: str = ""
    corrects: UUID | None = None
    amendment: Mapping[str, Any] | None = None


@dataclass(frozen=True, slots=True)
class FrozenList:
    """A list as it is sent: `rows` are those with a grade; the others are no part of it."""

    id: UUID
    number: int
    kind: str
    reason: str
    pack: str
    unit: UUID
    course: UUID
    course_code: str
    module: UUID | None
    module_code: str
    occasion: UUID | None
    scale: str
    title: str
    title_en: str
    way: str
    examiner: UUID
    rows: tuple[FrozenRow, ...]


def content(frozen: FrozenList) -> str:
    """The canonical text (RFC 8785), rows in order of their id."""
    return canonical(
        {
            "v": VERSION,
            "list": str(frozen.id),
            "number": frozen.number,
            "kind": frozen.kind,
            "reason": frozen.reason,
            "pack": frozen.pack,
            "unit": str(frozen.unit),
            "course": {"id": str(frozen.course), "code": frozen.course_code},
            "module": {"id": str(frozen.module), "code": frozen.module_code} if frozen.module else None,
            "occasion": str(frozen.occasion) if frozen.occasion else None,
            "scale": frozen.scale,
            "title": frozen.title,
            "title_en": frozen.title_en,
            "way": frozen.way,
            "examiner": str(frozen.examiner),
            "rows": [_row(row) for row in sorted(frozen.rows, key=lambda one: one.row)],
        }
    ).decode()


def digest(text: str) -> str:
    """SHA-256 of a content in hexadecimal."""
    return hashlib.sha256(text.encode()).hexdigest()


def _row(row: FrozenRow) -> dict[str, Any]:
    told: dict[str, Any] = {
        "row": str(row.row),
        "person": str(row.person),
        "value": row.value,
        "examined_on": row.examined_on.isoformat() if row.examined_on else "",
        "points": row.points,
    }
    if row.corrects is not None:
        told |= {"corrects": str(row.corrects), "amendment": dict(row.amendment or {})}
    return told
