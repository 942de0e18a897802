"""A class from missing data to the school's seal, in Vietnamese: class teacher, principal, seal."""

from __future__ import annotations

from pathlib import Path

import pytest
from playwright.sync_api import Page, expect

from tests.journeys.browser import acts, worlds
from tests.journeys.browser.acts import Open, World, press
from tests.journeys.browser.looking import look


@pytest.fixture(scope="module")
def built(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """The data folder of a class without year results."""
    return worlds.shared(tmp_path_factory, "province.chain_world", "chain")


@pytest.fixture(scope="module")
def stage() -> str:
    return "chain"


@pytest.fixture(scope="module")
def world(built: Path) -> World:
    """Who is who here."""
    return worlds.who(built)


def at_step(page: Page, name: str) -> None:
    """The chain of the class waits for that step."""
    expect(page.locator('.chain li[data-state="current"] .chain-name')).to_contain_text(name)


@pytest.mark.feature("D10", "D11", "D12", "D13", "D18")
def test_a_class_comes_from_missing_data_to_the_seal(open_page: Open, world: World) -> None:
    where = f"/transcripts/classes/{world['group']}/"
    teacher = open_page("vi", 360)
    acts.log_in(teacher, world, "teacher", "class_teacher", to="/transcripts/")
    look(teacher)
    teacher.goto(where)
    at_step(teacher, "Đủ dữ liệu")
    look(teacher)
    press(teacher, teacher.locator(".chain-next a.ds-button"))
    for box in teacher.locator("main .year-close input[type=checkbox]").all():
        box.check()
    press(teacher, teacher.locator("main .year-close button[type=submit]"))
    teacher.goto(where)
    at_step(teacher, "Đã kiểm tra")
    press(teacher, acts.button(teacher, "act", "verify"))
    at_step(teacher, "Đã lập học bạ")
    look(teacher)
    press(teacher, acts.button(teacher, "act", "make"))
    expect(teacher.locator('.chain-next a[href^="/sign/review/"]')).to_be_visible(timeout=acts.WORK)
    at_step(teacher, "Giáo viên chủ nhiệm đã ký")
    acts.swapped_equals_reloaded(teacher, "#live")
    look(teacher)
    press(teacher, teacher.locator('.chain-next a[href^="/sign/review/"]'))
    acts.begin(teacher)
    acts.approve(teacher)

    principal = open_page("vi", 1280, scheme="dark")
    acts.log_in(principal, world, "principal", "principal", to="/transcripts/")
    expect(principal.locator(".chain-classes")).to_contain_text("3A")
    look(principal)
    press(principal, principal.locator('main a[href^="/sign/review/"]'))
    acts.begin(principal)
    acts.approve(principal)
    acts.published(principal)
    principal.goto(where)
    at_step(principal, "Đã nộp")
    expect(principal.locator('.chain li[data-state="done"]')).to_have_count(6)
    look(principal)
