"""Who saw what of a person: sights of a protected name, fetched documents, reads that the journal tells."""

from __future__ import annotations

from dataclasses import dataclass, replace
from datetime import datetime
from uuid import UUID

from testamur.kernel.base.actor import Actor
from testamur.kernel.jobs.rules import step_actor
from testamur.kernel.journal.searching import search_log
from testamur.register.people import reach
from testamur.schoolday.custody.rules import OPENLY_TOLD
from testamur.trust.records.queries import seen as records

READS = (
    "custody.copy.printed/", "custody.lookup.opened/", "diary.health.seen/", "keeping.extract.fetched/",
    "people.legal_persons.read/",
)  # fmt: skip
"""Beginnings of kinds of entries that say that somebody read something about the persons whom they name.

Sights of protected names and fetched documents have tables of their own, which `records` reads. What names nobody (a
program's reading by numbers, an export of a school) cannot be told to one person.
"""
NOWHERE = ""
"""Path of a sight whose place is not told to the reader."""
_LOOKER = step_actor("keeping", "journal.read")


@dataclass(frozen=True, slots=True)
class Seen:
    """One sight: `what` is ``name``, ``document`` or the kind of an entry; `where` a page or type of document.

    Of a look-up `where` is its purpose, where that is the errand of the family itself.
    """

    what: str
    actor: UUID
    at: datetime
    path: str
    where: str


def seen(*, by: Actor, person: UUID, since: datetime, now: datetime, limit: int = 500) -> tuple[Seen, ...]:
    """Who saw that person, newest first. Needs ``keeping.extract.see`` for the person.

    What was read in the last seconds stands in the log a moment later. A guardian from whom another one hides reads no
    place and no purpose: the family may live there.
    """
    by.must("keeping.extract.see", person=person)
    told = [
        Seen(one.what, one.actor, one.at, one.path, one.where)
        for one in records.seen(by=by, person=person, since=since, limit=limit)
    ]
    for logged in search_log(by=_LOOKER, path="/", kinds=READS, naming=[str(person)], first=since, limit=limit):
        entry = logged.entry
        purpose = str(entry.refs.get("purpose", ""))
        where = purpose if purpose in OPENLY_TOLD else ""
        told.append(Seen(entry.kind.partition("/")[0], entry.actor, entry.at, entry.path, where))
    found = tuple(sorted(told, key=lambda one: one.at, reverse=True)[:limit])
    if by.id == person or not reach.apart(child=person, reader=by.id, on=now.date()):
        return found
    return tuple(one if one.actor == by.id else _nowhere(one) for one in found)


def _nowhere(one: Seen) -> Seen:
    """Without the place, and without what a look-up there was for."""
    return replace(one, path=NOWHERE, where="" if one.what.startswith("custody.") else one.where)
