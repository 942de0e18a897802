"""What most methods have in common."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import datetime, timedelta
from typing import Any

from testamur.access.accounts.methods.contract import Shown, Stand


class Base:
    """A method that answers at once, alone, and has nothing to show or withdraw."""

    remote = False
    second = False
    patience = timedelta(0)

    def cancel(self, kept: Mapping[str, Any]) -> None:
        """Nothing to withdraw."""

    def shown(self, stand: Stand, now: datetime) -> Shown:  # noqa: ARG002 - the contract's shape
        """Nothing to show."""
        return Shown()
