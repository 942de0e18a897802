"""What still stands of the things that items name, from the diary and the notice board."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Callable, Iterable, Mapping
from uuid import UUID

from testamur.exchange.notifications.rules.families import Thing
from testamur.exchange.notifications.steps.places import zones
from testamur.schoolday.care.queries.notices import told as care_told
from testamur.schoolday.conversations.queries import told
from testamur.schoolday.diary.queries.changed import changed
from testamur.schoolday.diary.queries.notices import standing as in_diary
from testamur.schoolday.diary.rules.states import Part
from testamur.schoolday.forms.queries import wanted
from testamur.schoolday.keeping.queries import answered
from testamur.schoolday.learning.queries import told as learning_told
from testamur.schoolday.noticeboard.queries import class_news_by_id, events_by_id
from testamur.schoolday.noticeboard.rules import Audience
from testamur.schoolday.results.families import named


def standing(refs: Iterable[tuple[str, UUID, UUID]]) -> dict[tuple[UUID, UUID], tuple[Thing, ...]]:
    """(thing, child) → what stands of it, from (part, thing, child)."""
    by_part: dict[Part, set[tuple[UUID, UUID]]] = defaultdict(set)
    for part, ref, child in refs:
        by_part[Part(part)].add((ref, child))
    found: dict[tuple[UUID, UUID], tuple[Thing, ...]] = {}
    for part, some in by_part.items():
        found |= READERS[part](some) if part in READERS else _diary(part, some)
    return found


def _diary(part: Part, refs: set[tuple[UUID, UUID]]) -> dict[tuple[UUID, UUID], tuple[Thing, ...]]:
    return {
        key: tuple(
            Thing(one.part, one.on, one.subject, one.value, one.minutes, positive=one.positive, again=one.again)
            for one in things
        )
        for key, things in in_diary(part=part, refs=refs).items()
    }


def _results(refs: set[tuple[UUID, UUID]]) -> dict[tuple[UUID, UUID], tuple[Thing, ...]]:
    """Of results of the year that they are decided, and their moment; what they say has to be read on the web."""
    found = named({ref for ref, _child in refs})
    things = {key: (Thing(Part.RESULTS, on, moment),) for key, (on, moment) in found.items()}
    return {(ref, child): things[ref] for ref, child in refs if ref in things}


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
            "|".join(
                (
                    f"{one.starts:%H:%M}–{one.ends:%H:%M}",
                    one.room if one.moved else "",
                    "substitute" if one.substitute else "given" if one.given else "",
                )
            ),
            off=one.cancelled,
        )
        for key, one in found.items()
    }
    return {(ref, child): (told[ref],) for ref, child in refs if ref in told}


def _messages(refs: set[tuple[UUID, UUID]]) -> dict[tuple[UUID, UUID], tuple[Thing, ...]]:
    """That there is a message, news, or an answer to a request for correction; not even what it is about."""
    ids = {ref for ref, _child in refs}
    at = told(ids) | {key: one.published_at for key, one in class_news_by_id(ids).items() if one.until is None}
    things = {key: Thing(Part.MESSAGES, when.date()) for key, when in at.items()}
    things |= {key: Thing(Part.MESSAGES, when.date(), value="correction") for key, when in answered(ids).items()}
    return {(ref, child): (things[ref],) for ref, child in refs if ref in things}


def _care(refs: set[tuple[UUID, UUID]]) -> dict[tuple[UUID, UUID], tuple[Thing, ...]]:
    """What stands of care; `value` is what it is and, of a child that came or left, the hour, parted by a bar."""
    found, zone = care_told({ref for ref, _child in refs}), zones()
    told = {
        key: Thing(
            Part.CARE,
            one.on,
            one.name,
            f"{one.what}|{one.at.astimezone(zone(one.path)):%H:%M}" if one.at is not None else one.what,
            off=one.off,
        )
        for key, one in found.items()
    }
    return {(ref, child): (told[ref],) for ref, child in refs if ref in told}


def _forms(refs: set[tuple[UUID, UUID]]) -> dict[tuple[UUID, UUID], tuple[Thing, ...]]:
    return {key: (Thing(Part.FORMS, form.last_day, form.content.title()),) for key, form in wanted(refs).items()}


def _learning(refs: set[tuple[UUID, UUID]]) -> dict[tuple[UUID, UUID], tuple[Thing, ...]]:
    """A plan, work, development plan or talk; titles name nobody."""
    return {key: (Thing(Part.LEARNING, one.on, one.title, off=one.off),) for key, one in learning_told(refs).items()}


Reader = Callable[[set[tuple[UUID, UUID]]], dict[tuple[UUID, UUID], tuple[Thing, ...]]]
READERS: Mapping[Part, Reader] = {
    Part.EVENTS: _events,
    Part.FORMS: _forms,
    Part.LESSONS: _lessons,
    Part.CARE: _care,
    Part.MESSAGES: _messages,
    Part.LEARNING: _learning,
    Part.RESULTS: _results,
}
"""Part that is not of the diary alone → what still stands of (thing, child); what no longer does is left out."""
