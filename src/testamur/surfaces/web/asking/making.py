"""For whom a visitor may make forms, and which forms concern his or her work."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date, timedelta
from functools import cached_property
from uuid import UUID

from testamur.kernel.base.actor import Actor
from testamur.kernel.base.refused import NotFound
from testamur.register.schools import queries as schools
from testamur.register.schools.rules import GroupView, UnitKind, UnitView
from testamur.schoolday.forms import queries
from testamur.schoolday.forms.rules import FormView, State
from testamur.surfaces.web.diary.about import today
from testamur.surfaces.web.requests import Visitor


@dataclass(frozen=True)
class Maker:
    """The unit of a visitor's role, with the groups that can be asked and the forms."""

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
        """Whether the visitor asks the whole unit."""
        return self.by.may(queries.WRITE, self.unit.path)

    @cached_property
    def is_school(self) -> bool:
        """Whether the unit is a school, and no body of several."""
        return self.unit.kind is UnitKind.SCHOOL

    @cached_property
    def groups(self) -> dict[UUID, GroupView]:
        """The groups that the visitor may ask, in order of code: one's own, or all of the school's running year."""
        if self.leads:
            running = self._year() if self.is_school else None
            found = schools.groups(school=self.unit.id, school_year=running) if running is not None else ()
        else:
            assert self.visitor.hat is not None
            taught = schools.groups_by_id(self.visitor.hat.taught).values()
            found = tuple(one for one in taught if self.by.may(queries.WRITE, one.path, group=one.id))
        return {one.id: one for one in sorted(found, key=lambda one: one.code)}

    @property
    def may_make(self) -> bool:
        """Whether there is anybody whom the visitor may ask."""
        return self.leads or bool(self.groups)

    def forms(self) -> tuple[FormView, ...]:
        """The forms that concern the visitor's work, newest first."""
        return queries.forms_seen(by=self.by, path=self.unit.path, groups=tuple(self.groups.values()))

    def form(self, form: UUID) -> FormView:
        """One of them. Raises NotFound for every other, and for another's draft that one may not change."""
        found = queries.form(form)
        if found is None or not self._concerns(found):
            raise NotFound("There is no such form.", form=str(form))
        return found

    def managed(self, form: UUID) -> FormView:
        """One that the visitor may change or end. Raises NotFound, NotAllowed."""
        found = self.form(form)
        if not self.manages(found):
            self.by.must(queries.WRITE, found.path)
        return found

    def manages(self, form: FormView) -> bool:
        """Whether the visitor may change, publish, close and remind."""
        return queries.may_manage(self.by, form)

    def _concerns(self, form: FormView) -> bool:
        if self.manages(form):
            return True
        if form.state is State.DRAFT:
            return False
        mine = [one for one in self.groups if self.by.may(queries.SEE, self.groups[one].path, group=one)]
        if form.groups:
            return bool(set(form.groups) & set(mine)) or self.by.may(queries.SEE, form.path)
        return self.unit.path.startswith(form.path) and (self.leads or bool(mine))

    def _year(self) -> UUID | None:
        ways = schools.units_above(self.unit.path)
        years = [year for unit in ways for year in schools.school_years(unit.id)]
        soon = self.on + timedelta(days=60)  # in the summer one asks those of the year to come
        return next((year.id for year in reversed(years) if year.starts <= soon), None)


def maker_of(visitor: Visitor) -> Maker:
    """The maker of a request behind a door of staff or office. Raises NotFound for a role without a unit."""
    hat = visitor.hat
    unit = visitor.units.get(hat.unit) if hat is not None and hat.unit is not None else None
    if unit is None:
        raise NotFound("This role belongs to no school.")
    return Maker(visitor, unit)
