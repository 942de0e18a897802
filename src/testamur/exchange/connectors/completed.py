"""What a student has completed at a university, with the certificate: what goes out as ELMO and as badges."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import date, datetime
from decimal import Decimal
from uuid import UUID

from testamur.kernel.base.actor import Actor
from testamur.kernel.base.refused import NotFound, Refused
from testamur.law.scales import Scale
from testamur.law.tables import PACKS
from testamur.register.curriculum import queries as curriculum
from testamur.register.curriculum.rules import CourseView
from testamur.register.people import queries as people
from testamur.register.people.rules import PersonView
from testamur.register.schools import queries as schools
from testamur.register.schools.rules import UnitView
from testamur.schoolday.reporting.queries import own
from testamur.schoolday.reporting.rules.views import OwnResult
from testamur.schoolday.results import queries as decided
from testamur.schoolday.results.queries import Result
from testamur.trust.records import queries as records
from testamur.trust.records.queries import CitizenRecord
from testamur.trust.records.rules import State


class NothingCompleted(Refused):
    """The student has completed no course."""

    code = "connectors.completed.nothing"


@dataclass(frozen=True, slots=True)
class Finished:
    """A module or a whole course that a student has passed. `credits` are högskolepoäng, which are ECTS credits."""

    code: str
    name: str
    name_en: str
    credits: Decimal
    scale: Scale
    value: str
    examined_on: date


@dataclass(frozen=True, slots=True)
class Completed:
    """A completed course.

    Attributes:
        course: id of the course.
        whole: its grade; `parts` the modules that were passed, in order of the syllabus.
        university: who gives it.
        certificate: the published certificate of the whole course; None before it is published.
    """

    course: UUID
    decision: UUID
    decided_on: date
    whole: Finished
    parts: tuple[Finished, ...]
    university: UnitView
    certificate: CitizenRecord | None


def completed(*, by: Actor, person: UUID, now: datetime) -> tuple[Completed, ...]:
    """The completed courses of a student, the latest first.

    Of several grades that stand the best one counts, of equal ones the first, as in the rules for final grades; grades
    of two scales cannot be compared, and the later one counts.

    Needs ``reporting.own.read`` for that person: one's own. Raises NotFound, NotAllowed.
    """
    passed = [one for one in own.results(by=by, person=person) if one.passed and not one.replaced]
    behind = decided.results_by_id(one.decision for one in passed)
    held = {one.record: one for one in _published(by, person, now)}
    best: dict[tuple[str, str, str], OwnResult] = {}
    for one in passed:  # the latest examination comes first
        key = (_root(behind[one.decision]), one.course_code, one.module_code)
        if key not in best or _counts_before(one, best[key], behind[one.decision].pack):
            best[key] = one
    courses = _courses(best)
    places = {path: way[-1] for path, way in schools.ways({root for root, _code, _module in best}).items() if way}
    return tuple(
        _completed(one, behind, best, courses[root, code], places[root], held)
        for (root, code, module), one in best.items()
        if not module and (root, code) in courses and root in places
    )


def student(*, by: Actor, person: UUID) -> PersonView:
    """The student as `by` may see him or her. Raises NotFound."""
    found = people.person(by=by, id=person)
    if found is None:
        raise NotFound("There is no such person.", field="person")
    return found


def _published(by: Actor, person: UUID, now: datetime) -> Iterable[CitizenRecord]:
    return (one for one in records.of_subjects(by=by, subjects=[person], now=now) if one.state is State.PUBLISHED)


def _root(result: Result) -> str:
    return "/" + result.path.split("/")[1] + "/"


def _counts_before(one: OwnResult, other: OwnResult, pack: str) -> bool:
    """Whether the earlier `one` counts, and not `other`."""
    if one.scale != other.scale:
        return False
    order = [step.value for step in _scale(pack, one.scale).values]
    return order.index(one.value) >= order.index(other.value)


def _scale(pack: str, scale: str) -> Scale:
    law = PACKS[pack].results
    assert law is not None  # what passed was found on one of its scales
    return law.scales[scale]


def _courses(keys: Iterable[tuple[str, str, str]]) -> Mapping[tuple[str, str], CourseView]:
    wanted: dict[str, set[str]] = {}
    for root, code, _module in keys:
        wanted.setdefault(root, set()).add(code)
    return {
        (root, code): course
        for root, codes in wanted.items()
        for code, course in curriculum.courses_by_code(codes=sorted(codes), path=root).items()
    }


def _completed(
    one: OwnResult,
    behind: Mapping[UUID, Result],
    best: Mapping[tuple[str, str, str], OwnResult],
    course: CourseView,
    university: UnitView,
    held: Mapping[UUID, CitizenRecord],
) -> Completed:
    pack = behind[one.decision].pack
    found: Sequence[tuple[OwnResult | None, str, str, Decimal]] = [
        (best.get((university.path, course.code, module.code)), module.name, module.name_en, module.credits)
        for module in course.modules
    ]
    return Completed(
        course=course.id,
        decision=one.decision,
        decided_on=one.decided_on,
        whole=_finished(one, course.code, course.name, course.name_en, course.credits, pack),
        parts=tuple(
            _finished(part, part.module_code, name, name_en, amount, pack)
            for part, name, name_en, amount in found
            if part is not None
        ),
        university=university,
        certificate=held.get(one.certificate) if one.certificate else None,
    )


def _finished(one: OwnResult, code: str, name: str, name_en: str, amount: Decimal, pack: str) -> Finished:
    return Finished(code, name, name_en, amount, _scale(pack, one.scale), one.value, one.examined_on)
