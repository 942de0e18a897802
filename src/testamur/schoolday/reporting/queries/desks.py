"""Whom to write to about what (rows B27, B35)."""

from __future__ import annotations

from collections.abc import Mapping

from testamur.register.curriculum.rules import prefixes
from testamur.schoolday.reporting.models import DeskAddress
from testamur.schoolday.reporting.rules.states import Desk


def of(*, path: str) -> Mapping[Desk, str]:
    """The address of each desk for a place: the nearest unit's own; a desk that nobody set is left out."""
    rows = DeskAddress.objects.filter(path__in=[way or "/" for way in prefixes(path)])
    ordered = sorted(rows.values_list("path", "desk", "email"), key=lambda row: len(row[0]))
    return {Desk(desk): email for _path, desk, email in ordered}
