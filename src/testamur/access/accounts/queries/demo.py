"""Who can be chosen in a demonstration: a few invented people of each kind."""

from __future__ import annotations

from collections.abc import Collection, Iterable, Iterator
from dataclasses import dataclass
from datetime import date
from uuid import UUID

from testamur.kernel.base.actor import Actor, Grant
from testamur.register.people import queries as people
from testamur.register.schools import queries as schools
from testamur.register.schools.rules import UnitView

OF_EACH = 4
"""People of one role at one place; a demonstration may have thousands."""

_SHOWMAN = Actor(
    id=UUID(int=3),
    identified_by="web",
    grants=(Grant("demo", "/", ("people.*", "schools.*")),),
)


@dataclass(frozen=True, slots=True)
class Choice:
    """A person to choose in a demonstration."""

    person: UUID
    name: str
    role: str
    place: str


def demo_people(*, on: date, at: Collection[str] | None = None) -> tuple[Choice, ...]:
    """Staff of every unit, then pupils of one class of each school with their guardians; invented people only.

    `at`: paths of the units that are meant, where it is not all of them.
    The caller shows this in demo mode and nowhere else.
    """
    units = [unit for unit in schools.units_under("/") if at is None or unit.path in at]
    found = list(_unique(pair for unit in units for pair in _staff(unit, on)))
    found += [pair for unit in units for pair in _families(unit, on)]
    names = people.people(by=_SHOWMAN, ids=[person for person, _, _ in found])
    return tuple(Choice(person, names[person].name, role, place) for person, role, place in found if person in names)


def _staff(unit: UnitView, on: date) -> Iterator[tuple[UUID, str, str]]:
    counted: dict[str, int] = {}
    for post in schools.posts_at(unit=unit.id, on=on):
        counted[post.role.value] = counted.get(post.role.value, 0) + 1
        if counted[post.role.value] <= OF_EACH:
            yield post.person, post.role.value, unit.name


def _families(unit: UnitView, on: date) -> Iterator[tuple[UUID, str, str]]:
    groups = [g for g in schools.groups(school=unit.id) if g.year_level is not None]
    if not groups:
        return
    pupils = [m.person for m in schools.members(group=groups[-1].id, on=on)][:OF_EACH]
    guardians = people.guardians(by=_SHOWMAN, children=pupils, on=on)
    yield from _unique((one.guardian.id, "guardian", unit.name) for some in guardians.values() for one in some)
    yield from ((pupil, "pupil", unit.name) for pupil in pupils)


def _unique(rows: Iterable[tuple[UUID, str, str]]) -> list[tuple[UUID, str, str]]:
    return list(dict.fromkeys(rows))
