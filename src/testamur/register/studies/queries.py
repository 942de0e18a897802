"""Reading the studies. Ids of persons come out as ids; whoever shows names asks `people.queries`.

Whether somebody may read is asked by whoever shows it (``studies.study.see`` at the path of the university).
"""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Collection, Iterable
from typing import Any
from uuid import UUID

from django.db.models import Count, OuterRef, Subquery
from django.db.models.functions import Coalesce

from testamur.register.people.queries import chunks
from testamur.register.studies.models import Credit, Exam, Occasion, Registration, SignUp
from testamur.register.studies.rules import (
    CreditView,
    Ended,
    ExamView,
    OccasionView,
    RegistrationView,
    SignUpView,
)

# --- occasions and registrations ---------------------------------------------------------------


def occasions(*, path: str, term: str = "", course: UUID | None = None) -> tuple[OccasionView, ...]:
    """Occasions of the units at or below `path`, the latest first; of one term and one course where asked."""
    wanted: dict[str, Any] = {"term": term} if term else {}
    wanted |= {"course": course} if course is not None else {}
    rows = Occasion.objects.filter(path__startswith=path, **wanted)
    return tuple(map(_occasion, rows.order_by("-starts", "term", "code", "id")))


def occasions_by_id(ids: Iterable[UUID]) -> dict[UUID, OccasionView]:
    """Occasions by id; an unknown id is left out."""
    some = chunks(dict.fromkeys(ids))
    return {row.id: _occasion(row) for chunk in some for row in Occasion.objects.filter(id__in=chunk)}


def occasion(id: UUID) -> OccasionView | None:  # noqa: A002 - the name that every query uses
    """One occasion, or None."""
    return occasions_by_id([id]).get(id)


def occasions_of(*, course: UUID) -> tuple[OccasionView, ...]:
    """All occasions of a course, the latest first."""
    return tuple(map(_occasion, Occasion.objects.filter(course=course).order_by("-starts", "term", "code", "id")))


def registrations(*, course: UUID, persons: Collection[UUID] | None = None) -> dict[UUID, tuple[RegistrationView, ...]]:
    """By person, his or her registrations for all occasions of a course, ended ones too, in order of the day.

    Who has none is left out. With `persons`, theirs alone; one query for every 500.
    """
    rows = Registration.objects.filter(occasion__course=course).order_by("registered_on", "id")
    if persons is None:
        return _by_person(map(_registration, rows.values_list(*_REGISTRATION)))
    some = chunks(dict.fromkeys(persons))
    return _by_person(
        _registration(row) for chunk in some for row in rows.filter(person__in=chunk).values_list(*_REGISTRATION)
    )


def registered(*, occasion: UUID) -> tuple[UUID, ...]:
    """Those whose registration for the occasion stands (neither interrupted nor withdrawn)."""
    rows = Registration.objects.filter(occasion=occasion, ended=Ended.NOT)
    return tuple(rows.order_by("person_id").values_list("person_id", flat=True))


def registered_in(*, course: UUID, term: str) -> tuple[UUID, ...]:
    """Those whose registration for some occasion of the course in that term stands, each once."""
    rows = Registration.objects.filter(occasion__course=course, occasion__term=term, ended=Ended.NOT)
    return tuple(rows.order_by("person_id").values_list("person_id", flat=True).distinct())


def registered_ever(*, course: UUID) -> tuple[UUID, ...]:
    """Those who were ever registered for the course and not withdrawn, each once; interrupted ones too."""
    rows = Registration.objects.filter(occasion__course=course).exclude(ended=Ended.WITHDRAWN)
    return tuple(rows.order_by("person_id").values_list("person_id", flat=True).distinct())


def courses_of(*, person: UUID) -> tuple[RegistrationView, ...]:
    """All registrations of a student, ended ones too, the latest first."""
    rows = Registration.objects.filter(person=person).order_by("-registered_on", "id")
    return tuple(map(_registration, rows.values_list(*_REGISTRATION)))


# --- exams -------------------------------------------------------------------------------------


def exams(*, path: str, course: UUID | None = None, module: UUID | None = None) -> tuple[ExamView, ...]:
    """Exams of the units at or below `path`, the latest first, with how many signed up."""
    wanted = {name: key for name, key in (("course", course), ("module", module)) if key is not None}
    return tuple(map(_exam, _exams().filter(path__startswith=path, **wanted).order_by("-held_on", "code", "id")))


def exam(id: UUID) -> ExamView | None:  # noqa: A002 - the name that every query uses
    """One exam, or None."""
    row = _exams().filter(id=id).first()
    return None if row is None else _exam(row)


def signups(*, exam: UUID) -> tuple[SignUpView, ...]:
    """Those who may sit the exam, in order of anonymous code, then id."""
    rows = SignUp.objects.filter(exam=exam).order_by("anonymous_code", "person_id")
    return tuple(SignUpView(row.exam_id, row.person_id, row.anonymous_code, row.attended) for row in rows)


def coded(*, exam: UUID, codes: Collection[str]) -> dict[str, UUID]:
    """Whose script bears which anonymous code; an unknown code is left out."""
    rows = SignUp.objects.filter(exam=exam).exclude(anonymous_code="")
    known = dict(rows.values_list("anonymous_code", "person_id"))
    return {code: known[code] for code in codes if code in known}


# --- credits -----------------------------------------------------------------------------------


def credits(*, persons: Collection[UUID], course: UUID) -> dict[UUID, tuple[CreditView, ...]]:  # noqa: A001 - the word of the trade
    """By person, what he or she was credited of a course: modules, or (without one) the whole. Others are left out."""
    found: dict[UUID, list[CreditView]] = defaultdict(list)
    for chunk in chunks(dict.fromkeys(persons)):
        for row in Credit.objects.filter(person__in=chunk, course=course).order_by("decided_on", "id"):
            found[row.person_id].append(_credit(row))
    return {person: tuple(views) for person, views in found.items()}


def credited(*, course: UUID) -> frozenset[UUID]:
    """Everybody who was credited a module of the course, or the whole."""
    return frozenset(Credit.objects.filter(course=course).values_list("person_id", flat=True))


# --- shapes ------------------------------------------------------------------------------------


def _exams() -> Any:
    """Exams with their number of sign-ups; the reverse side is hidden, so it is counted in a subquery."""
    counted = SignUp.objects.filter(exam=OuterRef("pk")).order_by().values("exam").annotate(n=Count("*")).values("n")
    return Exam.objects.annotate(signed_up=Coalesce(Subquery(counted), 0))


def _occasion(row: Occasion) -> OccasionView:
    return OccasionView(
        row.id, row.unit_id, row.path, row.course_id, row.code, row.term, row.starts, row.ends, row.pace
    )


_REGISTRATION = ("person_id", "occasion_id", "occasion__course_id", "registered_on", "ended_on", "ended")


def _registration(row: tuple[Any, ...]) -> RegistrationView:
    """From plain columns: a list asks for hundreds, and objects would cost most of its time."""
    person, occasion, course, registered_on, ended_on, ended = row
    return RegistrationView(person, occasion, course, registered_on, ended_on, Ended(ended))


def _by_person(views: Iterable[RegistrationView]) -> dict[UUID, tuple[RegistrationView, ...]]:
    found: dict[UUID, list[RegistrationView]] = defaultdict(list)
    for view in views:
        found[view.person].append(view)
    return {person: tuple(some) for person, some in found.items()}


def _exam(row: Any) -> ExamView:
    return ExamView(
        id=row.id,
        unit=row.unit_id,
        path=row.path,
        course=row.course_id,
        module=row.module_id,
        code=row.code,
        name=row.name,
        held_on=row.held_on,
        anonymous=row.anonymous,
        signed_up=row.signed_up,
    )


def _credit(row: Credit) -> CreditView:
    return CreditView(row.person_id, row.course_id, row.module_id, row.credits, row.decided_on)
