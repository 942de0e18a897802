"""The class register: what the diary of a class hands over so that a pack can turn it into a signed record.

Facts only, in the order in which they are to stand; who fills them in decides nothing. The pack groups the marks by
subject and term, reckons averages and sums, and refuses what its form cannot show.
"""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date
from decimal import Decimal

from testamur.law.diary import MarkFact
from testamur.law.facts import Period, PupilFacts


@dataclass(frozen=True, slots=True)
class RegisterAbsence:
    """One pupil's absences of one term, each sum reckoned by the pack (`Diary.count`).

    Attributes:
        term: the period's term code.
        excused: sum of the weights of the excused absences.
        unexcused: sum of the others.
        late: how often the pupil came late, excused or not.
    """

    term: str
    excused: Decimal = Decimal(0)
    unexcused: Decimal = Decimal(0)
    late: int = 0


@dataclass(frozen=True, slots=True)
class RegisterText:
    """One written assessment of one pupil in one subject; `term` is empty when it is about the year."""

    subject: str
    term: str
    text: str
    value: str = ""
    plan: str = ""


@dataclass(frozen=True, slots=True)
class RegisterPupil:
    """One pupil of the class.

    Attributes:
        number: in the class, from 1; lessons and remarks name the pupil by it.
        facts: name and identifier as a document must show them.
        marks: all marks that stand (no superseded ones), of all subjects, terms and kinds, by day; those of kinds that
            close a term or year among them.
        absences: one for each term.
        texts: written assessments.
        joined: the day the pupil came, when that was within the year.
        left: the day the pupil left, when that was within the year.
    """

    number: int
    facts: PupilFacts
    marks: tuple[MarkFact, ...] = ()
    absences: tuple[RegisterAbsence, ...] = ()
    texts: tuple[RegisterText, ...] = ()
    joined: date | None = None
    left: date | None = None


@dataclass(frozen=True, slots=True)
class RegisterLesson:
    """One lesson that was given.

    Attributes:
        on: the day.
        number: the lesson's number on that day, from 1.
        subject: the pack's code.
        topic: what was taught.
        teacher: who taught it (the substitute where there was one).
        absent: numbers of the pupils who were absent.
        late: numbers of those who came late or left early.
        cancelled: the lesson was in the timetable but not given; `topic` says why.
    """

    on: date
    number: int
    subject: str
    topic: str
    teacher: str
    absent: tuple[int, ...] = ()
    late: tuple[int, ...] = ()
    cancelled: bool = False


@dataclass(frozen=True, slots=True)
class RegisterRemark:
    """One remark or praise. `kind` is one of the pack's `Diary.remarks`, `pupil` the number in the class."""

    on: date
    pupil: int
    kind: str
    text: str
    author: str


@dataclass(frozen=True, slots=True)
class RegisterFacts:
    """The register of one class for one school year (or month, where the pack says so).

    Attributes:
        periods: the terms that it covers, in order.
        pupils: by number.
        lessons: by day and number.
        remarks: by day.
    """

    periods: tuple[Period, ...]
    pupils: tuple[RegisterPupil, ...]
    lessons: tuple[RegisterLesson, ...] = ()
    remarks: tuple[RegisterRemark, ...] = ()
