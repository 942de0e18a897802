"""A pupil beside class and year group: only where the law compares, and never so that one of the others shows."""

from __future__ import annotations

from decimal import Decimal
from uuid import UUID

import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext

from testamur.kernel.base.actor import operator
from testamur.kernel.base.refused import NotAllowed, NotFound
from testamur.law.tables import PACKS
from testamur.register.people import actions as people
from testamur.register.people.rules import NewPerson
from testamur.register.schools import actions as schools
from testamur.register.schools.rules import GroupKind, NewEnrolment, NewGroup
from testamur.schoolday.diary.queries import pupil as diary
from testamur.schoolday.diary.queries.compare import compare, may_compare
from testamur.schoolday.diary.rules.compare import Band, beside
from tests.schoolday.diary import pages, school
from tests.schoolday.diary.school import BEGINS, NOW, TODAY, School


def ids(count: int, begin: int = 1) -> list[UUID]:
    """Invented pupils."""
    return [UUID(int=n) for n in range(begin, begin + count)]


@pytest.mark.feature("E30")
def test_a_group_under_five_others_is_never_told_of() -> None:
    me, room = UUID(int=1), ids(6)
    told = beside(pupil=me, code="", name="", values=dict.fromkeys(room, Decimal(5)), room=room, year=room)
    assert (told.in_class, told.in_year) == (Decimal("5.00"), None)  # the year is the class: nothing more to tell
    few = beside(pupil=me, code="", name="", values=dict.fromkeys(room[:5], Decimal(5)), room=room, year=room)
    assert (few.own, few.in_class, few.in_year, few.band) == (Decimal("5.00"), None, None, None)
    # of six only four others have marks, whoever is in the class
    values = dict.fromkeys(room[:5], Decimal(4))
    assert beside(pupil=me, code="", name="", values=values, room=room, year=room).in_class is None


@pytest.mark.feature("E30")
@pytest.mark.parametrize(("beyond", "told"), [(0, False), (1, False), (4, False), (5, True)])
def test_the_year_less_the_class_is_never_under_five(beyond: int, told: bool) -> None:
    me, room, rest = UUID(int=1), ids(8), ids(beyond, begin=50)
    values = dict.fromkeys([*room, *rest], Decimal(3))
    assert (
        beside(pupil=me, code="", name="", values=values, room=room, year=[*room, *rest]).in_year is not None
    ) is told


@pytest.mark.feature("E30")
def test_a_small_class_does_not_follow_from_the_year() -> None:
    me, room, rest = UUID(int=1), ids(4), ids(9, begin=50)
    values = dict.fromkeys([*room, *rest], Decimal(3))
    found = beside(pupil=me, code="", name="", values=values, room=room, year=[*room, *rest])
    assert (found.in_class, found.in_year) == (None, None)


@pytest.mark.feature("E30")
@pytest.mark.parametrize(("own", "band"), [(6, Band.UPPER), (4, Band.MIDDLE), (2, Band.LOWER)])
def test_where_the_pupil_lies_is_a_third_and_no_rank(own: int, band: Band) -> None:
    room = ids(10)
    values = {one: Decimal(v) for one, v in zip(room, (own, 6, 5, 5, 5, 4, 4, 3, 3, 2), strict=True)}
    assert beside(pupil=room[0], code="", name="", values=values, room=room, year=room).band is band


def _second_class(bg: School, pupils: int) -> list[UUID]:
    by = operator()
    group = schools.add_groups(
        by=by, groups=[NewGroup(bg.school, bg.year, GroupKind.CLASS, "8Б", year_level=8)], now=NOW
    )[0]
    new = [NewPerson(given=f"Друг{n}", family="Примерен", birth_date=None) for n in range(pupils)]
    made = people.register_persons(by=by, path=bg.path, persons=new, now=NOW)
    enrolments = [NewEnrolment(p, bg.school, BEGINS, group=group, year_level=8) for p in made]
    schools.add_enrolments(by=by, enrolments=enrolments, now=NOW)
    return made


@pytest.mark.django_db
@pytest.mark.feature("E28", "E30")
def test_a_bulgarian_pupil_is_shown_beside_class_and_year() -> None:
    bg = school.build(pupils=8)
    others, one, by = _second_class(bg, 5), bg.pupils[0], bg.actor("guardian")
    maths, language, hidden = pages.column(bg), pages.column(bg, "BEL"), pages.column(bg, hidden=True)
    for n, pupil in enumerate(bg.pupils):
        pages.mark(maths, pupil, "2" if n == 2 else "4")  # number 2 is protected and in no mean
        pages.mark(hidden, pupil, "2")
    pages.mark(maths, others[0], "6")
    first = pages.mark(language, one, "3")
    pages.mark(language, one, "6", replaces=first)
    for pupil in others[1:]:
        pages.mark(maths, pupil, "6")
    with CaptureQueriesContext(connection) as asked:
        found = compare(by=by, pupil=one, on=TODAY)
    assert len(asked) <= 9
    own = diary.marks(by=by, pupils=[one], on=TODAY)[one]
    assert found.success.own == own.success == Decimal("5.00")
    assert (found.success.in_class, found.success.in_year) == (Decimal("4.14"), Decimal("4.92"))
    assert found.success.band is Band.UPPER
    mathematics = next(s for s in found.subjects if s.code == "MAT")
    assert (mathematics.own, mathematics.in_class) == (Decimal("4.00"), Decimal("4.00"))
    alone = next(s for s in found.subjects if s.code == "BEL")
    assert (alone.own, alone.in_class, alone.in_year) == (Decimal("6.00"), None, None)
    with pytest.raises(NotAllowed):
        compare(by=by, pupil=bg.pupils[3], on=TODAY)


@pytest.mark.django_db
@pytest.mark.feature("E30")
def test_a_class_with_a_protected_pupil_needs_five_others_without() -> None:
    bg = school.build(pupils=6)  # one reads, one is protected: four others are left
    column, by = pages.column(bg), bg.actor("guardian")
    for pupil in bg.pupils:
        pages.mark(column, pupil, "4")
    assert not compare(by=by, pupil=bg.pupils[0], on=TODAY).tells


@pytest.mark.django_db
@pytest.mark.feature("E30")
@pytest.mark.parametrize("pack", ["se.compulsory", "vn.primary"])
def test_where_the_law_does_not_compare_nothing_is_told(pack: str) -> None:
    made = school.build(pack, pupils=8)
    schooling = diary.schoolings(by=made.actor("guardian"), pupils=made.pupils[:1], on=TODAY)[made.pupils[0]]
    assert schooling.pack is PACKS[pack]
    assert not may_compare(schooling, TODAY)
    with pytest.raises(NotFound):
        compare(by=made.actor("guardian"), pupil=made.pupils[0], on=TODAY)
