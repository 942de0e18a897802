"""A pupil moves to another school with every year; a parent looks results up on a cheap phone over a slow line."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import pytest
from playwright.sync_api import Page, expect

from tests.journeys.browser import acts
from tests.journeys.browser.acts import Open, World, press
from tests.journeys.browser.looking import look

FIRST_PAGE = 100_000
"""Bytes over the line until the first page stands (issue: below 100 kB)."""
SLOW = {"offline": False, "latency": 300, "downloadThroughput": 50_000, "uploadThroughput": 20_000}
"""About 400 kbit/s with a third of a second to the service: a telephone at the edge of the network."""


@pytest.fixture(scope="module")
def stage() -> str:
    return "issued"


class Line:
    """A slow line of one page, and what came over it since it was last asked."""

    def __init__(self, page: Page) -> None:
        self._bytes = 0
        session = page.context.new_cdp_session(page)
        session.send("Network.enable")
        session.send("Network.emulateNetworkConditions", SLOW)
        session.on("Network.loadingFinished", self._count)

    def _count(self, event: dict[str, Any]) -> None:
        self._bytes += int(event["encodedDataLength"])

    def since(self) -> int:
        """Bytes since it was last asked."""
        found, self._bytes = self._bytes, 0
        return found


@pytest.mark.feature("D14", "D16", "D20")
def test_a_parent_looks_results_up_on_a_slow_line(open_page: Open, world: World, tmp_path: Path) -> None:
    phone = open_page("vi", 360, touch=True)
    line = Line(phone)
    phone.goto("/account/login/")
    phone.wait_for_load_state("networkidle")
    assert 0 < line.since() < FIRST_PAGE
    acts.log_in(phone, world, "vn_guardian", "guardian", to="/family/")
    acts.is_at(phone, "/family/")
    phone.wait_for_load_state("networkidle")
    assert line.since() < FIRST_PAGE
    expect(phone.locator("html")).to_have_attribute("lang", "vi")
    expect(phone.locator("main")).to_contain_text("Học bạ")
    look(phone)
    press(phone, phone.locator('main a[href^="/family/record/"]').first)
    phone.wait_for_load_state("networkidle")
    assert line.since() < FIRST_PAGE
    code = acts.CODE.search(phone.locator("main").inner_text())
    assert code
    look(phone)
    original = acts.download(phone, phone.locator('main a[href$="/original/"], main a[download]').first, tmp_path)
    assert original.read_bytes().startswith(b"%PDF")
    english = open_page("en", 360, touch=True)
    acts.log_in(english, world, "vn_guardian", "guardian", to="/family/")
    expect(english.locator("html")).to_have_attribute("lang", "en")
    expect(english.locator("main")).to_contain_text("Học bạ")  # the record keeps its legal name
    look(english)


@pytest.mark.feature("D10", "D13", "D14", "D17")
def test_a_pupil_moves_with_every_year_and_no_day_between(open_page: Open, world: World, tmp_path: Path) -> None:
    number, born = world["numbers"]["vn_second"], world["born"]["vn_second"]
    taking = open_page("vi", 1280)
    acts.log_in(taking, world, "adult", "principal", to="/custody/transfers/")
    taking.locator("#id_number").fill(number)
    taking.locator("#id_birth_date").fill(born)
    taking.locator("#id_reason").fill("Gia đình chuyển chỗ ở (ví dụ)")
    press(taking, taking.locator("main form:has(#id_reason) button[type=submit]"))
    acts.is_at(taking, "/custody/transfers/")
    expect(taking.locator("main")).not_to_contain_text(world["names"]["vn_second"])
    look(taking)
    address = taking.url
    giving = open_page("vi", 360)
    acts.log_in(giving, world, "vn_principal", "principal", to="/custody/transfers/")
    press(giving, giving.locator('main a[href^="/custody/transfers/"]').filter(has_text=world["names"]["vn_second"]))
    giving.locator("#id_last_day").fill("2026-06-30")
    press(giving, giving.locator("main form:has(input[value=release]) button[type=submit]"))
    look(giving)
    taking.goto(address)
    expect(taking.locator("h1")).to_have_text(world["names"]["vn_second"])
    taking.locator("#id_group").select_option(index=1)
    press(taking, taking.locator("main form:has(input[value=accept]) button[type=submit]"))
    expect(taking.locator(".custody-stays li")).to_have_count(2)
    expect(taking.locator(".custody-gap")).to_have_count(0)
    look(taking)
    # the new school opens the whole history, and gives a copy of the former school's document
    taking.goto("/custody/")
    taking.locator("#id_number").fill(number)
    taking.locator("#id_birth_date").fill(born)
    taking.locator("#id_text").fill("Gia đình xin bản sao học bạ")
    press(taking, taking.locator("main form:has(#id_text) button[type=submit]"))
    look(taking)
    press(taking, taking.locator('main a[href*="/copy/"]').first)
    taking.locator("#id_purpose").fill("Nộp hồ sơ vào trường mới")
    look(taking)
    press(taking, taking.locator("main form:has(#id_purpose) button[type=submit]"))
    look(taking)
    copy = acts.download(taking, taking.locator('main a[href$="/pdf/"]').first, tmp_path)
    assert copy.read_bytes().startswith(b"%PDF")
