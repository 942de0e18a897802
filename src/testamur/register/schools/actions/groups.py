"""Adding and changing groups."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import datetime
from uuid import UUID

from django.db import transaction

from testamur.kernel.base.actor import Actor
from testamur.kernel.base.ids import new_id
from testamur.kernel.base.refused import NotFound, Refused
from testamur.kernel.journal import actions as journal
from testamur.register.people.actions.checks import at, unless_conflict
from testamur.register.people.queries import chunks
from testamur.register.people.rules import common_path, ids_digest
from testamur.register.schools import queries
from testamur.register.schools.actions.units import unit_paths
from testamur.register.schools.models import Group, SchoolYear
from testamur.register.schools.rules import (
    GroupUpdate,
    NewGroup,
    child_path,
    slug_of,
)


class GroupTaken(Refused):
    """A group with this code is there already in that school and school year."""

    code = "schools.group.taken"


@transaction.atomic
def add_groups(*, by: Actor, groups: Sequence[NewGroup], now: datetime) -> list[UUID]:
    """Add groups of schools and return their ids in order.

    Needs ``schools.group.add`` at the school's path. Raises ``not_found``, ``schools.path.invalid`` and
    ``schools.group.taken``.
    """
    places = unit_paths(by, "schools.group.add", [new.school for new in groups])
    paths = {key: one.path for key, one in queries.units(new.school for new in groups).items()}
    years = {new.school_year for new in groups}
    if SchoolYear.objects.filter(id__in=years).count() < len(years):
        raise NotFound("There is no such school year.", field="school_year")
    rows = []
    for index, new in enumerate(groups):
        with at(index):
            path = child_path(paths[new.school], new.slug or slug_of(new.code))
        rows.append(
            Group(
                id=new.id or new_id(),
                school_id=new.school,
                school_year_id=new.school_year,
                kind=new.kind.value,
                code=new.code,
                name=new.name or new.code,
                subject=new.subject,
                course=new.course,
                year_level=new.year_level,
                path=path,
            )
        )
    with unless_conflict(
        GroupTaken("A group with such a code or path is there already.", field="code"),
        keys=lambda: [((row.school_id, row.school_year_id, row.code), (row.school_year_id, row.path)) for row in rows],
        kept=lambda: [
            key
            for row in Group.objects.filter(school__in=paths, school_year__in=years)
            for key in ((row.school_id, row.school_year_id, row.code), (row.school_year_id, row.path))
        ],
    ):
        Group.objects.bulk_create(rows)
    ids = [row.id for row in rows]
    journal.append(
        by=by,
        kind="schools.groups.added/1",
        path=common_path(places),
        now=now,
        refs={"count": len(ids), "digest": ids_digest(ids)},
    )
    return ids


@transaction.atomic
def update_groups(*, by: Actor, updates: Sequence[GroupUpdate], now: datetime) -> int:
    """Change names, subjects, courses and year levels of groups; returns how many differ from before.

    Needs ``schools.group.change`` at each group's path. Raises ``not_found``.
    """
    rows = {
        row.id: row
        for chunk in chunks(u.id for u in updates)
        for row in Group.objects.select_for_update().filter(id__in=chunk)
    }
    changed = {}
    for index, update in enumerate(updates):
        row = rows.get(update.id)
        if row is None:
            raise NotFound("There is no such group.", field="id", index=index)
        by.must("schools.group.change", row.path)
        before = (row.name, row.subject, row.course, row.year_level)
        row.name = update.name or row.name
        row.subject = row.subject if update.subject is None else update.subject
        row.course = row.course if update.course is None else update.course
        row.year_level = row.year_level if update.year_level is None else update.year_level
        if before != (row.name, row.subject, row.course, row.year_level):
            changed[row.id] = row
    Group.objects.bulk_update(changed.values(), ["name", "subject", "course", "year_level"], batch_size=100)
    if changed:
        journal.append(
            by=by,
            kind="schools.groups.changed/1",
            path=common_path({row.path for row in changed.values()}),
            now=now,
            refs={"count": len(changed), "digest": ids_digest(changed)},
        )
    return len(changed)
