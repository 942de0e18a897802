"""Roles at units, members of groups, and how they end."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, field
from datetime import date
from typing import Generic, TypeVar
from uuid import UUID

from testamur.exchange.connectors.planner.core import Context, Item, isolate, refresh, remember, split
from testamur.exchange.connectors.planner.resolving import home, keep, resolve_persons, resolve_units
from testamur.exchange.connectors.rules import EnrolmentRow, MembershipRow, Row
from testamur.kernel.base.ids import new_id
from testamur.register.schools import queries
from testamur.register.schools.actions import enrolments as verbs
from testamur.register.schools.actions import posts
from testamur.register.schools.rules import (
    EnrolmentUpdate,
    EnrolmentView,
    GroupKind,
    NewEnrolment,
    NewPost,
    PostView,
    Role,
)

_POSTS = {"teacher": Role.TEACHER, "principal": Role.PRINCIPAL, "class_teacher": Role.CLASS_TEACHER}
_SILENT = {"guardian", "relative"}
Placed = MembershipRow | EnrolmentRow
P = TypeVar("P", MembershipRow, EnrolmentRow)


def load_memberships(context: Context, rows: Sequence[MembershipRow]) -> None:
    """Pupils of a school as such, and posts of teachers and principals. Powers over records are never imported."""
    wanted = [row for row in rows if _wanted(context, row)]
    new, changed = split(context, "membership", wanted)
    live = [item for item in new if not item.row.ended]
    persons = resolve_persons(context, [i.row.person_key for i in live])
    units = resolve_units(context, [i.row.unit_key for i in live])
    pupils: list[tuple[Item[MembershipRow], NewEnrolment]] = []
    staff: list[tuple[Item[MembershipRow], NewPost]] = []
    for item in live:
        row = item.row
        person, unit = persons.get(row.person_key), units.get(row.unit_key)
        if person is None or unit is None:
            _unknown(
                context, row, "person" if person is None else "unit", row.person_key if person is None else row.unit_key
            )
            continue
        starts = row.starts or _default_start(context, row, None)
        if row.role == "pupil":
            pupils.append((item, NewEnrolment(person, unit, starts, None, row.ends, row.year_level, id=new_id())))
        else:
            staff.append((item, NewPost(person, unit, _POSTS[row.role], starts, row.ends, id=new_id())))
    _add(context, "membership", pupils, staff)
    keep(
        context, [*((e.person, e.school) for _i, e in pupils), *((p.person, p.unit) for _i, p in staff)],
        only_from=home(context).path,
    )  # fmt: skip
    _change(context, "membership", changed)


def load_enrolments(context: Context, rows: Sequence[EnrolmentRow]) -> None:
    """Pupils and teachers of classes and teaching groups."""
    new, changed = split(context, "enrolment", rows)
    live = [item for item in new if not item.row.ended]
    if live:
        persons = resolve_persons(context, [i.row.person_key for i in live])
        groups = context.resolve("group", [i.row.group_key for i in live])
        missing = [g for g in groups.values() if g not in context.groups]
        if missing:
            context.groups.update(queries.groups_by_id(missing))
        pupils: list[tuple[Item[EnrolmentRow], NewEnrolment]] = []
        staff: list[tuple[Item[EnrolmentRow], NewPost]] = []
        for item in live:
            row = item.row
            person, group = persons.get(row.person_key), context.groups.get(groups.get(row.group_key, _NONE))
            if person is None or group is None:
                _unknown(
                    context,
                    row,
                    "person" if person is None else "group",
                    row.person_key if person is None else row.group_key,
                )
                continue
            starts = row.starts or _default_start(context, row, group.school_year)
            if row.role == "pupil":
                pupils.append(
                    (item, NewEnrolment(person, group.school, starts, group.id, row.ends, row.year_level, id=new_id()))
                )
            else:
                role = (
                    Role.CLASS_TEACHER
                    if row.role == "class_teacher" and group.kind is GroupKind.CLASS
                    else Role.TEACHER
                )
                post = NewPost(person, group.school, role, starts, row.ends, group.id, group.subject, id=new_id())
                staff.append((item, post))
        _add(context, "enrolment", pupils, staff)
    _change(context, "enrolment", changed)


_NONE = UUID(int=0)


def _wanted(context: Context, row: MembershipRow) -> bool:
    if row.role == "pupil" or row.role in _POSTS:
        return True
    if row.role not in _SILENT:
        context.note(row, "role", row.role, "not imported: powers in this system are given here", "import.role.unused")
    return False


def _unknown(context: Context, row: Row, column: str, key: str) -> None:
    context.refuse(
        row, column, key, f"row left out: the {column} is neither in the bundle nor known", "import.reference.unknown"
    )


def _default_start(context: Context, row: Placed, year: UUID | None) -> date:
    """The first day of the group's school year, or of the one that holds today; else today."""
    if not context.years or (year is not None and year not in context.years):
        context.years.update({y.id: (y.starts, y.ends) for y in queries.school_years(home(context).id)})
    if year is not None and year in context.years:
        day = context.years[year][0]
    else:
        day = next((s for s, e in context.years.values() if s <= context.today <= e), context.today)
    if row.ends is not None:
        day = min(day, row.ends)
    context.note_once(row, "start_date", "empty", f"rows without a first day start on {day}", "import.start.assumed")
    return day


def _add(
    context: Context,
    kind: str,
    pupils: Sequence[tuple[Item[P], NewEnrolment]],
    staff: Sequence[tuple[Item[P], NewPost]],
) -> None:
    made: dict[UUID | None, Item[P]] = {e.id: item for item, e in pupils}
    made.update({p.id: item for item, p in staff})
    enrolled = isolate(
        context, [(item.row, e) for item, e in pupils],
        lambda e: verbs.add_enrolments(by=context.by, enrolments=e, now=context.now),
    )  # fmt: skip
    appointed = isolate(
        context,
        [(item.row, p) for item, p in staff],
        lambda p: posts.add_posts(by=context.by, posts=p, now=context.now),
    )
    ids = [e.id for _row, e in enrolled] + [p.id for _row, p in appointed]
    remember(context, kind, [(made[key], key) for key in ids if key is not None])


@dataclass(slots=True)
class _Changes(Generic[P]):
    """What a batch of changed rows asks of the register."""

    done: list[tuple[Item[P], UUID]] = field(default_factory=list)
    ended: list[tuple[Item[P], UUID]] = field(default_factory=list)
    updates: list[tuple[Item[P], EnrolmentUpdate]] = field(default_factory=list)
    again: list[tuple[Item[P], NewEnrolment]] = field(default_factory=list)
    ends: dict[UUID, date] = field(default_factory=dict)
    leaving: dict[UUID, date] = field(default_factory=dict)


def _change(context: Context, kind: str, changed: Sequence[Item[P]]) -> None:
    """New periods and year levels; what the source deleted ends on its last day, or today."""
    ids = [item.object_id for item in changed if item.object_id]
    if not ids:
        return
    held, offices = queries.enrolments(ids), queries.posts_by_id(ids)
    changes: _Changes[P] = _Changes()
    for item in changed:
        if item.object_id is None:
            continue
        if item.row.ended:
            _end(changes, item, held.get(item.object_id), offices.get(item.object_id), context.today)
        else:
            _go_on(changes, item, held.get(item.object_id), offices.get(item.object_id), context.today)
    if changes.ends:
        verbs.end_enrolments(by=context.by, ends=changes.ends, now=context.now)
    if changes.leaving:
        posts.end_posts(by=context.by, ends=changes.leaving, now=context.now)
    updated = isolate(
        context, [(item.row, u) for item, u in changes.updates],
        lambda u: verbs.update_enrolments(by=context.by, updates=u, now=context.now),
    )  # fmt: skip
    back = isolate(
        context, [(item.row, e) for item, e in changes.again],
        lambda e: verbs.add_enrolments(by=context.by, enrolments=e, now=context.now),
    )  # fmt: skip
    taken = {u.id for _row, u in updated} | {e.id for _row, e in back}
    changes.done.extend((item, u.id) for item, u in changes.updates if u.id in taken)
    changes.done.extend((item, e.id) for item, e in changes.again if e.id in taken and e.id is not None)
    refresh(context, kind, changes.done)
    refresh(context, kind, changes.ended, "ended")


def _end(
    changes: _Changes[P], item: Item[P], enrolment: EnrolmentView | None, office: PostView | None, today: date
) -> None:
    last = item.row.ends or today
    if enrolment is not None and (enrolment.ends is None or enrolment.ends > last):
        changes.ends[enrolment.id] = max(last, enrolment.starts)
    elif office is not None and (office.ends is None or office.ends > last):
        changes.leaving[office.id] = max(last, office.starts)
    if item.object_id is not None:
        changes.ended.append((item, item.object_id))


def _go_on(
    changes: _Changes[P], item: Item[P], enrolment: EnrolmentView | None, office: PostView | None, today: date
) -> None:
    row = item.row
    if enrolment is None:
        if office is not None and row.ends is not None and office.ends != row.ends:
            changes.leaving[office.id] = max(row.ends, office.starts)
        if item.object_id is not None:
            changes.done.append((item, item.object_id))
    elif enrolment.ends is not None and row.ends is None:
        # a pupil who is back: the former place stays as it was, a new one begins
        starts = row.starts if row.starts and row.starts > enrolment.ends else today
        back = NewEnrolment(
            enrolment.person, enrolment.school, starts, enrolment.group, None, row.year_level, id=new_id()
        )
        changes.again.append((item, back))
    else:
        changes.updates.append((item, EnrolmentUpdate(enrolment.id, row.starts, row.ends, row.year_level)))
