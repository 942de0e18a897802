"""Everything that the noticeboard holds of one person, for the person's own extract."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import datetime
from typing import Any
from uuid import UUID

from django.db.models import Q, QuerySet

from testamur.kernel.base.actor import Actor
from testamur.kernel.base.sheet import Sheet
from testamur.schoolday.noticeboard.models import Answer, Feed, Highlight, Time


def held(*, by: Actor, person: UUID, now: datetime) -> Iterator[Sheet]:  # noqa: ARG001 - the shape of all sections
    """Answers to events, booked times, calendars to subscribe to; of a child's the asker's and the child's own.

    Whether and when another guardian comes to the school is not told. Needs ``keeping.extract.see`` for the person.
    """
    by.must("keeping.extract.see", person=person)
    oneself = by.id == person
    said = Q(person=person) | (Q(child=person) if oneself else Q(person=by.id, child=person))
    yield _sheet("event_answers", Answer.objects.filter(said).order_by("at"), {
        "event": "event__title", "starts": "event__starts_at", "reply": "reply", "at": "at",
    })  # fmt: skip
    own = Q(guardian=person) | Q(child=person) | Q(host=person)
    times = Time.objects.filter(own if oneself else Q(guardian=by.id, child=person))
    yield _sheet("meeting_times", times.order_by("starts_at"), {
        "event": "event__title", "starts": "starts_at", "ends": "ends_at", "room": "room", "booked": "booked_at",
    })  # fmt: skip
    feeds = Q(person=person) | Q(child=person) if oneself else Q(person=by.id, child=person)
    yield _sheet("calendars", Feed.objects.filter(feeds).order_by("made_at"), {
        "made": "made_at",
    })  # fmt: skip
    chosen = Highlight.objects.filter(person=by.id).first()
    rows = [
        (", ".join(marks), chosen.changed_at)
        for child, marks in (chosen.chosen.items() if chosen is not None else ())
        if chosen is not None and marks and (oneself or child == str(person))
    ]
    yield Sheet("menu_highlights", ("allergens", "changed_at"), iter(rows))


def _sheet(name: str, rows: QuerySet[Any], columns: dict[str, str]) -> Sheet:
    return Sheet(name, tuple(columns), rows.values_list(*columns.values()).iterator(chunk_size=2000))
