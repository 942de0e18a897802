"""Which rules and which school year hold at several schools at once, in as many queries as for one."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Collection
from datetime import date
from typing import Any
from uuid import UUID

from django.db.models import F, QuerySet

from testamur.kernel.base.memory import recall_each
from testamur.kernel.prepared import prepared
from testamur.register.curriculum import queries as curriculum
from testamur.register.curriculum.rules import prefixes
from testamur.register.schools.models import Group, Term
from testamur.register.schools.queries.organisation import group_view
from testamur.register.schools.queries.units import units_on
from testamur.register.schools.rules import GroupView, SchoolYearView, TermView, UnitView


def ways(paths: Collection[str]) -> dict[str, tuple[UnitView, ...]]:
    """The units on the way from the root down to each path, itself included; one query for all."""
    wanted = {path: [way for way in prefixes(path) if way] for path in paths}
    every = {way for some in wanted.values() for way in some}
    found = recall_each("schools.way", sorted(every), units_on)
    return {path: tuple(found[way] for way in sorted(some, key=len) if way in found) for path, some in wanted.items()}


def packs_at(way: dict[str, tuple[UnitView, ...]], *, on: date) -> dict[str, str]:
    """Id of the pack in force at the end of each way (as `ways` gives them), or an empty text; as `pack_of`."""
    ends = {path: units[-1] for path, units in way.items() if units}
    told = curriculum.packs_in_force(places={path: one.form for path, one in ends.items()}, on=on)
    return {
        path: told[path].pack if path in told else next((u.pack for u in reversed(units) if u.pack), "")
        for path, units in way.items()
    }


def years_on(*, authorities: Collection[UUID], on: date) -> dict[UUID, SchoolYearView]:
    """The school year of each authority that holds the day, else the latest that began; with its terms. One query."""
    found: dict[UUID, SchoolYearView] = {}
    terms: dict[UUID, list[TermView]] = defaultdict(list)
    for key, code, starts, ends, year, authority, year_code, begins, over in _terms(authorities=authorities, on=on):
        terms[year].append(TermView(key, authority, year, year_code, code, starts, ends))
        found[authority] = SchoolYearView(year, authority, year_code, begins, over, tuple(terms[year]))
    return found


@prepared
def _terms(authorities: Collection[UUID], on: date) -> QuerySet[Term, tuple[Any, ...]]:
    rows = Term.objects.filter(school_year__authority__in=authorities, school_year__starts__lte=on)
    year = ("id", "authority_id", "code", "starts", "ends")
    return rows.order_by("school_year__starts", "starts", "id").values_list(
        "id", "code", "starts", "ends", *(f"school_year__{name}" for name in year)
    )


def group_and_year(id: UUID) -> tuple[GroupView, SchoolYearView] | None:  # noqa: A002 - the name that every query uses
    """A group with its school year and the terms of it in order of time, or None. One query."""
    rows = (
        Group.objects.select_related("school_year")
        .filter(id=id)
        .annotate(
            term_id=F("school_year__terms__id"),
            term_code=F("school_year__terms__code"),
            term_starts=F("school_year__terms__starts"),
            term_ends=F("school_year__terms__ends"),
        )
    )
    found = list(rows.order_by("school_year__terms__starts", "school_year__terms__id"))
    if not found:
        return None
    year = found[0].school_year
    terms = tuple(
        TermView(row.term_id, year.authority_id, year.id, year.code, row.term_code, row.term_starts, row.term_ends)
        for row in found
        if row.term_id is not None
    )
    return group_view(found[0]), SchoolYearView(year.id, year.authority_id, year.code, year.starts, year.ends, terms)
