"""For how long members of the staff have had groups and schools: for rules that end what came with a post."""

from __future__ import annotations

from collections.abc import Collection
from dataclasses import dataclass
from datetime import date
from uuid import UUID

from django.db.models import Max, Min

from testamur.register.schools.models import Post, Slot
from testamur.register.schools.rules import Role

_OF_GROUPS = frozenset({Role.TEACHER, Role.CLASS_TEACHER})


@dataclass(frozen=True, slots=True)
class Serving:
    """A time in which somebody of the staff had a group (by a post or a timetable), or a unit (`group` is None).

    `path`: of the unit. `leads`: by a post for everybody there, as a head's or an office's.
    """

    path: str
    group: UUID | None
    leads: bool
    starts: date
    ends: date | None

    def runs(self, on: date) -> bool:
        """Whether it was so on that day."""
        return self.starts <= on and (self.ends is None or on <= self.ends)


def serving(persons: Collection[UUID]) -> dict[UUID, tuple[Serving, ...]]:
    """Person → all times, those that are over too; two queries."""
    found: dict[UUID, list[Serving]] = {person: [] for person in persons}
    posts = Post.objects.filter(person__in=list(found))
    for person, path, group, role, starts, ends in posts.values_list(
        "person_id", "unit__path", "group_id", "role", "starts", "ends"
    ):
        found[person].append(Serving(path, group, group is None and role not in _OF_GROUPS, starts, ends))
    slots = Slot.objects.filter(teacher__in=list(found)).values("teacher_id", "school__path", "group_id")
    times = slots.annotate(first=Min("valid_from"), last=Max("valid_to"))
    for person, path, group, first, last in times.values_list(
        "teacher_id", "school__path", "group_id", "first", "last"
    ):
        if person is not None:
            found[person].append(Serving(path, group, leads=False, starts=first, ends=last))
    return {person: tuple(some) for person, some in found.items()}
