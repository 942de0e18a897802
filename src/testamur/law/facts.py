"""What rules and documents know about a time and a pupil: plain facts, without any id of the register."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date


@dataclass(frozen=True, slots=True)
class Period:
    """When: a school year (`2025/2026`) and a term (`HT`, `VT`, `HK1`, `HK2`) or the whole year (empty term)."""

    school_year: str
    term: str
    starts: date
    ends: date

    @property
    def label(self) -> str:
        """`2025/2026 VT`."""
        return f"{self.school_year} {self.term}".strip()


@dataclass(frozen=True, slots=True)
class PupilFacts:
    """The pupil as a document must show him or her: the legal person, never the masked one."""

    name: str
    given: str
    family: str
    identifier_scheme: str
    identifier: str
    birth_date: date | None
    sex: str = ""
    birth_place: str = ""
    ethnicity: str = ""
    nationality: str = ""
    home: str = ""
    parents: tuple[tuple[str, str], ...] = ()
    """(relation, name) pairs, e.g. ("mother", "…")."""
