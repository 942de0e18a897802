"""Pure rules of what families have seen."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime
from uuid import UUID

from testamur.schoolday.diary.rules.states import Part


@dataclass(frozen=True, slots=True)
class Visits:
    """Up to when one person has seen the parts of some pupils' diaries."""

    seen: Mapping[tuple[UUID, Part], datetime]

    def since(self, pupil: UUID, part: Part) -> datetime | None:
        """What came later is new; None where nothing was ever looked at, and so all is."""
        return self.seen.get((pupil, part))
