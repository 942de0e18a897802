"""A class from an empty sheet to a closed year, by keyboard and in Vietnamese."""

from __future__ import annotations

import json

import pytest
from playwright.sync_api import Page, expect

from tests.journeys.browser import acts
from tests.journeys.browser.acts import Open, World, press
from tests.journeys.browser.looking import look
from tests.journeys.browser.province.build import PUPILS

SAVED = '#grid-state[data-color="success"]'


def enter_by_keys(page: Page, values: dict[str, str]) -> None:
    """Write down every column of the sheet that may be written, from its top, by the kind of steps that it takes."""
    program = json.loads(page.locator("#grid-form").get_attribute("data-program") or "{}")
    page.keyboard.press("Control+Home")
    for number, column in enumerate(program["columns"]):
        if not column["readonly"]:
            value = values[",".join(column["accepted"])]
            for pupil in range(PUPILS):
                page.keyboard.type(value)
                last = pupil == PUPILS - 1
                if not column["accepted"] and not last:
                    page.keyboard.press("Enter")
        if number < len(program["columns"]) - 1:
            page.keyboard.press("ArrowRight")
            page.keyboard.press("PageUp")
    page.keyboard.press("ArrowUp")
    expect(page.locator(SAVED)).to_be_visible()


BEST = {"T,H,C": "t", "T,Đ,C": "t", "10,9,8,7,6,5,4,3,2,1,0": "9", "": "100"}


@pytest.mark.feature("D13", "D18", "D19")
def test_an_empty_class_comes_to_a_closed_year(open_page: Open, world: World) -> None:
    group = world["group"]
    head = open_page("vi", 1280)
    acts.log_in(head, world, "class_teacher", "class_teacher")
    head.goto("/diary/classes/")
    look(head)
    press(head, head.locator(f'main a[href="/diary/classes/{group}/moment/now/subjects/"]'))
    look(head, grid=True)
    head.goto(f"/diary/classes/{group}/moment/HK2/subjects/")
    press(head, head.locator('main form[action$="/begin/"] button'))
    look(head, grid=True)
    enter_by_keys(head, BEST)
    head.goto(f"/diary/classes/{group}/moment/HK2/traits/")
    enter_by_keys(head, BEST)
    look(head, grid=True)
    head.goto(f"/diary/classes/{group}/moment/HK2/facts/")
    look(head, grid=True)

    head.goto(f"/yearend/{group}/close/HK2/")
    look(head)
    expect(head.locator("#missing-h")).to_be_visible()
    expect(head.locator("main")).to_contain_text("Toán: chưa có mức đạt được.")

    other = open_page("vi", 1280)
    acts.log_in(other, world, "teacher", "teacher")
    other.goto(f"/diary/classes/{group}/moment/HK2/subjects/")
    enter_by_keys(other, BEST)

    a_comment(head, group)

    head.goto(f"/yearend/{group}/close/HK2/")
    press(head, head.locator("main .year-close button[type=submit]"))
    expect(head.locator('main div.ds-alert[data-color="success"]')).to_be_visible()
    look(head)
    head.goto(f"/yearend/{group}/")
    look(head)
    expect(head.locator("main")).to_contain_text("Kết quả giáo dục: Hoàn thành xuất sắc.")
    head.locator("#agreed").check()
    press(head, head.locator("main .year-close button[type=submit]"))
    expect(head.locator("main .year-close")).to_have_count(0)
    expect(head.locator('main .ds-tag[data-color="success"]', has_text="Học sinh Xuất sắc")).to_have_count(PUPILS)
    look(head)
    phone = open_page("vi", 360)
    acts.log_in(phone, world, "class_teacher", "class_teacher")
    for address in ("", "close/HK2/"):
        phone.goto(f"/yearend/{group}/{address}")
        look(phone)


def a_comment(head: Page, group: str) -> None:
    """A phrase is kept, put into a text by its code, read, and published."""
    head.goto("/diary/phrases/")
    look(head)
    head.locator("#id_code").fill("t1")
    head.locator("#id_text").fill("{tên} đọc to, rõ ràng (ví dụ).")
    press(head, head.locator("main .note-form button[type=submit]"))
    head.goto(f"/diary/assessments/{group}/TV/?term=HK2")
    look(head)
    area = head.locator("main textarea[name=text]").first
    area.focus()
    head.keyboard.type("/t1 ")
    expect(area).to_have_value(f"{given(head)} đọc to, rõ ràng (ví dụ). ")
    expect(head.locator("[data-all]")).not_to_be_empty()


def given(head: Page) -> str:
    """What the first pupil is called."""
    return head.locator("[data-insert]").first.get_attribute("data-called") or ""
