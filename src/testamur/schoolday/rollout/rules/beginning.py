"""Who practises begins again: a fresh school is asked for, made in the background, and ready (row D4). Pure."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime, timedelta
from uuid import UUID

from testamur.kernel.base.refused import Refused

WAITING = 40
"""So many fresh schools may be asked for and not made yet: a room full of people who begin at the same time."""
LOST = timedelta(hours=1)
"""A school that is not made by then will not be."""
MOST = 300
"""Schools that one practice installation keeps until it is thrown away."""


class Crowded(Refused):
    """So many fresh schools wait to be made, or are there, that no other is taken on."""

    code = "rollout.practice.crowded"


@dataclass(frozen=True, slots=True)
class BeginningView:
    """A fresh school that was asked for. `school`: once it is made; `failed`: it will not be."""

    id: UUID
    asked_at: datetime
    school: UUID | None
    failed: bool
