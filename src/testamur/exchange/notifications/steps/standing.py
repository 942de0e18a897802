"""What still stands of the things that items name, from the diary and the notice board."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Callable, Iterable, Mapping
from uuid import UUID

from testamur.exchange.notifications.rules.families import Thing
from testamur.exchange.notifications.steps.places import zones
from testamur.schoolday.diary.queries.changed import changed
from testamur.schoolday.diary.queries.notices import standing as in_diary
from testamur.schoolday.diary.rules.states import Part
from testamur.schoolday.noticeboard.queries import events_by_id
from testamur.schoolday.noticeboard.rules import Audience


def standing(refs: Iterable[tuple[str, UUID, UUID]]) -> dict[tuple[UUID, UUID], tuple[Thing, ...]]:
    """(thing, child) → what stands of it, from (part, thing, child)."""
    by_part: dict[Part, set[tuple[UUID, UUID]]] = defaultdict(set)
    for part, ref, child in refs:
        by_part[Part(part)].add((ref, child))
    found: dict[tuple[UUID, UUID], tuple[Thing, ...]] = {}
    for part in READERS.keys() & by_part.keys():
        found |= READERS[part](by_part.pop(part))
    for part, some in by_part.items():
        for key, things in in_diary(part=part, refs=some).items():
            found[key] = tuple(
                Thing(one.part, one.on, one.subject, one.value, one.minutes, positive=one.positive, again=one.again)
                for one in things
            )
    return found


def _events(refs: set[tuple[UUID, UUID]]) -> dict[tuple[UUID, UUID], tuple[Thing, ...]]:
    events = events_by_id({ref for ref, _child in refs})
    told = {key: one for key, one in events.items() if one.audience in {Audience.FAMILY, Audience.EVERYBODY}}
    zone = zones()
    return {
        (ref, child): (
            Thing(
                Part.EVENTS,
                told[ref].starts_at.astimezone(zone(told[ref].path)).date(),
                told[ref].title,
                again=told[ref].seq > 0,
                off=told[ref].cancelled_at is not None,
            ),
        )
        for ref, child in refs
        if ref in told
    }


def _lessons(refs: set[tuple[UUID, UUID]]) -> dict[tuple[UUID, UUID], tuple[Thing, ...]]:
    """How a day changes the timetable; `value` is hours, room and what is so, parted by bars, as words write them."""
    found = changed({ref for ref, _child in refs})
    told = {
        key: Thing(
            Part.LESSONS,
            one.on,
            one.subject,
            "|".join((
                f"{one.starts:%H:%M}–{one.ends:%H:%M}",
                one.room if one.moved else "",
                "substitute" if one.substitute else "given" if one.given else "",
            )),
            off=one.cancelled,
        )
        for key, one in found.items()
    }
    return {(ref, child): (told[ref],) for ref, child in refs if ref in told}


Reader = Callable[[set[tuple[UUID, UUID]]], dict[tuple[UUID, UUID], tuple[Thing, ...]]]
READERS: Mapping[Part, Reader] = {Part.EVENTS: _events, Part.LESSONS: _lessons}
"""Part that is not of the diary → what still stands of (thing, child); what no longer does is left out."""
