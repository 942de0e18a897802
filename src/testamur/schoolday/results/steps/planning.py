"""Every document of a school's term, and what was left out and why."""

from __future__ import annotations

import hashlib
from collections import Counter, defaultdict
from collections.abc import Collection, Mapping, Sequence
from dataclasses import dataclass, field, replace
from datetime import date, datetime
from uuid import UUID, uuid5

from testamur.kernel.base.actor import Actor
from testamur.kernel.base.ids import random_id
from testamur.kernel.base.refused import NotFound, Refused
from testamur.kernel.proofs.jcs import canonical
from testamur.law.contract import DocumentFacts, DocumentType, Pack
from testamur.register.schools.rules import GroupView
from testamur.schoolday.results.queries import DecisionRow
from testamur.schoolday.results.rules import Reason
from testamur.schoolday.results.steps.facts import (
    by_name,
    correctors,
    pupil_facts,
    pupil_subject,
    titles,
    with_explanation,
)
from testamur.schoolday.results.steps.gathering import Classes, School, gather
from testamur.schoolday.results.steps.registers import is_register, registers, subject_of
from testamur.schoolday.results.steps.signers import holders, signers
from testamur.trust.records import queries as records
from testamur.trust.records.queries import Latest
from testamur.trust.records.queries.progress import Grown, grown
from testamur.trust.records.render import template_digest
from testamur.trust.records.rules import NewRecord, Signer, State, Subject

ISSUED_ALREADY = "results.documents.issued_already"
GROWS_LATER = "results.documents.grows_later"

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


@dataclass(frozen=True, slots=True)
class Item:
    """One document that was looked at.

    Attributes:
        group: the class.
        short: the pack's short name of the document.
        subject: the pupil, or the id of a group's document.
        pupils: those whom the document names.
        before: its newest version that was not thrown away, or None.
        content: what would be frozen now; None when the law refuses it or nobody can sign.
        changed: `before` no longer says what was decided, or names other signers than now would sign (unsigned ones).
        code, message: why it is not made now; empty when it could be or is there already.
        new: the record in `Plan.records` that it gives rise to.
    """

    group: GroupView
    short: str
    document: DocumentType
    subject: UUID
    pupils: tuple[UUID, ...]
    before: Latest | None
    content: Mapping[str, object] | None = None
    changed: bool = False
    code: str = ""
    message: str = ""
    new: UUID | None = None


@dataclass(slots=True)
class Plan:
    """What to do at one school for one term.

    Attributes:
        records: documents to make.
        unfinished: records of an earlier run, unchanged since, that are not published yet.
        outdated: drafts of an earlier run that nobody has signed and that no longer say what was decided; each has a
            successor in `records` and is thrown away first.
        skipped: what is left out.
        items: every document that was looked at, made or not, in order of document, class and pupil.
    """

    records: list[NewRecord] = field(default_factory=list)
    unfinished: list[UUID] = field(default_factory=list)
    outdated: list[UUID] = field(default_factory=list)
    skipped: list[Skipped] = field(default_factory=list)

    items: list[Item] = field(default_factory=list)

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
    groups: Collection[UUID] = (),
    delegated: bool | None = None,
) -> Plan:
    """Every document of a school's term, ready for `records.steps.prepare`.

    `documents` are the pack's short names; empty means the routine ones. `groups` limits it to some classes. Where the
    law lets the principal delegate, `delegated` says whether a delegate is to sign; None follows the school's choice.
    A document that the pack refuses for a pupil,
    that nobody can sign (``results.documents.nobody_signs``) or that is issued already with this very content is left
    out and reported. A document whose decisions were corrected since it was issued names the record that it replaces,
    and is dated no earlier than the correction. Raises NotFound for an unknown school, year, term or document, NoPack,
    NotAllowed without ``results.decision.read``, ``records.record.read`` and ``people.legal_name.read``.
    """
    shared, classes = gather(by, school, school_year, term, issued_on, now, groups)
    if delegated is not None:
        codes = (document.code for document in shared.pack.documents.values())
        shared = replace(shared, delegated=frozenset(codes if delegated else ()))
    latest = records.latest(by=by, path=shared.unit.path, unit=shared.unit.id, period=shared.period.label)
    made = _Making(shared, latest, Plan())
    for short, document in _chosen(shared.pack, documents):
        if is_register(shared.pack, short):
            _class_registers(by, made, classes, short, document, now)
        elif document.subject == "pupil":
            _pupil_documents(made, classes, short, document)
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


def _pupil_documents(made: _Making, classes: Classes, short: str, document: DocumentType) -> None:
    shared = made.shared
    grown = _grown(made, classes, document)
    for group, pupils in classes:
        held = holders(shared, group)
        for pupil in pupils:
            facts = pupil_facts(shared, group, pupil, document, held)
            about = pupil_subject(pupil, facts.pupil)
            one = _One(group, short, document, pupil, about, shared.decisions.get(pupil, ()), (pupil,))
            anyway = [person for some in (held["class_teacher"][:1], held["principal"][:1]) for person in some]
            signing = {**held, "corrector": correctors(shared, pupil, anyway)}
            made.add(one, facts, signing, grown.get(pupil))


def _grown(made: _Making, classes: Classes, document: DocumentType) -> Mapping[UUID, Grown]:
    """Of a document that grows over the years, the newest one about each pupil of any other year or school."""
    if not document.grows:
        return {}
    shared = made.shared
    pupils = [pupil for _group, some in classes for pupil in some if (document.code, pupil) not in made.latest]
    return grown(document_type=document.code, organisation=shared.authority.id, subjects=pupils)


# --- class registers --------------------------------------------------------------------------------


def _class_registers(
    by: Actor, made: _Making, classes: Classes, short: str, document: DocumentType, now: datetime
) -> None:
    """One document per class: what the diary holds of the year."""
    shared, facts = registers(by=by, shared=made.shared, classes=classes, now=now)
    named = replace(made, shared=shared)
    for group, _pupils in classes:
        about = subject_of(group, short)
        told, pupils = facts[group.id]
        one = _One(group, short, document, about.id, about, (), pupils)
        named.add(one, told, holders(shared, group))


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
            of_subject = sorted(unordered, key=lambda row: by_name(shared, row))
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
                rows=tuple((shared.persons[r.pupil].facts, with_explanation(shared, r)) for r in of_subject),
            )
            # one document per class and subject: the class's id alone would make them one and the same subject
            subject = uuid5(group.id, f"{short}/{code}")
            deciders = list(dict.fromkeys(p for row in of_subject for p in row.decided_by))
            one = _One(group, short, document, subject, Subject("group", subject, f"{group.code} {code}"), of_subject,
                       tuple(row.pupil for row in of_subject), titles(shared.pack, of_subject))  # fmt: skip
            made.add(one, facts, {**held, "teacher": deciders})


# --- both ------------------------------------------------------------------------------------------


@dataclass(frozen=True, slots=True)
class _One:
    """A document that is due."""

    group: GroupView
    short: str
    document: DocumentType
    subject: UUID
    about: Subject
    rows: Sequence[DecisionRow]
    pupils: tuple[UUID, ...]
    titles: Mapping[UUID, str] = field(default_factory=dict)


@dataclass(frozen=True, slots=True)
class _Making:
    """The plan while it grows."""

    shared: School
    latest: Mapping[tuple[str, UUID], Latest]
    plan: Plan
    digests: dict[str, str] = field(default_factory=dict)
    """Of the templates, by document: each is read once."""

    def add(
        self, one: _One, facts: DocumentFacts, held: Mapping[str, Sequence[UUID]], earlier: Grown | None = None
    ) -> None:
        """Make the record, or say why not. `earlier`: the version of another year or school that it grows out of."""
        before = self.latest.get((one.document.code, one.subject))
        item = Item(one.group, one.short, one.document, one.subject, one.pupils, before)
        try:
            content = one.document.content(facts)
            who = signers(self.shared, one.document, held, one.titles)
        except Refused as refusal:
            self._skip(item, refusal.code, str(refusal))
            return
        item = replace(item, content=content)
        if before is None and earlier is not None:
            self._grow(item, self._record(one, content, who), earlier)
            return
        if before is None:
            self._make(item, self._record(one, content, who))
            return
        same = before.content_sha256 == hashlib.sha256(canonical(dict(content))).hexdigest()
        unsigned = before.state in _UNSIGNED
        named = before.signers == tuple((s.order, s.role, s.person) for s in who)
        item = replace(item, changed=not same or (unsigned and not named))
        if before.state in _UNDER_WAY:
            if item.changed and unsigned:
                self.plan.outdated.append(before.record)
                again = self._record(one, content, who)
                former, because = before.replaces, before.replaced_because
                self._make(item, replace(again, version=before.version, replaces=former, replaced_because=because))
            else:
                self.plan.unfinished.append(before.record)
                self.plan.items.append(item)
        elif same and before.state is State.PUBLISHED:
            self._skip(item, ISSUED_ALREADY, "It is issued already and nothing in it has changed.")
        else:
            self._make(item, self._next(one, self._record(one, content, who), before))

    def _grow(self, item: Item, record: NewRecord, earlier: Grown) -> None:
        """The version after one of another year or school, which it takes the place of."""
        if earlier.state in _UNDER_WAY:
            self._skip(item, GROWS_LATER, "The version of an earlier year is still being signed.")
            return
        if earlier.state is State.PUBLISHED:
            record = replace(record, replaces=earlier.record, replaced_because="new_version")
        self._make(item, replace(record, version=earlier.version + 1))

    def _make(self, item: Item, record: NewRecord) -> None:
        self.plan.records.append(record)
        self.plan.items.append(replace(item, new=record.record))

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

    def _skip(self, item: Item, code: str, message: str) -> None:
        self.plan.skipped.append(Skipped(item.document.code, item.subject, code, message))
        self.plan.items.append(replace(item, code=code, message=message))

    def _record(self, one: _One, content: Mapping[str, object], who: tuple[Signer, ...]) -> NewRecord:
        shared = self.shared
        return NewRecord(
            record=random_id(),
            issuer=shared.issuer,
            document=one.document,
            pack_id=shared.pack.id,
            pack_version=shared.pack.version,
            template_sha256=self._digest(one.document),
            subject=one.about,
            period=shared.period.label,
            content=content,
            signers=who,
            issued_on=shared.issued_on,
            group=one.group.code,
            pupils=one.pupils if one.about.kind == "group" else (),
        )

    def _digest(self, document: DocumentType) -> str:
        if document.code not in self.digests:
            self.digests[document.code] = template_digest(document.template)
        return self.digests[document.code]


_UNSIGNED = frozenset({State.DRAFTED, State.READY})
_UNDER_WAY = _UNSIGNED | {State.SIGNING, State.SIGNED, State.SEALED}
