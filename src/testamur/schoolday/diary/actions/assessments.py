"""Writing and publishing assessments."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import date, datetime
from uuid import UUID

from django.db import IntegrityError, transaction
from django.db.models import F

from testamur.kernel.base.actor import Actor
from testamur.kernel.base.ids import new_id
from testamur.kernel.journal.actions import append
from testamur.register.schools.rules import TermView
from testamur.schoolday.diary.models import Assessment
from testamur.schoolday.diary.queries.assessments import assessed_room, drafts, newest, view
from testamur.schoolday.diary.queries.pupils import must_be_in
from testamur.schoolday.diary.queries.rooms import must_teach
from testamur.schoolday.diary.rules.assessments import (
    AssessmentConflict,
    NothingToPublish,
    Saved,
    Written,
    check_written,
    term_of,
)
from testamur.schoolday.diary.rules.remarks import check_subject
from testamur.schoolday.diary.rules.rooms import Room


@transaction.atomic
def save_assessment(
    *,
    by: Actor,
    group: UUID,
    subject: str,
    pupil: UUID,
    said: Written,
    seen: int,
    now: datetime,
    on: date,
    term: UUID | None = None,
) -> Saved:
    """Keep what is written about a pupil as a draft; what was published goes on standing until the draft replaces it.

    `seen` is the version that the writer's screen showed, 0 for none: another one standing is a conflict and nothing
    is written. Journal: ``diary.assessment.saved/1``, none when it stood there already. Raises NotAllowed without
    ``diary.assessment.write`` in the group, NotYourSubject, NotInGroup, NoAssessment, NoTerm, AssessmentOffScale,
    AssessmentTooLong, AssessmentConflict.
    """
    place, form = assessed_room(group=group, on=on)
    must_teach(by=by, verb="diary.assessment.write", room=place, subject=check_subject(subject), on=on)
    must_be_in(group=group, pupils=[pupil], on=on)
    of = term_of(form, place.year, _asked(place, term))
    kept = check_written(form, said)
    found = newest(pupil, group, subject, of)
    if found is None and kept.empty and not seen:
        return Saved(0, changed=False)
    if found is not None and view(found).written == kept:
        return Saved(found.version, changed=False)
    if (found.version if found is not None else 0) != seen:
        raise _conflict(found)
    if found is not None and found.published_at is None:
        _overwrite(found, kept, by, now)
    else:
        _add(place, of, found, kept, subject, pupil, by, now)
    version = seen + 1
    refs = {"pupil": str(pupil), "group": str(group), "subject": subject, "term": str(of.id), "version": version}
    append(by=by, kind="diary.assessment.saved/1", path=place.path, refs=refs, now=now)
    return Saved(version, changed=True)


@transaction.atomic
def publish_assessments(
    *,
    by: Actor,
    group: UUID,
    subject: str,
    now: datetime,
    on: date,
    term: UUID | None = None,
    seen: Mapping[UUID, int] | None = None,
) -> int:
    """Let families read the drafts of a subject that say something; returns how many.

    `seen` is the version of each pupil's draft that was looked through; a draft of another version, or of a pupil who
    is not named, stays a draft. Without it all are published. Journal: ``diary.assessments.published/1``. Raises
    NotAllowed without ``diary.assessment.publish`` in the group, NotYourSubject, NoAssessment, NoTerm,
    NothingToPublish.
    """
    place, form = assessed_room(group=group, on=on)
    must_teach(by=by, verb="diary.assessment.publish", room=place, subject=subject, on=on)
    of = term_of(form, place.year, _asked(place, term))
    rows = [row for row in drafts(group, subject, of) if seen is None or seen.get(row.pupil_id) == row.version]
    told = Assessment.objects.filter(id__in=[row.id for row in rows], published_at__isnull=True)
    if not told.update(published_at=now, changed_at=now):
        raise NothingToPublish("There is nothing among them that could be published.", field="seen")
    refs = {
        "assessments": [str(row.id) for row in rows],
        "pupils": [str(row.pupil_id) for row in rows],
        "group": str(group),
        "subject": subject,
    }
    append(by=by, kind="diary.assessments.published/1", path=place.path, refs=refs, now=now)
    return len(rows)


def _asked(place: Room, term: UUID | None) -> TermView | None:
    return next((one for one in place.year.terms if one.id == term), None) if term else place.term


def _overwrite(row: Assessment, kept: Written, by: Actor, now: datetime) -> None:
    """A draft changes in place, unless somebody was faster."""
    changed = Assessment.objects.filter(id=row.id, version=row.version, published_at__isnull=True).update(
        value=kept.value, text=kept.text, plan=kept.plan, made_by=by.id, changed_at=now, version=F("version") + 1
    )
    if not changed:
        raise _conflict(Assessment.objects.filter(id=row.id).first())


def _add(
    place: Room,
    term: TermView,
    former: Assessment | None,
    kept: Written,
    subject: str,
    pupil: UUID,
    by: Actor,
    now: datetime,
) -> None:
    """The first draft, or the one that will replace what is published."""
    row = Assessment(
        id=new_id(), pupil_id=pupil, school_id=place.school.id, path=place.path, group_id=place.group.id,
        subject=subject, term_id=term.id, value=kept.value, text=kept.text, plan=kept.plan, made_by=by.id, made_at=now,
        changed_at=now, version=(former.version if former is not None else 0) + 1, replaces=former,
    )  # fmt: skip
    try:
        with transaction.atomic():
            row.save(force_insert=True)
    except IntegrityError as faster:
        raise _conflict(newest(pupil, place.group.id, subject, term)) from faster


def _conflict(row: Assessment | None) -> AssessmentConflict:
    message = "Somebody else wrote another text since you opened the page."
    if row is None:
        return AssessmentConflict(message, field="text", value="", text="", plan="", version=0)
    return AssessmentConflict(
        message, field="text", value=row.value, text=row.text, plan=row.plan, version=row.version, by=str(row.made_by)
    )
