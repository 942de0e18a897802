"""What several verbs check: the places, courses, modules and persons exist, and what of a bulk is new."""

from __future__ import annotations

from collections.abc import Callable, Collection, Hashable, Iterable, MutableMapping, Sequence
from typing import TypeVar
from uuid import UUID

from testamur.kernel.base.actor import Actor
from testamur.kernel.base.refused import NotFound, Refused
from testamur.register.curriculum import queries as curriculum
from testamur.register.curriculum.rules import CourseView
from testamur.register.people import queries as people
from testamur.register.schools import queries as schools

Values = tuple[Hashable, ...]
_K = TypeVar("_K", bound=Hashable)


def fresh(
    items: Iterable[tuple[_K, Values]], kept: MutableMapping[_K, Values], differs: Callable[[], Refused]
) -> list[int]:
    """Numbers of those items (key, values) that are new. The others stand already, here or earlier among the items.

    Raises `differs()` with ``index`` for an item whose key stands there with other values. `kept` grows by what is new.
    """
    found = []
    for index, (key, values) in enumerate(items):
        before = kept.get(key)
        if before is None:
            kept[key] = values
            found.append(index)
        elif before != values:
            no = differs()
            no.found = {**no.found, "index": index}
            raise no
    return found


def places(by: Actor, verb: str, units: Sequence[UUID]) -> dict[UUID, str]:
    """The path of each unit; ``not_found`` for an unknown one, ``not_allowed`` where `by` lacks the verb."""
    known = schools.units(units)
    paths = {key: unit.path for key, unit in known.items()}
    for index, unit in enumerate(units):
        if unit not in paths:
            raise NotFound("There is no such unit.", field="unit", index=index)
    for path in set(paths.values()):
        by.must(verb, path)
    return paths


def known_courses(wanted: Sequence[tuple[UUID, UUID | None]]) -> dict[UUID, CourseView]:
    """The courses of (course, module) pairs; ``not_found`` for one that is unknown, or a module of another course."""
    found = curriculum.courses(course for course, _module in wanted)
    modules = {(one.id, part.id) for one in found.values() for part in one.modules}
    for index, (course, module) in enumerate(wanted):
        if course not in found:
            raise NotFound("There is no such course.", field="course", index=index)
        if module is not None and (course, module) not in modules:
            raise NotFound("The course has no such module.", field="module", index=index)
    return found


def known_persons(persons: Collection[UUID]) -> None:
    """Raise ``not_found`` with ``index`` for the first who is no person of the register."""
    gone = people.missing(persons)
    if gone:
        index = next(n for n, person in enumerate(persons) if person in gone)
        raise NotFound("There is no such person.", field="person", index=index)
