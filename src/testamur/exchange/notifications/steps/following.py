"""Following the journal: what happened becomes stirs, and the cursor moves with them.

A step of the machinery, not an act of a person: it writes no journal; the telling does.
"""

from __future__ import annotations

from datetime import datetime

from django.db import transaction

from testamur.exchange.notifications.models import News, Reader, Stir
from testamur.exchange.notifications.rules import STALE, STIRS, Topic, due_at
from testamur.exchange.notifications.rules.families import KINDS, names_things
from testamur.exchange.notifications.steps import protecting
from testamur.kernel.journal import queries as journal
from testamur.kernel.journal.rules import Cursor, EntryView

NAME = "notices"


def follow(*, now: datetime, limit: int = 1000) -> int:
    """Read the next entries of the journal; returns how many stirred something. Nothing is read twice.

    Where somebody's identity is protected, what is on its way is called back (`protecting`).
    """
    reader = Reader.objects.filter(name=NAME).first()
    if not journal.since(_cursor(reader), limit=1):
        return 0
    with transaction.atomic():
        Reader.objects.get_or_create(name=NAME)
        locked = Reader.objects.select_for_update().get(name=NAME)
        entries = journal.since(_cursor(locked), limit=limit)
        stirring = [(topic, entry) for entry in entries if (topic := _topic(entry, now)) is not None]
        for topic, entry in stirring:
            _stir(topic, entry)
        news = [_news(entry) for entry in entries if _is_news(entry, now)]
        News.objects.bulk_create(news, batch_size=200)
        for entry in entries:
            if entry.kind.partition("/")[0] == protecting.KIND:
                protecting.call_back(entry=entry, now=now)
        if entries:
            locked.transaction, locked.entry = entries[-1].cursor.transaction, entries[-1].cursor.entry
            locked.save(update_fields=["transaction", "entry"])
    return len(stirring) + len(news)


def _is_news(entry: EntryView, now: datetime) -> bool:
    if entry.identified_by == "import":
        return False  # what was taken over from another diary was told by that one
    return entry.kind.partition("/")[0] in KINDS and entry.at >= now - STALE and names_things(entry.kind, entry.refs)


def _news(entry: EntryView) -> News:
    return News(
        entry=entry.cursor.entry,
        kind=entry.kind,
        path=entry.path,
        refs=dict(entry.refs),
        at=entry.at,
        actor=entry.actor,
    )


def _cursor(reader: Reader | None) -> Cursor:
    return Cursor(reader.transaction, reader.entry) if reader else Cursor()


def _topic(entry: EntryView, now: datetime) -> Topic | None:
    topic = STIRS.get(entry.kind.partition("/")[0])
    if topic is None or (topic is not Topic.SIGN and entry.at < now - STALE):
        return None  # what waits for a signature is looked up when it is told, however old the entry
    if topic is Topic.RELEASE and not {"unit", "document_type", "period", "at"} <= set(entry.refs):
        return None
    return topic


def _stir(topic: Topic, entry: EntryView) -> None:
    key = str(entry.refs["unit"]) if topic is Topic.RELEASE else entry.path
    stir = Stir.objects.filter(topic=topic, key=key).first()
    if stir is None:
        stir = Stir(topic=topic, key=key, path=entry.path, first_at=entry.at, last_at=entry.at, times=0)
    stir.first_at, stir.last_at = min(stir.first_at, entry.at), max(stir.last_at, entry.at)
    stir.due_at = due_at(topic, stir.first_at, stir.last_at)
    stir.times += 1
    if topic is Topic.RELEASE:
        stir.news = [*stir.news, [entry.refs["document_type"], entry.refs["period"], entry.refs["at"]]]
    stir.save()
