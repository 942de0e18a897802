"""Teachers: a morning with a telephone; the mark grid by keys, by paste, with a colleague, without a connection.

Each journey has a lesson or a column of its own.
"""

from __future__ import annotations

import pytest
from playwright.sync_api import Page, Route, expect

from tests.journeys.browser import acts
from tests.journeys.browser.acts import Open, World, press
from tests.journeys.browser.diary import grids
from tests.journeys.browser.looking import look

COUNTING = """() => {
  for (const kind of ["click", "keydown"]) addEventListener(kind, (event) => {
    if (event.isTrusted) sessionStorage.setItem(kind, Number(sessionStorage.getItem(kind)) + 1);
  }, true);
}"""
MARKS = "6543265432654326543265432"


def counted(page: Page, kind: str) -> int:
    """How many clicks or keys the browser has seen."""
    return int(page.evaluate("(kind) => sessionStorage.getItem(kind)", kind) or 0)


@pytest.mark.feature("E1", "E2", "E4")
def test_a_teachers_morning_on_a_telephone(open_page: Open, world: World) -> None:
    page = open_page("en", 360, touch=True)
    acts.log_in(page, world, "teacher")
    acts.is_at(page, "/diary/")
    look(page)
    here = "section[aria-labelledby=lessons-h]"  # in the evening the day's lessons stand once more, under what is late
    lessons = page.locator(f"{here} .lesson-list a")
    first, second = (str(one.get_attribute("href")) for one in lessons.all()[-2:])
    press(page, page.locator(f'{here} a[href="{first}"]'))
    look(page)
    rows = page.locator("[data-row]")
    rows.nth(3).locator("[data-name]").tap()
    rows.nth(5).locator("[data-name]").tap()
    rows.nth(5).locator("[data-name]").tap()
    expect(rows.nth(3).locator("input[value=absent]")).to_be_checked()
    expect(rows.nth(5).locator("input[value=late]")).to_be_checked()
    rows.nth(5).locator(".who-minutes input").fill("7")
    page.locator("#topic").fill("Линейни уравнения")
    page.locator("#homework").fill("Сборник, задачи 4 и 5")
    press(page, page.locator(".lesson-save button"))
    expect(page.locator(".lesson-saved")).to_be_visible()
    look(page)
    page.goto("/diary/")
    expect(page.locator(f'{here} .lesson-line:has(a[href="{first}"]) .ds-tag')).to_be_visible()
    expect(page.locator(f'{here} .lesson-line:has(a[href="{second}"]) .ds-tag')).to_have_count(0)
    press(page, page.locator(f'{here} a[href="{second}"]'))
    press(page, page.locator(".lesson-save button"))  # everybody is there: one tap
    expect(page.locator(".lesson-saved")).to_be_visible()
    page.goto(first)
    expect(rows.nth(3).locator("input[value=absent]")).to_be_checked()
    expect(rows.nth(5).locator(".who-minutes input")).to_have_value("7")
    expect(page.locator("#topic")).to_have_value("Линейни уравнения")
    expect(page.locator("#homework")).to_have_value("Сборник, задачи 4 и 5")


@pytest.mark.feature("E3", "E5")
def test_a_class_is_marked_by_keys_alone(open_page: Open, world: World) -> None:
    page = open_page("sv", 1280)
    acts.log_in(page, world, "teacher")
    page.context.add_init_script(f"({COUNTING})()")
    page.reload()
    press(page, page.locator('nav a[href="/diary/classes/"]:visible').first)
    look(page)
    press(page, page.locator(f'main a[href="{grids.address(world)}"]'))
    column = grids.add_column(page)
    page.keyboard.type(MARKS)
    grids.saved(page)
    assert counted(page, "click") <= 4
    assert counted(page, "keydown") <= 50
    page.reload()
    assert "".join(grids.values(page, column)) == MARKS
    look(page)
    page.keyboard.press("Control+End")
    page.keyboard.press("Control+Home")
    grids.cell(page, column, 0).focus()
    page.keyboard.press("Delete")
    grids.saved(page)
    page.keyboard.press("Control+z")
    expect(grids.cell(page, column, 0)).to_have_value("6")
    grids.saved(page)
    page.keyboard.press("Alt+h")
    expect(page.locator("#cell-dialog .cell-history li")).to_have_count(3)
    look(page)


@pytest.mark.feature("E3")
def test_a_column_of_a_spreadsheet_is_pasted(open_page: Open, world: World) -> None:
    page = open_page("bg", 1280, scheme="dark")
    page.context.grant_permissions(["clipboard-read", "clipboard-write"])
    acts.log_in(page, world, "teacher", to=grids.address(world))
    column = grids.add_column(page)
    page.evaluate("(text) => navigator.clipboard.writeText(text)", "\n".join(["9", *MARKS[1:]]) + "\n")
    page.keyboard.press("Control+v")
    wrong = grids.cell(page, column, 0)
    expect(wrong).to_have_attribute("aria-invalid", "true")
    expect(page.locator("#grid-state")).to_have_attribute("data-color", "danger")
    look(page)
    wrong.focus()
    page.keyboard.type("6")
    grids.saved(page)
    page.reload()
    assert "".join(grids.values(page, column)) == MARKS


@pytest.mark.feature("E3", "E5")
def test_two_teachers_in_one_cell_lose_nothing(open_page: Open, world: World) -> None:
    def nothing_heard(route: Route) -> None:
        route.abort()

    mine, theirs = open_page("en", 1280), open_page("vi", 1280, scheme="dark")
    acts.log_in(mine, world, "teacher", to=grids.address(world))
    column = grids.add_column(mine)
    mine.context.route("**/fresh/**", nothing_heard)  # what the colleague writes meanwhile is not seen yet
    acts.log_in(theirs, world, "colleague", "teacher", to=grids.address(world))
    for row in (0, 1):
        grids.cell(theirs, column, row).focus()
        theirs.keyboard.type("6")
    grids.saved(theirs)
    for row in (0, 1):
        grids.cell(mine, column, row).focus()
        mine.keyboard.type("4")
        expect(mine.locator(f'[id="e-{column}.{row}"] button')).to_have_count(2)
        expect(grids.cell(mine, column, row)).to_have_value("4")
    look(mine)
    grids.cell(mine, column, 0).focus()  # what is wrong with a cell is shown while one is in it
    mine.locator(f'[id="e-{column}.0"] button').nth(0).click()
    expect(grids.cell(mine, column, 0)).to_have_value("6")
    grids.cell(mine, column, 1).focus()
    mine.locator(f'[id="e-{column}.1"] button').nth(1).click()
    grids.saved(mine)
    mine.reload()
    assert grids.values(mine, column)[:2] == ["6", "4"]
    assert grids.history(mine, column, 0) == ["6"]
    assert sorted(grids.history(mine, column, 1)) == ["4", "6"]


@pytest.mark.feature("E3")
def test_what_is_marked_without_a_connection_is_saved_once(open_page: Open, world: World) -> None:
    page = open_page("en", 360, touch=True, scheme="dark")
    acts.log_in(page, world, "teacher", to=grids.address(world))
    column = grids.add_column(page)
    look(page)
    page.context.set_offline(True)
    pad = page.locator("#grid-pad button")
    for mark in ("5", "6", "3"):
        pad.get_by_text(mark, exact=True).tap()
    expect(page.locator("#grid-state")).to_have_attribute("data-color", "danger")
    look(page)
    page.context.set_offline(False)
    grids.saved(page)
    page.reload()
    assert grids.values(page, column)[:4] == ["5", "6", "3", ""]
    assert grids.history(page, column, 0) == ["5"]
