"""From decisions to the documents of a term: gathers facts, lets the pack make the content, names the signers."""

from __future__ import annotations

from collections import Counter, defaultdict
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, field, replace
from datetime import date, datetime
from uuid import UUID, uuid5

from testamur.kernel.base.actor import Actor
from testamur.kernel.base.ids import random_id
from testamur.kernel.base.refused import NotFound, Refused
from testamur.law.contract import (
    Decision,
    DocumentFacts,
    DocumentType,
    Pack,
    Period,
    PupilFacts,
    SchoolFacts,
    SignerStep,
)
from testamur.law.tables import pack as pack_by_id
from testamur.register.people.actions import legal_persons
from testamur.register.people.rules import LegalPerson
from testamur.register.schools import queries as schools
from testamur.register.schools.rules import GroupKind, GroupView, Role, UnitKind, UnitView
from testamur.schoolday.results import queries
from testamur.schoolday.results.queries import DecisionRow
from testamur.trust.records.render import template_digest
from testamur.trust.records.rules import Issuer, NewRecord, Signer, Subject

PURPOSE = "results.documents"


class NobodySigns(Refused):
    """A document needs a signer and nobody holds the post, or the holder has no number to be recognised by."""

    code = "results.documents.nobody_signs"


@dataclass(frozen=True, slots=True)
class Skipped:
    """A document that the law does not give, or that lacks something: who (ids), what, why."""

    document: str
    subject: UUID
    code: str
    message: str


@dataclass(slots=True)
class Plan:
    """The records to make at one school for one term, and what was left out and why."""

    records: list[NewRecord] = field(default_factory=list)
    skipped: list[Skipped] = field(default_factory=list)

    def why_skipped(self) -> Mapping[str, int]:
        """Number of documents left out, by reason."""
        return Counter(s.code for s in self.skipped)


@dataclass(frozen=True, slots=True)
class _School:
    """What all documents of one school and term share."""

    unit: UnitView
    authority: UnitView
    pack: Pack
    period: Period
    facts: SchoolFacts
    issued_on: date
    persons: Mapping[UUID, LegalPerson]
    decisions: Mapping[UUID, tuple[DecisionRow, ...]]
    former: Mapping[UUID, tuple[DecisionRow, ...]]

    @property
    def issuer(self) -> Issuer:
        return Issuer(
            organisation=self.authority.id,
            name=self.authority.name,
            unit=self.unit.id,
            unit_code=self.unit.code,
            unit_name=self.unit.name,
            path=self.unit.path,
        )

    def name(self, person: UUID | None) -> str:
        return self.persons[person].facts.name if person is not None and person in self.persons else ""


def plan(
    *,
    by: Actor,
    school: UUID,
    school_year: str,
    term: str,
    documents: Sequence[str] = (),
    issued_on: date,
    now: datetime,
) -> Plan:
    """Every document of a school's term, ready for `records.steps.prepare`.

    `documents` are the pack's short names; empty means the routine ones. A document that the pack refuses for a pupil
    is left out and reported. Raises NotFound for an unknown school, year, term or document, NobodySigns when a post is
    vacant, NotAllowed without ``results.decision.read`` and ``people.legal_name.read``.
    """
    shared, classes = _gather(by, school, school_year, term, issued_on, now)
    made = Plan()
    for short, document in _chosen(shared.pack, documents):
        if document.subject == "pupil":
            _pupil_documents(shared, classes, document, made)
        else:
            _group_documents(shared, classes, short, document, made)
    return made


def _chosen(pack: Pack, documents: Sequence[str]) -> list[tuple[str, DocumentType]]:
    for short in documents:
        if short not in pack.documents:
            raise NotFound(f"{pack.id} has no document {short}; it has {', '.join(pack.documents)}.", field="document")
    return [
        (short, document)
        for short, document in pack.documents.items()
        if (short in documents if documents else document.routine)
    ]


def _gather(
    by: Actor, school: UUID, school_year: str, term: str, issued_on: date, now: datetime
) -> tuple[_School, list[tuple[GroupView, list[UUID]]]]:
    unit = schools.unit(school)
    if unit is None:
        raise NotFound("There is no such school.", field="school")
    authority = next((u for u in reversed(schools.units_above(unit.path)) if u.kind is UnitKind.AUTHORITY), unit)
    period = _period(authority.id, school_year, term)
    day = min(period.ends, issued_on)
    pack = pack_by_id(schools.pack_of(unit.id, on=day))
    year = next(y.id for y in schools.school_years(authority.id) if y.code == school_year)
    classes = [
        (group, [m.person for m in schools.members(group=group.id, on=day)])
        for group in schools.groups(school=unit.id, school_year=year, kind=GroupKind.CLASS)
    ]
    pupils = [p for _group, members in classes for p in members]
    decisions = queries.standing(by=by, path=unit.path, unit=unit.id, school_year=school_year)
    former = queries.earlier(by=by, path=unit.path, pupils=pupils, before=school_year)
    named = {p for rows in (*decisions.values(), *former.values()) for row in rows for p in row.decided_by}
    posts = {post.person for post in schools.posts_at(unit=unit.id, on=day)}
    persons = legal_persons(by=by, ids=sorted({*pupils, *named, *posts}), purpose=PURPOSE, now=now)
    parts = dict(unit.parts)
    facts = SchoolFacts(
        code=unit.code,
        name=unit.name,
        authority=authority.name,
        authority_code=authority.code,
        municipality=parts.get("municipality", ""),
        district=parts.get("district", ""),
        province=parts.get("province", ""),
    )
    return _School(unit, authority, pack, period, facts, issued_on, persons, decisions, former), classes


def _period(authority: UUID, school_year: str, term: str) -> Period:
    for year in schools.school_years(authority):
        if year.code == school_year:
            if not term:
                return Period(school_year, "", year.starts, year.ends)
            for t in year.terms:
                if t.code == term:
                    return Period(school_year, term, t.starts, t.ends)
    raise NotFound(f"There is no term {school_year} {term}.", field="term")


# --- pupils ----------------------------------------------------------------------------------------


def _pupil_documents(
    shared: _School, classes: Sequence[tuple[GroupView, Sequence[UUID]]], document: DocumentType, made: Plan
) -> None:
    for group, pupils in classes:
        holders = _holders(shared, group)
        for pupil in pupils:
            facts = _pupil_facts(shared, group, pupil, document, holders)
            _add(shared, document, facts, pupil, shared.persons[pupil].facts, _signers(shared, document, holders), made)


def _pupil_facts(
    shared: _School, group: GroupView, pupil: UUID, document: DocumentType, holders: Mapping[str, Sequence[UUID]]
) -> DocumentFacts:
    decisions = _drawn(shared, pupil, document.draws)
    level = max((d.year_level for d in decisions if d.period.school_year == shared.period.school_year), default=None)
    return DocumentFacts(
        school=shared.facts,
        period=shared.period,
        year_level=level or group.year_level or 0,
        class_name=group.code,
        pupil=shared.persons[pupil].facts,
        decisions=decisions,
        issued_on=shared.issued_on,
        class_teacher=shared.name(next(iter(holders["class_teacher"]), None)),
        principal=shared.name(next(iter(holders["principal"]), None)),
        history=_history(shared, pupil),
    )


def _drawn(shared: _School, pupil: UUID, draws: str) -> tuple[Decision, ...]:
    """The decisions that a kind of document shows, as `DocumentType.draws` says."""
    year = [_named(shared, row) for row in shared.decisions.get(pupil, ())]
    upto = [d for d in year if d.period.ends <= shared.period.ends]
    if draws == "year":
        return tuple(upto)
    now = [d for d in upto if d.period.term == shared.period.term]
    former = [_named(shared, row) for row in shared.former.get(pupil, ())]
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


def _named(shared: _School, row: DecisionRow) -> Decision:
    return replace(row.facts, decided_by=tuple(shared.name(p) for p in row.decided_by))


def _history(shared: _School, pupil: UUID) -> tuple[tuple[Period, int, str, str, tuple[Decision, ...]], ...]:
    years: dict[str, list[Decision]] = defaultdict(list)
    for row in shared.former.get(pupil, ()):
        years[row.facts.period.school_year].append(_named(shared, row))
    told = []
    for code, decisions in sorted(years.items()):
        starts, ends = min(d.period.starts for d in decisions), max(d.period.ends for d in decisions)
        level = max(d.year_level for d in decisions)
        told.append((Period(code, "", starts, ends), level, "", shared.unit.name, tuple(decisions)))
    return tuple(told)


# --- groups ----------------------------------------------------------------------------------------


def _group_documents(
    shared: _School,
    classes: Sequence[tuple[GroupView, Sequence[UUID]]],
    short: str,
    document: DocumentType,
    made: Plan,
) -> None:
    """One document per class and subject: the grades of one subject, signed by everyone who decided them."""
    for group, pupils in classes:
        rows: dict[str, list[tuple[UUID, DecisionRow]]] = defaultdict(list)
        for pupil in pupils:
            for row in shared.decisions.get(pupil, ()):
                if row.facts.kind == "grade" and row.facts.period.term == shared.period.term:
                    rows[row.facts.code].append((pupil, row))
        for code, of_subject in sorted(rows.items()):
            deciders = list(dict.fromkeys(p for _pupil, row in of_subject for p in row.decided_by))
            facts = DocumentFacts(
                school=shared.facts,
                period=shared.period,
                year_level=group.year_level or of_subject[0][1].facts.year_level,
                class_name=group.code,
                pupil=None,
                decisions=(),
                issued_on=shared.issued_on,
                principal=shared.name(next(iter(_holders(shared, group)["principal"]), None)),
                group_name=group.code,
                subject_code=code,
                rows=tuple(
                    (shared.persons[pupil].facts, (_named(shared, row),)) for pupil, row in _by_name(shared, of_subject)
                ),
            )
            signers = _signers(shared, document, {**_holders(shared, group), "teacher": deciders})
            # one document per class and subject: the class's id alone would make them one and the same subject
            subject = _subject_id(group.id, short, code)
            _add(shared, document, facts, subject, None, signers, made, name=f"{group.code} {code}")


def _by_name(shared: _School, rows: Sequence[tuple[UUID, DecisionRow]]) -> Iterator[tuple[UUID, DecisionRow]]:
    return iter(
        sorted(rows, key=lambda r: (shared.persons[r[0]].facts.family, shared.persons[r[0]].facts.given, str(r[0])))
    )


def _subject_id(group: UUID, short: str, code: str) -> UUID:
    return uuid5(group, f"{short}/{code}")


# --- both ------------------------------------------------------------------------------------------


def _holders(shared: _School, group: GroupView) -> dict[str, Sequence[UUID]]:
    day = min(shared.period.ends, shared.issued_on)
    principals = schools.holders(role=Role.PRINCIPAL, unit=shared.unit.id, on=day)
    teachers = schools.holders(role=Role.CLASS_TEACHER, group=group.id, on=day)
    return {
        "principal": [p.person for p in reversed(principals)],
        "class_teacher": [p.person for p in reversed(teachers)],
    }


def _signers(shared: _School, document: DocumentType, holders: Mapping[str, Sequence[UUID]]) -> tuple[Signer, ...]:
    signers: list[Signer] = []
    for step in document.signers:
        if step.role in {"school", "organisation"}:
            continue  # the seal itself
        people = holders.get(step.role, ())
        if not people:
            raise NobodySigns(
                f"{document.title} at {shared.unit.name} is signed by the {step.role}; nobody holds that post.",
                field="role", role=step.role, school=shared.unit.code,
            )  # fmt: skip
        signers.extend(
            _signer(shared, step, person, len(signers) + n)
            for n, person in enumerate(people if step.each else people[:1], 1)
        )
    return tuple(signers)


def _signer(shared: _School, step: SignerStep, person: UUID, order: int) -> Signer:
    facts = shared.persons[person].facts
    if not facts.identifier:
        raise NobodySigns(
            f"The {step.role} at {shared.unit.name} has no personal number to be recognised by.",
            field="identifier", role=step.role, school=shared.unit.code,
        )  # fmt: skip
    return Signer(order, step.role, step.title, person, facts.name, facts.identifier_scheme, facts.identifier)


def _add(
    shared: _School,
    document: DocumentType,
    facts: DocumentFacts,
    subject: UUID,
    pupil: PupilFacts | None,
    signers: tuple[Signer, ...],
    made: Plan,
    *,
    name: str = "",
) -> None:
    try:
        content = document.content(facts)
    except Refused as refusal:
        made.skipped.append(Skipped(document.code, subject, refusal.code, str(refusal)))
        return
    about = (
        Subject(
            "pupil", subject, pupil.name, pupil.given, pupil.family, pupil.identifier_scheme, pupil.identifier,
            pupil.birth_date,
        )
        if pupil
        else Subject("group", subject, name)
    )  # fmt: skip
    made.records.append(
        NewRecord(
            record=random_id(),
            issuer=shared.issuer,
            document=document,
            pack_id=shared.pack.id,
            pack_version=shared.pack.version,
            template_sha256=template_digest(document.template),
            subject=about,
            period=shared.period.label,
            content=content,
            signers=signers,
            issued_on=shared.issued_on,
        )
    )
