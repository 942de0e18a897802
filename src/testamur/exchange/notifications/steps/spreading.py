"""From an act in the diary to what each of its readers is to be told: an item for each reader, way and thing.

One transaction makes the items of some acts and forgets the acts, so that whoever dies on the way loses nothing and
tells nothing twice. An act about a whole school is taken by itself, one about many schools school by school.
"""

from __future__ import annotations

from collections.abc import Collection, Mapping, Sequence
from dataclasses import dataclass
from datetime import date, datetime
from typing import Any
from uuid import UUID

from django.db import IntegrityError, transaction
from django.utils import timezone

from testamur.exchange.notifications.models import Item, News
from testamur.exchange.notifications.queries.choices import chosen_by, settings_by
from testamur.exchange.notifications.rules.families import (
    DEFAULTS,
    KINDS,
    PUSHED,
    default,
    due,
    tells,
    thing,
    things,
)
from testamur.exchange.notifications.steps.places import countries
from testamur.kernel.base.actor import Actor
from testamur.register.people import reach
from testamur.register.people.actions import bulk
from testamur.register.schools import queries as schools
from testamur.register.schools.rules import UnitKind
from testamur.schoolday.diary.rules.states import Part

AT_A_TIME = 200


@dataclass(frozen=True, slots=True)
class _Told:
    """Something that the readers of one child are to be told."""

    entry: int
    actor: UUID
    part: Part
    ref: UUID
    child: UUID
    path: str
    at: datetime
    refs: Mapping[str, Any]


def spread(*, by: Actor, now: datetime) -> int:
    """Make the items of every act that was followed; returns how many items. Needs ``notices.notice.send``."""
    by.must("notices.notice.send")
    count = 0
    while News.objects.exists() and (made := _some(now)) is not None:
        count += made
    return count


@transaction.atomic
def _some(now: datetime) -> int | None:
    rows = list(News.objects.select_for_update(skip_locked=True).order_by("entry")[:AT_A_TIME])
    if not rows:
        return None
    wide = [row for row in rows if things(row.kind, row.refs) is None]
    if wide and wide[0] is rows[0]:
        return _wide(rows[0], now)
    small = rows[: rows.index(wide[0])] if wide else rows
    told = [
        _Told(row.entry, row.actor, KINDS[row.kind.partition("/")[0]], ref, pupil, row.path, row.at, row.refs)
        for row in small
        for ref, pupil in things(row.kind, row.refs) or ()
    ]
    made = _items(told, now)
    News.objects.filter(entry__in=[row.entry for row in small]).delete()
    return made


def _wide(row: News, now: datetime) -> int:
    """An act about everybody of a group or a unit; of a unit with schools below it, the next school."""
    group = row.refs.get("group")
    on = timezone.localdate(row.at)
    last = True
    if group:
        pupils = [one.person for one in schools.members(group=UUID(group), on=on)]
    else:
        below = sorted(unit.id for unit in schools.units_under(row.path, kind=UnitKind.SCHOOL))
        left = [unit for unit in below if row.after is None or unit > row.after]
        pupils = _pupils(left[0], on) if left else []
        last = len(left) <= 1
        if not last:
            News.objects.filter(entry=row.entry).update(after=left[0])
    part, ref = KINDS[row.kind.partition("/")[0]], thing(row.refs)
    told = [
        _Told(row.entry, row.actor, part, ref, pupil, row.path, row.at, row.refs) for pupil in dict.fromkeys(pupils)
    ]
    made = _items(told, now)
    if last:
        News.objects.filter(entry=row.entry).delete()
    return made


def _pupils(school: UUID, on: date) -> list[UUID]:
    """Everybody who goes to the school on that day, whether enrolled in it as such or in a group of it."""
    rooms = schools.members_of(groups=[group.id for group in schools.groups(school=school)], on=on)
    rows = (*schools.pupils_of_school(school=school, on=on), *(one for some in rooms.values() for one in some))
    return [one.person for one in rows]


def _items(told: Collection[_Told], now: datetime) -> int:
    if not told:
        return 0
    readers = reach.readers(children={one.child for one in told}, on=now.date())
    persons = {person for some in readers.values() for person in some} | {one.child for one in told}
    chosen, settings, country = chosen_by(persons), settings_by(persons), countries()
    for child in {person for person, about, _part in chosen if person == about}:
        readers[child] = tuple({*readers.get(child, ()), child})  # a minor who chose to be told
    items: dict[tuple[UUID, str, UUID, UUID, int], tuple[object, ...]] = {}
    for one in told:
        for person in readers.get(one.child, ()):
            choice = chosen.get((person, one.child, one.part.value)) or default(one.part)
            held = settings.get(person, DEFAULTS)
            for way in PUSHED if tells(one.refs, child=one.child, reader=person) else ():
                if person != one.actor and way in choice.ways and way not in held.stopped:
                    due_at = due(one.at, choice.pace, held, country(one.path))
                    items[person, way.value, one.child, one.ref, one.entry] = (one.part.value, one.path, one.at, due_at)
    _insert([(*key, *rest, "", "", False) for key, rest in items.items()])
    return len(items)


_COLUMNS = (
    "person", "way", "child", "ref", "entry", "part", "path", "at", "due_at", "outcome", "told_by", "again",
)  # fmt: skip


def _insert(rows: Sequence[tuple[object, ...]]) -> None:
    """By the driver's own bulk path; where an item is there already (there should be none) one by one, without it."""
    try:
        with transaction.atomic():
            bulk.insert(Item, _COLUMNS, rows)
    except IntegrityError:
        items = [Item(**dict(zip(_COLUMNS, row, strict=True))) for row in rows]
        Item.objects.bulk_create(items, batch_size=500, ignore_conflicts=True)
