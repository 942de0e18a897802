"""A pupil's averages beside those of the class and of the year group, where the law lets them be compared."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Collection
from datetime import date
from decimal import Decimal
from uuid import UUID

from django.db.models import Case, DecimalField, F, Sum, Value, When
from django.db.models.functions import Cast

from testamur.kernel.base.actor import Actor
from testamur.kernel.base.refused import NotFound
from testamur.law.diary import MarkKind
from testamur.register.people import queries as people
from testamur.register.people.queries import chunks
from testamur.register.schools import queries as schools
from testamur.register.schools.rules import GroupKind
from testamur.schoolday.diary.queries.pupil_marks import standing
from testamur.schoolday.diary.queries.schooling import schoolings
from testamur.schoolday.diary.rules.compare import Comparison, beside, compares, success_of
from testamur.schoolday.diary.rules.pupil import Schooling

_EXACT = DecimalField(max_digits=20, decimal_places=8)


def counted(schooling: Schooling, on: date) -> tuple[MarkKind, ...]:
    """The kinds of mark that count in an average in the pupil's year level."""
    return tuple(kind for kind in schooling.mark_kinds(on).values() if kind.weight > 0 and not kind.closes)


def may_compare(schooling: Schooling, on: date) -> bool:
    """Whether the law at the pupil's school lets the pupil be shown beside others by marks."""
    return compares(schooling.pack, counted=bool(counted(schooling, on)))


def compare(*, by: Actor, pupil: UUID, on: date) -> Comparison:
    """The pupil's success and averages beside class and year group, in the school year of that day.

    A constant number of queries. Raises NotAllowed without ``diary.family.see`` for the pupil, NotFound where the law
    does not compare pupils or nothing is known to compare.
    """
    schooling = schoolings(by=by, pupils=[pupil], on=on)[pupil]
    kinds = counted(schooling, on)
    if not may_compare(schooling, on) or schooling.group is None or schooling.year is None or schooling.school is None:
        raise NotFound("Pupils are not compared here.", pupil=str(pupil))
    first, last = schooling.period(on)
    groups = schools.groups(school=schooling.school.id, school_year=schooling.year.id, kind=GroupKind.CLASS)
    level = next((one.year_level for one in groups if one.id == schooling.group), None)
    same = [one.id for one in groups if level is not None and one.year_level == level] or [schooling.group]
    members = schools.members_of(groups=same, on=on)
    hidden = people.protected({row.person for rows in members.values() for row in rows})
    room = {row.person for row in members[schooling.group]} - hidden
    year = {row.person for rows in members.values() for row in rows} - hidden
    means = _means({*year, pupil}, kinds, first, last)
    totals = {one: found for one, some in means.items() if (found := success_of(some)) is not None}
    mine = sorted(means.get(pupil, {}), key=schooling.order)
    return Comparison(
        pupil,
        beside(pupil=pupil, code="", name="", values=totals, room=room, year=year),
        tuple(
            beside(
                pupil=pupil,
                code=code,
                name=schooling.subject(code),
                values={one: some[code] for one, some in means.items() if code in some},
                room=room,
                year=year,
            )
            for code in mine
        ),
    )


def _means(
    pupils: Collection[UUID], kinds: Collection[MarkKind], first: date, last: date
) -> dict[UUID, dict[str, Decimal]]:
    """Weighted mean of each pupil's marks in each subject, reckoned by the database."""
    points = {step.value: step.points for kind in kinds for step in kind.scale.values if step.points is not None}
    number = Case(
        *(When(value=value, then=Cast(Value(some), _EXACT)) for value, some in points.items()), output_field=_EXACT
    )
    found: dict[UUID, dict[str, Decimal]] = defaultdict(dict)
    for chunk in chunks(pupils):
        rows = standing(chunk).filter(
            task__on__range=(first, last),
            task__kind__in=[kind.code for kind in kinds],
            task__weight__gt=0,
            value__in=list(points),
        )
        grouped = rows.values("pupil_id", "task__subject").annotate(
            total=Sum(number * F("task__weight"), output_field=_EXACT), weight=Sum("task__weight")
        )
        for pupil, subject, total, weight in grouped.values_list("pupil_id", "task__subject", "total", "weight"):
            found[pupil][subject] = Decimal(total) / Decimal(weight)
    return found
