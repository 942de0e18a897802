"""School-year dates: for everybody, to subscribe to, and changed by the office as long as they are to come."""

from __future__ import annotations

from datetime import date, timedelta

import pytest
from django.test import Client
from django.urls import reverse

from testamur.kernel.base import clock
from testamur.kernel.base.actor import operator
from testamur.register.schools import actions as schools
from testamur.register.schools import queries
from testamur.register.schools.rules import NewHoliday, NewPost, NewSchoolYear, NewTerm, Role
from tests.schoolday.diary.school import BEGINS, ENDS, School
from tests.surfaces.web.diary.conftest import Enter
from tests.surfaces.web.menus.test_menus import text
from tests.surfaces.web.rfc5545 import faults

NEXT = (date(2026, 9, 15), date(2027, 6, 30))


def body_office(school: School, enter: Enter) -> Client:
    """The stranger, as administrator of the body responsible."""
    post = NewPost(school.persons["stranger"], school.authority, Role.ADMINISTRATOR, BEGINS)
    schools.add_posts(by=operator(), posts=[post], now=clock.now())
    return enter(school, "stranger", "administrator")


@pytest.mark.feature("C11")
def test_everybody_reads_the_dates_of_a_body_and_of_a_school(swedish: School) -> None:
    holidays = [
        NewHoliday(swedish.authority, date(2026, 2, 23), date(2026, 2, 27), "Sportlov"),
        NewHoliday(swedish.school, date(2026, 5, 15), date(2026, 5, 15), "Studiedag"),
    ]
    schools.add_holidays(by=operator(), holidays=holidays, now=clock.now())
    body = text(Client().get(reverse("menus:of", args=[swedish.authority])))
    assert "Sportlov" in body
    assert "Studiedag" not in body, "that is of one school alone"
    assert "Term VT" in body
    assert "Studiedag" in text(Client().get(reverse("menus:of", args=[swedish.school])))
    calendar = Client().get(reverse("menus:of_calendar", args=[swedish.school]))
    assert faults(calendar.content) == []
    assert "Sportlov" in calendar.content.decode()
    assert b"DTEND;VALUE=DATE:20260228" in calendar.content, "the day after the last one, as iCalendar has it"


@pytest.mark.feature("C11")
def test_the_body_changes_what_is_to_come_and_nothing_that_is_gone(swedish: School, enter: Enter) -> None:
    by, now = operator(), clock.now()
    year = schools.add_school_years(
        by=by, school_years=[NewSchoolYear(swedish.authority, "2026/2027", *NEXT)], now=now
    )[0]
    term = schools.add_terms(by=by, terms=[NewTerm(year, "HT", NEXT[0], date(2026, 12, 20))], now=now)[0]
    office = body_office(swedish, enter)
    assert "2026/2027" in text(office.get(reverse("menus:dates")))
    change = reverse("menus:term", args=[term])
    assert office.post(change, {"starts": "2026-08-17", "ends": "2026-12-20"}).status_code == 422, "outside its year"
    assert (
        office.post(reverse("menus:year", args=[year]), {"starts": "2026-08-17", "ends": "2027-06-30"}).status_code
        == 303
    )
    assert office.post(change, {"starts": "2026-08-17", "ends": "2026-12-20"}).status_code == 303
    narrow = office.post(reverse("menus:year", args=[year]), {"starts": "2026-09-01", "ends": "2027-06-30"})
    assert narrow.status_code == 422
    found = next(one for one in queries.school_years(swedish.authority) if one.id == year)
    assert (found.starts, found.terms[0].starts) == (date(2026, 8, 17), date(2026, 8, 17))
    running = reverse("menus:year", args=[swedish.year])
    begun = office.post(running, {"starts": "2025-08-01", "ends": str(ENDS)})
    assert begun.status_code == 422
    assert "A day that is gone" in text(begun)
    assert enter(swedish, "administrator").get(running).status_code == 403


@pytest.mark.feature("C11", "C6")
def test_lessons_go_with_the_end_of_the_year(swedish: School, enter: Enter) -> None:
    office = body_office(swedish, enter)
    term = reverse("menus:term", args=[swedish.terms[1]])
    assert office.post(term, {"starts": "2026-02-04", "ends": "2026-06-16"}).status_code == 303
    year = reverse("menus:year", args=[swedish.year])
    assert office.post(year, {"starts": str(BEGINS), "ends": "2026-06-16"}).status_code == 303
    assert {one.valid_to for one in queries.slots_by_id(swedish.slots).values()} == {date(2026, 6, 16)}
    later = queries.planned(on=(date(2026, 6, 17), ENDS + timedelta(days=1)), school=swedish.school)
    assert later == ()


@pytest.mark.feature("C11")
def test_holidays_are_added_for_all_schools_or_one(swedish: School, enter: Enter) -> None:
    office = body_office(swedish, enter)
    page = reverse("menus:dates")
    form = {"act": "add", "unit": str(swedish.authority), "name": "Lov", "starts": "2026-06-15", "ends": "2026-06-16"}
    assert office.post(page, form).status_code == 303
    found = queries.holidays(path=swedish.path, first=date(2026, 6, 15), last=date(2026, 6, 15))
    assert [one.name for one in found] == ["Lov"]
    school = enter(swedish, "administrator")
    assert school.post(page, {**form, "starts": "2026-06-17", "ends": ""}).status_code == 422, "not for the whole body"
    assert school.post(page, {"act": "remove", "holiday": str(found[0].id)}).status_code == 403
    own = {**form, "unit": str(swedish.school), "name": "Studiedag", "starts": "2026-06-17", "ends": ""}
    assert school.post(page, own).status_code == 303
    assert office.post(page, {"act": "remove", "holiday": str(found[0].id)}).status_code == 303
    assert queries.holidays(path=swedish.authority_path, first=date(2026, 6, 15), last=date(2026, 6, 15)) == ()
