"""Adding, changing and ending enrolments: the largest bulk of an import."""

from __future__ import annotations

from collections.abc import Hashable, Iterable, Iterator, Mapping, Sequence
from datetime import date, datetime
from functools import partial
from typing import Any
from uuid import UUID

from django.db import transaction

from testamur.kernel.base.actor import Actor
from testamur.kernel.base.ids import new_id
from testamur.kernel.base.refused import NotFound, Refused
from testamur.kernel.journal import actions as journal
from testamur.register.people.actions import bulk
from testamur.register.people.actions.checks import at, unless_conflict
from testamur.register.people.queries import chunks, missing
from testamur.register.people.rules import common_path, ids_digest
from testamur.register.schools import queries
from testamur.register.schools.models import Enrolment
from testamur.register.schools.rules import EnrolmentUpdate, NewEnrolment, check_period

BATCH = 5000
"""Rows that are held at a time."""

_FIELDS = ("id", "person", "school", "group", "role", "year_level", "starts", "ends")


class EnrolmentTaken(Refused):
    """The pupil has such an enrolment already: same day, or still open."""

    code = "schools.enrolment.taken"


class GroupElsewhere(Refused):
    """The group belongs to another school than the enrolment or post."""

    code = "schools.group.elsewhere"


@transaction.atomic
def add_enrolments(*, by: Actor, enrolments: Sequence[NewEnrolment], now: datetime) -> list[UUID]:
    """Enrol pupils in schools and groups and return the ids in order; all or none.

    Needs ``schools.enrolment.add`` at each school's path. Raises ``not_found``, ``schools.group.elsewhere``,
    ``schools.period.invalid`` and ``schools.enrolment.taken``.
    """
    places = _places(by, "schools.enrolment.add", {new.school for new in enrolments})
    homes = {key: one.school for key, one in queries.groups_by_id(n.group for n in enrolments if n.group).items()}
    unknown = missing(new.person for new in enrolments)
    if unknown:
        index = next(n for n, new in enumerate(enrolments) if new.person in unknown)
        raise NotFound("There is no such person.", field="person", index=index)
    ids: list[UUID] = []
    for start in range(0, len(enrolments), BATCH):
        rows = []
        for index, new in enumerate(enrolments[start : start + BATCH], start=start):
            if new.group is not None and homes.get(new.group) != new.school:
                raise _wrong_group(new.group, homes, index)
            if new.ends is not None and new.ends < new.starts:
                with at(index):
                    check_period(new.starts, new.ends)
            rows.append(
                (
                    new.id or new_id(),
                    new.person,
                    new.school,
                    new.group,
                    new.role.value,
                    new.year_level,
                    new.starts,
                    new.ends,
                )
            )
        with unless_conflict(
            EnrolmentTaken("A pupil has such an enrolment already.", field="enrolments"),
            kept=partial(_kept, rows),
            keys=partial(map, _keys, rows),
            start=start,
        ):
            bulk.insert(Enrolment, _FIELDS, rows)
        ids.extend(row[0] for row in rows)
    journal.append(
        by=by,
        kind="schools.enrolments.added/1",
        path=common_path(places),
        now=now,
        refs={"count": len(ids), "digest": ids_digest(ids)},
    )
    return ids


@transaction.atomic
def update_enrolments(*, by: Actor, updates: Sequence[EnrolmentUpdate], now: datetime) -> int:
    """Change periods and year levels of enrolments; returns how many differ from before.

    Needs ``schools.enrolment.change`` at each school's path. Raises ``not_found``, ``schools.period.invalid`` and
    ``schools.enrolment.taken``.
    """
    changed: set[UUID] = set()
    places: set[str] = set()
    for part in chunks(updates, BATCH):
        rows = Enrolment.objects.select_for_update().in_bulk([u.id for u in part])
        places |= _places(by, "schools.enrolment.change", {row.school_id for row in rows.values()})
        differing = {}
        for index, update in enumerate(part):
            row = rows.get(update.id)
            if row is None:
                raise NotFound("There is no such enrolment.", field="id", index=index)
            before = (row.starts, row.ends, row.year_level)
            row.starts = update.starts or row.starts
            row.ends = update.ends or row.ends
            row.year_level = row.year_level if update.year_level is None else update.year_level
            if before != (row.starts, row.ends, row.year_level):
                with at(index):
                    check_period(row.starts, row.ends)
                differing[row.id] = row
        _write(differing.values())
        changed.update(differing)
    if changed:
        journal.append(
            by=by,
            kind="schools.enrolments.changed/1",
            path=common_path(places),
            now=now,
            refs={"count": len(changed), "digest": ids_digest(changed)},
        )
    return len(changed)


@transaction.atomic
def end_enrolments(*, by: Actor, ends: Mapping[UUID, date], now: datetime) -> None:
    """Say for each enrolment which day is the last. Pupils and their history are never deleted.

    Needs ``schools.enrolment.end`` at each school's path. Raises ``not_found`` and ``schools.period.invalid``.
    """
    places: set[str] = set()
    for part in chunks(ends, BATCH):
        rows = Enrolment.objects.select_for_update().in_bulk(part)
        if len(rows) < len(part):
            raise NotFound("There is no such enrolment.", field="ends")
        places |= _places(by, "schools.enrolment.end", {row.school_id for row in rows.values()})
        for row in rows.values():
            check_period(row.starts, ends[row.id])
            row.ends = ends[row.id]
        _write(rows.values())
    journal.append(
        by=by,
        kind="schools.enrolments.ended/1",
        path=common_path(places),
        now=now,
        refs={"count": len(ends), "digest": ids_digest(ends)},
    )


def _write(rows: Iterable[Enrolment]) -> None:
    with unless_conflict(EnrolmentTaken("A pupil has such an enrolment already.", field="updates")):
        bulk.update(Enrolment, ("starts", "ends", "year_level"), ((r.starts, r.ends, r.year_level, r.id) for r in rows))


def _keys(row: tuple[Any, ...]) -> tuple[Hashable, ...]:
    """What may exist once: the place on that first day, and the place while it is open."""
    _, person, school, group, _, _, starts, ends = row
    place = (person, school, group)
    return ((*place, starts), place) if ends is None else ((*place, starts),)


def _kept(rows: Sequence[tuple[Any, ...]]) -> Iterator[Hashable]:
    for part in chunks({row[1] for row in rows}):
        for row in Enrolment.objects.filter(person__in=part).values_list(*_FIELDS):
            yield from _keys(row)


def _places(by: Actor, verb: str, schools: set[UUID]) -> set[str]:
    known = queries.units(schools)
    if len(known) < len(schools):
        raise NotFound("There is no such school.", field="school")
    for one in known.values():
        by.must(verb, one.path)
    return {one.path for one in known.values()}


def _wrong_group(group: UUID, homes: Mapping[UUID, UUID], index: int) -> Refused:
    if group not in homes:
        return NotFound("There is no such group.", field="group", index=index)
    return GroupElsewhere("The group belongs to another school.", field="group", index=index)
