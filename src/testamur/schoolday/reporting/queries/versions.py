"""What a list held when it was sent, and what changed since somebody looked."""

# ruff: noqa: A002 - a list is what all this is about

from __future__ import annotations

from uuid import UUID

from testamur.kernel.base.actor import Actor
from testamur.schoolday.reporting.rules.views import Difference, VersionView


def differences(*, by: Actor, list: UUID) -> tuple[Difference, ...]:
    """What changed since somebody last saw the list."""
    raise NotImplementedError


def versions(*, by: Actor, list: UUID) -> tuple[VersionView, ...]:
    """Frozen versions."""
    raise NotImplementedError
