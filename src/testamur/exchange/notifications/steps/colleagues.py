"""Telling the staff: at once of lessons that a day changes, and of messages as each chose, at once or each morning.

The journal is followed by a cursor of its own. The letters of some entries and the new cursor are one transaction:
whoever is killed before its end has told nobody, and the next one tells everybody.
"""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Mapping, Sequence
from datetime import date, datetime
from functools import partial
from uuid import UUID

from django.db import transaction

from testamur.exchange.notifications.models import Reader
from testamur.exchange.notifications.rules import STALE
from testamur.exchange.notifications.rules.colleagues import (
    LATE,
    Turned,
    conversation_of,
    lesson_of,
    reminder_of,
    turns,
)
from testamur.exchange.notifications.steps.announcing import tell_plans
from testamur.exchange.notifications.steps.posting import MOST, Letter, post
from testamur.exchange.notifications.steps.rejecting import tell_rejections
from testamur.exchange.notifications.words import colleagues as words
from testamur.kernel.base.actor import Actor
from testamur.kernel.journal import queries as journal
from testamur.kernel.journal.rules import Cursor, EntryView
from testamur.register.people.rules import common_path
from testamur.register.schools import queries as schools
from testamur.schoolday.conversations import queries as conversations
from testamur.schoolday.conversations.rules import DEFAULT, Pace, Waiting
from testamur.schoolday.diary.queries.changed import changed, givers
from testamur.schoolday.supervision import queries as supervision

NAME = "colleagues"
CHUNK = 1000
ROUNDS = 50


def follow_colleagues(*, by: Actor, names: Actor, now: datetime) -> int:
    """Tell of what happened since the last time; returns how many letters went. `names`: sees nobody who is hidden."""
    count = 0
    for _round in range(ROUNDS):
        reader = Reader.objects.filter(name=NAME).first()
        if not journal.since(_cursor(reader), limit=1):
            break
        count += _follow(by, names, now)
    return count


def tell_mornings(*, by: Actor, names: Actor, country: str, day: date, before: datetime | None, now: datetime) -> int:
    """The day's letters of one country to whom messages wait that came since the last round; returns how many."""
    found: dict[UUID, Waiting] = {}
    since = before if before is not None else now - STALE
    for authority in schools.units_under("/"):
        if authority.parent is None and authority.country == country:
            found |= conversations.waiting(by=names, path=authority.path, since=since, now=now)
    paces = conversations.paces(list(found))
    daily = {person: one for person, one in found.items() if paces.get(person, DEFAULT) is Pace.DAILY}
    persons = sorted(daily)
    count = 0
    for start in range(0, len(persons), MOST):
        some = {person: daily[person] for person in persons[start : start + MOST]}
        count += _tell_waiting(by, some, f"morning:{day}", now)
    return count


@transaction.atomic
def _follow(by: Actor, names: Actor, now: datetime) -> int:
    Reader.objects.get_or_create(name=NAME)
    locked = Reader.objects.select_for_update().get(name=NAME)
    entries = journal.since(_cursor(locked), limit=CHUNK)
    if not entries:
        return 0
    locked.transaction, locked.entry = entries[-1].cursor.transaction, entries[-1].cursor.entry
    locked.save(update_fields=["transaction", "entry"])
    fresh = [one for one in entries if one.at >= now - LATE]
    told = _tell_lessons(by, fresh, now) + _tell_messages(by, names, fresh, now) + _tell_reminders(by, fresh, now)
    return told + tell_rejections(by, entries, now) + tell_plans(by, entries, now)


def _tell_lessons(by: Actor, entries: Sequence[EntryView], now: datetime) -> int:
    lessons = {one.cursor.entry: key for one in entries if (key := lesson_of(one.kind, one.refs)) is not None}
    if not lessons:
        return 0
    ids = set(lessons.values())
    stands, teachers = changed(ids), givers(ids)
    groups = schools.groups_by_id({one.group for one in stands.values()})
    told: dict[UUID, dict[UUID, Turned]] = defaultdict(dict)
    paths: dict[UUID, str] = {}
    for entry in entries:
        key = lessons.get(entry.cursor.entry)
        if key is None or key not in stands:
            continue
        one = stands[key]
        changes = turns(entry.kind, entry.refs, teacher=teachers.get(key), substitute=one.substitute)
        for person, change in changes.items():
            if person != entry.actor:
                code = groups[one.group].code if one.group in groups else ""
                told[person][key] = Turned(one.on, one.starts, one.ends, one.subject, code, one.room, change)
                paths[person] = common_path({paths.get(person, entry.path), entry.path})
    letters = []
    for person, turned in told.items():
        some = tuple(turned.values())
        write = partial(words.lessons, some)
        letters.append(Letter(person, paths[person], f"lessons:{max(lessons)}:{person}", write))
    return post(by, "lessons", letters, now)


def _tell_messages(by: Actor, names: Actor, entries: Sequence[EntryView], now: datetime) -> int:
    """Those who chose to be told at once; whose turn the morning is are left to it."""
    written = [(key, one.at) for one in entries if (key := conversation_of(one.kind, one.refs)) is not None]
    if not written:
        return 0
    since = min(at for _key, at in written)
    found = conversations.waiting(by=names, path="/", since=since, now=now, conversations={key for key, _at in written})
    paces = conversations.paces(list(found))
    return _tell_waiting(by, {p: one for p, one in found.items() if paces.get(p, DEFAULT) is Pace.NOW}, "now", now)


def _tell_reminders(by: Actor, entries: Sequence[EntryView], now: datetime) -> int:
    """Those whom a step of the transcripts waits for, when their body responsible reminds them."""
    count = 0
    for entry in entries:
        reminder = reminder_of(entry.kind, entry.refs)
        if reminder is not None:
            told = supervision.letters(by=by, reminder=reminder)
            letters = [
                Letter(one.person, one.path, f"reminder:{reminder}:{one.person}", partial(words.step_waits, one))
                for one in told
            ]
            count += sum(post(by, "reminders", letters[n : n + MOST], now) for n in range(0, len(letters), MOST))
    return count


@transaction.atomic
def _tell_waiting(by: Actor, some: Mapping[UUID, Waiting], when: str, now: datetime) -> int:
    letters = [
        Letter(person, one.path, f"messages:{when}:{one.newest}:{person}", partial(words.waits, one))
        for person, one in some.items()
    ]
    return post(by, "messages", letters, now)


def _cursor(reader: Reader | None) -> Cursor:
    return Cursor(reader.transaction, reader.entry) if reader else Cursor()
