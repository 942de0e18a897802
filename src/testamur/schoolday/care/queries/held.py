"""What care holds of one child, for the extract of the child."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import datetime
from typing import Any
from uuid import UUID

from django.db.models import QuerySet

from testamur.kernel.base.actor import Actor
from testamur.kernel.base.sheet import Sheet
from testamur.schoolday.care.models import Collector, Day, Need, Presence, Regular


def held(*, by: Actor, person: UUID, now: datetime) -> Iterator[Sheet]:  # noqa: ARG001 - the shape of all sections
    """Weeks, days, closed days, when the child came and went, and the collectors whom the asker named.

    Cautions are about others and are left out. Needs ``keeping.extract.see`` for the child.
    """
    by.must("keeping.extract.see", person=person)
    yield _sheet(
        "care_weeks", Regular.objects.filter(child=person).order_by("valid_from"), "valid_from", "parity", "days", "at"
    )
    days = Day.objects.filter(child=person).order_by("on")
    yield _sheet("care_days", days, "on", "starts", "ends", "reason", "staff", "at")
    needs = Need.objects.filter(child=person).order_by("closing__on")
    yield _sheet("care_closed_days", needs, "closing__on", "starts", "ends", "at")
    yield _sheet("care_presence", Presence.objects.filter(child=person).order_by("at"), "on", "act", "at")
    named = Collector.objects.filter(child=person, added_by=by.id).order_by("starts")
    yield _sheet("collectors", named, "name", "phone", "relation", "starts", "ends", "ended_at")


def _sheet(name: str, rows: QuerySet[Any], *columns: str) -> Sheet:
    shown = tuple(column.rpartition("__")[2] for column in columns)
    return Sheet(name, shown, rows.values_list(*columns).iterator(chunk_size=2000))
