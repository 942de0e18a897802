"""Grading scales: the steps that a value can take, in force for a time."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date
from decimal import Decimal


@dataclass(frozen=True, slots=True)
class ScaleValue:
    """One step of a scale. `points` is its merit or numeric value; `passed` is None where the notion is absent."""

    value: str
    name: str
    points: Decimal | None = None
    passed: bool | None = None
    is_grade: bool = True


@dataclass(frozen=True, slots=True)
class Scale:
    """A grading scale in force from `valid_from` to `valid_to` (inclusive; None is open)."""

    id: str
    values: tuple[ScaleValue, ...]
    valid_from: date
    valid_to: date | None = None

    def find(self, value: str) -> ScaleValue | None:
        """The step with that exact value, or None."""
        return next((v for v in self.values if v.value == value), None)
