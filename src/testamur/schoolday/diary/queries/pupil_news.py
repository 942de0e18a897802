"""What is new in pupils' diaries to the one who looks."""

from __future__ import annotations

from collections import Counter
from collections.abc import Collection
from datetime import date, datetime, timedelta
from typing import Any
from uuid import UUID

from django.db.models import CharField, DateTimeField, F, Q, QuerySet, Value
from django.db.models.expressions import Combinable
from django.db.models.functions import Coalesce, Greatest

from testamur.kernel.base.actor import Actor
from testamur.kernel.prepared import prepared
from testamur.schoolday.diary.models import Absence, Assessment, HealthNote, Leave, Remark
from testamur.schoolday.diary.queries.pupil_marks import standing
from testamur.schoolday.diary.queries.visits import visits
from testamur.schoolday.diary.rules.pupil import NEWS_DAYS, UNSEEN_DAYS, News, NewsItem
from testamur.schoolday.diary.rules.states import LeaveState, Part

_EXCUSE, _CONSENT = "to_excuse", "to_consent"
_WAITS = frozenset({_EXCUSE, _CONSENT})


def news(*, by: Actor, pupils: Collection[UUID], now: datetime) -> dict[UUID, News]:
    """What came since `by` last looked at each part of each pupil's diary; two queries, for one child or many.

    A part that was never looked at is new for `UNSEEN_DAYS`, and nothing for longer than `NEWS_DAYS`. What waits for
    an answer is counted in the same breath. Raises NotAllowed without ``diary.family.see`` for every pupil, wherever
    he or she is.
    """
    for pupil in pupils:
        by.must("diary.family.see", person=pupil)
    seen = visits(by=by, pupils=pupils)
    unseen, oldest = now - timedelta(days=UNSEEN_DAYS), now - timedelta(days=NEWS_DAYS)

    def since(pupil: UUID, part: Part) -> datetime:
        return max(seen.since(pupil, part) or unseen, oldest)

    floor = min((since(pupil, part) for pupil in pupils for part in Part), default=now)
    asking = [pupil for pupil in pupils if by.may("diary.leave.consent", person=pupil)]
    items: dict[UUID, list[NewsItem]] = {pupil: [] for pupil in pupils}
    waits: Counter[tuple[UUID, str]] = Counter()
    for part, pupil, ref, at, subject, value in _rows(
        me=by.id, pupils=pupils, asking=asking, floor=floor, oldest=oldest.date()
    ):
        if part in _WAITS:
            waits[pupil, part] += 1
        elif at > since(pupil, Part(part)):
            items[pupil].append(NewsItem(Part(part), pupil, ref, at, subject, value))
    return {
        pupil: News(
            pupil,
            tuple(sorted(some, key=lambda item: (item.at, item.ref), reverse=True)),
            {part: since(pupil, part) for part in Part},
            to_excuse=waits[pupil, _EXCUSE],
            to_consent=waits[pupil, _CONSENT],
        )
        for pupil, some in items.items()
    }


@prepared
def _rows(
    me: UUID, pupils: Collection[UUID], asking: Collection[UUID], floor: datetime, oldest: date
) -> QuerySet[Any, tuple[Any, ...]]:
    """All parts as one query: part, pupil, row, since when it can be seen, two codes that say what it is."""
    blank = Value("", output_field=CharField())

    def part(name: str, rows: QuerySet[Any], at: Combinable, subject: Combinable, value: Combinable) -> QuerySet[Any]:
        named = Value(name, output_field=CharField())
        mine: QuerySet[Any] = rows.filter(pupil__in=pupils).order_by()
        mine = mine.annotate(n_part=named, n_at=at, n_subject=subject, n_value=value)
        listed: QuerySet[Any] = mine.values_list("n_part", "pupil_id", "id", "n_at", "n_subject", "n_value")
        return listed

    visible = Greatest("made_at", Coalesce("task__shown_at", "made_at"), output_field=DateTimeField())
    marks = standing(pupils).filter(Q(made_at__gt=floor) | Q(task__shown_at__gt=floor))
    absences = Absence.objects.filter(void=False, made_at__gt=floor)
    remarks = Remark.objects.filter(withdrawn_at=None, made_at__gt=floor)
    notes = HealthNote.objects.filter(ended_at=None, made_at__gt=floor)
    texts = Assessment.objects.filter(replaced_by__isnull=True, published_at__gt=floor)
    decided = Leave.objects.filter(decided_at__gt=floor).exclude(decided_at=F("asked_at")).exclude(decided_by=me)
    open_ = Absence.objects.filter(void=False, excused=None, on__gte=oldest)
    waiting = Leave.objects.filter(pupil__in=asking, state=LeaveState.WAITING).exclude(asked_by=me)
    rest = (
        part(Part.ABSENCES, absences, F("made_at"), F("subject"), F("kind")),
        part(Part.REMARKS, remarks, F("made_at"), F("subject"), F("kind")),
        part(Part.HEALTH, notes, F("made_at"), blank, F("kind")),
        part(Part.ASSESSMENTS, texts, F("published_at"), F("subject"), F("value")),
        part(Part.LEAVE, decided, F("decided_at"), blank, F("state")),
        part(_EXCUSE, open_, F("made_at"), F("subject"), F("kind")),
        part(_CONSENT, waiting, F("asked_at"), blank, F("state")),
    )
    return part(Part.MARKS, marks, visible, F("task__subject"), F("value")).union(*rest, all=True)
