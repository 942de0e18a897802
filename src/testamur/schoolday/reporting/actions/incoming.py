"""Bringing students into a draft: one function for every source (rows B23, B31). For this package's own verbs."""

from __future__ import annotations

from collections.abc import Collection, Sequence
from dataclasses import dataclass, field
from datetime import datetime
from typing import Any
from uuid import UUID

from testamur.kernel.base.actor import Actor
from testamur.kernel.base.ids import new_id
from testamur.kernel.base.refused import Refused
from testamur.law.results import Results
from testamur.register.people import queries as people
from testamur.register.people.actions import bulk
from testamur.schoolday.reporting.models import ListRow, ResultList
from testamur.schoolday.reporting.queries.law import results_of, university_of
from testamur.schoolday.reporting.rules.cells import parse_points
from testamur.schoolday.reporting.rules.lists import AT_ONCE, Anonymous, CorrectionsAlone, TooMany
from testamur.schoolday.reporting.rules.states import ListKind, Source
from testamur.schoolday.reporting.rules.views import Fetched, Incoming

_COLUMNS = (
    "list", "person", "source", "value", "examined_on", "points", "leaves", "automatic", "anonymous_code", "graded_by",
    "graded_at", "revision", "decision", "certificate", "corrects", "amendment", "id",
)  # fmt: skip
_FILLED = ("value", "examined_on", "points", "graded_by", "graded_at", "revision", "automatic")


@dataclass(slots=True)
class Brought:
    """What came in: `rows` are pairs of row and person, `cells` of those that got something filled in."""

    rows: list[tuple[UUID, UUID]] = field(default_factory=list)
    cells: list[tuple[UUID, str, str, str]] = field(default_factory=list)
    there: int = 0
    unknown: list[str] = field(default_factory=list)
    filled: int = 0
    kept: int = 0
    notes: list[str] = field(default_factory=list)

    def told(self) -> Fetched:
        """As the verbs answer."""
        return Fetched(
            len(self.rows), self.there, tuple(self.unknown), self.filled, self.kept, tuple(dict.fromkeys(self.notes))
        )

    def refs(self) -> dict[str, Any]:
        """As the journal keeps it."""
        return {
            "rows": [[str(row), str(person)] for row, person in self.rows],
            "cells": [[str(row), *cells] for row, *cells in self.cells],
            "filled": self.filled,
            "kept": self.kept,
        }


def bring(
    by: Actor,
    row: ResultList,
    incoming: Sequence[Incoming],
    source: Source,
    now: datetime,
    *,
    automatic: Collection[UUID] = (),
) -> Brought:
    """Add students to the held draft `row` and move its revision on; what stands in a cell is never written over.

    A student twice is there once; one who is unknown to the university is told and left out; what is no grade of the
    scale stays empty and is told in `notes`. `automatic`: whose grade follows by rule. Raises `TooMany`, `Anonymous`,
    `CorrectionsAlone`.
    """
    if len(incoming) > AT_ONCE:
        raise TooMany(f"At most {AT_ONCE} students at a time.", field="incoming")
    if row.kind == ListKind.CORRECTION:
        raise CorrectionsAlone("A list of corrections holds the results that it was opened for.", field="list")
    if row.anonymous and any(not one.anonymous_code for one in incoming):
        raise Anonymous("The list is anonymous: its students come from the exam, by the codes on their scripts.")
    made = Brought()
    known = {one.person: one for one in ListRow.objects.filter(list=row)}
    here = _of_university(row, [one.person for one in incoming])
    cells = _Cells(row, results_of(row.pack), made)
    fresh: dict[UUID, ListRow] = {}
    changed: dict[UUID, ListRow] = {}
    for one in incoming:
        if one.person not in here:
            made.unknown.append(str(one.person))
            continue
        stands = known.get(one.person) or fresh.get(one.person)
        if stands is None:
            stands = fresh[one.person] = ListRow(
                id=new_id(), list=row, person=one.person, source=source, anonymous_code=one.anonymous_code,
                revision=row.revision + 1,
            )  # fmt: skip
            made.rows.append((stands.id, one.person))
        else:
            made.there += 1
        if cells.fill(stands, one):
            stands.graded_by, stands.graded_at, stands.revision = by.id, now, row.revision + 1
            stands.automatic = one.person in automatic
            if one.person not in fresh:
                changed[stands.id] = stands
    made.cells = [_told(one) for one in (*fresh.values(), *changed.values()) if one.value or one.examined_on]
    bulk.insert(ListRow, _COLUMNS, [_values(one) for one in fresh.values()])
    bulk.update(ListRow, _FILLED, [tuple(getattr(one, name) for name in (*_FILLED, "id")) for one in changed.values()])
    if fresh or changed:
        row.revision += 1
        row.save(update_fields=["revision"])
    return made


@dataclass(slots=True)
class _Cells:
    """Fills the empty cells of one list."""

    row: ResultList
    law: Results
    made: Brought

    def fill(self, stands: ListRow, one: Incoming) -> bool:
        """Whether a cell was empty and is filled now. A date goes with its grade, or where there is no grade yet."""
        value, points = self._value(one), self._points(one)
        graded = bool(value) and not stands.value
        if value and stands.value and stands.value != value:
            self.made.kept += 1
        dated = one.examined_on is not None and stands.examined_on is None and (graded or not stands.value or not value)
        pointed = bool(points) and not stands.points and (graded or not value)
        if graded:
            stands.value = value
            self.made.filled += 1
        if dated:
            stands.examined_on = one.examined_on
        if pointed:
            stands.points = points
        return graded or dated or pointed

    def _value(self, one: Incoming) -> str:
        try:
            return self.law.normalise(self.row.scale, one.value) if one.value.strip() else ""
        except Refused:
            self.made.notes.append(f"off_scale:{one.value.strip()[:40]}")
            return ""

    def _points(self, one: Incoming) -> str:
        try:
            return parse_points(one.points)
        except Refused:
            self.made.notes.append(f"points:{one.points.strip()[:40]}")
            return ""


def _of_university(row: ResultList, persons: Sequence[UUID]) -> frozenset[UUID]:
    """Those of the persons who are kept in the same university (the root of the list's path)."""
    root = university_of(row.path)
    return frozenset(key for key, path in people.paths(dict.fromkeys(persons)).items() if path.startswith(root))


def _told(row: ListRow) -> tuple[UUID, str, str, str]:
    return (row.id, row.value, row.examined_on.isoformat() if row.examined_on else "", row.points)


def _values(row: ListRow) -> tuple[Any, ...]:
    return (row.list_id, *(getattr(row, name) for name in _COLUMNS[1:]))
