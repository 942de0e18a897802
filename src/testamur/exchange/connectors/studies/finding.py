"""Finding what rows speak of: courses, units, occasions, exams by their codes, students by their numbers."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from datetime import date
from uuid import UUID

from testamur.exchange.connectors.studies.reader import Line
from testamur.register.curriculum import queries as curriculum
from testamur.register.curriculum.rules import CourseView
from testamur.register.people import queries as people
from testamur.register.people.rules import Identifier
from testamur.register.schools import queries as schools
from testamur.register.schools.rules import UnitView
from testamur.register.studies import queries as studies
from testamur.register.studies.rules import ExamView, OccasionView

UNKNOWN = "import.studies.unknown"


class Finder:
    """What there is at a university. Read once, and again (`again`) when courses, occasions or exams were added."""

    def __init__(self, university: UnitView, today: date) -> None:
        """`today`: no birth date lies after it."""
        self.university, self._today = university, today
        self._students: dict[tuple[str, str, str], UUID] = {}
        self.again()

    def again(self) -> None:
        """Read what there is now."""
        path = self.university.path
        self.courses: dict[str, CourseView] = {one.code: one for one in curriculum.courses_at(path)}
        units = schools.units_under(path)
        self._units: dict[str, UnitView] = {}
        for unit in units:
            for name in (unit.code, unit.path.strip("/").split("/")[-1], unit.name):
                self._units.setdefault(name.casefold(), unit)
        self.occasions: tuple[OccasionView, ...] = studies.occasions(path=path)
        self._exams: dict[tuple[UUID, str, date], ExamView] = {
            (one.course, one.code, one.held_on): one for one in studies.exams(path=path)
        }

    def numbers(self, lines: Iterable[Line]) -> dict[int, Identifier]:
        """Numbers of the students whom the lines name, by the line's place; their holders are looked up at once."""
        parsed = {place: number for place, line in enumerate(lines) if (number := line.identifier(self._today))}
        self._students |= people.holders_of_identifiers(numbers=parsed.values())
        return parsed

    def student(self, line: Line, number: Identifier) -> UUID | None:
        """Who holds the number; None after a refusal."""
        found = self._students.get((number.scheme.value, number.context, number.value))
        if found is None:
            line.refuse("personal_number", "nobody in the register has this number", "import.studies.nobody")
        return found

    def course(self, line: Line) -> CourseView | None:
        """The course of the row; None after a refusal."""
        found = self.courses.get(line.cells["course"])
        if found is None:
            line.refuse("course", "there is no course of this code here", UNKNOWN)
        return found

    def module(self, line: Line, course: CourseView) -> tuple[bool, UUID | None]:
        """Whether the row's module is known (or none is told), and its id."""
        code = line.cells["module"]
        found = next((part.id for part in course.modules if part.code == code), None)
        if code and found is None:
            line.refuse("module", f"{course.code} has no module of this code", UNKNOWN)
        return not code or found is not None, found

    def unit(self, line: Line) -> UUID | None:
        """The unit of the row by code, short name or name; the university where none is told; None after a refusal."""
        name = line.cells["unit"].casefold()
        found = self._units.get(name) if name else self.university
        if found is None:
            line.refuse("unit", "there is no such unit at the university", UNKNOWN)
        return found.id if found else None

    def occasion(self, line: Line, course: CourseView) -> UUID | None:
        """The occasion of the row; the term is needed where two have one code. None after a refusal."""
        term = line.term()
        if line.cells["term"] and not term:
            return None
        fitting = [
            one.id
            for one in self.occasions
            if one.course == course.id and one.code == line.cells["occasion"] and term in {"", one.term}
        ]
        if len(fitting) == 1:
            return fitting[0]
        done = "two occasions have this code: name the term" if fitting else f"{course.code} has no such occasion"
        line.refuse("occasion", done, UNKNOWN)
        return None

    def exam(self, line: Line, course: CourseView, held_on: date) -> UUID | None:
        """The exam of the row; None after a refusal."""
        found = self._exams.get((course.id, line.cells["exam"], held_on))
        if found is None:
            line.refuse("exam", f"{course.code} has no such exam on that day", UNKNOWN)
        return found.id if found else None

    def exam_ids(self) -> Sequence[UUID]:
        """Ids of all exams that are known."""
        return [one.id for one in self._exams.values()]
