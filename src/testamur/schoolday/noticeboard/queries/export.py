"""Everything that the noticeboard holds of one school, row by row, for giving it out."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

from django.db.models import QuerySet

from testamur.kernel.base.actor import Actor
from testamur.kernel.base.sheet import Sheet
from testamur.schoolday.noticeboard.models import Answer, Event, Time

_CHUNK = 2000


def sheets(*, by: Actor, path: str) -> Iterator[Sheet]:
    """Events of a school and its groups, cancelled ones too, with the booked times and the answers.

    Needs ``diary.export.all`` at the school. Persons stand as ids; leaving out is the caller's.
    """
    by.must("diary.export.all", path)
    yield _sheet("events", Event.objects.filter(path__startswith=path).order_by("starts_at", "id"), {
        "event": "id", "group_id": "group", "kind": "kind", "subject": "subject", "title": "title", "text": "text",
        "starts_at": "starts_at", "ends_at": "ends_at", "place": "place", "audience": "audience",
        "made_by": "made_by", "made_at": "made_at", "changed_at": "changed_at", "cancelled_at": "cancelled_at",
    })  # fmt: skip
    yield _sheet("meeting_times", Time.objects.filter(event__path__startswith=path).order_by("starts_at", "id"), {
        "event": "event_id", "host": "host", "starts_at": "starts_at", "ends_at": "ends_at", "room": "room",
        "pupil": "child", "guardian": "guardian", "booked_at": "booked_at",
    }, "pupil")  # fmt: skip
    yield _sheet("answers", Answer.objects.filter(event__path__startswith=path).order_by("at", "id"), {
        "event": "event_id", "pupil": "child", "person": "person", "reply": "reply", "at": "at",
    }, "pupil")  # fmt: skip


def _sheet(name: str, rows: QuerySet[Any], columns: dict[str, str], *about: str) -> Sheet:
    return Sheet(name, tuple(columns), rows.values_list(*columns.values()).iterator(chunk_size=_CHUNK), about=about)
