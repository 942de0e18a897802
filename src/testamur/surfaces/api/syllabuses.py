"""What decisions are about: names, credits and ids of subjects, modules and courses, for every standard alike."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from decimal import Decimal
from uuid import NAMESPACE_URL, UUID, uuid5

from testamur.law.tables import PACKS
from testamur.register.curriculum import queries as curriculum
from testamur.register.curriculum.rules import CourseView, ModuleView
from testamur.schoolday.results.feeds import Given

UNIVERSITY = "se.university"
KINDS: Mapping[str, tuple[str, ...]] = {"se.compulsory": ("grade",), UNIVERSITY: ("module", "course")}
"""Pack → the kinds of its decisions that are grades."""
SCHOOL_TYPES: Mapping[str, str] = {"se.compulsory": "GR", UNIVERSITY: "HS"}
"""Pack → type of school, as SS 12000 codes it."""


@dataclass(frozen=True, slots=True)
class Subject:
    """What a grade is about. `course` and `module` are None for a subject of a school."""

    id: UUID
    pack: str
    code: str
    name: str
    course: CourseView | None = None
    module: ModuleView | None = None

    @property
    def credits(self) -> Decimal | None:
        """Credits of the module or course."""
        if self.module is not None:
            return self.module.credits
        return self.course.credits if self.course is not None else None


def university_of(path: str) -> str:
    """The place of the whole university (or body responsible)."""
    return "/" + path.split("/")[1] + "/"


def subject_id(pack: str, code: str) -> UUID:
    """Id of a subject that is the law's own, and has none in the register: always the same."""
    return uuid5(NAMESPACE_URL, f"urn:testamur:subject:{pack}:{code}")


def subjects_of(given: Iterable[Given]) -> dict[tuple[str, str, str], Subject]:
    """What these decisions are about, by (place of the body, pack, code)."""
    keys = {(university_of(one.path), one.row.pack, one.row.facts.code) for one in given}
    codes: dict[str, set[str]] = {}
    for root, pack, code in keys:
        if pack == UNIVERSITY:
            codes.setdefault(root, set()).add(code.partition("/")[0])
    courses = {root: curriculum.courses_by_code(codes=sorted(some), path=root) for root, some in codes.items()}
    return {
        (root, pack, code): (
            of_course(courses[root].get(code.partition("/")[0]), code) if pack == UNIVERSITY else of_law(pack, code)
        )
        for root, pack, code in keys
    }


def of_course(course: CourseView | None, code: str) -> Subject:
    """A course, or one of its modules (``DV1574/1405``)."""
    _course, _slash, part = code.partition("/")
    if course is None:
        return Subject(subject_id(UNIVERSITY, code), UNIVERSITY, code, code)
    if not part:
        return Subject(course.id, UNIVERSITY, code, course.name, course)
    module = next((one for one in course.modules if one.code == part), None)
    if module is None:
        return Subject(subject_id(UNIVERSITY, code), UNIVERSITY, code, code, course)
    return Subject(module.id, UNIVERSITY, code, module.name, course, module)


def of_law(pack: str, code: str) -> Subject:
    """A subject of the law's own list; a code that it does not list (a language) is its own name."""
    known = {one.code: one.name for one in PACKS[pack].subjects}
    return Subject(subject_id(pack, code), pack, code, known.get(code, code))
