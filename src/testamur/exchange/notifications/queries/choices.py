"""What readers chose, or the defaults where they chose nothing."""

from __future__ import annotations

from collections.abc import Collection, Mapping
from uuid import UUID

from testamur.exchange.notifications.models import Choice, Pin, Setting
from testamur.exchange.notifications.rules.families import DEFAULTS, Chosen, Pace, Settings, Way, default
from testamur.register.people.queries import chunks
from testamur.schoolday.diary.rules.states import Part


def choices(*, person: UUID, children: Collection[UUID]) -> dict[UUID, dict[Part, Chosen]]:
    """Child → part → how that person is told of it; for oneself, and for the telephone service. One query."""
    rows = Choice.objects.filter(person=person, child__in=list(children))
    kept = {(row.child, row.part): _chosen(row.ways, row.pace) for row in rows}
    return {child: {part: kept.get((child, part.value), default(part)) for part in Part} for child in children}


def allows(*, person: UUID, child: UUID, part: Part, way: Way) -> bool:
    """True when that person is told of that part of the child's diary by that way."""
    return way in choices(person=person, children=[child])[child][part].ways


def chosen_by(persons: Collection[UUID]) -> Mapping[tuple[UUID, UUID, str], Chosen]:
    """(person, child, part) → what was chosen; for the steps."""
    return {
        (row.person, row.child, row.part): _chosen(row.ways, row.pace)
        for chunk in chunks(persons)
        for row in Choice.objects.filter(person__in=chunk)
    }


def settings_of(person: UUID) -> Settings:
    """What that person chose for all messages."""
    return settings_by([person]).get(person, DEFAULTS)


def settings_by(persons: Collection[UUID]) -> dict[UUID, Settings]:
    """Person → settings; who has the defaults is left out."""
    return {
        row.person: Settings(
            quiet_from=row.quiet_from,
            quiet_to=row.quiet_to,
            digest_at=row.digest_at,
            digest_weekday=row.digest_weekday,
            details=row.details,
            latin=row.latin,
            stopped=frozenset(map(Way, row.stopped)),
        )
        for chunk in chunks(persons)
        for row in Setting.objects.filter(person__in=chunk)
    }


def has_pin(person: UUID) -> bool:
    """True when that person has a PIN for the telephone."""
    return Pin.objects.filter(person=person).exists()


def _chosen(ways: list[str], pace: str) -> Chosen:
    return Chosen(frozenset(map(Way, ways)), Pace(pace))
