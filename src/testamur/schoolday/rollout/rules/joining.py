"""How many of the schools that are asked have said that they take part (row D1). Pure."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime
from uuid import UUID


@dataclass(frozen=True, slots=True)
class Joined:
    """A school's own word that it takes part."""

    unit: UUID
    at: datetime
    by: UUID


@dataclass(frozen=True, slots=True)
class SchoolLine:
    """One school below the body: whether some stage asks it (its grades), and since when it has joined."""

    unit: UUID
    name: str
    code: str
    path: str
    district: str
    grades: tuple[int, ...]
    joined_at: datetime | None

    @property
    def asked(self) -> bool:
        """Whether some stage asks the school."""
        return bool(self.grades)


@dataclass(frozen=True, slots=True)
class Participation:
    """All schools below a body, for one plan."""

    schools: tuple[SchoolLine, ...]

    @property
    def total(self) -> int:
        """Schools below the body."""
        return len(self.schools)

    @property
    def asked(self) -> int:
        """Schools that the plan asks."""
        return sum(line.asked for line in self.schools)

    @property
    def joined(self) -> int:
        """Schools that are asked and have joined."""
        return sum(line.asked and line.joined_at is not None for line in self.schools)

    @property
    def share(self) -> int:
        """Of all schools of the body, how many in a hundred have joined; 100 only when none is missing."""
        return self.joined * 100 // self.total if self.total else 0
