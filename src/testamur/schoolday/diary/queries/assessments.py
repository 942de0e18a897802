"""Reading written assessments."""

from __future__ import annotations

from collections import Counter, defaultdict
from collections.abc import Collection
from dataclasses import replace
from datetime import date
from uuid import UUID

from testamur.kernel.base.actor import Actor
from testamur.law.diary import AssessmentForm
from testamur.register.schools import queries as schools
from testamur.register.schools.rules import TermView
from testamur.schoolday.diary.models import Assessment
from testamur.schoolday.diary.queries.rooms import must_teach, room
from testamur.schoolday.diary.rules.assessments import (
    AssessmentView,
    NoAssessment,
    Sheet,
    SheetRow,
    Written,
    term_of,
)
from testamur.schoolday.diary.rules.rooms import Room


def assessed_room(*, group: UUID, on: date) -> tuple[Room, AssessmentForm]:
    """The group and the form of its assessments; a group without a year level has that of most of its pupils.

    Raises as `room` does, and `NoAssessment` where the jurisdiction knows none in that year level.
    """
    place = room(group=group, on=on)
    if not place.level:
        levels = Counter(one.year_level for one in schools.members(group=group, on=on) if one.year_level)
        place = replace(place, level=max(levels, key=lambda level: (levels[level], level), default=0))
    form = place.pack.diary.assessment(place.level, on)
    if form is None:
        raise NoAssessment("There are no written assessments in this year level.", group=str(group))
    return place, form


def sheet(*, by: Actor, group: UUID, subject: str, on: date, term: UUID | None = None) -> Sheet:
    """All pupils of a group with their assessments in a subject; of the running term unless told otherwise.

    Needs ``diary.assessment.see`` in the group and to teach the subject there: drafts are nobody else's. A constant
    number of queries. Raises as `assessed_room` does, NotYourSubject, NoTerm.
    """
    place, form = assessed_room(group=group, on=on)
    must_teach(by=by, verb="diary.assessment.see", room=place, subject=subject, on=on)
    wanted = next((one for one in place.year.terms if one.id == term), None) if term else place.term
    of = term_of(form, place.year, wanted)
    people = [row.person for row in schools.class_list(by=by, group=group, on=on)]
    chains, before = _chains(group, subject, of), _before([one.id for one in people], place, subject, of)
    rows = [SheetRow(one, *chains.get(one.id, (None, None)), before.get(one.id)) for one in people]
    return Sheet(place, subject, form, of, tuple(rows))


def published(*, by: Actor, room: Room, pupils: Collection[UUID]) -> tuple[AssessmentView, ...]:
    """What stands published about pupils of a group in all subjects of its school year, by subject and term.

    Needs ``diary.assessment.see`` in the group; that the pupils belong to it is the caller's to know. One query.
    """
    by.must("diary.assessment.see", room.path, group=room.group.id)
    terms = [term.id for term in room.year.terms]
    rows = Assessment.objects.filter(pupil__in=list(pupils), term__in=terms, school=room.school.id)
    rows = rows.filter(published_at__isnull=False).exclude(replaced_by__published_at__isnull=False)
    return tuple(map(view, rows.order_by("subject", "term__starts", "pupil", "id")))


def newest(pupil: UUID, group: UUID, subject: str, term: TermView) -> Assessment | None:
    """The row that nothing replaces; for this package's own verbs."""
    rows = Assessment.objects.filter(pupil=pupil, group=group, subject=subject, term=term.id)
    return rows.filter(replaced_by__isnull=True).first()


def drafts(group: UUID, subject: str, term: TermView) -> list[Assessment]:
    """The drafts that say something, locked; for this package's own verbs."""
    rows = Assessment.objects.select_for_update().filter(group=group, subject=subject, term=term.id)
    rows = rows.filter(published_at__isnull=True)
    return [row for row in rows.order_by("id") if not view(row).written.empty]


def view(row: Assessment) -> AssessmentView:
    """The row as a value; for this package's own queries and verbs."""
    return AssessmentView(
        id=row.id,
        pupil=row.pupil_id,
        subject=row.subject,
        term=row.term_id,
        written=Written(row.value, row.text, row.plan),
        version=row.version,
        made_by=row.made_by,
        changed_at=row.changed_at,
        published_at=row.published_at,
    )


def _chains(
    group: UUID, subject: str, term: TermView
) -> dict[UUID, tuple[AssessmentView | None, AssessmentView | None]]:
    """Pupil → the newest row, and the newest published one."""
    rows: dict[UUID, list[AssessmentView]] = defaultdict(list)
    for row in Assessment.objects.filter(group=group, subject=subject, term=term.id).order_by("version"):
        rows[row.pupil_id].append(view(row))
    return {
        pupil: (some[-1], next((one for one in reversed(some) if one.published_at is not None), None))
        for pupil, some in rows.items()
    }


def _before(pupils: Collection[UUID], place: Room, subject: str, term: TermView) -> dict[UUID, AssessmentView]:
    """Pupil → the latest published one of an earlier term at the school, in whatever group it was."""
    rows = Assessment.objects.filter(
        pupil__in=list(pupils), school=place.school.id, subject=subject, term__starts__lt=term.starts,
        published_at__isnull=False,
    )  # fmt: skip
    return {row.pupil_id: view(row) for row in rows.order_by("term__starts", "version")}
