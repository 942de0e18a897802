"""Grades that become decisions, and finished documents that are handed to the records."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from datetime import date, datetime
from uuid import UUID

from testamur.exchange.connectors.planner.core import Context, Item, remember, split
from testamur.exchange.connectors.planner.resolving import resolve_persons, resolve_units
from testamur.exchange.connectors.rules import IncomingDocument, MarkRow, person_key
from testamur.kernel.base.actor import Actor
from testamur.kernel.base.refused import NotAllowed, Refused
from testamur.law import tables
from testamur.law.contract import Period
from testamur.register.schools import queries
from testamur.schoolday.results import actions as results
from testamur.schoolday.results.rules import NewDecision

TakeIn = Callable[..., UUID]
"""``(*, by: Actor, document: IncomingDocument, pupil: UUID, unit: UUID | None, now: datetime) -> record id``."""


def load_marks(context: Context, rows: Sequence[MarkRow]) -> None:
    """Decisions, as the pack's law allows them. One that changed is not overwritten: a correction is its own act."""
    new, changed = split(context, "mark", rows)
    for item in changed:
        context.refuse(
            item.row, "grade", item.row.value,
            "row left out: decided before with another content; a correction is an act of its own (testamur correct)",
            "import.decision.changed",
        )  # fmt: skip
    live = [item for item in new if not item.row.ended]
    persons = resolve_persons(context, [k for i in live for k in (i.row.person_key, i.row.decided_by)])
    units = resolve_units(context, [i.row.unit_key for i in live])
    ready: list[tuple[Item[MarkRow], NewDecision]] = []
    for item in live:
        decision = _decision(context, item.row, persons, units)
        if decision is not None:
            ready.append((item, decision))
    if not ready:
        return
    outcome = results.record_decisions(by=context.by, decisions=[d for _i, d in ready], now=context.now)
    refused = {r.index: r for r in outcome.rejected}
    for index, no in refused.items():
        row = ready[index][0].row
        context.refuse(row, "grade", f"{row.subject} {row.value}", f"row left out: {no.message}", no.code)
    # the register of decisions keeps their ids; here it is enough to know that the row was taken
    remember(context, "mark", [(item, d.pupil) for n, (item, d) in enumerate(ready) if n not in refused])


def _decision(context: Context, row: MarkRow, persons: dict[str, UUID], units: dict[str, UUID]) -> NewDecision | None:
    pupil = persons.get(row.person_key)
    if pupil is None:
        context.refuse(
            row, "person", row.person_key, "row left out: the person is neither in the bundle nor known",
            "import.reference.unknown",
        )  # fmt: skip
        return None
    if row.decided_on is None:
        context.refuse(
            row, "decided_on", "empty", "row left out: a decision needs its day, 2026-06-12", "import.grade.undated"
        )
        return None
    try:
        pack = tables.pack(row.pack)
        code = pack.normalise_code(row.kind, row.subject)
    except Refused as no:
        context.refuse(row, no.field or "subject", row.subject, f"row left out: {no}", no.code)
        return None
    place = queries.placement(person=pupil, on=row.decided_on)
    unit = units.get(row.unit_key) or (place.school if place else None)
    level = row.year_level if row.year_level is not None else (place.year_level if place else None)
    if unit is None or level is None:
        context.refuse(
            row, "school_code" if unit is None else "year_level", row.unit_key if unit is None else "empty",
            "row left out: neither the row nor an enrolment on that day tells it", "import.grade.unplaced",
        )  # fmt: skip
        return None
    school = queries.unit(unit)
    assert school is not None
    decided_by = persons.get(row.decided_by)
    if row.decided_by and decided_by is None:
        # a decision stands for ever: one without its decider could not be completed later
        context.refuse(
            row, "decided_by", row.decided_by,
            "row left out: nobody in the register has that number; import the staff first, or leave the cell empty",
            "import.reference.unknown",
        )  # fmt: skip
        return None
    return NewDecision(
        pupil, unit, school.path, row.pack, row.kind, code, row.value, period_of(context, row, school.path), level,
        row.decided_on, (decided_by,) if decided_by else (), row.comment,
    )  # fmt: skip


def period_of(context: Context, row: MarkRow, path: str) -> Period:
    """The term as the authority keeps it; where it keeps none, the usual half of the year (reported)."""
    for above in queries.units_above(path):
        for year in queries.school_years(above.id):
            if year.code != row.school_year:
                continue
            if not row.term:
                return Period(year.code, "", year.starts, year.ends)
            for term in year.terms:
                if term.code == row.term:
                    return Period(year.code, term.code, term.starts, term.ends)
    first = int(row.school_year[:4])
    halves = {
        "HT": (date(first, 7, 1), date(first, 12, 31)),
        "HK1": (date(first, 8, 1), date(first + 1, 1, 15)),
        "VT": (date(first + 1, 1, 1), date(first + 1, 6, 30)),
        "HK2": (date(first + 1, 1, 16), date(first + 1, 6, 30)),
    }
    starts, ends = halves.get(row.term, (date(first, 7, 1), date(first + 1, 6, 30)))
    context.note(
        row, "term", f"{row.school_year} {row.term}".strip(), f"not kept here: read as {starts} to {ends}",
        "import.term.assumed",
    )  # fmt: skip
    return Period(row.school_year, row.term, starts, ends)


def load_documents(context: Context, rows: Sequence[IncomingDocument], take_in: TakeIn | None) -> None:
    """Finished PDFs, each to the records in its pupil's name. The bytes are read one document at a time."""
    new, _changed = split(context, "document", rows)
    keys = {item.key: person_key(item.row.scheme, item.row.identifier, on=context.today) for item in new}
    persons = resolve_persons(context, list(keys.values()))
    units = resolve_units(context, [item.row.unit_code for item in new])
    for item in new:
        row = item.row
        pupil = persons.get(keys[item.key])
        if pupil is None:
            context.refuse(
                row, "identifier", row.identifier, "document left out: no such person; import the pupils first",
                "import.reference.unknown",
            )  # fmt: skip
            continue
        if take_in is None:
            context.refuse(
                row, "file", row.path, "document left out: this installation takes in no finished documents",
                "import.document.unavailable",
            )  # fmt: skip
            continue
        record = _taken(context, row, pupil, units.get(row.unit_code), take_in)
        if record is not None:
            remember(context, "document", [(item, record)])


def _taken(context: Context, row: IncomingDocument, pupil: UUID, unit: UUID | None, take_in: TakeIn) -> UUID | None:
    place = queries.placement(person=pupil, on=row.issued_on or context.today)
    by: Actor = context.by
    now: datetime = context.now
    try:
        return take_in(by=by, document=row, pupil=pupil, unit=unit or (place.school if place else None), now=now)
    except NotAllowed:
        raise
    except Refused as no:
        context.refuse(row, no.field or "file", row.path, f"document left out: {no}", no.code)
        return None
