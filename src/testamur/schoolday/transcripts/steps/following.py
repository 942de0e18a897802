"""Following the journal: what moves a class year has it counted anew.

The cursor moves only after the counting, and only from where it was read: a step that dies, or two that meet, count
twice and miss nothing.
"""

from __future__ import annotations

from collections.abc import Iterable
from datetime import datetime
from uuid import UUID

from testamur.kernel.journal import queries as journal
from testamur.kernel.journal.rules import Cursor, EntryView
from testamur.register.schools import queries as schools
from testamur.register.schools.rules import UnitKind, UnitView
from testamur.schoolday.transcripts.models import Follower
from testamur.schoolday.transcripts.steps.counting import refresh, refresh_school
from testamur.trust.records.queries.progress import units_of

NAME = "transcripts"
MOST_SCHOOLS = 40
"""An entry of a place with more schools names them otherwise, or moves no class year."""
_KINDS = (
    "results.decisions.recorded", "results.decision.corrected", "records.drafted", "records.ready", "records.recalled",
    "records.discarded", "records.annulled", "records.signed", "records.declined", "records.batch_published",
    "records.held", "schools.enrolments", "schools.posts", "people.identifiers", "people.persons.changed",
    "transcripts.",
)  # fmt: skip
"""Beginnings of the kinds of entry that can move a class year."""
_COUNTED = "transcripts.class."
"""These acts have counted the class themselves."""


def follow(*, now: datetime, limit: int = 2000) -> int:
    """Read the next entries of the journal and count the classes that they move; returns how many classes."""
    row, _made = Follower.objects.get_or_create(name=NAME)
    at = Cursor(row.transaction, row.entry)
    entries = journal.since(at, limit=limit)
    if not entries:
        return 0
    counted = _count([entry for entry in entries if _moves(entry)], now)
    end = entries[-1].cursor
    mine = Follower.objects.filter(name=NAME, transaction=at.transaction, entry=at.entry)
    mine.update(transaction=end.transaction, entry=end.entry)
    return counted


def _moves(entry: EntryView) -> bool:
    return entry.kind.startswith(_KINDS) and not entry.kind.startswith(_COUNTED)


def _count(entries: Iterable[EntryView], now: datetime) -> int:
    groups, units = set[UUID](), dict[UUID, UnitView]()
    for entry in entries:
        if "group" in entry.refs:
            groups.add(UUID(str(entry.refs["group"])))
        else:
            units.update((unit.id, unit) for unit in _schools(entry))
    counted = sum(refresh_school(unit, now=now) for unit in units.values())
    rest = [one for one in schools.groups_by_id(groups).values() if one.school not in units]
    return counted + sum(refresh(one.id, now=now) is not None for one in rest)


def _schools(entry: EntryView) -> Iterable[UnitView]:
    """The schools that an entry is about."""
    for name in ("batch", "ceremony"):
        if name in entry.refs:
            return schools.units(units_of(**{name: UUID(str(entry.refs[name]))})).values()
    above = [unit for unit in schools.units_above(entry.path) if unit.kind is UnitKind.SCHOOL]
    if above:
        return above[-1:]
    if entry.kind.startswith(("people.", "schools.")):
        return ()
    below = schools.units_under(entry.path, kind=UnitKind.SCHOOL)
    return below if len(below) <= MOST_SCHOOLS else ()
