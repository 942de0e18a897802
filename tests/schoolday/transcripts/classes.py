"""A Vietnamese primary school with one decided class, its teacher and its principal. Everybody is plainly invented."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass, replace
from datetime import UTC, date, datetime
from random import Random
from uuid import UUID

from testamur.kernel.base.actor import Actor, Grant, operator
from testamur.law.contract import Period
from testamur.register.people import actions as people
from testamur.register.people.rules import Scheme
from testamur.register.schools import actions as schools
from testamur.register.schools.rules import Form, GroupKind, NewGroup, NewPost, Role
from testamur.schoolday.results.actions import record_decisions
from testamur.schoolday.results.rules import NewDecision
from testamur.surfaces.cli import demo_build, demo_data

__all__ = ["PARTS", "SINCE", "SPRING", "Scheme", "School", "build", "numbers"]

SINCE = date(2025, 7, 1)
SPRING = Period(demo_build.YEAR, "HK2", date(2026, 1, 12), date(2026, 5, 29))
PARTS = (("province", "Tỉnh Ví Dụ"), ("district", "Phường Thử Nghiệm"))


@dataclass
class School:
    """What the tests use."""

    land: demo_build._Land
    school: UUID
    path: str
    group: UUID
    level: int
    teacher: UUID
    principal: UUID
    pupils: list[UUID]

    def actor(self, person: UUID, *verbs: str, groups: Sequence[UUID] = ()) -> Actor:
        """Somebody who may do these things at the school, or in these groups alone."""
        return Actor(person, "test", (Grant("test", self.path, verbs, groups=frozenset(groups)),))

    @property
    def class_teacher(self) -> Actor:
        """The class teacher, in the own class."""
        return self.actor(self.teacher, "transcripts.*", groups=[self.group])

    def year(self, pupil: UUID, seed: int = 1, *, level: int = 0) -> list[NewDecision]:
        """Everything that is decided about a pupil at the end of the year."""
        level = level or self.level
        return [
            replace(
                demo_build._decision(
                    self.land, self.school, self.path, pupil, d.kind, d.code, d.value, level, (self.teacher,),
                    datetime(2026, 5, 29, tzinfo=UTC),
                ),
                comment=d.comment,
            )
            for d in demo_data.vietnamese_year(Random(seed), level, self.land.term)
        ]  # fmt: skip


def numbers(seed: int, born: int) -> Iterator[demo_data.Invented]:
    """Invented people whose numbers do not meet those of another seed."""
    random = Random(seed)
    return demo_build._renumbered(demo_data.vietnamese(random, demo_data.days(random, born)), 0, seed)


def build(now: datetime, *, pupils: int = 3, level: int = 3, decided: bool = True) -> School:
    """Authority, school, class with so many pupils; decided to the end unless told otherwise."""
    by = operator()
    land = demo_build._land(by, "vn", now)
    school, path = demo_build._school(by, land, "099001", "Trường Tiểu học Ví Dụ 1", Form.PRIMARY, PARTS, now)
    grown = numbers(1, 1985)
    staff = people.register_persons(
        by=by, path=path, persons=[demo_build._person(land, next(grown)) for _ in range(2)], now=now
    )
    young = numbers(2, 2017)
    children = people.register_persons(
        by=by, path=path, persons=[demo_build._person(land, next(young)) for _ in range(pupils)], now=now
    )
    code = f"{level}A"
    group = schools.add_groups(
        by=by, groups=[NewGroup(school, land.year, GroupKind.CLASS, code, year_level=level)], now=now
    )[0]
    posts = [
        NewPost(staff[0], school, Role.PRINCIPAL, SINCE),
        NewPost(staff[1], school, Role.CLASS_TEACHER, SINCE, group=group),
    ]
    schools.add_posts(by=by, posts=posts, now=now)
    demo_build._enrol(by, school, group, children, level, now)
    made = School(land, school, path, group, level, staff[1], staff[0], children)
    if decided:
        for seed, child in enumerate(children):
            record_decisions(by=by, decisions=made.year(child, seed), now=now)
    return made
