"""The board: counts of a place, of its parts, of its schools, and the classes of one school."""

from __future__ import annotations

from collections.abc import Collection, Mapping, Sequence
from dataclasses import dataclass
from datetime import date
from uuid import UUID

from testamur.kernel.base.actor import Actor
from testamur.kernel.base.refused import NotFound
from testamur.register.schools import queries as schools
from testamur.register.schools.rules import UnitKind, UnitView
from testamur.schoolday.rollout import queries as rollout
from testamur.schoolday.rollout.rules import PlanView
from testamur.schoolday.supervision.rules import Counts, Line, Order, late_of, ordered, sum_of
from testamur.schoolday.transcripts.queries import adding
from testamur.schoolday.transcripts.rules import Standing, Step

SEE = "supervision.board.see"


@dataclass(frozen=True, slots=True)
class Choice:
    """What is asked for. Empty texts and None are "all".

    Attributes:
        step: the step by which shares are told and schools put in order; None for the whole way.
        find: a part of a school's name.
    """

    year: str = ""
    level: int | None = None
    step: Step | None = None
    order: Order = Order.PLACE
    find: str = ""


@dataclass(frozen=True, slots=True)
class Board:
    """What a place is told.

    Attributes:
        way: the units from the root to the place, itself last.
        years: school years that were counted, the latest first.
        levels: year levels that were counted in this one.
        parts: the districts (or schools) directly below.
        schools: every school below, in the order that was asked for.
        empty: schools below of which no class was counted.
        classes: of a school, its classes.
        plan: the plan in force; grades that it does not ask for are not counted.
        late: classes beyond a date of the plan.
    """

    place: UnitView
    way: tuple[UnitView, ...]
    choice: Choice
    years: tuple[str, ...]
    levels: tuple[int, ...]
    total: Counts
    parts: tuple[Line, ...]
    schools: tuple[Line, ...]
    empty: tuple[UnitView, ...]
    classes: tuple[Standing, ...]
    plan: PlanView | None
    late: int

    @property
    def year(self) -> str:
        """The school year that is shown; empty where nothing was ever counted."""
        return self.choice.year


def place_of(*, by: Actor, unit: UUID) -> UnitView:
    """The unit that is looked at. Raises NotFound without ``supervision.board.see`` there."""
    found = schools.unit(unit)
    if found is None or not by.may(SEE, found.path):
        raise NotFound("There is no such place, or it is not yours.", unit=str(unit))
    return found


def years_of(*, by: Actor, path: str, on: date, way: tuple[UnitView, ...] = ()) -> tuple[tuple[str, ...], str]:
    """School years that were counted at a place, and the one to show at first: that of the day, else the latest.

    `way`: the units from the root down to it, where they are known.
    """
    years = adding.school_years(by=by, path=path)
    now = _year_on(way or schools.units_above(path), on)
    return years, now if now in years else (years[0] if years else "")


def board(*, by: Actor, unit: UUID, choice: Choice, on: date) -> Board:
    """The board of a place. Needs ``supervision.board.see`` there. Raises NotFound. Ten queries at most."""
    place = place_of(by=by, unit=unit)
    way = schools.units_above(place.path)
    years, current = years_of(by=by, path=place.path, on=on, way=way)
    year = choice.year if choice.year in years else current
    chosen = Choice(year, choice.level, choice.step, choice.order, choice.find)
    plan = rollout.in_force(path=place.path, school_year=year) if year else None
    rows = asked(adding.added(by=by, path=place.path, school_year=year), plan) if year else ()
    levels = tuple(sorted({one.level for one in rows}))
    rows = tuple(one for one in rows if chosen.level in {None, one.level})
    tree = schools.units_under(place.path)
    by_school: dict[UUID, list[adding.Added]] = {}
    for one in rows:
        by_school.setdefault(one.unit, []).append(one)
    every = lines(place, tree, {key: sum_of(some) for key, some in by_school.items()})
    shown = [one for one in every if chosen.find.casefold() in one.unit.name.casefold()]
    is_school = place.kind is UnitKind.SCHOOL
    classes = adding.of_school(by=by, unit=place.id, path=place.path, school_year=year) if is_school and year else ()
    return Board(
        place=place,
        way=way,
        choice=chosen,
        years=years,
        levels=levels,
        total=sum_of(rows),
        parts=() if is_school else parts(place, tree, every),
        schools=() if is_school else ordered(shown, chosen.order, chosen.step),
        empty=_empty(tree, by_school),
        classes=tuple(
            one
            for one in classes
            if chosen.level in {None, one.year_level} and (plan is None or plan.asks(one.path, one.year_level))
        ),
        plan=plan,
        late=late_of(rows, plan, on),
    )


def asked(rows: Sequence[adding.Added], plan: PlanView | None) -> tuple[adding.Added, ...]:
    """Those of which the plan asks for documents; all where there is no plan."""
    return tuple(one for one in rows if plan is None or plan.asks(one.path, one.level))


def lines(place: UnitView, tree: Sequence[UnitView], counts: Mapping[UUID, Counts]) -> tuple[Line, ...]:
    """Schools that were counted, each with the part of the place that it stands under."""
    below = {one.id: one for one in tree if one.parent == place.id}
    districts = {one.path: one.id for one in below.values() if one.kind is UnitKind.OFFICE}
    return tuple(
        Line(one, counts[one.id], next((key for path, key in districts.items() if one.path.startswith(path)), None))
        for one in tree
        if one.id in counts
    )


def parts(place: UnitView, tree: Sequence[UnitView], every: Sequence[Line]) -> tuple[Line, ...]:
    """What stands directly below a place: its offices, and the schools that stand under none of them."""
    offices = [one for one in tree if one.parent == place.id and one.kind is UnitKind.OFFICE]
    found = [Line(one, sum_of(line.counts for line in every if line.district == one.id)) for one in offices]
    return tuple(found) + tuple(line for line in every if line.district is None)


def _empty(tree: Sequence[UnitView], counted: Collection[UUID]) -> tuple[UnitView, ...]:
    """Schools of the forms that were counted of which no class was; all schools where nothing was counted."""
    forms = {one.form for one in tree if one.id in counted}
    every = (one for one in tree if one.kind is UnitKind.SCHOOL and one.id not in counted)
    return tuple(one for one in every if not forms or one.form in forms)


def _year_on(way: tuple[UnitView, ...], on: date) -> str:
    """The code of the school year of that day, as the body responsible keeps it, else the nearest unit that does."""
    for unit in way:
        for year in schools.school_years(unit.id):
            if year.starts <= on <= year.ends:
                return year.code
    return ""
