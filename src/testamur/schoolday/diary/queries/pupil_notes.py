"""Remarks, written assessments and health notes about a pupil."""

from __future__ import annotations

from collections.abc import Collection, Mapping
from datetime import date
from uuid import UUID

from django.db.models import Q

from testamur.kernel.base.actor import Actor
from testamur.schoolday.diary.models import Assessment, HealthNote, Remark
from testamur.schoolday.diary.queries.schooling import schoolings, span
from testamur.schoolday.diary.rules.pupil import AssessmentLine, HealthLine, RemarkLine, Schooling, remark_name


def remarks(
    *, by: Actor, pupils: Collection[UUID], on: date, of: Mapping[UUID, Schooling] | None = None
) -> dict[UUID, tuple[RemarkLine, ...]]:
    """Remarks and praise of the school year of that day, those withdrawn left out, the latest first; five queries."""
    known = of if of is not None else schoolings(by=by, pupils=pupils, on=on)
    found: dict[UUID, list[RemarkLine]] = {pupil: [] for pupil in pupils}
    rows = Remark.objects.filter(pupil__in=list(pupils), withdrawn_at=None, on__range=span(known.values(), on))
    for row in rows.order_by("-on", "-made_at", "id"):
        schooling = known[row.pupil_id]
        if schooling.period(on)[0] <= row.on:
            found[row.pupil_id].append(
                RemarkLine(
                    id=row.id,
                    on=row.on,
                    kind=row.kind,
                    kind_name=remark_name(schooling, row.kind),
                    positive=row.positive,
                    subject=row.subject,
                    subject_name=schooling.subject(row.subject) if row.subject else "",
                    text=row.text,
                    author=row.made_by,
                    at=row.made_at,
                )
            )
    return {pupil: tuple(lines) for pupil, lines in found.items()}


def assessments(
    *, by: Actor, pupils: Collection[UUID], on: date, of: Mapping[UUID, Schooling] | None = None
) -> dict[UUID, tuple[AssessmentLine, ...]]:
    """Published assessments of all years, the latest first; drafts, and what was replaced, are not told. Five queries.

    One that is being written anew stands until the new one is published.
    """
    known = of if of is not None else schoolings(by=by, pupils=pupils, on=on)
    found: dict[UUID, list[AssessmentLine]] = {pupil: [] for pupil in pupils}
    rows = Assessment.objects.filter(
        Q(replaced_by__isnull=True) | Q(replaced_by__published_at__isnull=True),
        pupil__in=list(pupils),
        published_at__isnull=False,
    )
    for row in rows.select_related("term__school_year").order_by("-published_at", "subject", "id"):
        schooling = known[row.pupil_id]
        form = schooling.pack.diary.assessment(schooling.level, row.term.ends) if schooling.pack is not None else None
        step = form.scale.find(row.value) if form is not None and form.scale is not None else None
        assert row.published_at is not None
        found[row.pupil_id].append(
            AssessmentLine(
                id=row.id,
                subject=row.subject,
                subject_name=schooling.subject(row.subject),
                term=f"{row.term.school_year.code} {row.term.code}",
                value=row.value,
                value_name=step.name if step is not None else "",
                text=row.text,
                plan=row.plan,
                author=row.made_by,
                at=row.published_at,
            )
        )
    return {pupil: tuple(lines) for pupil, lines in found.items()}


def health(*, by: Actor, pupils: Collection[UUID], on: date) -> dict[UUID, tuple[HealthLine, ...]]:
    """What the school has noted about each pupil's health and still holds on that day, whoever it is for; five queries.

    A family may see all of it: it is about its own child.
    """
    schoolings(by=by, pupils=pupils, on=on)
    found: dict[UUID, list[HealthLine]] = {pupil: [] for pupil in pupils}
    rows = HealthNote.objects.filter(Q(ends__isnull=True) | Q(ends__gte=on), pupil__in=list(pupils), ended_at=None)
    for row in rows.order_by("-starts", "id"):
        found[row.pupil_id].append(
            HealthLine(row.id, row.kind, row.text, row.circle, row.starts, row.ends, row.made_at)
        )
    return {pupil: tuple(lines) for pupil, lines in found.items()}
