"""Telling what was stirred, each stir when it is due. Everything can be done again: what was told is not told twice."""

from __future__ import annotations

import hashlib
from collections import Counter
from collections.abc import Callable, Mapping, Sequence
from datetime import datetime
from uuid import UUID

from django.db import transaction

from testamur.exchange.notifications import actions
from testamur.exchange.notifications.models import Stir, Told
from testamur.exchange.notifications.rules import LONGEST_WAIT, Facts, Kind, Letter, Mark, Topic
from testamur.exchange.notifications.steps import signers
from testamur.exchange.notifications.steps.signers import AtSchool
from testamur.kernel.base.actor import Actor
from testamur.register.people import queries as people
from testamur.register.people.rules import guardian_reaches
from testamur.register.people.rules.guardians import comes_of_age
from testamur.register.schools import queries as schools
from testamur.register.schools.rules import UnitView
from testamur.trust.records import queries as records
from testamur.trust.records.waiting import waiting_counts

CHUNK = 200
"""Letters in one transaction."""


def tell_due(*, by: Actor, now: datetime) -> int:
    """Tell every stir that is due; returns how many letters went into the outbox."""
    due = Stir.objects.filter(due_at__lte=now).order_by("due_at", "id")
    return sum(_TELL[Topic(stir.topic)](by, stir, now) for stir in list(due))


def _send(by: Actor, path: str, kind: Kind, letters: Sequence[Letter], now: datetime) -> int:
    chunks = [letters[i : i + CHUNK] for i in range(0, len(letters), CHUNK)]
    return sum(actions.tell(by=by, path=path, kind=kind, letters=chunk, now=now) for chunk in chunks)


def _done(stir: Stir, again_at: datetime | None = None) -> None:
    """The stir is told, unless something was added to it meanwhile; or it is to be looked at again."""
    with transaction.atomic():
        same = Stir.objects.filter(id=stir.id, times=stir.times)
        if again_at is not None:
            same.update(due_at=again_at)
        else:
            same.delete()


def _signers(by: Actor, stir: Stir, now: datetime) -> int:
    """Documents wait: the person whose turn it is hears of it, if there is something new."""
    waiting = signers.gather(waiting_counts(by=by, path=stir.path))
    told = signers.told(Kind.SIGN, waiting)
    letters: list[Letter] = []
    again_at: datetime | None = None
    for person, places in waiting.items():
        news = [place for place in places if _is_new(person, place, told)]
        if not news:
            continue
        last = max((row.at for (whom, _unit), row in told.items() if whom == person), default=None)
        if last is not None and now < last + LONGEST_WAIT:
            again_at = min(filter(None, (again_at, last + LONGEST_WAIT)))
            continue
        letters.append(_to_sign(person, places))
    count = _send(by, stir.path, Kind.SIGN, letters, now)
    _done(stir, again_at)
    return count


def _is_new(person: UUID, place: AtSchool, told: Mapping[tuple[UUID, UUID], Told]) -> bool:
    row = told.get((person, place.unit.id))
    return row is None or row.upto is None or place.latest > row.upto or place.count > row.count


def _to_sign(person: UUID, places: Sequence[AtSchool]) -> Letter:
    state = ",".join(f"{p.unit.id.hex[-8:]}.{p.count}.{p.latest.timestamp():.0f}" for p in places)
    return Letter(
        person=person,
        kind=Kind.SIGN,
        country=places[0].unit.country,
        facts=signers.facts(places),
        dedupe=f"sign:{person}:{hashlib.sha256(state.encode()).hexdigest()[:32]}",
        marks=signers.marks(Kind.SIGN, places),
    )


def _declined(by: Actor, stir: Stir, now: datetime) -> int:
    """Somebody declined: the office of each school hears of it at once."""
    news = [d for d in records.declines(by=by, path=stir.path, limit=100_000) if stir.first_at <= d.at <= stir.last_at]
    counts = Counter(d.unit for d in news)
    letters = [
        Letter(
            person=person,
            kind=Kind.DECLINED,
            country=unit.country,
            facts=Facts(count=counts[unit.id], school=unit.name),
            dedupe=f"declined:{unit.id}:{person}:{stir.last_at.timestamp():.6f}",
            marks=(Mark(Kind.DECLINED, unit.id, counts[unit.id], stir.last_at),),
        )
        for unit in _in_order(schools.units(counts))
        for person in signers.office(unit, now.date())
    ]
    count = _send(by, stir.path, Kind.DECLINED, letters, now)
    _done(stir)
    return count


def _in_order(units: Mapping[UUID, UnitView]) -> list[UnitView]:
    return sorted(units.values(), key=lambda unit: unit.path)


def _families(by: Actor, stir: Stir, now: datetime) -> int:
    """Documents can be fetched: guardians and adult pupils hear how many, and from which school."""
    unit = schools.unit(UUID(stir.key))
    if unit is None:
        _done(stir)
        return 0
    subjects: Counter[UUID] = Counter()
    for document_type, period, at in stir.news:
        told = records.announced(
            unit=unit.id, document_type=document_type, period=period, at=datetime.fromisoformat(at)
        )
        subjects.update(subject for _record, subject in told)
    readers = _readers(by, subjects, now)
    about = str(stir.id)
    past = signers.told(Kind.FETCH, readers)
    letters = [
        Letter(
            person=person,
            kind=Kind.FETCH,
            country=unit.country,
            facts=Facts(count=count, school=unit.name),
            dedupe=f"fetch:{about}:{person}",
            work=False,
            marks=(Mark(Kind.FETCH, unit.id, count, stir.last_at, about),),
        )
        for person, count in sorted(readers.items())
        if not ((row := past.get((person, unit.id))) and row.about == about)
    ]
    count = _send(by, unit.path, Kind.FETCH, letters, now)
    _done(stir)
    return count


def _readers(by: Actor, subjects: Mapping[UUID, int], now: datetime) -> Counter[UUID]:
    """Who may fetch how many of these pupils' documents: guardians who have access, and pupils of age."""
    on = now.date()
    found: Counter[UUID] = Counter()
    pupils = people.people(by=by, ids=subjects)
    guardians = people.guardians(by=by, children=list(pupils), on=on)
    for pupil, view in pupils.items():
        if view.birth_date is not None and comes_of_age(view.birth_date) <= on:
            found[pupil] += subjects[pupil]
        for guardian in {
            g.guardian.id
            for g in guardians[pupil]
            if guardian_reaches(on=on, starts=g.starts, ends=g.ends, born=view.birth_date, consent_from=g.consent_from)
        }:
            found[guardian] += subjects[pupil]
    return found


_TELL: Mapping[Topic, Callable[[Actor, Stir, datetime], int]] = {
    Topic.SIGN: _signers,
    Topic.DECLINED: _declined,
    Topic.RELEASE: _families,
}
