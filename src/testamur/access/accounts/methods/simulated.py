"""Demonstration: choose who you are. Refuses to exist anywhere else."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from datetime import datetime, timedelta
from typing import Any
from uuid import UUID

from django.conf import settings

from testamur.access.accounts.methods.base import Base
from testamur.access.accounts.methods.contract import Asked, Begun, Found, Progress, Way
from testamur.access.accounts.rules import Level
from testamur.kernel.base.refused import Refused
from testamur.register.people.rules import Scheme


class DemoOnly(Refused):
    """Whoever may choose who to be is nobody; an installation in use must not have this method."""

    code = "accounts.simulated.demo_only"


class Simulated(Base):
    """Believes what the form says."""

    name = "simulated"

    def ways(self, *, person: UUID | None) -> Iterator[Way]:  # noqa: ARG002 - for everybody
        """One."""
        yield Way(self.name, Level.HIGH)

    def begin(self, asked: Asked) -> Begun:
        """Nothing is asked of anybody."""
        return Begun(dict(asked.given), timedelta(minutes=5))

    def proceed(self, kept: Mapping[str, Any], given: Mapping[str, str], now: datetime) -> Progress:  # noqa: ARG002 - the contract's shape
        """Whoever was chosen, at the level that was chosen."""
        level = (
            Level[kept.get("level", "").upper()] if kept.get("level", "").upper() in Level.__members__ else Level.HIGH
        )
        if kept.get("person"):
            try:
                return Progress(found=Found(level, person=UUID(kept["person"])))
            except ValueError:
                return Progress(found=Found(level))
        number = kept.get("number", "")
        schemes = [scheme for scheme in Scheme if scheme is not Scheme.LOCAL]
        return Progress(found=Found(level, numbers=tuple((scheme.value, number, "") for scheme in schemes)))


def configured() -> Simulated:
    """In demo mode only. Raises `DemoOnly`."""
    if settings.MODE != "demo":
        raise DemoOnly("The simulated e-ID exists in a demonstration only.")
    return Simulated()
