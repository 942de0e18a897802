"""Who is in a circle on a day, by the register: for sending and for receipts; shows nobody."""

from __future__ import annotations

from collections.abc import Iterable
from datetime import date
from uuid import UUID

from testamur.register.people import reach
from testamur.register.schools import queries as schools
from testamur.register.schools.rules import Role
from testamur.schoolday.conversations.models import Conversation, Member
from testamur.schoolday.conversations.queries.need import Need
from testamur.schoolday.conversations.rules import Circle, Side


def pupils_of(*, unit: UUID, group: UUID | None, on: date) -> tuple[UUID, ...]:
    """The pupils of a group, else of a whole school: those enrolled in it as such and those in groups of it."""
    if group is not None:
        return tuple(row.person for row in schools.members(group=group, on=on))
    rooms = schools.members_of(groups=[one.id for one in schools.groups(school=unit)], on=on)
    rows = (*schools.pupils_of_school(school=unit, on=on), *(one for some in rooms.values() for one in some))
    return tuple(dict.fromkeys(row.person for row in rows))


def circle_of(row: Conversation, members: Iterable[Member], *, on: date) -> dict[UUID | None, tuple[UUID, ...]]:
    """Pupil (None for staff) → the persons who read for that pupil."""
    if row.circle == Circle.GUARDIANS:
        pupils = pupils_of(unit=row.unit, group=row.group, on=on)
        return {pupil: readers for pupil, readers in reach.readers(children=pupils, on=on).items()}  # noqa: C416 - its keys are never None
    if row.circle == Circle.PUPILS:
        return {pupil: (pupil,) for pupil in pupils_of(unit=row.unit, group=row.group, on=on)}
    if row.circle == Circle.CHILD and row.child is not None:
        return {row.child: reach.readers(children=[row.child], on=on)[row.child]}
    if row.circle == Circle.STAFF:
        posts = schools.posts_at(unit=row.unit, on=on)
        return {None: tuple(dict.fromkeys(post.person for post in posts if post.person != row.made_by))}
    return {None: holders(row.unit, members, on=on)}


def reading_staff(row: Conversation, members: Iterable[Member], need: Need, *, on: date) -> set[UUID]:
    """Those of the staff who read it today: who wrote it and those named, unless gone, and who holds the posts."""
    known = list(members)
    named = {one.person for one in known if one.person is not None}
    named |= {row.made_by} if row.side == Side.STAFF else set()
    desks = holders(row.unit, [one for one in known if one.person is None], on=on)
    return {*desks, *(one for one in named if need.reads(row, one))}


def holders(unit: UUID, members: Iterable[Member], *, on: date) -> tuple[UUID, ...]:
    """The persons of the staff who take part today: those named, and who holds the posts that are."""
    found: list[UUID] = []
    for one in members:
        if one.person is not None:
            found.append(one.person)
        elif one.group is not None:
            found += [post.person for post in schools.holders(role=Role(one.desk), on=on, group=one.group)]
        else:
            found += [post.person for post in schools.holders(role=Role(one.desk), on=on, unit=unit)]
    return tuple(dict.fromkeys(found))
