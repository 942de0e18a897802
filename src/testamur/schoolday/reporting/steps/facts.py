"""What the documents of a list may draw on."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import date, datetime
from uuid import UUID

from testamur.kernel.base.actor import Actor
from testamur.kernel.base.refused import NotFound
from testamur.law.contract import DocumentFacts, DocumentType, Pack, PupilFacts, SchoolFacts
from testamur.law.results import CourseFacts, ModuleResult, ResultFacts, ResultRow
from testamur.law.tables import pack
from testamur.register.curriculum import queries as curriculum
from testamur.register.people.actions import legal_persons
from testamur.register.people.rules import LegalPerson
from testamur.register.schools import queries as schools
from testamur.register.schools.rules import UnitKind, UnitView
from testamur.register.studies import queries as studies
from testamur.schoolday.reporting.models import ListRow, ResultList
from testamur.schoolday.reporting.queries import final
from testamur.schoolday.reporting.rules.documents import COURSE, NobodySigns, code_of, period_of
from testamur.schoolday.reporting.rules.order import key
from testamur.schoolday.reporting.rules.states import ListKind
from testamur.schoolday.results import queries as decided
from testamur.trust.records.rules import Issuer, Signer, Subject

PURPOSE = "reporting.documents"


@dataclass(frozen=True, slots=True)
class Gathered:
    """A list with everything that its documents show. `rows` are those with a grade, in order of names."""

    list: ResultList
    rows: tuple[ListRow, ...]
    persons: Mapping[UUID, LegalPerson]
    pack: Pack
    unit: UnitView
    authority: UnitView
    course: CourseFacts
    occasion: str
    finished: Mapping[UUID, tuple[ModuleResult, ...]]
    before: Mapping[UUID, str]
    """The value that each corrected decision had, by its id."""
    issued_on: date

    @property
    def issuer(self) -> Issuer:
        """The body that seals and the department that issues."""
        return issuer(self.unit, self.authority)

    @property
    def code(self) -> str:
        """``DV1574/1405``."""
        return code_of(self.list.course_code, self.list.module_code)


def gather(*, by: Actor, row: ResultList, rows: Sequence[ListRow], now: datetime) -> Gathered:
    """Everything that the documents of a list show; legal names, whoever is protected. Raises NotFound, NoResults."""
    unit = schools.unit(row.unit)
    course = curriculum.courses([row.course]).get(row.course)
    if unit is None or course is None or row.examiner is None:
        raise NotFound("The list's department, course or examiner is not there.", field="list")
    graded = [one for one in rows if one.value]
    ids = sorted({row.examiner, *(one.person for one in graded)})
    persons = legal_persons(by=by, ids=ids, purpose=PURPOSE, now=now)
    former = decided.results_by_id(one.corrects for one in graded if one.corrects is not None)
    finals = {}
    if row.module is None:
        finals = final.standing(course=row.course, path=row.path, students=[one.person for one in graded])
    occasion = studies.occasion(row.occasion) if row.occasion is not None else None
    module = next((one for one in course.modules if one.id == row.module), None)
    return Gathered(
        list=row,
        rows=tuple(sorted(graded, key=lambda one: _by_name(persons, one))),
        persons=persons,
        pack=pack(row.pack),
        unit=unit,
        authority=authority_of(unit),
        course=CourseFacts(
            code=course.code,
            name=course.name,
            name_en=course.name_en,
            credits=course.credits,
            scale=row.scale,
            module_code=module.code if module else "",
            module_name=module.name if module else "",
            module_name_en=module.name_en if module else "",
            module_credits=module.credits if module else None,
        ),
        occasion=f"{occasion.code} {occasion.term}" if occasion is not None else "",
        finished={student: modules for student, (_final, modules) in finals.items()},
        before={key_: one.value for key_, one in former.items()},
        issued_on=now.date(),
    )


def list_facts(one: Gathered) -> DocumentFacts:
    """What the document of the whole list may draw on."""
    return _document(one, None, tuple(_row(one, n, row) for n, row in enumerate(one.rows, start=1)))


def certificate_facts(one: Gathered, row: ListRow) -> DocumentFacts:
    """What a student's certificate may draw on."""
    return _document(one, one.persons[row.person].facts, (_row(one, 1, row),))


def student(person: LegalPerson) -> Subject:
    """The student as the document names him or her."""
    facts = person.facts
    return Subject(
        "pupil", person.id, facts.name, facts.given, facts.family, facts.identifier_scheme, facts.identifier,
        facts.birth_date,
    )  # fmt: skip


def signers(document: DocumentType, person: LegalPerson, delegate: str = "") -> tuple[Signer, ...]:
    """The one who signs. Raises NobodySigns for somebody whom no e-ID can be compared with."""
    facts, step = person.facts, document.signers[0]
    if not facts.identifier or facts.identifier_scheme == "local":
        raise NobodySigns(
            "Who is to sign has no personal number in the register to be recognised by.", field="examiner"
        )
    title = step.delegate_title if delegate else step.title
    return (Signer(1, delegate or step.role, title, person.id, facts.name, facts.identifier_scheme, facts.identifier),)


def authority_of(unit: UnitView) -> UnitView:
    """The body whose key seals: the nearest authority above a unit, or itself."""
    return next((one for one in reversed(schools.units_above(unit.path)) if one.kind is UnitKind.AUTHORITY), unit)


def issuer(unit: UnitView, authority: UnitView) -> Issuer:
    """As records want it."""
    return Issuer(
        organisation=authority.id,
        name=authority.name,
        unit=unit.id,
        unit_code=unit.code,
        unit_name=unit.name,
        path=unit.path,
    )


def school(unit: UnitView, authority: UnitView) -> SchoolFacts:
    """As documents want it."""
    return SchoolFacts(code=unit.code, name=unit.name, authority=authority.name, authority_code=authority.code)


def _document(one: Gathered, pupil: PupilFacts | None, rows: tuple[ResultRow, ...]) -> DocumentFacts:
    row = one.list
    last = max(line.examined_on for line in rows)
    authors = tuple(one.persons[line.person].facts.name for line in one.rows) if row.title else ()
    examiner = one.persons[row.examiner].facts.name if row.examiner is not None else ""
    return DocumentFacts(
        school=school(one.unit, one.authority),
        period=period_of(last),
        year_level=0,
        class_name="",
        pupil=pupil,
        decisions=(),
        issued_on=one.issued_on,
        group_name=one.code,
        subject_code=one.code,
        results=ResultFacts(
            number=row.number,
            kind=row.kind,
            course=one.course,
            rows=rows,
            examiner=examiner,
            reason=row.reason,
            title=row.title,
            title_en=row.title_en,
            authors=authors,
            occasion=one.occasion,
        ),
    )


def _row(one: Gathered, number: int, row: ListRow) -> ResultRow:
    if row.examined_on is None:
        raise NotFound("A grade without a date was sent.", field="list")
    correction = one.list.kind == ListKind.CORRECTION
    amendment = row.amendment or {}
    return ResultRow(
        number=number,
        student=one.persons[row.person].facts,
        value=row.value,
        examined_on=row.examined_on,
        points=row.points,
        finished=one.finished.get(row.person, ()) if one.list.kind == COURSE else (),
        before=one.before.get(row.corrects, "") if correction and row.corrects is not None else "",
        explanation=amendment.get("explanation", "") if correction else "",
    )


def _by_name(persons: Mapping[UUID, LegalPerson], row: ListRow) -> tuple[tuple[str, ...], str]:
    facts = persons[row.person].facts
    return key(facts.family, facts.given, "family"), str(row.person)
