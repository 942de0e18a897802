"""Which way results go (rows B24, B45)."""

from __future__ import annotations

from datetime import date
from typing import Any

from django.db.models import Q

from testamur.kernel.base.actor import Actor
from testamur.register.curriculum.rules import prefixes
from testamur.schoolday.reporting.models import ProcessRule
from testamur.schoolday.reporting.rules.states import Way
from testamur.schoolday.reporting.rules.views import ProcessView


def way_for(*, path: str, on: date) -> Way:
    """How results that were examined on that day are signed at a place.

    Of the decisions in force the nearest unit's counts, there the one with the latest day that is not after `on`;
    without any, the electronic signature alone.
    """
    rows = ProcessRule.objects.filter(path__in=_ways(path), in_force_at__isnull=False, grade_from__lte=on)
    found = max(rows.values_list("path", "grade_from", "way"), key=lambda row: (len(row[0]), row[1]), default=None)
    return Way(found[2]) if found else Way.ELECTRONIC


def rules(*, by: Actor, path: str) -> tuple[ProcessView, ...]:
    """The decisions that concern a path: of it, of the units above and below; the latest day first.

    Needs ``reporting.office.see`` at `path`.
    """
    by.must("reporting.office.see", path)
    rows = ProcessRule.objects.filter(Q(path__in=_ways(path)) | Q(path__startswith=path))
    return tuple(view(row) for row in rows.order_by("-grade_from", "-made_at", "id"))


def view(row: Any) -> ProcessView:
    """A row as everyone else sees it."""
    return ProcessView(
        row.id, row.path, Way(row.way), row.grade_from, row.reference, row.decided_by, row.record, row.made_at,
        row.in_force_at,
    )  # fmt: skip


def _ways(path: str) -> list[str]:
    return [way or "/" for way in prefixes(path)]
