"""For whom a visitor may plan events, and which events concern his or her work."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date, datetime, timedelta
from functools import cached_property
from uuid import UUID

from testamur.kernel.base.actor import Actor
from testamur.kernel.base.refused import NotFound
from testamur.law.tables import PACKS
from testamur.register.schools import queries as schools
from testamur.register.schools.rules import GroupView, Role, UnitKind, UnitView
from testamur.schoolday.noticeboard import queries
from testamur.schoolday.noticeboard.rules import EventView
from testamur.surfaces.web.diary.about import subject_names, today
from testamur.surfaces.web.requests import Visitor

PLAN = "noticeboard.event.plan"
_HOSTS = (Role.TEACHER, Role.CLASS_TEACHER, Role.PRINCIPAL)


@dataclass(frozen=True)
class Planner:
    """The unit of a visitor's role, with its groups and events."""

    visitor: Visitor
    unit: UnitView

    @property
    def by(self) -> Actor:
        """Who looks."""
        return self.visitor.actor

    @cached_property
    def on(self) -> date:
        """Today."""
        return today(self.visitor)

    @cached_property
    def leads(self) -> bool:
        """Whether the visitor plans for the whole unit."""
        return self.by.may(PLAN, self.unit.path)

    @cached_property
    def groups(self) -> dict[UUID, GroupView]:
        """The groups that the visitor plans for, in order of code: one's own, or all of the school's running year."""
        if self.leads:
            running = self._year()
            found = schools.groups(school=self.unit.id, school_year=running) if running is not None else ()
        else:
            assert self.visitor.hat is not None
            taught = schools.groups_by_id(self.visitor.hat.taught).values()
            found = tuple(one for one in taught if self.by.may(PLAN, one.path, group=one.id))
        return {one.id: one for one in sorted(found, key=lambda one: one.code)}

    @cached_property
    def subjects(self) -> dict[str, str]:
        """Code → name of what can be tested here."""
        pack = PACKS.get(schools.pack_of(self.unit.id, on=self.on))
        return subject_names(pack) if pack is not None else {}

    @cached_property
    def refuses(self) -> bool:
        """Whether the law in force forbids a class more tests than it says, whoever would plan them."""
        pack = PACKS.get(schools.pack_of(self.unit.id, on=self.on))
        return pack is not None and pack.diary.tests.refuses

    @cached_property
    def _way(self) -> frozenset[UUID]:
        return frozenset(one.id for one in schools.units_above(self.unit.path))

    def events(self, first: datetime, last: datetime) -> tuple[EventView, ...]:
        """What is planned between two instants, cancelled ones too."""
        return queries.events(
            starts_at=first,
            ends_at=last,
            units=self._way,
            groups=list(self.groups),
            under=self.unit.path if self.leads else "",
            cancelled=True,
        )

    def event(self, event: UUID) -> EventView:
        """One of the events that concern the visitor's work. Raises NotFound for every other."""
        found = queries.event(event)
        if found is None or not self._concerns(found):
            raise NotFound("There is no such event.", event=str(event))
        return found

    def may_plan(self, event: EventView) -> bool:
        """Whether the visitor may change the event."""
        return self.by.may(PLAN, event.path, group=event.group)

    def hosts(self, event: EventView) -> tuple[UUID, ...]:
        """Who can have conversations at a meeting: the teachers of its group, or of its school, and the head."""
        if event.group is not None:
            return tuple(dict.fromkeys(one.person for one in schools.teachers_of(groups=[event.group], on=self.on)))
        posts = schools.posts_at(unit=event.unit, on=self.on)
        return tuple(dict.fromkeys(one.person for one in posts if one.role in _HOSTS))

    def group_code(self, event: EventView) -> str:
        """What the event's group is called; empty for the whole school."""
        found = self.groups.get(event.group) if event.group is not None else None
        return found.code if found is not None else ""

    def pupils(self, event: EventView) -> Sequence[UUID]:
        """Whom a group's event is for; nobody in particular for a whole school's."""
        return [one.person for one in schools.members(group=event.group, on=self.on)] if event.group else []

    def _concerns(self, event: EventView) -> bool:
        if self.leads and event.path.startswith(self.unit.path):
            return True
        return event.group in self.groups if event.group is not None else event.unit in self._way

    def _year(self) -> UUID | None:
        if self.unit.kind is not UnitKind.SCHOOL:
            return None
        ways = schools.units_above(self.unit.path)
        years = [year for unit in ways for year in schools.school_years(unit.id)]
        soon = self.on + timedelta(days=60)  # in the summer one plans for the year to come
        return next((year.id for year in reversed(years) if year.starts <= soon), None)


def planner_of(visitor: Visitor) -> Planner:
    """The planner of a request behind a door of staff or office. Raises NotFound for a role without a unit."""
    hat = visitor.hat
    unit = visitor.units.get(hat.unit) if hat is not None and hat.unit is not None else None
    if unit is None:
        raise NotFound("This role belongs to no school.")
    return Planner(visitor, unit)
