"""Adding school years and terms."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import datetime
from uuid import UUID

from django.db import transaction

from testamur.kernel.base.actor import Actor
from testamur.kernel.base.ids import new_id
from testamur.kernel.base.refused import NotFound, Refused
from testamur.kernel.journal import actions as journal
from testamur.register.people.actions.checks import at, unless_conflict
from testamur.register.people.rules import common_path, ids_digest
from testamur.register.schools.actions.units import unit_paths
from testamur.register.schools.models import SchoolYear, Term
from testamur.register.schools.rules import (
    NewSchoolYear,
    NewTerm,
    OutsideYear,
    check_period,
)


class PeriodTaken(Refused):
    """A school year or term with this code is there already."""

    code = "schools.period.taken"


@transaction.atomic
def add_school_years(*, by: Actor, school_years: Sequence[NewSchoolYear], now: datetime) -> list[UUID]:
    """Add school years of authorities and return their ids in order.

    Needs ``schools.school_year.add`` at the authority's path. Raises ``not_found``, ``schools.period.invalid`` and
    ``schools.period.taken``.
    """
    places = unit_paths(by, "schools.school_year.add", [new.authority for new in school_years])
    for index, new in enumerate(school_years):
        with at(index):
            check_period(new.starts, new.ends)
    rows = [
        SchoolYear(id=new.id or new_id(), authority_id=new.authority, code=new.code, starts=new.starts, ends=new.ends)
        for new in school_years
    ]
    with unless_conflict(
        PeriodTaken("Such a school year is there already.", field="code"),
        keys=lambda: [((row.authority_id, row.code),) for row in rows],
        kept=lambda: SchoolYear.objects.filter(authority__in={r.authority_id for r in rows}).values_list(
            "authority_id", "code"
        ),
    ):
        SchoolYear.objects.bulk_create(rows)
    ids = [row.id for row in rows]
    journal.append(
        by=by,
        kind="schools.school_years.added/1",
        path=common_path(places),
        now=now,
        refs={"count": len(ids), "digest": ids_digest(ids)},
    )
    return ids


@transaction.atomic
def add_terms(*, by: Actor, terms: Sequence[NewTerm], now: datetime) -> list[UUID]:
    """Add terms of school years and return their ids in order; a term lies within its school year.

    Needs ``schools.term.add`` at the authority's path. Raises ``not_found``, ``schools.period.invalid``,
    ``schools.period.outside`` and ``schools.period.taken``.
    """
    years = {
        row.id: row
        for row in SchoolYear.objects.select_related("authority").filter(id__in={new.school_year for new in terms})
    }
    places = set()
    for index, new in enumerate(terms):
        year = years.get(new.school_year)
        if year is None:
            raise NotFound("There is no such school year.", field="school_year", index=index)
        by.must("schools.term.add", year.authority.path)
        places.add(year.authority.path)
        with at(index):
            check_period(new.starts, new.ends)
            if new.starts < year.starts or new.ends > year.ends:
                raise OutsideYear("The term lies outside its school year.", field="starts", code=new.code)
    rows = [
        Term(id=new.id or new_id(), school_year_id=new.school_year, code=new.code, starts=new.starts, ends=new.ends)
        for new in terms
    ]
    with unless_conflict(
        PeriodTaken("Such a term is there already.", field="code"),
        keys=lambda: [((row.school_year_id, row.code),) for row in rows],
        kept=lambda: Term.objects.filter(school_year__in=years).values_list("school_year_id", "code"),
    ):
        Term.objects.bulk_create(rows)
    ids = [row.id for row in rows]
    journal.append(
        by=by,
        kind="schools.terms.added/1",
        path=common_path(places),
        now=now,
        refs={"count": len(ids), "digest": ids_digest(ids)},
    )
    return ids
