"""What a student sees."""

# ruff: noqa: A002 - a list is what all this is about

from __future__ import annotations

from uuid import UUID

from testamur.kernel.base.actor import Actor
from testamur.schoolday.reporting.rules.documents import SignedRow
from testamur.schoolday.reporting.rules.views import OwnResult


def results(*, by: Actor, person: UUID) -> tuple[OwnResult, ...]:
    """The results of a student, the latest first."""
    raise NotImplementedError


def list_rows(*, list: UUID) -> tuple[SignedRow, ...]:
    """Those of a signed list who have a new decision, for whoever tells them."""
    raise NotImplementedError
