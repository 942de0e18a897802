"""The class register of a school year as a document: the diary of each class, in the shape that packs take.

Marks, absences and remarks are facts of the diary and no decisions; what stands in the register is frozen with the
record, whatever is written in the diary afterwards.
"""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import replace
from datetime import date, datetime
from decimal import Decimal
from uuid import UUID, uuid5

from testamur.kernel.base.actor import Actor
from testamur.law.contract import DocumentFacts, Pack, Period
from testamur.law.diary import MarkFact
from testamur.law.register import (
    RegisterAbsence,
    RegisterFacts,
    RegisterLesson,
    RegisterPupil,
    RegisterRemark,
    RegisterText,
)
from testamur.register.people.actions import legal_persons
from testamur.register.schools import queries as schools
from testamur.register.schools.rules import EnrolmentView, GroupView, TermView
from testamur.schoolday.diary.queries import register as diary
from testamur.schoolday.diary.queries.register import AbsenceLine, ClassDiary
from testamur.schoolday.results.steps.gathering import PURPOSE, Classes, School
from testamur.trust.records.rules import Subject


def is_register(pack: Pack, short: str) -> bool:
    """Whether that document is the pack's class register."""
    return pack.diary.register is not None and pack.diary.register.document == short


def subject_of(group: GroupView, short: str) -> Subject:
    """The class as the subject of its register."""
    return Subject("group", uuid5(group.id, short), group.code)


def registers(
    *, by: Actor, shared: School, classes: Classes, now: datetime
) -> tuple[School, dict[UUID, tuple[DocumentFacts, tuple[UUID, ...]]]]:
    """The facts of each class's register and the pupils in it, by class; and `shared` with everybody's name.

    Those who left during the period stand in it too. Needs ``diary.register.read`` and ``people.legal_name.read``.
    """
    first, last = shared.period.starts, shared.period.ends
    stays = schools.stays(groups=[group.id for group, _pupils in classes], first=first, last=last)
    inside = {group: {one.person for one in rows} for group, rows in stays.items()}
    diaries = diary.of_classes(by=by, path=shared.unit.path, groups=inside, first=first, last=last)
    shared = _named(by, shared, inside, diaries, now)
    terms = _terms(shared)
    made = {}
    for group, _pupils in classes:
        ordered = _ordered(shared, inside[group.id])
        facts = _facts(shared, diaries[group.id], terms, ordered, stays[group.id])
        made[group.id] = (_document(shared, group, facts), tuple(ordered))
    return shared, made


def _named(
    by: Actor, shared: School, inside: Mapping[UUID, set[UUID]], diaries: Mapping[UUID, ClassDiary], now: datetime
) -> School:
    """`shared` with the names of everybody whom the registers name: former pupils and teachers too."""
    wanted = {pupil for pupils in inside.values() for pupil in pupils}
    for one in diaries.values():
        wanted |= {lesson.teacher for lesson in one.lessons if lesson.teacher is not None}
        wanted |= {remark.author for remark in one.remarks}
    missing = sorted(wanted - set(shared.persons))
    if not missing:
        return shared
    more = legal_persons(by=by, ids=missing, purpose=PURPOSE, now=now)
    return replace(shared, persons={**shared.persons, **more})


def _terms(shared: School) -> Mapping[UUID, TermView]:
    """The terms within the period, by id, in order of time."""
    found: list[TermView] = []
    for above in schools.units_above(shared.unit.path):
        for year in schools.school_years(above.id):
            if year.code == shared.period.school_year:
                found += [t for t in year.terms if shared.period.starts <= t.starts and t.ends <= shared.period.ends]
    return {term.id: term for term in sorted(found, key=lambda t: t.starts)}


def _ordered(shared: School, pupils: Iterable[UUID]) -> list[UUID]:
    def name(pupil: UUID) -> tuple[str, str, str]:
        facts = shared.persons[pupil].facts
        return facts.family, facts.given, str(pupil)

    return sorted((pupil for pupil in pupils if pupil in shared.persons), key=name)


def _document(shared: School, group: GroupView, facts: RegisterFacts) -> DocumentFacts:
    held = [p for p in shared.posts if p.group == group.id and p.role.value == "class_teacher"]
    head = [p for p in shared.posts if p.role.value == "principal"]
    return DocumentFacts(
        school=shared.facts,
        period=shared.period,
        year_level=group.year_level or 0,
        class_name=group.code,
        pupil=None,
        decisions=(),
        issued_on=shared.issued_on,
        class_teacher=shared.name(held[-1].person if held else None),
        principal=shared.name(head[-1].person if head else None),
        group_name=group.code,
        register=facts,
    )


def _facts(
    shared: School,
    one: ClassDiary,
    terms: Mapping[UUID, TermView],
    ordered: Sequence[UUID],
    stays: Sequence[EnrolmentView],
) -> RegisterFacts:
    number = {pupil: place for place, pupil in enumerate(ordered, start=1)}
    code = {key: term.code for key, term in terms.items()}
    periods = tuple(Period(t.school_year_code, t.code, t.starts, t.ends) for t in terms.values())
    return RegisterFacts(
        periods=periods or (shared.period,),
        pupils=tuple(_pupil(shared, one, code, terms, pupil, number[pupil], stays) for pupil in ordered),
        lessons=tuple(
            RegisterLesson(
                on=line.on,
                number=line.number or 0,
                subject=line.subject,
                topic=line.topic,
                teacher=shared.name(line.teacher),
                absent=tuple(sorted(number[p] for p in line.absent if p in number)),
                late=tuple(sorted(number[p] for p in line.late if p in number)),
                cancelled=line.cancelled,
            )
            for line in one.lessons
        ),
        remarks=tuple(
            RegisterRemark(line.on, number[line.pupil], line.kind, line.text, shared.name(line.author))
            for line in one.remarks
            if line.pupil in number
        ),
    )


def _pupil(
    shared: School,
    one: ClassDiary,
    code: Mapping[UUID, str],
    terms: Mapping[UUID, TermView],
    pupil: UUID,
    number: int,
    stays: Sequence[EnrolmentView],
) -> RegisterPupil:
    mine = [stay for stay in stays if stay.person == pupil]
    joined = min(stay.starts for stay in mine)
    ends = [stay.ends for stay in mine]
    left = max((end for end in ends if end is not None), default=None) if None not in ends else None
    return RegisterPupil(
        number=number,
        facts=shared.persons[pupil].facts,
        marks=tuple(
            MarkFact(m.subject, m.kind, m.value, code.get(m.term, ""), m.on, m.weight)
            for m in one.marks
            if m.pupil == pupil
        ),
        absences=_absences(shared.pack, [a for a in one.absences if a.pupil == pupil], terms),
        texts=tuple(
            RegisterText(t.subject, code.get(t.term, ""), t.text, t.value, t.plan)
            for t in one.texts
            if t.pupil == pupil
        ),
        joined=joined if joined > shared.period.starts else None,
        left=left if left is not None and left < shared.period.ends else None,
    )


def _absences(pack: Pack, lines: Sequence[AbsenceLine], terms: Mapping[UUID, TermView]) -> tuple[RegisterAbsence, ...]:
    by_term: dict[str, list[AbsenceLine]] = defaultdict(list)
    for line in lines:
        by_term[_term_of(line.on, terms)].append(line)
    return tuple(
        RegisterAbsence(
            term=term,
            excused=_sum(pack, by_term[term], excused=True),
            unexcused=_sum(pack, by_term[term], excused=False),
            late=sum(line.late for line in by_term[term]),
        )
        for term in dict.fromkeys((*(t.code for t in terms.values()), *by_term))
        if term in by_term or term
    )


def _sum(pack: Pack, lines: Iterable[AbsenceLine], *, excused: bool) -> Decimal:
    return pack.diary.count([line.weight for line in lines if line.excused is excused])


def _term_of(on: date, terms: Mapping[UUID, TermView]) -> str:
    """The term of a day; one between two terms belongs to the latest that began."""
    return next((t.code for t in reversed(list(terms.values())) if t.starts <= on), "")
