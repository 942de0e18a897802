"""Line items: what can be graded in each course occasion; and in which occasion a result belongs."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import date
from decimal import Decimal
from uuid import NAMESPACE_URL, UUID, uuid5

from testamur.register.curriculum import queries as curriculum
from testamur.register.curriculum.rules import CourseView
from testamur.register.studies import queries as studies
from testamur.register.studies.rules import Ended, OccasionView, RegistrationView
from testamur.schoolday.results.feeds import Given
from testamur.surfaces.api.syllabuses import Subject, subjects_of, university_of

MODULE, COURSE = "module", "course"


@dataclass(frozen=True, slots=True)
class LineItem:
    """A module, or a whole course, of an occasion. `place` is the occasion; the course itself where it has none."""

    id: UUID
    kind: str
    title: str
    code: str
    scale: str
    credits: Decimal
    place: UUID
    school: UUID | None
    starts: date
    ends: date


def line_id(place: UUID, thing: UUID) -> UUID:
    """Id of the line item of a module or course in an occasion: always the same."""
    return uuid5(place, str(thing))


def category_id(kind: str) -> UUID:
    """Id of one of the two categories."""
    return uuid5(NAMESPACE_URL, f"urn:testamur:category:{kind}")


def scale_id(pack: str, scale: str) -> UUID:
    """Id of a scale of the law."""
    return uuid5(NAMESPACE_URL, f"urn:testamur:scale:{pack}:{scale}")


def items(*, path: str, place: UUID | None = None) -> list[LineItem]:
    """The line items of the occasions at or below a path, of one of them where asked, in order of time and code."""
    some = studies.occasions(path=path)
    if place is not None:
        some = tuple(one for one in some if one.id == place)
    courses = curriculum.courses({one.course for one in some})
    return [
        item
        for one in sorted(some, key=lambda one: (one.starts, one.code, one.id))
        if one.course in courses
        for item in _of_occasion(one, courses[one.course])
    ]


def _of_occasion(one: OccasionView, course: CourseView) -> Iterable[LineItem]:
    def made(kind: str, thing: UUID, title: str, code: str, scale: str, amount: Decimal) -> LineItem:
        return LineItem(
            line_id(one.id, thing), kind, title, code, scale, amount, one.id, one.unit, one.starts, one.ends
        )

    for part in course.modules:
        yield made(MODULE, part.id, part.name, f"{course.code}/{part.code}", part.scale, part.credits)
    yield made(COURSE, course.id, course.name, course.code, course.scale, course.credits)


@dataclass(frozen=True, slots=True)
class Belongs:
    """Where a result belongs: the occasion (or the course, where it has none) and the line item."""

    subject: Subject
    place: UUID
    item: UUID


def belonging(given: Sequence[Given]) -> dict[UUID, Belongs]:
    """By decision: the latest occasion for which the student was registered by the day of examination.

    Who was never registered (for a result that was decided all the same) belongs to the latest occasion that had begun,
    else the first; a course without occasions stands for itself. Three queries for each course among them.
    """
    subjects = subjects_of(given)
    by_course: dict[UUID, set[UUID]] = defaultdict(set)
    for one in given:
        course = _subject(subjects, one).course
        if course is not None:
            by_course[course.id].add(one.row.pupil)
    occasions = {course: studies.occasions_of(course=course) for course in by_course}
    held = {course: studies.registrations(course=course, persons=some) for course, some in by_course.items()}
    found = {}
    for one in given:
        subject, place = _subject(subjects, one), one.unit
        if subject.course is not None:
            mine = held[subject.course.id].get(one.row.pupil, ())
            place = _place(subject.course.id, occasions[subject.course.id], mine, one.row.facts.occasion)
        found[one.row.id] = Belongs(subject, place, line_id(place, subject.id))
    return found


def _subject(subjects: Mapping[tuple[str, str, str], Subject], one: Given) -> Subject:
    return subjects[university_of(one.path), one.row.pack, one.row.facts.code]


def _place(course: UUID, every: Sequence[OccasionView], mine: Sequence[RegistrationView], examined: str) -> UUID:
    begun = [
        one.occasion for one in mine if one.ended is not Ended.WITHDRAWN and one.registered_on.isoformat() <= examined
    ]
    if begun:  # in order of the day
        return begun[-1]
    if not every:
        return course
    return next((one.id for one in every if one.starts.isoformat() <= examined), every[-1].id)  # the latest first
