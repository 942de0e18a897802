"""The morning's letters: what still waits, what has waited long, which seals end. Once a weekday and country."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterable, Sequence
from datetime import date, datetime
from uuid import UUID

from testamur.exchange.notifications import actions
from testamur.exchange.notifications.models import Round, Told
from testamur.exchange.notifications.rules import (
    LATE_AFTER,
    REMIND_AFTER,
    Facts,
    Kind,
    Letter,
    Mark,
    morning,
    same_day,
    seal_days,
)
from testamur.exchange.notifications.steps import signers
from testamur.exchange.notifications.steps.colleagues import tell_mornings
from testamur.exchange.notifications.steps.places import countries
from testamur.exchange.notifications.steps.signers import AtSchool
from testamur.exchange.notifications.steps.subscribers import remind_examiners
from testamur.kernel.base.actor import Actor
from testamur.register.schools import queries as schools
from testamur.register.schools.rules import UnitKind, UnitView
from testamur.trust.records.waiting import waiting_counts
from testamur.trust.sealing import queries as sealing

CHUNK = 200


def morning_rounds(*, by: Actor, names: Actor, now: datetime) -> int:
    """Write the letters of every country where it is a weekday's morning, once; returns how many went.

    `names`: as whom names that stand in letters are looked up; it sees nobody who is hidden.
    """
    authorities = schools.units_under("/", kind=UnitKind.AUTHORITY)
    days = {unit.country: day for unit in authorities if (day := morning(now, unit.country)) is not None}
    count = 0
    for country, day in sorted(days.items()):
        if Round.objects.filter(country=country, day=day).exists():
            continue
        count += _signers(by, country, day, now)
        count += _offices(by, country, day, now)
        count += _seals(by, [unit for unit in authorities if unit.country == country], now)
        before = Round.objects.filter(country=country, day__lt=day).order_by("-day").first()
        count += remind_examiners(
            by=by, country=country, country_of=countries(), day=day, before=before.day if before else None, now=now
        )
        done_at = before.done_at if before else None
        count += tell_mornings(by=by, names=names, country=country, day=day, before=done_at, now=now)
        Round.objects.get_or_create(country=country, day=day, defaults={"done_at": now})
    return count


def _send(by: Actor, kind: Kind, letters: Iterable[Letter], now: datetime) -> int:
    waiting = list(letters)
    chunks = [waiting[i : i + CHUNK] for i in range(0, len(waiting), CHUNK)]
    return sum(actions.tell(by=by, path="/", kind=kind, letters=chunk, now=now) for chunk in chunks)


def _signers(by: Actor, country: str, day: date, now: datetime) -> int:
    """Whoever has something to sign and heard nothing today gets a digest; after three days it is a reminder."""
    waiting = {
        person: here
        for person, places in signers.gather(waiting_counts(by=by)).items()
        if (here := [place for place in places if place.unit.country == country])
    }
    heard = {
        person
        for kind in (Kind.SIGN, Kind.DIGEST, Kind.REMIND)
        for (person, _unit), row in signers.told(kind, waiting).items()
        if same_day(row.at, day, country)
    }
    reminded = signers.told(Kind.REMIND, waiting)
    letters: dict[Kind, list[Letter]] = defaultdict(list)
    for person, places in waiting.items():
        if person in heard:
            continue
        oldest = min(place.since for place in places)
        late = [p for p in places if p.since <= now - REMIND_AFTER and _not_since(reminded.get((person, p.unit.id)), p)]
        kind = Kind.REMIND if late else Kind.DIGEST
        letters[kind].append(
            Letter(
                person=person,
                kind=kind,
                country=country,
                facts=signers.facts(places, days=(now - oldest).days if late else 0),
                dedupe=f"{kind.value}:{person}:{country}:{day}",
                marks=signers.marks(kind, late or places) + signers.marks(Kind.SIGN, places),
            )
        )
    return sum(_send(by, kind, some, now) for kind, some in sorted(letters.items()))


def _not_since(row: Told | None, place: AtSchool) -> bool:
    """No reminder was sent since the oldest document that waits there began to wait."""
    return row is None or row.at < place.since


def _offices(by: Actor, country: str, day: date, now: datetime) -> int:
    """What has waited for a week: the school's office hears of it, and again each week."""
    per_unit: dict[UUID, list[AtSchool]] = defaultdict(list)
    for places in signers.gather(waiting_counts(by=by, before=now - LATE_AFTER)).values():
        for place in places:
            if place.unit.country == country:
                per_unit[place.unit.id].append(place)
    letters = []
    for places in per_unit.values():
        unit = places[0].unit
        readers = signers.office(unit, day)
        told = signers.told(Kind.LATE, readers)
        count = sum(place.count for place in places)
        facts = Facts(count=count, school=unit.name, people=len(places), days=LATE_AFTER.days)
        for person in readers:
            last = told.get((person, unit.id))
            if last is None or last.at <= now - LATE_AFTER:
                marks = (Mark(Kind.LATE, unit.id, count),)
                dedupe = f"late:{unit.id}:{person}:{day}"
                letters.append(Letter(person, Kind.LATE, country, facts, dedupe, marks=marks))
    return _send(by, Kind.LATE, letters, now)


def _seals(by: Actor, authorities: Sequence[UnitView], now: datetime) -> int:
    """A seal's certificate ends in 60, 30, 7 days: the authority's administrators hear of each step once."""
    letters: list[Letter] = []
    for unit in authorities:
        seal = _seal(unit, now)
        days = seal_days(seal[1], now) if seal else None
        if seal is not None and days is not None:
            letters += _seal_letters(unit, f"{seal[0]}:{days}", days, now)
    told = signers.told(Kind.SEAL, {letter.person for letter in letters})
    news = [
        x for x in letters if not ((row := told.get((x.person, x.marks[0].unit))) and row.about == x.marks[0].about)
    ]
    return _send(by, Kind.SEAL, news, now)


def _seal_letters(unit: UnitView, about: str, days: int, now: datetime) -> list[Letter]:
    facts = Facts(school=unit.name, days=days)
    marks = (Mark(Kind.SEAL, unit.id, about=about),)
    return [
        Letter(person, Kind.SEAL, unit.country, facts, f"seal:{about}:{person}", marks=marks)
        for person in signers.office(unit, now.date())
    ]


def _seal(unit: UnitView, now: datetime) -> tuple[UUID, datetime] | None:
    try:
        seal = sealing.active_seal(unit.id, now)
    except sealing.NoActiveSeal:
        return None
    return (seal.id, seal.valid_to) if seal.valid_to is not None else None
