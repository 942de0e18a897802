"""Writing what is taught and which pack governs where."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import date, datetime, timedelta
from uuid import UUID

from django.db import transaction

from testamur.kernel.base.actor import Actor
from testamur.kernel.base.ids import new_id
from testamur.kernel.base.refused import NotFound, Refused
from testamur.kernel.journal import actions as journal
from testamur.register.curriculum.models import Course, Module, PackInForce, Subject
from testamur.register.curriculum.rules import NewCourse, NewPackInForce, NewSubject, check_course
from testamur.register.people.actions.checks import at, unless_conflict
from testamur.register.people.rules import common_path, ids_digest


class CodeTaken(Refused):
    """A subject, course or module with this code stands there already."""

    code = "curriculum.code.taken"


class PackOverlaps(Refused):
    """Another pack governs the same path and form in part of the period, or the period runs backwards."""

    code = "curriculum.pack.overlaps"


@transaction.atomic
def add_subjects(*, by: Actor, subjects: Sequence[NewSubject], now: datetime) -> list[UUID]:
    """Add subjects and return their ids in order.

    Needs ``curriculum.subject.add`` at each subject's path (``/`` for a pack's own). Raises ``curriculum.code.taken``.
    """
    places = {new.path or "/" for new in subjects}
    for place in places:
        by.must("curriculum.subject.add", place)
    rows = [
        Subject(
            id=new.id or new_id(),
            path=new.path,
            pack=new.pack,
            code=new.code,
            name=new.name,
            block=new.block,
            valid_from=new.valid_from,
            valid_to=new.valid_to,
        )
        for new in subjects
    ]
    with unless_conflict(
        CodeTaken("A subject with such a code is there already.", field="code"),
        keys=lambda: [((row.code, row.path, row.pack),) for row in rows],
        kept=lambda: Subject.objects.filter(code__in=[row.code for row in rows]).values_list("code", "path", "pack"),
    ):
        Subject.objects.bulk_create(rows)
    ids = [row.id for row in rows]
    journal.append(
        by=by,
        kind="curriculum.subjects.added/1",
        path=common_path(places),
        now=now,
        refs={"count": len(ids), "digest": ids_digest(ids)},
    )
    return ids


@transaction.atomic
def add_courses(*, by: Actor, courses: Sequence[NewCourse], now: datetime) -> list[UUID]:
    """Add courses with their modules and return the courses' ids in order.

    Needs ``curriculum.course.add`` at each course's path (``/`` for a national one). Raises
    ``curriculum.course.invalid``
    and ``curriculum.code.taken``.
    """
    places = {new.path or "/" for new in courses}
    for place in places:
        by.must("curriculum.course.add", place)
    rows: list[Course] = []
    modules: list[Module] = []
    for index, new in enumerate(courses):
        with at(index):
            check_course(new)
        key = new.id or new_id()
        rows.append(
            Course(
                id=key,
                path=new.path,
                code=new.code,
                name=new.name,
                name_en=new.name_en,
                credits=new.credits,
                scale=new.scale,
                subject=new.subject,
                final_rule=new.final_rule.value,
                degree_project=new.degree_project,
                discontinued_on=new.discontinued_on,
            )
        )
        modules.extend(
            Module(
                id=part.id or new_id(),
                course_id=key,
                code=part.code,
                name=part.name,
                credits=part.credits,
                scale=part.scale,
                deciding=part.deciding,
                order=order,
                name_en=part.name_en,
                titled=part.titled,
            )
            for order, part in enumerate(new.modules, start=1)
        )
    with unless_conflict(
        CodeTaken("A course with such a code is there already.", field="code"),
        keys=lambda: [((row.code, row.path),) for row in rows],
        kept=lambda: Course.objects.filter(code__in=[row.code for row in rows]).values_list("code", "path"),
    ):
        Course.objects.bulk_create(rows)
        Module.objects.bulk_create(modules)
    ids = [row.id for row in rows]
    journal.append(
        by=by,
        kind="curriculum.courses.added/1",
        path=common_path(places),
        now=now,
        refs={"count": len(ids), "digest": ids_digest(ids), "modules": len(modules)},
    )
    return ids


@transaction.atomic
def discontinue_course(*, by: Actor, course: UUID, on: date | None, now: datetime) -> None:
    """Say from which day a course is no longer given; None takes it back. Results may still be reported.

    Needs ``curriculum.course.change`` at the course's path. Raises ``not_found``.
    """
    row = Course.objects.select_for_update().filter(id=course).first()
    if row is None:
        raise NotFound("There is no such course.", field="course")
    by.must("curriculum.course.change", row.path or "/")
    row.discontinued_on = on
    row.save(update_fields=["discontinued_on"])
    journal.append(
        by=by,
        kind="curriculum.course.discontinued/1",
        path=row.path or "/",
        now=now,
        refs={"course": str(row.id), "on": on.isoformat() if on else None},
    )


@transaction.atomic
def put_in_force(*, by: Actor, packs: Sequence[NewPackInForce], now: datetime) -> list[UUID]:
    """Record which pack governs which path in which period; an open entry before it is closed on the day before.

    Needs ``curriculum.pack.put_in_force`` at each path. Raises ``curriculum.pack.overlaps`` where a closed entry, or
    one that
    starts on the same day or later, has a day in common.
    """
    ids = []
    for index, new in enumerate(packs):
        by.must("curriculum.pack.put_in_force", new.path)
        with at(index):
            ids.append(_put(new))
    journal.append(
        by=by,
        kind="curriculum.packs.put_in_force/1",
        path=common_path({new.path for new in packs}),
        now=now,
        refs={"count": len(ids), "digest": ids_digest(ids), "packs": sorted({new.pack for new in packs})},
    )
    return ids


def _put(new: NewPackInForce) -> UUID:
    refusal = PackOverlaps("Another pack is in force in that period.", field="starts", path=new.path)
    if new.ends is not None and new.ends < new.starts:
        raise refusal
    for row in PackInForce.objects.select_for_update().filter(path=new.path, form=new.form):
        if row.ends is None and row.starts < new.starts:
            row.ends = new.starts - timedelta(days=1)
            row.save(update_fields=["ends"])
        elif (row.ends is None or new.starts <= row.ends) and (new.ends is None or row.starts <= new.ends):
            raise refusal
    row = PackInForce(
        id=new.id or new_id(),
        path=new.path,
        pack=new.pack,
        form=new.form,
        scale=new.scale,
        starts=new.starts,
        ends=new.ends,
    )
    with unless_conflict(refusal):
        row.save(force_insert=True)
    return row.id
