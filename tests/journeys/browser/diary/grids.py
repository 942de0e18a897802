"""What teachers do in the mark grid."""

from __future__ import annotations

from playwright.sync_api import Locator, Page, expect

from tests.journeys.browser.acts import World, press


def address(world: World, subject: str = "MAT") -> str:
    """Where the grid of the class stands."""
    return f"/diary/classes/{world['group']}/{subject}/"


def add_column(page: Page) -> int:
    """Add a column of today by two clicks; returns its number. The cursor waits in it."""
    page.locator(".grid-more summary").first.click()
    press(page, page.locator('form[action$="/add/"]:has(select[name=kind]) button[type=submit]'))
    waiting = str(page.locator('.grid-table input[tabindex="0"]').get_attribute("name"))
    assert waiting.endswith(".0"), waiting
    return int(waiting.split(".")[1])


def cell(page: Page, column: int, row: int) -> Locator:
    """The field of one mark."""
    return page.locator(f'input[name="v.{column}.{row}"]')


def saved(page: Page) -> None:
    """The grid says that everything is saved."""
    expect(page.locator("#grid-state")).to_have_attribute("data-color", "success")


def values(page: Page, column: int) -> list[str]:
    """What stands in a column, from above."""
    return [one.input_value() for one in page.locator(f'input[name^="v.{column}."]').all()]


def history(page: Page, column: int, row: int) -> list[str]:
    """All that ever stood in a cell, the newest first."""
    task = page.locator(f'input[name="t.{column}"]').get_attribute("value")
    pupil = page.locator(f'input[name="p.{row}"]').get_attribute("value")
    other = page.context.new_page()
    other.goto(f"/diary/classes/task/{task}/{pupil}/")
    found = other.locator(".cell-history strong").all_inner_texts()
    other.close()
    return found
