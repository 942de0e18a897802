"""Telling what is due to each reader: one message for each way, about everything that stands of all the children.

Each chunk of readers is one transaction: what no longer stands is dropped, the messages go into the outbox, and what
they told is noted. Whoever dies before its end has done nothing; two workers never take the same reader.
"""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import NamedTuple
from uuid import UUID

from django.db import transaction
from django.db.models import Max, Min, Q

from testamur.access.accounts.queries.logins import locales_of
from testamur.exchange.notifications.actions.families import tell_families
from testamur.exchange.notifications.addresses import Addresses, first_of
from testamur.exchange.notifications.models import Item
from testamur.exchange.notifications.queries.choices import settings_by
from testamur.exchange.notifications.rules.families import (
    DEBOUNCE,
    DEFAULTS,
    FALL_BACK,
    MOST_WAIT,
    About,
    Letter,
    Settings,
    Thing,
    Way,
)
from testamur.exchange.notifications.steps.places import countries
from testamur.exchange.notifications.steps.standing import standing
from testamur.exchange.notifications.words import families as words
from testamur.kernel.base.actor import Actor
from testamur.kernel.delivery.rules import MessageInvalid, NewMessage, check
from testamur.register.people import queries as people
from testamur.register.people.rules import PersonView, Protection, common_path

KIND = "notices.family"
"""Of the messages: by it their failures are known."""

CHUNK = 1000
"""Readers in one transaction."""

Key = tuple[UUID, str]


class _Due(NamedTuple):
    """An item that is due: of many thousands, no more is read than is needed."""

    id: int
    person: UUID
    way: str
    child: UUID
    part: str
    ref: UUID
    path: str
    again: bool


def tell_readers(*, by: Actor, now: datetime) -> int:
    """Tell every reader what is due; returns how many messages went into the outbox."""
    return sum(_tell(by, keys, now) for keys in _due(now))


def _due(now: datetime) -> Iterator[list[Key]]:
    """(reader, way) of whom something is due, and for whom nothing more can be expected to come soon."""
    last = UUID(int=0)
    while True:
        rows = Item.objects.filter(told_at__isnull=True, due_at__lte=now + DEBOUNCE, person__gt=last)
        groups = rows.values("person", "way").annotate(first=Min("due_at"), newest=Max("due_at"))
        ripe = groups.filter(Q(newest__lte=now) | Q(first__lte=now - (MOST_WAIT - DEBOUNCE)), first__lte=now)
        found = list(ripe.order_by("person", "way").values_list("person", "way")[:CHUNK])
        if found:
            yield found
        if len(found) < CHUNK:
            return
        last = found[-1][0]
        # a reader's second way may lie beyond the chunk's end: the next run, two seconds later, takes it


@transaction.atomic
def _tell(by: Actor, keys: Sequence[Key], now: datetime) -> int:
    wanted = set(keys)
    rows = Item.objects.select_for_update(skip_locked=True).filter(
        told_at__isnull=True, due_at__lte=now + DEBOUNCE, person__in=sorted({person for person, _way in keys})
    )
    items: dict[Key, list[_Due]] = defaultdict(list)
    for row in map(_Due._make, rows.order_by("id").values_list(*_Due._fields)):
        if (row.person, row.way) in wanted:
            items[row.person, row.way].append(row)
    if not items:
        return 0
    known = _known(by, [row for some in items.values() for row in some], now)
    letters = [_letter(person, Way(way), some, known) for (person, way), some in items.items()]
    return tell_families(by=by, letters=letters, now=now)


@dataclass(frozen=True, slots=True)
class _Known:
    """Everything that the letters of a chunk need, looked up at once."""

    stands: Mapping[tuple[UUID, UUID], tuple[Thing, ...]]
    wards: Mapping[UUID, frozenset[UUID]]
    children: Mapping[UUID, PersonView]
    addresses: Addresses
    settings: Mapping[UUID, Settings]
    locales: Mapping[UUID, str]
    country: Callable[[str], str]
    now: datetime


def _known(by: Actor, items: Sequence[_Due], now: datetime) -> _Known:
    persons = sorted({row.person for row in items})
    return _Known(
        stands=standing((row.part, row.ref, row.child) for row in items),
        wards=people.wards_of(guardians=persons, on=now.date()),
        children=people.people(by=by, ids={row.child for row in items}, numbers=False),
        addresses=Addresses(persons, by=by),
        settings=settings_by(persons),
        locales=locales_of(persons),
        country=countries(),
        now=now,
    )


def _letter(person: UUID, way: Way, items: Sequence[_Due], known: _Known) -> Letter:
    told, void = _split(person, items, known)
    path = common_path({row.path for row in items})
    ids = tuple(row.id for row in void)
    if not told:
        return Letter(person, path, (), ids)
    settings = known.settings.get(person, DEFAULTS)
    again = any(row.again for row in told)
    ways = FALL_BACK[way] if again else (way, *FALL_BACK[way])
    going = first_of(ways, person, known.addresses, settings.stopped) if way not in settings.stopped else None
    if going is None:
        return Letter(person, path, tuple(row.id for row in told), ids)
    locale = known.locales.get(person, "")
    written = words.write(_abouts(person, told, known), going, locale, known.country(told[0].path), settings)
    base = f"family:{person}:{told[0].id}.{told[-1].id}.{len(told)}{'.again' if again else ''}"
    messages = tuple(
        message
        for number, to in enumerate(known.addresses.of(person, going))
        if _can_go(
            message := words.message(
                written, going, to, person=person, kind=KIND, path=path, dedupe=f"{base}:{number}", now=known.now
            )
        )
    )
    return Letter(person, path, tuple(row.id for row in told), ids, going, messages)


def _can_go(message: NewMessage) -> bool:
    """False for an address that no channel can take: one such may not keep a thousand others waiting."""
    try:
        check(message)
    except MessageInvalid:
        return False
    return True


def _split(person: UUID, items: Sequence[_Due], known: _Known) -> tuple[list[_Due], list[_Due]]:
    """What stands and may still be read by the person today, and what not."""
    wards = known.wards[person] | {person}
    told: list[_Due] = []
    void: list[_Due] = []
    for row in items:
        (told if row.child in wards and (row.ref, row.child) in known.stands else void).append(row)
    return told, void


def _abouts(person: UUID, items: Sequence[_Due], known: _Known) -> tuple[About, ...]:
    """What is told of each child; each thing once, however often it was touched."""
    seen: dict[UUID, dict[UUID, tuple[Thing, ...]]] = defaultdict(dict)
    for row in items:
        seen[row.child][row.ref] = known.stands[row.ref, row.child]
    several = len(known.wards[person]) > 1
    found = []
    for child, refs in seen.items():
        view = known.children.get(child)
        bare = view is None or view.protection is not Protection.NONE
        name = "" if bare or view is None or not several else view.preferred or view.given or view.name
        found.append(About(name, tuple(thing for things in refs.values() for thing in things), bare=bare))
    return tuple(sorted(found, key=lambda about: (about.name, about.things[0].on)))
