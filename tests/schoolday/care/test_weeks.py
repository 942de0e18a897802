"""Care weeks: what guardians write, what locks, what staff still change, what is copied, days that are closed."""

from __future__ import annotations

from dataclasses import replace
from datetime import UTC, date, datetime, time, timedelta
from typing import Any

import pytest

from testamur.kernel.base.actor import operator
from testamur.kernel.base.refused import NotAllowed, NotFound
from testamur.kernel.journal.models import Entry
from testamur.register.schools import actions as schools
from testamur.register.schools.rules import NewHoliday
from testamur.schoolday.care import actions, queries
from testamur.schoolday.care.models import Day
from testamur.schoolday.care.rules import (
    DayClosed,
    DayView,
    DeadlinePassed,
    Hours,
    HoursInvalid,
    NewDay,
    NoCare,
    OthersWeek,
    Parity,
    Reason,
    Setting,
    SettingInvalid,
    Source,
    parity_of,
    two_alike,
)
from tests.schoolday.care.nursery import DAY, NEXT, NOW, THIS, TODAY, ZONE, Nursery

pytestmark = [pytest.mark.django_db, pytest.mark.feature("C4")]
LONG = Hours(time(7), time(17))


def written(nursery: Nursery, who: str, *days: NewDay, child: int = 0, now: datetime = NOW) -> int:
    """Somebody writes days of a child."""
    return actions.write_days(by=nursery.actor(who), child=nursery.children[child], days=days, now=now, zone=ZONE)


def week(nursery: Nursery, monday: date = NEXT, child: int = 0, now: datetime = NOW) -> list[DayView]:
    """A week as the principal sees it."""
    found = queries.week(
        by=nursery.actor("principal"), child=nursery.children[child], monday=monday, now=now, zone=ZONE
    )
    return list(found.days)


def test_a_guardian_writes_hours_and_everybody_sees_who_wrote_them(nursery: Nursery) -> None:
    assert written(nursery, "guardian", NewDay(NEXT, DAY), NewDay(NEXT + timedelta(days=1), None, Reason.FREE)) == 2
    monday, tuesday, wednesday = week(nursery)[:3]
    assert (monday.hours, monday.source, monday.by) == (DAY, Source.DAY, nursery.persons["guardian"])
    assert (tuesday.hours, tuesday.reason) == (None, Reason.FREE)
    assert wednesday.missing
    assert not week(nursery)[5].is_open
    entry = Entry.objects.filter(kind="care.week.written/1").get()
    assert entry.refs["pupils"] == [str(nursery.children[0])]
    assert entry.refs["days"] == 2


def test_the_last_of_two_guardians_stands_and_the_same_again_writes_nothing(nursery: Nursery) -> None:
    written(nursery, "guardian", NewDay(NEXT, DAY))
    assert written(nursery, "second_guardian", NewDay(NEXT, LONG)) == 1
    assert written(nursery, "second_guardian", NewDay(NEXT, LONG)) == 0
    monday = week(nursery)[0]
    assert (monday.hours, monday.by) == (LONG, nursery.persons["second_guardian"])
    assert Entry.objects.filter(kind="care.week.written/1").count() == 2


def test_nobody_else_writes_or_reads_a_childs_week(nursery: Nursery) -> None:
    for who in ("other_guardian", "other_teacher", "school_teacher"):
        with pytest.raises(NotAllowed):
            written(nursery, who, NewDay(NEXT, DAY))
        with pytest.raises(NotAllowed):
            queries.week(by=nursery.actor(who), child=nursery.children[0], monday=NEXT, now=NOW, zone=ZONE)


def test_after_the_deadline_only_the_staff_change_hours(nursery: Nursery) -> None:
    thursday = datetime(2026, 3, 12, 11, 0, tzinfo=UTC)  # noon in Stockholm
    written(nursery, "guardian", NewDay(NEXT, DAY), now=thursday - timedelta(minutes=1))
    with pytest.raises(DeadlinePassed):
        written(nursery, "guardian", NewDay(NEXT, LONG), now=thursday)
    with pytest.raises(DeadlinePassed):
        written(nursery, "guardian", NewDay(NEXT), now=thursday)
    assert written(nursery, "teacher", NewDay(NEXT, LONG), now=thursday) == 1
    assert week(nursery, now=thursday)[0].staff
    assert week(nursery, now=thursday)[0].locked


def test_a_guardian_says_on_the_day_that_the_child_is_ill(nursery: Nursery) -> None:
    assert written(nursery, "guardian", NewDay(TODAY, None, Reason.ILL)) == 1
    with pytest.raises(DeadlinePassed):
        written(nursery, "guardian", NewDay(TODAY - timedelta(days=1), None, Reason.ILL))
    assert week(nursery, THIS)[2].reason is Reason.ILL


def test_the_regular_week_holds_until_the_next_and_single_days_differ_from_it(nursery: Nursery) -> None:
    by, child = nursery.actor("guardian"), nursery.children[0]
    first = dict.fromkeys(range(1, 6), DAY)
    actions.write_regular(by=by, child=child, valid_from=NEXT, days=first, now=NOW, zone=ZONE)
    later = NEXT + timedelta(weeks=2)
    actions.write_regular(by=by, child=child, valid_from=later, days={1: LONG}, now=NOW, zone=ZONE)
    written(nursery, "guardian", NewDay(NEXT + timedelta(days=2), LONG))
    assert [day.hours for day in week(nursery)[:5]] == [DAY, DAY, LONG, DAY, DAY]
    assert [day.hours for day in week(nursery, later)[:3]] == [LONG, None, None]
    assert not week(nursery, later)[1].missing
    assert written(nursery, "guardian", NewDay(NEXT + timedelta(days=2))) == 1
    assert week(nursery)[2].hours == DAY
    with pytest.raises(DeadlinePassed):
        actions.write_regular(by=by, child=child, valid_from=THIS, days=first, now=NOW, zone=ZONE)


@pytest.mark.parametrize(
    ("hours", "refusal"),
    [
        (Hours(time(5), time(12)), HoursInvalid),
        (Hours(time(12), time(19)), HoursInvalid),
        (Hours(time(12), time(12)), HoursInvalid),
    ],
)
def test_hours_lie_within_the_opening_hours(nursery: Nursery, hours: Hours, refusal: type[Exception]) -> None:
    with pytest.raises(refusal):
        written(nursery, "guardian", NewDay(NEXT, hours))
    with pytest.raises(DayClosed):
        written(nursery, "guardian", NewDay(NEXT + timedelta(days=5), DAY))


def test_a_unit_has_its_own_hours_deadline_and_ratio(nursery: Nursery) -> None:
    setting = Setting(nursery.unit, {6: Hours(time(5), time(22))}, 0, time(6), 3, 5)
    for who in ("teacher", "guardian"):
        with pytest.raises(NotAllowed):
            actions.arrange(by=nursery.actor(who), setting=setting, now=NOW)
    actions.arrange(by=nursery.actor("principal"), setting=setting, now=NOW)
    monday = datetime(2026, 3, 16, 4, 59, tzinfo=UTC)
    written(nursery, "guardian", NewDay(NEXT + timedelta(days=5), Hours(time(5), time(22))), now=monday)
    with pytest.raises(DayClosed):
        written(nursery, "guardian", NewDay(NEXT, DAY), now=monday)
    with pytest.raises(SettingInvalid):
        actions.arrange(by=operator(), setting=Setting(nursery.unit, setting.opening, 15), now=NOW)


def test_a_school_has_care_once_its_hours_are_set(nursery: Nursery) -> None:
    with pytest.raises(NotFound):
        queries.care_unit(nursery.school)
    actions.arrange(by=operator(), setting=Setting(nursery.school, {1: DAY}), now=NOW)
    assert queries.care_unit(nursery.school)[0].id == nursery.school


def test_a_week_is_copied_to_the_next_weeks_but_not_its_illness(nursery: Nursery) -> None:
    days = [NewDay(NEXT + timedelta(days=n), DAY) for n in range(4)] + [
        NewDay(NEXT + timedelta(days=4), None, Reason.ILL)
    ]
    written(nursery, "guardian", *days)
    count = actions.copy_week(
        by=nursery.actor("guardian"), child=nursery.children[0], monday=NEXT, weeks=2, now=NOW, zone=ZONE
    )
    assert count == 8
    for n in (1, 2):
        found = week(nursery, NEXT + timedelta(weeks=n))
        assert [day.hours for day in found[:4]] == [DAY] * 4
        assert found[4].missing


def test_a_week_is_copied_to_a_sibling_in_the_same_form_alone(nursery: Nursery) -> None:
    written(nursery, "guardian", NewDay(NEXT, DAY))
    by, first, second = nursery.actor("guardian"), *nursery.children[:2]
    assert actions.copy_week(by=by, child=first, monday=NEXT, weeks=0, siblings=[second], now=NOW, zone=ZONE) == 1
    assert week(nursery, child=1)[0].hours == DAY
    with pytest.raises(NoCare):
        actions.copy_week(
            by=by, child=first, monday=NEXT, weeks=0, siblings=[nursery.persons["pupil"]], now=NOW, zone=ZONE
        )
    with pytest.raises(NotAllowed):
        actions.copy_week(by=by, child=first, monday=NEXT, weeks=0, siblings=[nursery.children[3]], now=NOW, zone=ZONE)
    with pytest.raises(HoursInvalid):
        actions.copy_week(by=by, child=first, monday=NEXT, weeks=27, now=NOW, zone=ZONE)


def test_on_holidays_and_closing_days_there_is_no_care_but_for_those_who_need_it(nursery: Nursery) -> None:
    schools.add_holidays(by=operator(), holidays=[NewHoliday(nursery.unit, NEXT, NEXT, "Annandagen")], now=NOW)
    tuesday = NEXT + timedelta(days=1)
    closing = actions.close_day(
        by=nursery.actor("principal"), unit=nursery.unit, on=tuesday, name="Planering", answer_by=TODAY, now=NOW
    )
    for day in (NEXT, tuesday):
        with pytest.raises(DayClosed):
            written(nursery, "guardian", NewDay(day, DAY))
    by, child = nursery.actor("guardian"), nursery.children[0]
    actions.answer_closing(by=by, closing=closing, child=child, hours=DAY, now=NOW)
    found = week(nursery)
    assert found[0].closed is not None
    assert (found[0].closed.name, found[0].hours) == ("Annandagen", None)
    assert (found[1].source, found[1].hours) == (Source.CLOSED, DAY)
    assert [need.hours for need in queries.needs(closings=[closing])] == [DAY]
    with pytest.raises(DeadlinePassed):
        actions.answer_closing(by=by, closing=closing, child=child, hours=None, now=NOW + timedelta(days=1))
    with pytest.raises(NoCare):
        actions.answer_closing(by=by, closing=closing, child=nursery.persons["pupil"], hours=None, now=NOW)
    actions.open_day(by=nursery.actor("principal"), closing=closing, now=NOW)
    assert week(nursery)[1].missing


def test_a_pupil_of_after_school_care_is_placed_there_and_in_the_school(nursery: Nursery) -> None:
    here = queries.place(child=nursery.persons["pupil"], on=TODAY)
    assert (here.unit, here.group) == (nursery.after, nursery.after_group)
    with pytest.raises(NotFound):
        queries.place(child=nursery.persons["guardian"], on=TODAY)


@pytest.mark.parametrize(
    ("day", "parity"),
    [
        (date(2026, 12, 28), Parity.ODD),  # week 53
        (date(2027, 1, 3), Parity.ODD),  # still week 53
        (date(2027, 1, 4), Parity.ODD),  # week 1
        (date(2027, 1, 11), Parity.EVEN),
        (date(2025, 12, 29), Parity.ODD),  # week 1 of 2026
    ],
)
def test_weeks_are_odd_or_even_by_their_iso_number(day: date, parity: Parity) -> None:
    assert parity_of(day) is parity
    assert two_alike(date(2026, 8, 1), date(2027, 6, 30)) == (date(2027, 1, 4),)
    assert two_alike(date(2025, 8, 1), date(2026, 6, 30)) == ()


def test_a_child_with_two_homes_has_a_regular_week_for_odd_and_one_for_even_weeks(nursery: Nursery) -> None:
    child = nursery.children[0]

    def write(who: str, hours: Hours, since: date = NEXT, **more: Any) -> None:
        days = dict.fromkeys(range(1, 6), hours)
        by = nursery.actor(who, "guardian")
        actions.write_regular(by=by, child=child, valid_from=since, days=days, now=NOW, zone=ZONE, **more)

    write("guardian", DAY)
    write("second_guardian", LONG, parity=Parity.ODD)
    seen = {monday.isocalendar().week: week(nursery, monday)[0].hours for monday in _mondays(NEXT, 46)}
    assert {number for number, hours in seen.items() if hours == LONG} == {n for n in seen if n % 2}
    assert [seen[n] for n in (52, 53, 1, 2)] == [DAY, LONG, LONG, DAY]
    later = NEXT + timedelta(weeks=4)
    write("guardian", DAY, later)  # for every week: it takes the place of both
    assert {week(nursery, monday)[0].hours for monday in _mondays(later, 4)} == {DAY}


def test_where_the_unit_says_so_nobody_writes_the_other_guardians_weeks(nursery: Nursery) -> None:
    child, office = nursery.children[0], nursery.actor("principal")
    setting = queries.care_unit(nursery.unit)[1]
    days = dict.fromkeys(range(1, 6), DAY)

    def write(who: str, parity: Parity, role: str = "guardian", since: date = NEXT) -> None:
        by = nursery.actor(who, role)
        actions.write_regular(by=by, child=child, valid_from=since, days=days, now=NOW, zone=ZONE, parity=parity)

    write("guardian", Parity.ODD)
    write("second_guardian", Parity.ODD)  # either writes both, and the last word holds
    actions.arrange(by=office, setting=replace(setting, own_weeks=True), now=NOW)
    write("guardian", Parity.EVEN)
    for parity in (Parity.ODD, Parity.EVERY):
        with pytest.raises(OthersWeek):
            write("guardian", parity, since=NEXT + timedelta(weeks=2))
    with pytest.raises(OthersWeek):
        write("second_guardian", Parity.EVEN)
    write("second_guardian", Parity.ODD, since=NEXT + timedelta(weeks=2))
    write("teacher", Parity.ODD, "teacher")


def test_a_week_is_copied_to_weeks_alike_even_over_a_year_of_53(nursery: Nursery) -> None:
    now = datetime(2026, 12, 1, 8, tzinfo=UTC)
    monday = date(2026, 12, 14)  # week 51
    by, child = nursery.actor("guardian"), nursery.children[0]
    actions.write_days(by=by, child=child, days=[NewDay(monday, LONG)], now=now, zone=ZONE)
    actions.copy_week(by=by, child=child, monday=monday, weeks=5, alike=True, now=now, zone=ZONE)
    written_ = {on.isocalendar().week for on in Day.objects.filter(child=child).values_list("on", flat=True)}
    assert written_ == {51, 53, 1, 3}


def _mondays(first: date, count: int) -> list[date]:
    return [first + timedelta(weeks=n) for n in range(count)]
