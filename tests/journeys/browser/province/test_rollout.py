"""A body makes its plan and puts it in force, a school sees what is asked and joins; all of it in Vietnamese."""

from __future__ import annotations

from pathlib import Path

import pytest
from playwright.sync_api import expect

from tests.journeys.browser import acts, worlds
from tests.journeys.browser.acts import Open, World
from tests.journeys.browser.looking import look

pytestmark = pytest.mark.feature("D1", "D2", "D4", "D7")


@pytest.fixture(scope="module")
def built(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """The data folder that this journey begins with."""
    return worlds.shared(tmp_path_factory, "province.rollout_world", "rollout")


@pytest.fixture(scope="module")
def stage() -> str:
    return "rollout"


@pytest.fixture(scope="module")
def world(built: Path) -> World:
    """Who is who here."""
    return worlds.who(built)


def test_a_body_plans_and_a_school_joins(open_page: Open, world: World) -> None:
    officer = open_page("vi", 1280)
    acts.log_in(officer, world, "officer", "administrator", to="/rollout/")
    expect(officer.locator("h1")).to_have_text("Triển khai")
    acts.press(officer, officer.locator("main table a").first)
    acts.press(officer, acts.button(officer, "act", "close"))  # last month's plan has run its course
    officer.goto("/rollout/new/")
    look(officer)
    officer.locator("#id_name").fill("Học bạ số cấp tiểu học")
    officer.locator("#id_reason").fill("Kế hoạch 213/KH-BGDĐT")
    for name in ("entry", "verification", "signing", "delivery", "summing_up"):
        officer.locator(f"#id_s0-{name}").fill("2099-06-30")
    for name in ("training_from", "training_to"):  # taken over from the former plan, which has begun
        officer.locator(f"#id_s0-{name}").fill("2099-05-30")
    officer.locator("#id_s0-signing").fill("2099-06-01")
    acts.press(officer, officer.locator("main form button[type=submit]"))
    expect(officer.locator("#id_s0-signing")).to_have_attribute("aria-invalid", "true")
    look(officer)
    officer.locator("#id_s0-signing").fill("2099-06-30")
    acts.press(officer, officer.locator("main form button[type=submit]"))
    acts.press(officer, acts.button(officer, "act", "put_in_force"))
    expect(officer.locator("main")).to_contain_text("Đang thực hiện")
    look(officer)
    plan = officer.url

    principal = open_page("vi", 360)
    acts.log_in(principal, world, "principal", "principal", to="/sign/")
    steps = principal.locator(".rollout-first")
    expect(steps).to_contain_text("Các bước đầu tiên")
    before = steps.locator("li.is-done").count()
    look(principal)
    acts.press(principal, steps.locator('a[href="/rollout/"]'))
    expect(principal.locator("main")).to_contain_text("Khối 1–4")
    look(principal)
    acts.press(principal, principal.locator('form[action$="/join/"] button'))
    expect(principal.locator("main")).to_contain_text("Tham gia")
    acts.press(principal, principal.locator('form[action$="/leave/"] button'))
    look(principal)
    acts.press(principal, principal.locator('form[action$="/join/"] button'))
    expect(principal.locator("main")).to_contain_text("Tham gia")
    principal.goto("/sign/")
    assert principal.locator(".rollout-first li.is-done").count() == before + 1

    officer.goto(plan)
    expect(officer.locator("main")).to_contain_text("100 %")


def test_a_class_teacher_puts_the_first_steps_away(open_page: Open, world: World) -> None:
    teacher = open_page("vi", 360)
    acts.log_in(teacher, world, "class_teacher", "class_teacher", to="/diary/")
    expect(teacher.locator(".rollout-first")).to_be_visible()
    look(teacher)
    acts.press(teacher, teacher.locator('.rollout-first form[action$="/put-away/"] button'))
    expect(teacher.locator(".rollout-first")).to_have_count(0)
