"""What an office does by hand in one act: a pupil comes, changes class, or a class gets other teachers."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from datetime import date, datetime, timedelta
from uuid import UUID

from django.db import transaction

from testamur.kernel.base.actor import Actor
from testamur.kernel.base.refused import NotFound, Refused
from testamur.register.people import actions as people
from testamur.register.people import queries as persons
from testamur.register.people.rules import NewPerson
from testamur.register.schools import queries
from testamur.register.schools.actions.enrolments import EnrolmentTaken, add_enrolments, end_enrolments
from testamur.register.schools.actions.posts import add_posts, end_posts
from testamur.register.schools.rules import (
    EnrolmentView,
    GroupKind,
    GroupView,
    NewEnrolment,
    NewPost,
    OutsideYear,
    Role,
    UnitView,
)


class InClassAlready(Refused):
    """The pupil is in a class on that day already: such a one is moved, not added."""

    code = "schools.enrolment.in_class"


@transaction.atomic
def enrol_person(*, by: Actor, person: NewPerson | UUID, group: UUID, starts: date, now: datetime) -> UUID:
    """Put somebody new, or known but in no class, into a class from that day; returns the person.

    Needs ``schools.enrolment.add`` at the school, and ``people.person.register`` there for somebody new or
    ``people.person.move`` at both ends for somebody who is kept elsewhere. Journal and refusals are those of
    `register_persons`, `move_persons` and `add_enrolments`: all or none; further ``schools.enrolment.in_class`` and
    ``schools.period.outside`` for a day outside the school year of the class.
    """
    one, unit = _target(group, starts)
    by.must("schools.enrolment.add", unit.path)
    if isinstance(person, NewPerson):
        person = people.register_persons(by=by, path=unit.path, persons=[person], now=now)[0]
    else:
        if _classes(_running(person, starts)):
            raise InClassAlready("The pupil is in a class on that day already.", field="starts")
        _keep(by, person, unit, now)
    add_enrolments(by=by, enrolments=[_place(person, one, starts)], now=now)
    return person


@transaction.atomic
def move_pupil(*, by: Actor, pupil: UUID, group: UUID, starts: date, now: datetime) -> None:
    """Let a pupil be in another class from that day: the day before is the last in the former one.

    To another school the pupil leaves all groups of the former one, and is kept at the new one. Needs
    ``schools.enrolment.end`` and ``schools.enrolment.add`` at the schools, ``people.person.move`` at both when they
    differ. Journal and refusals are those of `end_enrolments`, `add_enrolments` and `move_persons`: all or none.
    """
    one, unit = _target(group, starts)
    by.must("schools.enrolment.add", unit.path)
    running = _running(pupil, starts)
    classes = _classes(running)
    if any(row.group == group for row in classes):
        raise EnrolmentTaken("The pupil is in that class already.", field="group")
    leaves = {row.id: row for row in running if row in classes or row.school != one.school}
    if leaves:
        end_enrolments(by=by, ends=dict.fromkeys(leaves, starts - timedelta(days=1)), now=now)
    new = [_place(pupil, one, starts)]
    if any(row.group is None for row in leaves.values()):  # enrolled in the former school as such
        new.append(NewEnrolment(pupil, one.school, starts, year_level=one.year_level))
    add_enrolments(by=by, enrolments=new, now=now)
    _keep(by, pupil, unit, now)


@transaction.atomic
def appoint_person(*, by: Actor, person: NewPerson | UUID, unit: UUID, role: Role, starts: date, now: datetime) -> UUID:
    """Give somebody a post at a unit from that day, and register who is new there; returns the person.

    Needs ``schools.post.add`` and, for somebody new, ``people.person.register`` there. Journal and refusals are
    those of `register_persons` and `add_posts`: both or none.
    """
    place = queries.unit(unit)
    if place is None:
        raise NotFound("There is no such unit.", field="unit")
    if isinstance(person, NewPerson):
        person = people.register_persons(by=by, path=place.path, persons=[person], now=now)[0]
    add_posts(by=by, posts=[NewPost(person, unit, role, starts)], now=now)
    return person


@transaction.atomic
def change_plan(*, by: Actor, group: UUID, ends: Mapping[UUID, date], posts: Sequence[NewPost], now: datetime) -> None:
    """Change who teaches what in a group: posts that end, and posts that begin. Journal: those of the verbs it joins.

    Needs ``schools.post.end`` and ``schools.post.add`` at the school. Raises ``not_found`` for a post of another group
    and what `end_posts` and `add_posts` raise: all or none.
    """
    held = queries.posts_by_id(ends)
    if any(key not in held or held[key].group != group for key in ends) or any(new.group != group for new in posts):
        raise NotFound("There is no such post in this class.", field="posts")
    if ends:
        end_posts(by=by, ends=ends, now=now)
    if posts:
        add_posts(by=by, posts=posts, now=now)


def _target(group: UUID, starts: date) -> tuple[GroupView, UnitView]:
    one = queries.group(group)
    year = queries.school_year(one.school_year) if one is not None else None
    unit = queries.unit(one.school) if one is not None else None
    if one is None or year is None or unit is None:
        raise NotFound("There is no such group.", field="group")
    if not year.starts <= starts <= year.ends:
        raise OutsideYear("The day lies outside the school year of the class.", field="starts", code=year.code)
    return one, unit


def _place(person: UUID, one: GroupView, starts: date) -> NewEnrolment:
    return NewEnrolment(person, one.school, starts, group=one.id, year_level=one.year_level)


def _running(person: UUID, on: date) -> list[EnrolmentView]:
    """Where the person is on that day or will be later."""
    return [row for row in queries.enrolments_of(person=person) if row.ends is None or row.ends >= on]


def _classes(rows: Sequence[EnrolmentView]) -> list[EnrolmentView]:
    groups = queries.groups_by_id(row.group for row in rows if row.group)
    return [row for row in rows if row.group in groups and groups[row.group].kind is GroupKind.CLASS]


def _keep(by: Actor, person: UUID, unit: UnitView, now: datetime) -> None:
    """Keep the person at that unit from now on."""
    if persons.paths([person]).get(person) != unit.path:
        people.move_persons(by=by, ids=[person], to=unit.path, now=now)
