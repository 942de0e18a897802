"""Pages of result reporting: two widths, light and dark, no violations; and grades that are typed by keys alone."""

from __future__ import annotations

from collections.abc import Sequence

import pytest
from playwright.sync_api import Page, expect

from tests.journeys.browser import acts
from tests.journeys.browser.acts import Open, World
from tests.journeys.browser.looking import look
from tests.journeys.browser.university import lists

GRADES = "ABCDEABCDEABCDEABCDE"
EXAMINER = ("/results/", "/results/?course=DV1574", "/results/new/", "/results/new/?q=data", "/results/subscriptions/",
            "/results/settings/", "/results/feedback/")  # fmt: skip
OFFICE = ("/results/office/", "/results/office/?show=to_enter", "/results/office/registry/",
          "/results/office/admin-mode/", "/results/office/process/")  # fmt: skip
REGISTRAR = ("/results/log/",)
STUDENT = ("/family/results/",)
VISITS: Sequence[tuple[str, Sequence[str]]] = (
    ("examiner", EXAMINER),
    ("administrator", OFFICE),
    ("registrar", REGISTRAR),
    ("graded", STUDENT),
)


def come_by(page: Page, address: str, width: int, *, dark: bool) -> None:
    """Open a page in one width and colour, and look."""
    page.set_viewport_size({"width": width, "height": 900})
    page.emulate_media(color_scheme="dark" if dark else "light", reduced_motion="reduce")
    answer = page.goto(address)
    assert answer is not None
    assert answer.status == 200, (address, answer.status)
    look(page)


@pytest.mark.feature("B3", "C32")
@pytest.mark.parametrize(("name", "addresses"), VISITS, ids=[one[0] for one in VISITS])
def test_pages_of_result_reporting_have_no_violations(
    open_page: Open, world: World, name: str, addresses: Sequence[str]
) -> None:
    page = open_page("en", 1280)
    acts.log_in(page, world, name)
    for n, address in enumerate(addresses):
        come_by(page, address, 1280, dark=n % 2 == 0)
        come_by(page, address, 360, dark=n % 2 == 1)


@pytest.mark.feature("B19", "B32", "C32")
def test_twenty_grades_are_typed_by_keys_alone_and_every_page_of_a_list_holds_on_a_telephone(
    open_page: Open, world: World
) -> None:
    page = open_page("sv", 1280)
    acts.log_in(page, world, "teacher", to="/results/")
    result_list = lists.open_list(page, world, "DV1574/1405", exam="DV1574")
    expect(page.locator('input[name="v.0"]')).to_be_focused()
    for grade in GRADES:
        page.keyboard.type(grade.lower())
        page.keyboard.press("Enter")
    page.keyboard.press("Control+Home")
    page.keyboard.press("ArrowRight")
    page.keyboard.press("ArrowRight")
    page.keyboard.type("31.5")
    page.keyboard.press("Enter")
    lists.saved(page)
    page.reload()
    assert "".join(page.locator(f'input[name="v.{n}"]').input_value() for n in range(20)) == GRADES
    expect(page.locator('input[name="p.0"]')).to_have_value("31.5")
    assert [page.locator(f'input[name="v.{n}"]').input_value() for n in range(20, 24)] == [""] * 4
    for part in ("", "fetch/", "history/"):
        for width, dark in ((1280, True), (360, False)):
            come_by(page, f"/results/{result_list}/{part}", width, dark=dark)
