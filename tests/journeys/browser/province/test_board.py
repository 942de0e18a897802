"""The officer of a province looks at the board, reminds those who are late, and closes the year with a report."""

from __future__ import annotations

import re
from pathlib import Path

import pytest
from playwright.sync_api import expect

from tests.journeys.browser import acts, worlds
from tests.journeys.browser.acts import Open, World
from tests.journeys.browser.looking import look


@pytest.fixture(scope="module")
def built(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """The data folder that this journey begins with."""
    return worlds.shared(tmp_path_factory, "province.board_world", "board")


@pytest.fixture(scope="module")
def stage() -> str:
    return "board"


@pytest.fixture(scope="module")
def world(built: Path) -> World:
    """Who is who here."""
    return worlds.who(built)


@pytest.mark.feature("D5", "D14", "D19")
@pytest.mark.parametrize(("width", "scheme"), [(1280, "light"), (360, "dark")])
def test_the_board_leads_from_the_province_to_a_class(open_page: Open, world: World, width: int, scheme: str) -> None:
    page = open_page("vi", width, scheme=scheme)
    acts.log_in(page, world, "officer", "administrator", to="/supervision/")
    expect(page.locator("h1")).to_have_text("Tỉnh Giả Định")
    expect(page.locator("main")).to_contain_text("Đã nộp")
    look(page)
    acts.press(page, page.locator(f'main table a[href^="/supervision/{world["district"]}/"]').first)
    expect(page.locator("h1")).to_have_text("Khu vực 1")
    look(page)
    acts.press(page, page.locator(f'main table a[href^="/supervision/{world["first"]}/"]').first)
    expect(page.locator("main table th[scope=row]")).to_have_text(["1A", "1B"])
    look(page)
    page.goto("/supervision/?q=định 7&sort=far&step=sealed")
    expect(page.locator("main table").last.locator("tbody tr")).to_have_count(1)
    look(page)


@pytest.mark.feature("D5")
def test_who_is_late_is_reminded_once(open_page: Open, world: World) -> None:
    page = open_page("vi", 360)
    acts.log_in(page, world, "head", "principal", to=f"/supervision/{world['district']}/late/")
    expect(page.locator("main")).to_contain_text("Giáo viên chủ nhiệm")
    look(page)
    acts.press(page, page.locator('main a[href*="/reminders/"].ds-button'))
    page.locator("#sup-step").select_option("complete")
    acts.press(page, page.locator("main form[method=get] button"))
    expect(page.locator("main")).to_contain_text("1A")
    look(page)
    acts.press(page, page.locator('main form[action$="/send/"] button'))
    expect(page.locator("main")).to_contain_text("Hôm nay đã nhắc tất cả")
    look(page)
    page.goto(f"/supervision/{world['district']}/trend/")
    expect(page.locator("polyline.chart-line")).to_have_count(3)
    look(page)


@pytest.mark.feature("D6")
def test_the_year_is_closed_with_a_report(open_page: Open, world: World, tmp_path: Path) -> None:
    page = open_page("vi", 1280)
    acts.log_in(page, world, "officer", "administrator", to=f"/supervision/{world['body']}/reports/")
    look(page)
    acts.press(page, page.locator('main form[action$="/reports/new/"] button'))
    page.locator("#id_outcome").fill("Hầu hết các trường đã ký và đóng dấu.")
    acts.press(page, page.locator('main form[action$="/write/"] button'))
    look(page)
    page.locator("main details.sup-close summary").click()
    acts.press(page, page.locator('main form[action$="/close/"] button'))
    expect(page.locator("main")).to_contain_text("Đã chốt")
    expect(page.locator("main form")).to_have_count(0)
    look(page)
    for address, name in (("?as=pdf&in=vi", r"\.pdf$"), ("?as=xlsx", r"\.xlsx$")):
        got = acts.download(page, page.locator(f'main a[href="{address}"]'), tmp_path)
        assert re.search(name, got.name)
