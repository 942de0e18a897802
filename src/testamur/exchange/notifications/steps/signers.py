"""What waits for each signer, gathered for letters."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Collection, Iterable, Sequence
from dataclasses import dataclass
from datetime import date, datetime
from uuid import UUID

from testamur.exchange.notifications.models import Told
from testamur.exchange.notifications.rules import Facts, Kind, Line, Mark
from testamur.law.tables import PACKS
from testamur.register.schools import queries as schools
from testamur.register.schools.rules import Role, UnitView
from testamur.trust.records.waiting import WaitingCount


@dataclass(frozen=True, slots=True)
class AtSchool:
    """What waits for one person at one school."""

    unit: UnitView
    rows: tuple[WaitingCount, ...]

    @property
    def count(self) -> int:
        """How many documents."""
        return sum(row.count for row in self.rows)

    @property
    def since(self) -> datetime:
        """When the oldest of them became the person's turn."""
        return min(row.since for row in self.rows)

    @property
    def latest(self) -> datetime:
        """When the newest of them did."""
        return max(row.latest for row in self.rows)


def gather(rows: Iterable[WaitingCount]) -> dict[UUID, list[AtSchool]]:
    """Person → what waits at each school, in order of path; without result lists, whose examiners are told of those.

    A list of a hundred students is a hundred documents and one signature (`steps.reporting`, `steps.subscribers`).
    """
    kept = [row for row in rows if not _of_results(row.pack, row.document_type)]
    units = schools.units({row.unit for row in kept})
    found: dict[UUID, dict[UUID, list[WaitingCount]]] = defaultdict(lambda: defaultdict(list))
    for row in kept:
        if row.unit in units:
            found[row.person][row.unit].append(row)
    return {
        person: [AtSchool(units[unit], tuple(some)) for unit, some in by_unit.items()]
        for person, by_unit in found.items()
    }


def _of_results(pack: str, document_type: str) -> bool:
    """True for a result list and for the certificates that are signed with it."""
    known = PACKS.get(pack)
    law = known.results if known else None
    if known is None or law is None:
        return False
    return document_type in {known.documents[name].code for name in (law.list_document, law.certificate)}


def facts(places: Sequence[AtSchool], *, days: int = 0) -> Facts:
    """What a letter to a signer says."""
    lines = tuple(
        Line(document_title(row.pack, row.document_type, row.title), place.unit.name, row.count)
        for place in places
        for row in place.rows
    )
    return Facts(count=sum(place.count for place in places), lines=lines, days=days)


def marks(kind: Kind, places: Sequence[AtSchool]) -> tuple[Mark, ...]:
    """What is noted of such a letter."""
    return tuple(Mark(kind, place.unit.id, place.count, place.latest) for place in places)


def document_title(pack: str, document_type: str, title: str) -> str:
    """The document's legal name, without the group that a record's own title may name."""
    known = PACKS.get(pack)
    documents = known.documents.values() if known else ()
    return next((document.title for document in documents if document.code == document_type), title)


def told(kind: Kind, persons: Collection[UUID]) -> dict[tuple[UUID, UUID], Told]:
    """(person, unit) → what that person was last told of this kind."""
    ids = sorted(persons)
    found: dict[tuple[UUID, UUID], Told] = {}
    for start in range(0, len(ids), 500):
        for row in Told.objects.filter(kind=kind, person__in=ids[start : start + 500]):
            found[row.person, row.unit] = row
    return found


def office(unit: UnitView, on: date) -> list[UUID]:
    """The administrators of a school on that day; where it has none, those of the level above."""
    for level in reversed(schools.units_above(unit.path)):
        posts = schools.holders(role=Role.ADMINISTRATOR, on=on, unit=level.id)
        if posts:
            return sorted({post.person for post in posts})
    return []
