"""What keeps a list from being sent, and what is worth a second look. Pure: each remark names the true cause (B20).

Of an anonymous list only the cells are looked at: what is known of a student (a registration, a credit, a former
grade) would tell who is behind a code. The rest is said once the names are shown, and nothing is sent before.

Nothing is said about registration where a grade stands without a date: there is nothing to check it against, and the
date is what is missing. A student without a grade is not sent, so what would stop the grade is only a warning there.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import date
from uuid import UUID

from testamur.law.results import FinalGrade
from testamur.register.studies.rules import CreditView, RegistrationView, Standing, standing
from testamur.schoolday.reporting.rules.states import ListKind
from testamur.schoolday.reporting.rules.views import Check, Severity

UNREGISTERED = frozenset({"not_registered", "registered_later", "interrupted"})
"""Remarks about students without a valid registration (rows B7 to B9)."""

_STANDINGS = {
    Standing.NEVER: "not_registered",
    Standing.LATER: "registered_later",
    Standing.INTERRUPTED: "interrupted",
}


@dataclass(frozen=True, slots=True)
class Held:
    """A standing decision on what the list grades."""

    id: UUID
    value: str
    passed: bool
    examined_on: str
    """ISO date."""


@dataclass(frozen=True, slots=True)
class RowFacts:
    """A student of the list, and what is known of him or her."""

    row: UUID
    value: str
    examined_on: date | None
    registrations: tuple[RegistrationView, ...] = ()
    credits: tuple[CreditView, ...] = ()
    held: tuple[Held, ...] = ()
    corrects: UUID | None = None
    final: FinalGrade | None = None


@dataclass(frozen=True, slots=True)
class ListFacts:
    """The list, and what is known of its course.

    Attributes:
        starts: first day of each occasion of the course, by its id.
        on_paper: dates of examination in the list whose way is paper.
        examiners: how many could sign it.
    """

    kind: ListKind
    module: UUID | None
    degree_project: bool
    title: str
    title_en: str
    anonymous: bool
    discontinued_on: date | None
    today: date
    rows: tuple[RowFacts, ...]
    starts: Mapping[UUID, date] = field(default_factory=dict)
    on_paper: tuple[date, ...] = ()
    examiners: int = 1


def find(facts: ListFacts) -> tuple[Check, ...]:
    """All remarks: those about the list first, then row by row in the order given."""
    return (*_of_list(facts), *(check for row in facts.rows for check in _of_row(facts, row)))


def stopping(checks: Iterable[Check]) -> tuple[Check, ...]:
    """Those that keep the list from being sent."""
    return tuple(check for check in checks if check.severity is Severity.STOP)


def unregistered(checks: Iterable[Check]) -> tuple[UUID, ...]:
    """Rows of students without a valid registration, in order."""
    return tuple(dict.fromkeys(c.row for c in checks if c.code in UNREGISTERED and c.row is not None))


def _of_list(facts: ListFacts) -> Iterable[Check]:
    if not any(row.value for row in facts.rows):
        yield Check("empty_list", Severity.STOP)
    if facts.anonymous:
        yield Check("still_anonymous", Severity.STOP)
    if facts.degree_project and not facts.title:
        yield Check("title_missing", Severity.STOP)
    if facts.degree_project and not facts.title_en:
        yield Check("title_en_missing", Severity.STOP)
    if not facts.examiners:
        yield Check("not_examiner", Severity.STOP)
    if facts.discontinued_on is not None and facts.today >= facts.discontinued_on:
        yield Check("course_discontinued", Severity.WARN, found=(("date", facts.discontinued_on.isoformat()),))
    if facts.on_paper:
        yield Check("paper_way", Severity.WARN, found=(("date", min(facts.on_paper).isoformat()),))


def _of_row(facts: ListFacts, row: RowFacts) -> Iterable[Check]:
    stop = Severity.STOP if row.value else Severity.WARN
    if row.value and row.examined_on is None:
        yield Check("date_missing", Severity.STOP, row.row)
    if not row.value:
        yield Check("value_missing", Severity.WARN, row.row)
    if facts.anonymous:
        return
    yield from _dated(facts, row, stop)
    yield from _had(facts, row, stop)
    if facts.kind is ListKind.COURSE:
        yield from _final(row, stop)


def _dated(facts: ListFacts, row: RowFacts, stop: Severity) -> Iterable[Check]:
    """Registration at the day of examination, and whether that day can be."""
    on = row.examined_on
    if on is None:
        if not row.value and standing(row.registrations, date.max) is Standing.NEVER:  # true on every day
            yield Check("not_registered", stop, row.row)
        return
    told = (("date", on.isoformat()),)
    if on > facts.today:
        yield Check("date_ahead", stop, row.row, told)
        return
    found = standing(row.registrations, on)
    if found in _STANDINGS:
        yield Check(_STANDINGS[found], stop, row.row, (*told, *_since(found, row.registrations)))
        return
    began = _began(facts, row)
    if began is not None and on < began:
        yield Check("date_before_course", stop, row.row, (*told, ("starts", began.isoformat())))


def _since(found: Standing, registrations: Sequence[RegistrationView]) -> tuple[tuple[str, str], ...]:
    """From when the student is registered, or since when not any more."""
    if found is Standing.LATER:
        return (("from", min(one.registered_on for one in registrations).isoformat()),)
    if found is Standing.INTERRUPTED:
        return (("from", max(one.ended_on for one in registrations if one.ended_on).isoformat()),)
    return ()


def _began(facts: ListFacts, row: RowFacts) -> date | None:
    """The first day of the course for that student: of the first occasion that he or she was registered for."""
    attended = (one.occasion for one in row.registrations)
    return min((facts.starts[one] for one in attended if one in facts.starts), default=None)


def _had(facts: ListFacts, row: RowFacts, stop: Severity) -> Iterable[Check]:
    """What is there already: a grade, a credit."""
    if row.corrects is not None:
        return
    for one in row.held:
        same_day = row.examined_on is not None and one.examined_on == row.examined_on.isoformat()
        if one.passed or same_day:
            yield Check("already_graded", stop, row.row, (("value", one.value), ("date", one.examined_on)))
            break
    for credit in row.credits:
        told = (("date", credit.decided_on.isoformat()),)
        if credit.module is None:
            yield Check("course_credited", stop, row.row, told)
        elif credit.module == facts.module:
            yield Check("credited", stop, row.row, told)


def _final(row: RowFacts, stop: Severity) -> Iterable[Check]:
    """What the modules say of a final grade."""
    if row.final is None:
        return
    if not row.final.ready:
        yield Check("modules_missing", stop, row.row, (("modules", ", ".join(row.final.missing)),))
    elif row.value and row.final.value and row.value != row.final.value:
        yield Check("final_differs", Severity.WARN, row.row, (("value", row.final.value),))
