"""Who can get a final grade, and what the modules say about it (rows B17, B38, B39).

Ids and grades alone. Whoever shows them asks whether they may be seen.
"""

from __future__ import annotations

from collections.abc import Collection, Mapping, Sequence
from datetime import date
from uuid import UUID

from testamur.kernel.base.refused import NotFound, Refused
from testamur.law.results import FinalGrade, ModuleResult, Results
from testamur.register.curriculum import queries as curriculum
from testamur.register.curriculum.rules import CourseView
from testamur.register.studies import queries as studies
from testamur.register.studies.rules import CreditView
from testamur.schoolday.reporting.queries.law import law_at, results_of, university_of
from testamur.schoolday.reporting.rules.documents import COURSE, code_of
from testamur.schoolday.results import queries as decisions
from testamur.schoolday.results.queries import Result

Finals = dict[UUID, tuple[FinalGrade, tuple[ModuleResult, ...]]]


def ready(*, course: UUID, path: str, students: Collection[UUID] | None = None) -> Finals:
    """Students of a course without a passed final grade who can get one: what follows by rule, and their modules.

    Without `students` all who were ever registered or credited something. A student who was credited the whole course
    is left out. The number of queries grows by one for every 800 students. Raises NotFound, NoResults.
    """
    asked = students
    if asked is None:
        asked = {*studies.registered_ever(course=course), *studies.credited(course=course)}
    one, law, held, waived = _gathered(course, path, asked)
    found: Finals = {}
    for student in asked:
        mine, told = held.get(student, ()), waived.get(student, ())
        if any(credit.module is None for credit in told) or _graded(law, one, mine):
            continue
        final, modules = _final(law, one, mine, told)
        if final.ready:
            found[student] = (final, modules)
    return found


def standing(*, course: UUID, path: str, students: Collection[UUID]) -> Finals:
    """What the modules say of each of these students, ready or not, graded or not. Raises as `ready`."""
    one, law, held, waived = _gathered(course, path, students)
    return {student: _final(law, one, held.get(student, ()), waived.get(student, ())) for student in students}


def graded(*, course: UUID, path: str, students: Collection[UUID]) -> dict[UUID, Result]:
    """The standing final grade that passes of each of these students who has one. Raises as `ready`."""
    one, law, held, _credits = _gathered(course, path, students)
    found = {student: _graded(law, one, held.get(student, ())) for student in students}
    return {student: result for student, result in found.items() if result is not None}


def _gathered(
    course: UUID, path: str, students: Collection[UUID]
) -> tuple[CourseView, Results, Mapping[UUID, Sequence[Result]], Mapping[UUID, Sequence[CreditView]]]:
    one = curriculum.courses([course]).get(course)
    if one is None:
        raise NotFound("There is no such course.", field="course")
    codes = [code_of(one.code), *(code_of(one.code, module.code) for module in one.modules)]
    held = decisions.results_of(path=university_of(path), codes=codes, pupils=students)
    waived = studies.credits(course=course, persons=students)
    return one, results_of(law_at(path).id), held, waived


def _final(
    law: Results, course: CourseView, held: Sequence[Result], waived: Sequence[CreditView]
) -> tuple[FinalGrade, tuple[ModuleResult, ...]]:
    credited = {credit.module for credit in waived}
    by_code: dict[str, list[Result]] = {}
    for result in held:
        by_code.setdefault(result.code, []).append(result)
    modules = []
    for module in course.modules:
        best = _best(law, by_code.get(code_of(course.code, module.code), ()))
        modules.append(
            ModuleResult(
                code=module.code,
                name=module.name,
                credits=module.credits,
                scale=best.scale if best and best.scale else module.scale,
                value=best.value if best else "",
                examined_on=_day(best.occasion) if best else None,
                deciding=module.deciding,
                credited=module.id in credited,
            )
        )
    return law.final(course.final_rule.value, course.scale, modules), tuple(modules)


def _best(law: Results, attempts: Sequence[Result]) -> Result | None:
    """The grade that counts: the highest; of equal ones the first that passed, else the last that failed."""
    best: tuple[tuple[int, int], Result] | None = None
    for attempt in attempts:  # in order of examination
        scale = law.scales.get(attempt.scale)
        steps = [step.value for step in scale.values] if scale is not None else []
        if attempt.value not in steps:
            continue  # a value of another time's scale says nothing here
        rank = (int(law.passed(attempt.scale, attempt.value)), steps.index(attempt.value))
        if best is None or rank > best[0] or (rank == best[0] and not rank[0]):
            best = (rank, attempt)
    return best[1] if best else None


def _graded(law: Results, course: CourseView, held: Sequence[Result]) -> Result | None:
    for result in held:
        if result.kind == COURSE and result.code == course.code and _passed(law, result):
            return result
    return None


def _passed(law: Results, result: Result) -> bool:
    try:
        return law.passed(result.scale, result.value)
    except Refused:  # of another time's scale
        return False


def _day(occasion: str) -> date | None:
    try:
        return date.fromisoformat(occasion)
    except ValueError:
        return None
