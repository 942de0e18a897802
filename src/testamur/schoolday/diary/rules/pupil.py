"""What a family reads of one pupil's diary, in the words of the law that holds at the pupil's school. Pure."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import date, datetime, time
from decimal import Decimal
from uuid import UUID

from testamur.law.contract import Pack
from testamur.law.diary import MarkFact, MarkKind
from testamur.register.schools.rules import SchoolYearView, UnitView
from testamur.schoolday.diary.rules.states import Part

UNSEEN_DAYS, NEWS_DAYS = 14, 60
"""How far back something is new to who was never here, and to who was here long ago."""


@dataclass(frozen=True, slots=True)
class Schooling:
    """Where a pupil goes to school on a day, and what rules hold there.

    Attributes:
        school: None for a pupil who goes to no school of the register on that day.
        above: the units on the way from the root to the school, itself included.
        group: the class.
        level: year level, 0 when nobody knows.
        pack: None where no rules are in force.
        year: the school year that holds the day, else the latest one that began.
    """

    pupil: UUID
    school: UnitView | None = None
    above: tuple[UnitView, ...] = ()
    group: UUID | None = None
    class_code: str = ""
    level: int = 0
    pack: Pack | None = None
    year: SchoolYearView | None = None

    @property
    def path(self) -> str:
        """Where the school is; ``/`` without one."""
        return self.school.path if self.school is not None else "/"

    def period(self, on: date) -> tuple[date, date]:
        """First and last day of the school year; the day itself where there is none."""
        return (self.year.starts, self.year.ends) if self.year is not None else (on, on)

    def subject(self, code: str) -> str:
        """What the law calls the subject; the code where it does not know it."""
        known = self.pack.subjects if self.pack is not None else ()
        return next((one.name for one in known if one.code == code), code)

    def order(self, code: str) -> tuple[int, str]:
        """Where the subject stands among those of the law."""
        known = self.pack.subjects if self.pack is not None else ()
        return next(((one.order, code) for one in known if one.code == code), (10_000, code))

    def mark_kinds(self, on: date) -> dict[str, MarkKind]:
        """The kinds of mark of the pupil's year level, by code."""
        kinds = self.pack.diary.mark_kinds(self.level, on) if self.pack is not None else ()
        return {kind.code: kind for kind in kinds}


@dataclass(frozen=True, slots=True)
class MarkLine:
    """A mark that stands and that the family may see.

    Attributes:
        name: what the law calls the value (``отличен``), or an empty text.
        points: its place on the scale as a number; None where it has none.
        weight: what it counts in the average.
        closes: ``term``, ``year`` or nothing.
        at: since when the family can see it.
    """

    id: UUID
    task: UUID
    subject: str
    kind: str
    kind_name: str
    title: str
    term: str
    on: date
    value: str
    name: str
    points: Decimal | None
    weight: Decimal
    closes: str
    comment: str
    at: datetime
    earlier: str = ""
    """The value that this one replaced; empty for a first mark."""

    @property
    def fact(self) -> MarkFact:
        """The mark as rules see it."""
        return MarkFact(self.subject, self.kind, self.value, self.term, self.on, self.weight)


@dataclass(frozen=True, slots=True)
class SubjectMarks:
    """One pupil's marks in one subject, in order of time; those that close a term or the year apart.

    `average` is None where the law knows none, or nothing counts; `word` is its name.
    """

    code: str
    name: str
    marks: tuple[MarkLine, ...]
    closing: tuple[MarkLine, ...]
    average: Decimal | None
    word: str


@dataclass(frozen=True, slots=True)
class PupilMarks:
    """A pupil's marks of a school year by subject, in the order of the law; `success` is the mean over subjects."""

    schooling: Schooling
    subjects: tuple[SubjectMarks, ...]
    success: Decimal | None
    word: str

    @property
    def every(self) -> tuple[MarkLine, ...]:
        """All of them, the latest first."""
        lines = (line for subject in self.subjects for line in (*subject.marks, *subject.closing))
        return tuple(sorted(lines, key=lambda line: (line.on, line.at, line.id), reverse=True))


@dataclass(frozen=True, slots=True)
class AbsenceLine:
    """A lesson that the pupil missed, came late to or left early. `excused` is None while nobody has decided."""

    id: UUID
    lesson: UUID
    on: date
    number: int | None
    starts: time
    subject: str
    subject_name: str
    kind: str
    kind_name: str
    minutes: int | None
    weight: Decimal
    excused: bool | None
    ground: str
    leave: UUID | None
    at: datetime


@dataclass(frozen=True, slots=True)
class PupilAbsences:
    """A pupil's absences of a period, the latest first. The sums are counted as the law counts, as it writes them."""

    schooling: Schooling
    lines: tuple[AbsenceLine, ...]
    excused: Decimal
    unexcused: Decimal
    undecided: Decimal

    def show(self, count: Decimal) -> str:
        """A sum as people of the law write it."""
        pack = self.schooling.pack
        return pack.diary.show_count(count) if pack is not None else f"{count.normalize():f}"


@dataclass(frozen=True, slots=True)
class RemarkLine:
    """A remark or praise, not withdrawn."""

    id: UUID
    on: date
    kind: str
    kind_name: str
    positive: bool
    subject: str
    subject_name: str
    text: str
    author: UUID
    at: datetime


@dataclass(frozen=True, slots=True)
class AssessmentLine:
    """A published written assessment that nothing has replaced."""

    id: UUID
    subject: str
    subject_name: str
    term: str
    value: str
    value_name: str
    text: str
    plan: str
    author: UUID
    at: datetime


@dataclass(frozen=True, slots=True)
class HealthLine:
    """What the school has noted about the pupil's health, while it holds."""

    id: UUID
    kind: str
    text: str
    circle: str
    starts: date
    ends: date | None
    at: datetime


@dataclass(frozen=True, slots=True)
class PupilLesson:
    """A lesson of the pupil on a day, as the timetable plans it and as the day changed it.

    Attributes:
        teacher: who gives it; `substitute` when that is not the one of the timetable.
        moved: at another hour or in another room than the timetable says.
        lesson: None while nothing was written about it.
    """

    on: date
    starts: time
    ends: time
    number: int | None
    subject: str
    subject_name: str
    group: UUID
    group_code: str
    room: str
    teacher: UUID | None
    substitute: bool
    cancelled: bool
    topic: str
    homework: str
    due: date | None
    lesson: UUID | None
    moved: bool = False
    slot: UUID | None = None
    version: int = 0


@dataclass(frozen=True, slots=True)
class Homework:
    """Homework, the lesson that it was set in, and the day for which it is (None: the next lesson)."""

    lesson: UUID
    subject: str
    subject_name: str
    text: str
    given: date
    due: date | None


@dataclass(frozen=True, slots=True)
class Week:
    """A pupil's days from `first` to `last`; `free` are the names of holidays by day."""

    schooling: Schooling
    first: date
    last: date
    lessons: tuple[PupilLesson, ...]
    homework: tuple[Homework, ...]
    free: tuple[tuple[date, str], ...] = ()


@dataclass(frozen=True, slots=True)
class NewsItem:
    """Something that a person has not seen yet. `subject` and `value` are codes, empty where they say nothing."""

    part: Part
    pupil: UUID
    ref: UUID
    at: datetime
    subject: str
    value: str


@dataclass(frozen=True, slots=True)
class News:
    """What is new about one pupil, and what waits for the one who looks.

    Attributes:
        items: what is new, the latest first; `since` when each part is: what came later is new.
        to_excuse: absences of the last `NEWS_DAYS` that nobody has excused or refused to excuse yet.
        to_consent: requests for leave that wait for the other guardian's word.
    """

    pupil: UUID
    items: tuple[NewsItem, ...] = ()
    since: Mapping[Part, datetime] = field(default_factory=dict)
    to_excuse: int = 0
    to_consent: int = 0

    def of(self, part: Part | str) -> tuple[NewsItem, ...]:
        """Those of one part."""
        return tuple(item for item in self.items if item.part == part)

    @property
    def counts(self) -> tuple[tuple[str, int], ...]:
        """Part → how many, where there are any."""
        found = ((part.value, len(self.of(part))) for part in Part)
        return tuple((part, n) for part, n in found if n)


def by_subject(schooling: Schooling, lines: Iterable[MarkLine]) -> PupilMarks:
    """Marks in order of time, gathered by subject, with the averages that the law knows."""
    subjects: dict[str, list[MarkLine]] = {}
    every: list[MarkLine] = sorted(lines, key=lambda line: (line.on, line.at, line.id))
    for line in every:
        subjects.setdefault(line.subject, []).append(line)
    gathered = tuple(_subject(schooling, code, subjects[code]) for code in sorted(subjects, key=schooling.order))
    diary = schooling.pack.diary if schooling.pack is not None else None
    success = diary.success([line.fact for line in every]) if diary is not None else None
    word = diary.word(success) if diary is not None and success is not None else ""
    return PupilMarks(schooling, gathered, success, word)


def _subject(schooling: Schooling, code: str, lines: Sequence[MarkLine]) -> SubjectMarks:
    diary = schooling.pack.diary if schooling.pack is not None else None
    average = diary.average([line.fact for line in lines]) if diary is not None else None
    return SubjectMarks(
        code,
        schooling.subject(code),
        tuple(line for line in lines if not line.closes),
        tuple(line for line in lines if line.closes),
        average,
        diary.word(average) if diary is not None and average is not None else "",
    )


def summed(schooling: Schooling, lines: Sequence[AbsenceLine]) -> PupilAbsences:
    """Absences with their sums."""

    def count(excused: bool | None) -> Decimal:  # noqa: FBT001 - the three answers of one column
        weights = [line.weight for line in lines if line.excused is excused]
        return schooling.pack.diary.count(weights) if schooling.pack is not None else sum(weights, Decimal(0))

    ordered = tuple(sorted(lines, key=lambda line: (line.on, line.starts, line.id), reverse=True))
    return PupilAbsences(schooling, ordered, count(excused=True), count(excused=False), count(excused=None))


def ground_name(schooling: Schooling, code: str) -> str:
    """What the law calls a ground of excuse."""
    known = schooling.pack.diary.grounds if schooling.pack is not None else ()
    return next((one.name for one in known if one.code == code), code)


def remark_name(schooling: Schooling, code: str) -> str:
    """What the law calls a kind of remark."""
    known = schooling.pack.diary.remarks if schooling.pack is not None else ()
    return next((one.name for one in known if one.code == code), code)
