"""Changing school years and terms that are still to come, or to end."""

from __future__ import annotations

from datetime import date, datetime
from uuid import UUID

from django.db import transaction

from testamur.kernel.base.actor import Actor
from testamur.kernel.base.refused import NotFound, Refused
from testamur.kernel.journal import actions as journal
from testamur.register.schools.models import Group, SchoolYear, Slot, Term
from testamur.register.schools.rules import OutsideYear, check_period


class PeriodBegun(Refused):
    """What has begun keeps its first day, what is over its last; documents name them."""

    code = "schools.period.begun"


class PeriodNarrow(Refused):
    """A term of the year would lie outside it."""

    code = "schools.period.narrow"


@transaction.atomic
def change_school_year(*, by: Actor, school_year: UUID, starts: date, ends: date, now: datetime) -> None:
    """Give a school year other days; weekly lessons that reach to its ends go on doing so.

    Journal: ``schools.school_year.changed/1``. Needs ``schools.school_year.change`` at the authority's path. Raises
    not_found, ``schools.period.invalid``, ``schools.period.begun`` and ``schools.period.narrow``.
    """
    row = SchoolYear.objects.select_related("authority").filter(id=school_year).first()
    if row is None:
        raise NotFound("There is no such school year.", field="school_year")
    by.must("schools.school_year.change", row.authority.path)
    check_period(starts, ends)
    _must_be_to_come((row.starts, row.ends), (starts, ends), now.date())
    terms = Term.objects.filter(school_year=row)
    if terms.filter(starts__lt=starts).exists() or terms.filter(ends__gt=ends).exists():
        raise PeriodNarrow("A term would lie outside the year: change the term first.", field="ends")
    groups = Group.objects.filter(school_year=row).values("id")
    slots = Slot.objects.filter(group__in=groups)
    # a lesson that was planned and never was (its last day before its first) stays so
    slots.filter(valid_from=row.starts, valid_to__gte=starts).update(valid_from=starts)
    slots.filter(valid_from__lt=starts, valid_to__gte=starts).update(valid_from=starts)
    slots.filter(valid_to=row.ends, valid_from__lte=ends).update(valid_to=ends)
    slots.filter(valid_to__gt=ends, valid_from__lte=ends).update(valid_to=ends)
    row.starts, row.ends = starts, ends
    row.save(update_fields=["starts", "ends"])
    refs = {"school_year": str(row.id), "starts": str(starts), "ends": str(ends)}
    journal.append(by=by, kind="schools.school_year.changed/1", path=row.authority.path, refs=refs, now=now)


@transaction.atomic
def change_term(*, by: Actor, term: UUID, starts: date, ends: date, now: datetime) -> None:
    """Give a term other days within its school year. Journal: ``schools.term.changed/1``.

    Needs ``schools.term.change`` at the authority's path. Raises not_found, ``schools.period.invalid``,
    ``schools.period.outside`` and ``schools.period.begun``.
    """
    row = Term.objects.select_related("school_year__authority").filter(id=term).first()
    if row is None:
        raise NotFound("There is no such term.", field="term")
    year = row.school_year
    by.must("schools.term.change", year.authority.path)
    check_period(starts, ends)
    _must_be_to_come((row.starts, row.ends), (starts, ends), now.date())
    if starts < year.starts or ends > year.ends:
        raise OutsideYear("The term lies outside its school year.", field="starts", code=row.code)
    row.starts, row.ends = starts, ends
    row.save(update_fields=["starts", "ends"])
    refs = {"term": str(row.id), "starts": str(starts), "ends": str(ends)}
    journal.append(by=by, kind="schools.term.changed/1", path=year.authority.path, refs=refs, now=now)


def _must_be_to_come(before: tuple[date, date], after: tuple[date, date], today: date) -> None:
    """Raise PeriodBegun where a day that is gone would change, or become one that is gone."""
    for field, old, new in (("starts", before[0], after[0]), ("ends", before[1], after[1])):
        if old != new and (old <= today or new <= today):
            raise PeriodBegun("A day that is gone cannot be changed.", field=field)
