"""The roles that the register gives a person, and the actor under one of them."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import date, timedelta
from uuid import UUID

from testamur.access.accounts.rules import Hat, actor_of, hats_from
from testamur.kernel.base.actor import Actor
from testamur.register.people import queries as people
from testamur.register.schools import queries as schools
from testamur.register.schools.rules import Role, UnitKind
from testamur.schoolday.diary.queries import lessons

_TEACHES = {Role.TEACHER, Role.CLASS_TEACHER}
_WEEK = timedelta(days=6)


def hats(*, person: UUID, on: date) -> tuple[Hat, ...]:
    """Every hat of that person on that day: posts in order of start, then guardian, then oneself.

    Three queries, and two more for who teaches.
    """
    posts = schools.posts_of(person=person, on=on)
    places = {unit.id: unit.path for unit in schools.units({post.unit for post in posts}).values()} if posts else {}
    given = _given(person, on) if any(post.role in _TEACHES for post in posts) else None
    wards = people.wards(guardian=person, on=on)
    return hats_from(person=person, posts=posts, unit_paths=places, wards=wards, lessons=given)


def _given(person: UUID, on: date) -> Mapping[UUID, set[UUID]]:
    """School → groups to which a person gives lessons: by the timetable of these weeks, or standing in."""
    found = {school: set(groups) for school, groups in lessons.substitutions(person=person, on=on).items()}
    for slot in schools.slots(on=(on, on + _WEEK), teacher=person):  # a whole week: whatever the weekday
        if slot.valid_from <= on <= slot.valid_to:
            found.setdefault(slot.school, set()).add(slot.group)
    return found


def actor(hat: Hat, *, person: UUID, identified_by: str) -> Actor:
    """The actor under a hat that `hats` gave."""
    unit = schools.unit(hat.unit) if hat.unit is not None and hat.role == "administrator" else None
    above = unit is not None and unit.kind in {UnitKind.AUTHORITY, UnitKind.OFFICE}
    return actor_of(hat, person=person, identified_by=identified_by, authority=above)
