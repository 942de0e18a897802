"""Letters that the ministry's store rejected records: to the class teacher and to the school's office, once each."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import datetime
from functools import partial
from uuid import UUID

from testamur.exchange.notifications.rules.colleagues import rejected_in
from testamur.exchange.notifications.steps.posting import MOST, Letter, post
from testamur.exchange.notifications.words import rejections as words
from testamur.kernel.base.actor import Actor
from testamur.kernel.journal.rules import EntryView
from testamur.register.schools import queries as schools
from testamur.register.schools.rules import Role
from testamur.schoolday.transcripts.queries.rejections import RejectedClass, rejected


def tell_rejections(by: Actor, entries: Sequence[EntryView], now: datetime) -> int:
    """Letters of what the entries say was rejected and still is; returns how many.

    However late an entry is read it is told, unless somebody has sent the record again meanwhile.
    """
    letters: list[Letter] = []
    for entry in entries:
        groups = rejected_in(entry.kind, entry.refs)
        found = rejected(by=by, path=entry.path, groups=groups, at=entry.at) if groups else ()
        for unit in sorted({one.unit for one in found}):
            letters += _of_school(unit, [one for one in found if one.unit == unit], entry, now)
    return sum(post(by, "rejections", letters[n : n + MOST], now) for n in range(0, len(letters), MOST))


def _of_school(unit: UUID, found: Sequence[RejectedClass], entry: EntryView, now: datetime) -> list[Letter]:
    """The office reads of every class, a class teacher of the own one; who is both reads one letter."""
    on = now.date()
    codes = {key: one.code for key, one in schools.groups_by_id({one.group for one in found}).items()}
    name = schools.unit_names({unit}).get(unit, "")
    office = schools.holders(role=Role.ADMINISTRATOR, on=on, unit=unit)
    office = office or schools.holders(role=Role.PRINCIPAL, on=on, unit=unit)
    told: dict[UUID, list[RejectedClass]] = {post.person: list(found) for post in office}
    clerks = frozenset(told)
    teachers = schools.holders(role=Role.CLASS_TEACHER, on=on, unit=unit)
    for one in found:
        for holder in teachers:
            if holder.group == one.group and holder.person not in clerks:
                told.setdefault(holder.person, []).append(one)
    letters = []
    for person, some in told.items():
        lines = tuple((codes.get(one.group, ""), one) for one in some)
        write = partial(words.rejected, name, lines, office=person in clerks)
        letters.append(Letter(person, entry.path, f"rejections:{entry.cursor.entry}:{unit}:{person}", write))
    return letters
