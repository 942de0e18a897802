"""Forms and consents: two guardians sign with the simulated e-ID, the school sees it; a refusal; a withdrawal."""

from __future__ import annotations

from pathlib import Path

import pytest
from playwright.sync_api import Page, expect

from tests.journeys.browser import acts
from tests.journeys.browser.acts import Open, World, press
from tests.journeys.browser.looking import look


def sign(page: Page, child: str, form: str) -> None:
    """Consent, review, sign in the simulated app; then one is back at the form."""
    page.goto(f"/forms/of/{child}/{form}/")
    look(page)
    press(page, acts.button(page, "word", "given"))
    acts.is_at(page, "/forms/sign/")
    look(page)
    page.locator('input[name=method][value="simulated"]').check()
    press(page, page.locator("main .sign-how button[name=where]").first)
    acts.is_at(page, "/forms/sign/.*/ceremony/")
    look(page)
    press(page, page.locator('main a[href$="/app/"]'))
    look(page)
    press(page, acts.button(page, "answer", "sign"))
    acts.is_at(page, f"/forms/of/{child}/{form}/")
    look(page)


def state(page: Page) -> str | None:
    """The colour of what the form's page says of the child."""
    return page.locator(".asking-tags .ds-tag").first.get_attribute("data-color")


def make(page: Page, world: World) -> str:
    """Write a consent to the class, and publish it."""
    page.goto("/forms/")
    look(page)
    press(page, page.locator('main a[href="/forms/new/"]'))
    look(page)
    page.locator('input[name=consent][value="signed"]').check()
    page.locator("[name=title_en]").fill("Swimming")
    page.locator("[name=text_en]").fill("May your child come along to the invented pool?")
    page.locator(f'input[name=groups][value="{world["bg_group"]}"]').check()
    page.locator("[name=needs]").select_option("all")
    page.locator("[name=purpose]").select_option("excursion")
    press(page, page.locator("main form.form button[type=submit]"))
    look(page)
    press(page, page.locator('main form[action$="/publish/"] button'))
    look(page)
    return acts.id_in(page.url)


@pytest.mark.feature("C5")
def test_both_guardians_sign_a_consent_and_the_school_sees_it(open_page: Open, world: World, tmp_path: Path) -> None:
    child, first = world["persons"]["bg_pupil0"], "bg_pupil0"
    head = open_page("en", 1280)
    acts.log_in(head, world, "bg_principal", "principal")
    form = make(head, world)
    mother, father = open_page("bg", 360), open_page("en", 1280, scheme="dark")
    acts.log_in(mother, world, "family")
    expect(mother.locator('main a[href^="/forms/of/"]').first).to_be_visible()
    mother.goto(f"/forms/of/{child}/")
    look(mother)
    expect(mother.locator(f'main a[href="/forms/of/{child}/{form}/"]')).to_be_visible()
    sign(mother, child, form)
    assert state(mother) == "warning"  # waits for the other guardian
    acts.log_in(father, world, "bg_guardian9")
    sign(father, child, form)
    assert state(father) == "success"
    press(father, father.locator('main a[href^="/forms/receipt/"]').first)
    expect(father.locator('main .ds-alert[data-color="success"]')).to_be_visible()
    look(father)
    got = acts.download(father, father.locator('main a[href$="/evidence.json"]'), tmp_path)
    assert b'"method":"simulated"' in got.read_bytes()
    head.goto(f"/forms/{form}/")
    mine = head.locator(".asking-child", has_text=world["names"][first])
    expect(mine.locator('.asking-name .ds-tag[data-color="success"]')).to_be_visible()
    expect(mine.locator('a[href^="/forms/receipt/"]')).to_have_count(2)
    look(head)
    # one of them takes it back, and the school sees that too
    mother.goto(f"/forms/of/{child}/{form}/")
    press(mother, mother.locator('main form[action$="/withdraw/"] button'))
    assert state(mother) == "danger"
    head.reload()
    expect(mine.locator('.asking-name .ds-tag[data-color="danger"]')).to_be_visible()


@pytest.mark.feature("C5")
def test_a_refusal_without_a_script_is_seen_by_the_class_teacher(open_page: Open, world: World) -> None:
    child = world["persons"]["bg_pupil7"]
    page = open_page("sv", 360, scheme="dark", javascript=False)
    acts.log_in(page, world, "bg_guardian7")
    page.goto(f"/forms/of/{child}/")
    waits = page.locator('section[aria-labelledby="waiting-h"] a[href^="/forms/of/"]')
    expect(waits.first).to_be_visible()
    for address in [one.get_attribute("href") or "" for one in waits.all()]:
        page.goto(address)
        if page.locator('button[name=word][value="refused"]').count():
            press(page, acts.button(page, "word", "refused"))
            assert state(page) == "danger"
            break
    else:
        pytest.fail("no consent waited")
    form = acts.id_in(address.split(child)[1])
    head = open_page("bg", 360)
    acts.log_in(head, world, "bg_principal", "principal")
    head.goto(f"/forms/{form}/")
    link = head.locator('main table a[href*="group="]')
    if link.count():
        press(head, link.first)
    row = head.locator(".asking-child", has_text=world["names"]["bg_pupil7"])
    expect(row.locator('.asking-name .ds-tag[data-color="danger"]')).to_be_visible()
    look(head)
