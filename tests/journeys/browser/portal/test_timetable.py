"""Timetables and menus in a real browser: a sick teacher, the family that hears of it, the office and its menu."""

from __future__ import annotations

from datetime import UTC, date, datetime, timedelta

import pytest
from playwright.sync_api import expect

from tests.journeys.browser import acts
from tests.journeys.browser.acts import Open, World, press
from tests.journeys.browser.looking import look


def school_day() -> date:
    """A school day of the coming week, of which the demo has changed nothing."""
    today = datetime.now(tz=UTC).date()
    return today + timedelta(days=14 - today.weekday() + 2)


@pytest.mark.feature("C6", "E20")
def test_a_head_gives_away_the_lessons_of_a_sick_teacher(open_page: Open, world: World) -> None:
    page = open_page("sv", 1280)
    acts.log_in(page, world, "se_principal", "principal", at="99980001", to="/timetable/")
    look(page)
    page.goto(f"/timetable/group/{world['se_group']}/")
    look(page)
    page.goto("/timetable/tests/")
    look(page)
    on, teacher = school_day(), world["persons"]["se_teacher_SV"]
    page.goto(f"/timetable/away/?teacher={teacher}&on={on}")
    look(page)
    seats = page.locator("main .tt-seats select")
    assert seats.count() >= 1
    seats.first.select_option("off")
    press(page, page.locator("main .tt-away button[type=submit]"))
    acts.is_at(page, "/timetable/changes/")
    expect(page.locator("main tbody tr").first).to_be_visible()
    look(page)
    press(page, page.locator("main tbody th a").first)
    look(page)
    family = open_page("vi", 360, scheme="dark")
    acts.log_in(family, world, "family", "guardian", to=f"/family/week/{world['persons']['se_pupil0']}/?monday={on}")
    expect(family.locator(".family-lessons .is-off").first).to_be_visible()
    look(family)
    family.goto(f"/family/calendar/{world['persons']['se_pupil0']}/")
    look(family)
    family.locator("#content-menu").check()
    press(family, family.locator("main form button[type=submit]").first)
    expect(family.locator("main .ds-alert")).to_be_visible()
    look(family)
    staff = open_page("bg", 360)
    acts.log_in(staff, world, "se_teacher_SV", to="/timetable/mine/")
    look(staff)
    staff.goto("/timetable/feed/")
    look(staff)


@pytest.mark.feature("C10", "C11")
def test_the_office_keeps_a_menu_and_everybody_reads_it(open_page: Open, world: World) -> None:
    page = open_page("en", 1280, scheme="dark")
    acts.log_in(page, world, "se_administrator", "administrator", to="/menus/")
    look(page)
    page.locator("#id_name").fill("Testlunch (exempel)")
    press(page, page.locator("main form button[type=submit]").last)
    look(page)
    press(page, page.locator("main .menu-day a").first)
    look(page)
    page.locator("#name-0").fill("Provsoppa (exempel)")
    press(page, page.locator("main form > p button[type=submit]"))
    expect(page.locator("main .menu-day", has_text="Provsoppa").first).to_be_visible()
    look(page)
    page.goto(page.locator('main a[href$="/load/"]').get_attribute("href") or "")
    look(page)
    page.goto("/menus/dates/")
    look(page)
    public = open_page("sv", 360)
    page.goto("/menus/")
    public.goto(page.locator('main a[href^="/menus/at/"]').first.get_attribute("href") or "")
    look(public)
    public.goto(f"/menus/dates/of/{world['se_school']}/")
    look(public)
    family = open_page("bg", 360, scheme="dark")
    acts.log_in(family, world, "family", "guardian", to=f"/menus/child/{world['persons']['se_pupil0']}/")
    look(family)
