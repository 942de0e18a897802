"""What plans for learning hold of one pupil, for the pupil's own extract."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import datetime
from typing import Any
from uuid import UUID

from django.db.models import QuerySet

from testamur.kernel.base.actor import Actor
from testamur.kernel.base.sheet import Sheet
from testamur.schoolday.learning.models import EntryChild, FollowUp, Preparation, Signature, Statement, Talk, Version


def held(*, by: Actor, person: UUID, now: datetime) -> Iterator[Sheet]:
    """Plans that were handed over, talks with their minutes, own preparations, statements, entries that are published.

    Drafts are not the family's yet. Needs ``keeping.extract.see`` for the pupil.
    """
    by.must("keeping.extract.see", person=person)
    given = Version.objects.filter(development__pupil=person, frozen_at__isnull=False).order_by("frozen_at")
    yield _sheet("development_plans", given, "development__school", "number", "content", "frozen_at")
    signed = Signature.objects.filter(version__development__pupil=person, person__in={by.id, person}).order_by("at")
    yield _sheet("plan_signatures", signed, "version__number", "part", "how", "at")
    talks = Talk.objects.filter(pupil=person, minutes_at__isnull=False).order_by("at")
    yield _sheet("talks", talks, "school", "at", "place", "agenda", "minutes")
    own = Preparation.objects.filter(talk__pupil=person, person__in={by.id, person}).order_by("at")
    yield _sheet("talk_preparations", own, "at", "well", "harder", "wish")
    agreed = FollowUp.objects.filter(talk__pupil=person, talk__minutes_at__isnull=False).order_by("due")
    yield _sheet("agreed", agreed, "text", "due", "done_at")
    said = Statement.objects.filter(pupil=person, goal__plan__matrix_at__isnull=False).order_by("made_at")
    yield _sheet("statements", said, "goal__plan__title", "goal__text", "level", "comment", "on")
    shown = EntryChild.objects.filter(child=person, entry__published_at__lte=now, entry__withdrawn_at__isnull=True)
    yield _sheet("portfolio", shown.order_by("entry__on"), "entry__kind", "entry__title", "entry__text", "entry__on")


def _sheet(name: str, rows: QuerySet[Any], *columns: str) -> Sheet:
    shown = tuple(column.rpartition("__")[2] for column in columns)
    return Sheet(name, shown, rows.values_list(*columns).iterator(chunk_size=2000))
