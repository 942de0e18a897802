"""What supervision holds of one person, for the person's own extract: reminders got and sent, reports written."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import datetime
from uuid import UUID

from django.db.models import Q

from testamur.kernel.base.actor import Actor
from testamur.kernel.base.sheet import Sheet
from testamur.schoolday.supervision.models import Reminded, Reminder, Report

_CHUNK = 2000


def work(*, by: Actor, person: UUID, now: datetime) -> Iterator[Sheet]:  # noqa: ARG001 - the shape of all sections
    """Reminders to and by the person, closing reports that the person began or closed; for the person alone.

    A report counts classes and names nobody. Needs ``keeping.extract.see`` for the person.
    """
    by.must("keeping.extract.see", person=person)
    mine = Q() if by.id == person else Q(pk__in=[])
    got = Reminded.objects.filter(mine, person=person).order_by("on")
    told = got.values_list("on", "unit", "role", "reminder__step", "due")
    yield Sheet("reminders", ("on", "school", "role", "step", "due"), told.iterator(chunk_size=_CHUNK))
    sent = Reminder.objects.filter(mine, sent_by=person, automatic=False).order_by("sent_at")
    rows = sent.values_list("sent_at", "unit", "school_year", "step", "people")
    columns = ("at", "unit", "school_year", "step", "persons")
    yield Sheet("reminders_sent", columns, rows.iterator(chunk_size=_CHUNK))
    reports = Report.objects.filter(mine, Q(made_by=person) | Q(closed_by=person)).order_by("made_at")
    lines = reports.values_list("unit", "school_year", "state", "made_at", "closed_at")
    columns = ("unit", "school_year", "state", "made_at", "closed_at")
    yield Sheet("closing_reports", columns, lines.iterator(chunk_size=_CHUNK))
