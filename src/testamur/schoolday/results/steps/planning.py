"""Every document of a school's term, and what was left out and why."""

from __future__ import annotations

import hashlib
from collections import Counter, defaultdict
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, field, replace
from datetime import date, datetime
from uuid import UUID, uuid5

from testamur.kernel.base.actor import Actor
from testamur.kernel.base.ids import random_id
from testamur.kernel.base.refused import NotFound, Refused
from testamur.kernel.proofs.jcs import canonical
from testamur.law.contract import Decision, DocumentFacts, DocumentType, Pack, Period, PupilFacts
from testamur.register.schools.rules import GroupView
from testamur.schoolday.results.queries import DecisionRow
from testamur.schoolday.results.rules import Reason
from testamur.schoolday.results.steps.gathering import Classes, School, gather
from testamur.schoolday.results.steps.signers import holders, signers
from testamur.trust.records import queries as records
from testamur.trust.records.queries import Latest
from testamur.trust.records.render import template_digest
from testamur.trust.records.rules import NewRecord, Signer, State, Subject

ISSUED_ALREADY = "results.documents.issued_already"

_BECAUSE = {  # strongest first: what the former document is then called
    Reason.RECTIFICATION: "rectification",
    Reason.CHANGE: "change",
    Reason.RE_EXAMINATION: "re_examination",
}


@dataclass(frozen=True, slots=True)
class Skipped:
    """A document that is not made now: what, about whom (id), why (code and sentence)."""

    document: str
    subject: UUID
    code: str
    message: str


@dataclass(slots=True)
class Plan:
    """What to do at one school for one term.

    Attributes:
        records: documents to make.
        unfinished: records of an earlier run, unchanged since, that are not published yet.
        outdated: drafts of an earlier run that nobody has signed and that no longer say what was decided; each has a
            successor in `records` and is thrown away first.
        skipped: what is left out.
    """

    records: list[NewRecord] = field(default_factory=list)
    unfinished: list[UUID] = field(default_factory=list)
    outdated: list[UUID] = field(default_factory=list)
    skipped: list[Skipped] = field(default_factory=list)

    def why_skipped(self) -> Mapping[str, int]:
        """Number of documents left out, by reason."""
        return Counter(s.code for s in self.skipped)


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

    `documents` are the pack's short names; empty means the routine ones. A document that the pack refuses for a pupil,
    that nobody can sign (``results.documents.nobody_signs``) or that is issued already with this very content is left
    out and reported. A document whose decisions were corrected since it was issued names the record that it replaces,
    and is dated no earlier than the correction. Raises NotFound for an unknown school, year, term or document, NoPack,
    NotAllowed without ``results.decision.read``, ``records.record.read`` and ``people.legal_name.read``.
    """
    shared, classes = gather(by, school, school_year, term, issued_on, now)
    latest = records.latest(by=by, path=shared.unit.path, unit=shared.unit.id, period=shared.period.label)
    made = _Making(shared, latest, Plan())
    for short, document in _chosen(shared.pack, documents):
        if document.subject == "pupil":
            _pupil_documents(made, classes, document)
        else:
            _group_documents(made, classes, short, document)
    return made.plan


def _chosen(pack: Pack, documents: Sequence[str]) -> list[tuple[str, DocumentType]]:
    for short in documents:
        if short not in pack.documents:
            raise NotFound(f"{pack.id} has no document {short}; it has {', '.join(pack.documents)}.", field="document")
    return [
        (short, document)
        for short, document in pack.documents.items()
        if (short in documents if documents else document.routine)
    ]


# --- pupils ----------------------------------------------------------------------------------------


def _pupil_documents(made: _Making, classes: Classes, document: DocumentType) -> None:
    shared = made.shared
    for group, pupils in classes:
        held = holders(shared, group)
        for pupil in pupils:
            facts = _pupil_facts(shared, group, pupil, document, held)
            one = _One(document, pupil, _pupil_subject(pupil, facts.pupil), shared.decisions.get(pupil, ()))
            made.add(one, facts, held)


def _pupil_facts(
    shared: School, group: GroupView, pupil: UUID, document: DocumentType, held: Mapping[str, Sequence[UUID]]
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
        class_teacher=shared.name(next(iter(held["class_teacher"]), None)),
        principal=shared.name(next(iter(held["principal"]), None)),
        history=_history(shared, pupil),
    )


def _pupil_subject(pupil: UUID, facts: PupilFacts | None) -> Subject:
    assert facts is not None
    return Subject(
        "pupil", pupil, facts.name, facts.given, facts.family, facts.identifier_scheme, facts.identifier,
        facts.birth_date,
    )  # fmt: skip


def _drawn(shared: School, pupil: UUID, draws: str) -> tuple[Decision, ...]:
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


def _named(shared: School, row: DecisionRow) -> Decision:
    return replace(row.facts, decided_by=tuple(shared.name(p) for p in row.decided_by))


def _history(shared: School, pupil: UUID) -> tuple[tuple[Period, int, str, str, tuple[Decision, ...]], ...]:
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


def _group_documents(made: _Making, classes: Classes, short: str, document: DocumentType) -> None:
    """One document per class and subject: the grades of one subject, signed by everyone who decided them."""
    shared = made.shared
    for group, pupils in classes:
        held = holders(shared, group)
        rows: dict[str, list[DecisionRow]] = defaultdict(list)
        for pupil in pupils:
            for row in shared.decisions.get(pupil, ()):
                if row.facts.kind == "grade" and row.facts.period.term == shared.period.term:
                    rows[row.facts.code].append(row)
        for code, unordered in sorted(rows.items()):
            of_subject = sorted(unordered, key=lambda row: _by_name(shared, row))
            facts = DocumentFacts(
                school=shared.facts,
                period=shared.period,
                year_level=group.year_level or of_subject[0].facts.year_level,
                class_name=group.code,
                pupil=None,
                decisions=(),
                issued_on=shared.issued_on,
                principal=shared.name(next(iter(held["principal"]), None)),
                group_name=group.code,
                subject_code=code,
                rows=tuple((shared.persons[r.pupil].facts, _with_explanation(shared, r)) for r in of_subject),
            )
            # one document per class and subject: the class's id alone would make them one and the same subject
            subject = uuid5(group.id, f"{short}/{code}")
            deciders = list(dict.fromkeys(p for row in of_subject for p in row.decided_by))
            one = _One(document, subject, Subject("group", subject, f"{group.code} {code}"), of_subject,
                       _titles(shared.pack, of_subject))  # fmt: skip
            made.add(one, facts, {**held, "teacher": deciders})


def _by_name(shared: School, row: DecisionRow) -> tuple[str, str, str]:
    facts = shared.persons[row.pupil].facts
    return facts.family, facts.given, str(row.pupil)


def _with_explanation(shared: School, row: DecisionRow) -> tuple[Decision, ...]:
    """A correction's reason goes into the catalogue in the words of who made it."""
    decision = _named(shared, row)
    if not row.explanation:
        return (decision,)
    return decision, replace(decision, kind="comment", value="", comment=row.explanation)


def _titles(pack: Pack, rows: Iterable[DecisionRow]) -> dict[UUID, str]:
    """Title of whoever decided a correction in another post than that of the document's own signers."""
    by_role = {step.role: step.title for document in pack.documents.values() for step in document.signers}
    return {p: by_role[row.role] for row in rows if row.role in by_role for p in row.decided_by}


# --- both ------------------------------------------------------------------------------------------


@dataclass(frozen=True, slots=True)
class _One:
    """A document that is due."""

    document: DocumentType
    subject: UUID
    about: Subject
    rows: Sequence[DecisionRow]
    titles: Mapping[UUID, str] = field(default_factory=dict)


@dataclass(frozen=True, slots=True)
class _Making:
    """The plan while it grows."""

    shared: School
    latest: Mapping[tuple[str, UUID], Latest]
    plan: Plan

    def add(self, one: _One, facts: DocumentFacts, held: Mapping[str, Sequence[UUID]]) -> None:
        """Make the record, or say why not."""
        try:
            content = one.document.content(facts)
            who = signers(self.shared, one.document, held, one.titles)
        except Refused as refusal:
            self._skip(one, refusal.code, str(refusal))
            return
        before = self.latest.get((one.document.code, one.subject))
        if before is None:
            self.plan.records.append(self._record(one, content, who))
            return
        same = before.content_sha256 == hashlib.sha256(canonical(dict(content))).hexdigest()
        if before.state in _UNDER_WAY:
            if same or before.state not in _UNSIGNED:
                self.plan.unfinished.append(before.record)
            else:
                self.plan.outdated.append(before.record)
                again = self._record(one, content, who)
                former = before.replaces
                self.plan.records.append(
                    replace(again, version=before.version, replaces=former, replaced_because=before.replaced_because)
                )
        elif same and before.state is State.PUBLISHED:
            self._skip(one, ISSUED_ALREADY, "It is issued already and nothing in it has changed.")
        else:
            self.plan.records.append(self._next(one, self._record(one, content, who), before))

    def _next(self, one: _One, record: NewRecord, before: Latest) -> NewRecord:
        """The version after `before`, which it replaces unless that one was declared void."""
        since = [row for row in one.rows if before.sealed_at is None or row.made_at > before.sealed_at]
        day = max((row.facts.decided_on for row in since if row.facts.decided_on), default=self.shared.issued_on)
        record = replace(record, version=before.version + 1, issued_on=max(day, record.issued_on))
        if before.state is not State.PUBLISHED:
            return record
        reasons = {row.facts.reason for row in since}
        because = next((name for reason, name in _BECAUSE.items() if reason in reasons), "new_version")
        return replace(record, replaces=before.record, replaced_because=because)

    def _skip(self, one: _One, code: str, message: str) -> None:
        self.plan.skipped.append(Skipped(one.document.code, one.subject, code, message))

    def _record(self, one: _One, content: Mapping[str, object], who: tuple[Signer, ...]) -> NewRecord:
        shared = self.shared
        return NewRecord(
            record=random_id(),
            issuer=shared.issuer,
            document=one.document,
            pack_id=shared.pack.id,
            pack_version=shared.pack.version,
            template_sha256=template_digest(one.document.template),
            subject=one.about,
            period=shared.period.label,
            content=content,
            signers=who,
            issued_on=shared.issued_on,
        )


_UNSIGNED = frozenset({State.DRAFTED, State.READY})
_UNDER_WAY = _UNSIGNED | {State.SIGNING, State.SIGNED, State.SEALED}
