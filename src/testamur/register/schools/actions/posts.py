"""Giving and ending posts."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Mapping, Sequence
from datetime import date, datetime
from uuid import UUID

from django.db import transaction

from testamur.kernel.base.actor import Actor
from testamur.kernel.base.ids import new_id
from testamur.kernel.base.refused import NotFound, Refused
from testamur.kernel.journal import actions as journal
from testamur.register.people.actions.checks import at, unless_conflict
from testamur.register.people.queries import chunks, missing
from testamur.register.people.rules import common_path, ids_digest
from testamur.register.schools import queries
from testamur.register.schools.actions.enrolments import GroupElsewhere
from testamur.register.schools.models import Post
from testamur.register.schools.rules import GroupView, NewPost, Role, UnitView, check_period, overlap


class ClassTeacherTaken(Refused):
    """The class has a class teacher in that period already."""

    code = "schools.post.class_teacher_taken"


class GroupNeeded(Refused):
    """A class teacher's post needs the class."""

    code = "schools.post.group_needed"


@transaction.atomic
def add_posts(*, by: Actor, posts: Sequence[NewPost], now: datetime) -> list[UUID]:
    """Give persons posts at units and return the ids in order.

    Needs ``schools.post.add`` at each unit's path. Raises ``not_found``, ``schools.period.invalid``,
    ``schools.group.elsewhere``, ``schools.post.group_needed`` and ``schools.post.class_teacher_taken``.
    """
    units = queries.units(new.unit for new in posts)
    groups = queries.groups_by_id(new.group for new in posts if new.group)
    unknown = missing(new.person for new in posts)
    for index, new in enumerate(posts):
        if new.person in unknown:
            raise NotFound("There is no such person.", field="person", index=index)
        with at(index):
            _check(by, new, units, groups)
    _check_class_teachers(posts)
    rows = [
        Post(
            id=new.id or new_id(),
            person_id=new.person,
            unit_id=new.unit,
            group_id=new.group,
            role=new.role.value,
            subject=new.subject,
            starts=new.starts,
            ends=new.ends,
        )
        for new in posts
    ]
    with unless_conflict(ClassTeacherTaken("A class has a class teacher already.", field="posts")):
        Post.objects.bulk_create(rows)
    ids = [row.id for row in rows]
    journal.append(
        by=by,
        kind="schools.posts.added/1",
        path=common_path({one.path for one in units.values()}),
        now=now,
        refs={"count": len(ids), "digest": ids_digest(ids)},
    )
    return ids


@transaction.atomic
def end_posts(*, by: Actor, ends: Mapping[UUID, date], now: datetime) -> None:
    """Say for each post which day is the last; its powers end with that day.

    Needs ``schools.post.end`` at each unit's path. Raises ``not_found`` and ``schools.period.invalid``.
    """
    rows = [
        row
        for chunk in chunks(ends)
        for row in Post.objects.select_for_update(of=("self",)).select_related("unit").filter(id__in=chunk)
    ]
    if len(rows) < len(ends):
        raise NotFound("There is no such post.", field="ends")
    for row in rows:
        by.must("schools.post.end", row.unit.path)
        check_period(row.starts, ends[row.id])
        row.ends = ends[row.id]
    Post.objects.bulk_update(rows, ["ends"], batch_size=200)
    journal.append(
        by=by,
        kind="schools.posts.ended/1",
        path=common_path({row.unit.path for row in rows}),
        now=now,
        refs={"count": len(rows), "digest": ids_digest(ends)},
    )


def _check(by: Actor, new: NewPost, units: Mapping[UUID, UnitView], groups: Mapping[UUID, GroupView]) -> None:
    if new.unit not in units:
        raise NotFound("There is no such unit.", field="unit")
    by.must("schools.post.add", units[new.unit].path)
    check_period(new.starts, new.ends)
    if new.group is None:
        if new.role is Role.CLASS_TEACHER:
            raise GroupNeeded("Name the class of the class teacher.", field="group")
    elif new.group not in groups:
        raise NotFound("There is no such group.", field="group")
    elif groups[new.group].school != new.unit:
        raise GroupElsewhere("The group belongs to another school.", field="group")


def _check_class_teachers(posts: Sequence[NewPost]) -> None:
    """Refuse two class teachers of one class on one day; the table refuses two open ones in any case."""
    wanted = [
        (index, (new.group, new.starts, new.ends)) for index, new in enumerate(posts) if new.role is Role.CLASS_TEACHER
    ]
    classes = {group for _, (group, _, _) in wanted}
    kept = Post.objects.filter(role=Role.CLASS_TEACHER, group__in=classes).values_list("group_id", "starts", "ends")
    taken: dict[UUID | None, list[tuple[date, date | None]]] = defaultdict(list)
    for held, starts, ends in kept:
        taken[held].append((starts, ends))
    for index, (group, starts, ends) in wanted:
        others = taken[group]
        if any(overlap((starts, ends), other) for other in others):
            raise ClassTeacherTaken("The class has a class teacher in that period.", field="posts", index=index)
        others.append((starts, ends))
