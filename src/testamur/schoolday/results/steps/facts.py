"""What a document may draw on: decisions, names, earlier years."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import replace
from uuid import UUID

from testamur.law.contract import Decision, DocumentFacts, DocumentType, Pack, Period, PupilFacts
from testamur.register.schools.rules import GroupView
from testamur.schoolday.results.queries import DecisionRow
from testamur.schoolday.results.steps.gathering import School
from testamur.trust.records.rules import Subject


def pupil_facts(
    shared: School, group: GroupView, pupil: UUID, document: DocumentType, held: Mapping[str, Sequence[UUID]]
) -> DocumentFacts:
    """What a document about one pupil may draw on."""
    decisions = drawn(shared, pupil, document.draws)
    level = max((d.year_level for d in decisions if d.period.school_year == shared.period.school_year), default=None)
    return DocumentFacts(
        school=shared.facts,
        period=shared.period,
        year_level=level or group.year_level or 0,
        class_name=group.code,
        pupil=shared.persons[pupil].facts,
        decisions=decisions,
        issued_on=shared.issued_on,
        class_teacher=shared.name(next(iter(held["class_teacher"]), None)),
        principal=shared.name(next(iter(held["principal"]), None)),
        history=history(shared, pupil),
        notes=former_values(shared, pupil),
    )


def former_values(shared: School, pupil: UUID) -> dict[str, str]:
    """What was put right about a pupil: ``former.<kind>.<code>.<school year>`` → the value before the rectification.

    Of several moments of a year the last one counts: documents show the end of the year.
    """
    rows = (*shared.former.get(pupil, ()), *shared.decisions.get(pupil, ()))
    return {
        f"former.{row.facts.kind}.{row.facts.code}.{row.facts.period.school_year}": shared.replaced[row.replaces]
        for row in sorted(rows, key=lambda row: row.facts.period.ends)
        if row.replaces is not None and row.replaces in shared.replaced and not row.facts.occasion
    }


def correctors(shared: School, pupil: UUID, others: Iterable[UUID]) -> list[UUID]:
    """Who put something of the year right and still works at the school, besides those who sign anyway."""
    here = {post.person for post in shared.posts} - set(others)
    rows = (row for row in shared.decisions.get(pupil, ()) if row.replaces in shared.replaced)
    return [person for person in dict.fromkeys(p for row in rows for p in row.decided_by) if person in here]


def pupil_subject(pupil: UUID, facts: PupilFacts | None) -> Subject:
    """The pupil as the document names him or her."""
    assert facts is not None
    return Subject(
        "pupil", pupil, facts.name, facts.given, facts.family, facts.identifier_scheme, facts.identifier,
        facts.birth_date,
    )  # fmt: skip


def drawn(shared: School, pupil: UUID, draws: str) -> tuple[Decision, ...]:
    """The decisions that a kind of document shows, as `DocumentType.draws` says."""
    year = [named(shared, row) for row in shared.decisions.get(pupil, ())]
    upto = [d for d in year if d.period.ends <= shared.period.ends]
    if draws == "year":
        return tuple(upto)
    now = [d for d in upto if d.period.term == shared.period.term]
    former = [named(shared, row) for row in shared.former.get(pupil, ())]
    latest: dict[str, Decision] = {}
    for d in sorted((*former, *upto), key=lambda d: d.period.ends):
        if d.kind == "grade":
            latest[d.code] = d
    if draws == "latest":
        others = [d for d in now if d.kind not in {"grade", "fact"}]
        return (*latest.values(), *others)
    taught = {d.code for d in now if d.kind == "grade"}
    carried = [replace(d, carried_over=True) for code, d in latest.items() if code not in taught and d not in now]
    return (*now, *carried)


def named(shared: School, row: DecisionRow) -> Decision:
    """The decision with the names of those who took it; made once, though several documents show it."""
    if row.id not in shared.named:
        shared.named[row.id] = replace(row.facts, decided_by=tuple(shared.name(p) for p in row.decided_by))
    return shared.named[row.id]


def history(shared: School, pupil: UUID) -> tuple[tuple[Period, int, str, str, tuple[Decision, ...]], ...]:
    """The pupil's earlier years at all schools, oldest first, for booklets.

    A year that was taken over from paper stands with the school that took it over, and with its grade for a class; of
    a year at two schools the one counts at which it ended.
    """
    years: dict[str, list[DecisionRow]] = defaultdict(list)
    for row in shared.former.get(pupil, ()):
        years[row.facts.period.school_year].append(row)
    told = []
    for code, rows in sorted(years.items()):
        decisions = [named(shared, row) for row in rows]
        starts, ends = min(d.period.starts for d in decisions), max(d.period.ends for d in decisions)
        level = max(d.year_level for d in decisions)
        last = max(rows, key=lambda row: (row.facts.period.ends, row.made_at))
        room = shared.past.get((pupil, code), "") or str(level)
        school = shared.schools.get(last.unit, shared.unit.name) if last.unit else shared.unit.name
        told.append((Period(code, "", starts, ends), level, room, school, tuple(decisions)))
    return tuple(told)


def by_name(shared: School, row: DecisionRow) -> tuple[str, str, str]:
    """How the rows of a group's document are sorted."""
    facts = shared.persons[row.pupil].facts
    return facts.family, facts.given, str(row.pupil)


def with_explanation(shared: School, row: DecisionRow) -> tuple[Decision, ...]:
    """A correction's reason goes into the catalogue in the words of who made it."""
    decision = named(shared, row)
    if not row.explanation:
        return (decision,)
    return decision, replace(decision, kind="comment", value="", comment=row.explanation)


def titles(pack: Pack, rows: Iterable[DecisionRow]) -> dict[UUID, str]:
    """Title of whoever decided a correction in another post than that of the document's own signers."""
    by_role = {step.role: step.title for document in pack.documents.values() for step in document.signers}
    return {p: by_role[row.role] for row in rows if row.role in by_role for p in row.decided_by}
