"""The roles that the register gives a person, and the actor under one of them."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import replace
from datetime import date
from uuid import UUID

from testamur.access.accounts.rules import Hat, actor_of, hats_from
from testamur.kernel.base.actor import Actor, Grant
from testamur.register.people import queries as people
from testamur.register.schools import queries as schools
from testamur.register.schools.rules import Form, Role, UnitKind, UnitView
from testamur.schoolday.diary.queries import lessons

_TEACHES = {Role.TEACHER, Role.CLASS_TEACHER}


def hats(*, person: UUID, on: date) -> tuple[Hat, ...]:
    """Every hat of that person on that day: posts in order of start, then guardian, then oneself.

    Three queries, and two more for who teaches.
    """
    posts = schools.posts_of(person=person, on=on)
    way = schools.ways({post.path for post in posts}) if posts else {}
    places = {unit.id: unit.path for units in way.values() for unit in units}
    given = _given(person, on) if any(post.role in _TEACHES for post in posts) else None
    wards = people.wards(guardian=person, on=on)
    universities = {unit.id for units in way.values() for unit in units if unit.form is Form.UNIVERSITY}
    return hats_from(
        person=person, posts=posts, unit_paths=places, wards=wards, lessons=given, universities=universities
    )


def places(hats: Iterable[Hat]) -> dict[UUID, UnitView]:
    """The units of hats, by id: one query, none within `remembered`."""
    wanted = {hat.unit: hat.unit_path for hat in hats if hat.unit is not None}
    way = schools.ways(set(wanted.values())) if wanted else {}
    return {unit: way[path][-1] for unit, path in wanted.items()}


def _given(person: UUID, on: date) -> Mapping[UUID, set[UUID]]:
    """School → groups to which a person gives lessons: by the timetable of these weeks, or standing in."""
    found = {school: set(groups) for school, groups in lessons.substitutions(person=person, on=on).items()}
    for school, group, _subject in schools.given(person=person, on=on):
        found.setdefault(school, set()).add(group)
    return found


def actor(hat: Hat, *, person: UUID, identified_by: str, admin_mode: bool = False, on: date | None = None) -> Actor:
    """The actor under a hat that `hats` gave; `admin_mode` as in `rules.hats.actor_of`.

    With the day `on`, whom the person needs to know of the protected ones comes along; for work, not as a guardian.
    """
    unit = next(iter(places([hat]).values()), None) if hat.role in {"administrator", "principal"} else None
    above = unit is not None and unit.kind in {UnitKind.AUTHORITY, UnitKind.OFFICE}
    made = actor_of(hat, person=person, identified_by=identified_by, authority=above, admin_mode=admin_mode)
    known = people.known_to(staff=person, on=on) if on is not None and hat.unit is not None else frozenset()
    if not known:
        return made
    return replace(made, grants=(*made.grants, Grant("need_to_know", "/", ("people.protected.see",), wards=known)))
