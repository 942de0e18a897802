"""The classes of a teacher, each with its subjects; for a principal all classes of the school."""

from __future__ import annotations

from collections import defaultdict
from dataclasses import dataclass
from datetime import date
from uuid import UUID

from django.http import HttpRequest, HttpResponse
from django.views.decorators.http import require_GET

from testamur.access.accounts.rules import Area
from testamur.law.contract import Pack
from testamur.law.tables import PACKS
from testamur.register.schools import queries as schools
from testamur.register.schools.rules import GroupView, UnitView
from testamur.schoolday.diary.queries.rooms import EVERY
from testamur.schoolday.results.moments import CLOSE, PROMOTE
from testamur.surfaces.web.diary.about import reaches_families
from testamur.surfaces.web.diary.grid_shape import subject_name
from testamur.surfaces.web.diary.grid_tell import visitor_of
from testamur.surfaces.web.doors import door
from testamur.surfaces.web.pages import page
from testamur.surfaces.web.requests import Visitor


@dataclass(frozen=True, slots=True)
class ClassLine:
    """A group with (code, name) of its subjects. `reaches`: the visitor may write to its families.

    `moments`: it is assessed at moments of the year; `closes`: the visitor closes them, and the year.
    """

    group: GroupView
    subjects: tuple[tuple[str, str], ...]
    pupils: int
    reaches: bool
    moments: bool = False
    closes: bool = False


@door("diary.home", Area.STAFF)
@require_GET
def classes(request: HttpRequest) -> HttpResponse:
    """One's own classes and subjects under the role that is worn."""
    visitor = visitor_of(request)
    on = visitor.now.date()
    unit = visitor.units.get(visitor.hat.unit) if visitor.hat is not None and visitor.hat.unit is not None else None
    pack = PACKS.get(schools.pack_of(unit.id, on=on)) if unit is not None else None
    taught = _taught(visitor, unit, on) if unit is not None else {}
    groups = schools.groups_by_id(taught)
    ways = schools.members_of(groups=groups, on=on)
    lines = [
        ClassLine(
            groups[key],
            _subjects(pack, groups[key], codes, on),
            len(ways.get(key, ())),
            reaches_families(visitor, groups[key]),
            _assessed(pack, groups[key]),
            _assessed(pack, groups[key]) and visitor.actor.may(CLOSE, groups[key].path, group=key),
        )
        for key, codes in taught.items()
        if key in groups
    ]
    lines.sort(key=lambda line: (len(line.group.code), line.group.code))
    promotes = (
        pack is not None and unit is not None and pack.year_end is not None and visitor.actor.may(PROMOTE, unit.path)
    )
    return page(request, "web/diary/classes.html", lines=lines, unit=unit, pack=pack, promotes=promotes)


def _assessed(pack: Pack | None, group: GroupView) -> bool:
    return pack is not None and pack.year_end is not None and group.year_level in pack.year_levels


def _taught(visitor: Visitor, unit: UnitView, on: date) -> dict[UUID, set[str]]:
    """Group → codes of subjects; an empty code is all of them."""
    found: dict[UUID, set[str]] = defaultdict(set)
    if visitor.actor.may(EVERY, unit.path):
        running = schools.term_on(authority=schools.units_above(unit.path)[0].id, on=on)
        some = schools.groups(school=unit.id, school_year=running.school_year) if running else ()
        for group in some:
            found[group.id] = set()
        for one in schools.teachers_of(groups=list(found), on=on):
            found[one.group].add(one.subject)
        return found
    mine = visitor.hat.taught if visitor.hat is not None else ()
    for one in schools.teaching(person=visitor.actor.id, on=on):
        if one.group in mine:
            found[one.group].add(one.subject)
    return found


def _subjects(pack: Pack | None, group: GroupView, codes: set[str], on: date) -> tuple[tuple[str, str], ...]:
    """By name; whoever teaches everything in a class has the subjects of its year."""
    if pack is None:
        return ()
    all_of_them = {one.code for one in pack.subjects_for(group.year_level or 0, on)} if "" in codes else set()
    named = [(code, subject_name(pack, code)) for code in (codes | all_of_them) - {""}]
    return tuple(sorted(named, key=lambda pair: pair[1]))
