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
    )


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
    """The pupil's earlier years, oldest first, for booklets."""
    years: dict[str, list[Decision]] = defaultdict(list)
    for row in shared.former.get(pupil, ()):
        years[row.facts.period.school_year].append(named(shared, row))
    told = []
    for code, decisions in sorted(years.items()):
        starts, ends = min(d.period.starts for d in decisions), max(d.period.ends for d in decisions)
        level = max(d.year_level for d in decisions)
        told.append((Period(code, "", starts, ends), level, "", shared.unit.name, tuple(decisions)))
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
