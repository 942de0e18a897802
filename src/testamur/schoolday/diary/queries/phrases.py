"""Reading phrases for comments."""

from __future__ import annotations

from testamur.kernel.base.actor import Actor
from testamur.register.schools import queries as schools
from testamur.register.schools.rules import UnitKind, UnitView
from testamur.schoolday.diary.models import Phrase as Row
from testamur.schoolday.diary.rules.phrases import Circle, Phrase

OWN = "diary.phrase.own"
SCHOOL = "diary.phrase.school"
BODY = "diary.phrase.body"


def phrases(*, by: Actor, unit: UnitView | None, subject: str | None = None) -> tuple[Phrase, ...]:
    """The phrases that `by` may use at a school: own ones, the school's, its bodies'; by whose they are and code.

    `subject`: those that fit it, with those that fit all. Needs ``diary.phrase.own`` for oneself. Two queries.
    """
    by.must(OWN, person=by.id)
    above = schools.units_above(unit.path) if unit is not None else ()
    owners = [by.id, *(one.id for one in above)]
    rows = Row.objects.filter(owner__in=owners, retired_at__isnull=True)
    if subject is not None:
        rows = rows.filter(subject__in=["", subject])
    kept = [view(row, by) for row in rows.order_by("code", "id")]
    return tuple(sorted(kept, key=lambda one: list(Circle).index(one.circle)))


def may_keep(by: Actor, unit: UnitView | None) -> tuple[Circle, ...]:
    """For whom `by` may keep phrases at a school or body."""
    found = [Circle.OWN]
    if unit is not None and unit.kind is UnitKind.SCHOOL and by.may(SCHOOL, unit.path):
        found.append(Circle.SCHOOL)
    if unit is not None and unit.kind is UnitKind.AUTHORITY and by.may(BODY, unit.path):
        found.append(Circle.BODY)
    return tuple(found)


def view(row: Row, by: Actor) -> Phrase:
    """The row as a value."""
    return Phrase(row.id, Circle(row.circle), row.code, row.text, row.subject, row.value, mine=row.owner == by.id)
