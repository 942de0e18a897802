"""The app in a real browser: installed, offline, an absence that waits and is sent, the way to the web, pushes."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path

import pytest
from playwright.sync_api import Page, expect

from tests.gateways.push import PushService, Running
from tests.journeys.browser import acts
from tests.journeys.browser.acts import Open, World, press, until
from tests.journeys.browser.looking import look


@pytest.fixture(scope="module")
def pushes() -> Iterator[PushService]:
    """A push service on loopback."""
    with Running(PushService()) as service:
        yield service


def connect(page: Page, world: World) -> None:
    """Tick access in the profile, connect the device, log out."""
    acts.log_in(page, world, "family", to="/mine/app/")
    acts.is_at(page, "/mine/app/")
    page.locator("#on").check()
    press(page, page.locator("main form:has(#on) button[type=submit]"))
    look(page)
    press(page, page.locator('main form[action="/app/connect/"] button'))
    acts.is_at(page, "/app/home/")


def controlled(page: Page) -> None:
    """Wait until the worker looks after this page."""
    page.evaluate("() => navigator.serviceWorker.ready.then(() => true)")
    page.reload()
    page.wait_for_function("() => navigator.serviceWorker.controller !== null")


@pytest.mark.feature("C12", "C13", "C15", "C17", "C22", "C23", "E7")
def test_a_guardian_lives_with_the_app(open_page: Open, world: World) -> None:
    page = open_page("sv", 360, touch=True)
    # a private window, as here, may give a worker that began before any page had a store stores of its own
    page.add_init_script("localStorage.setItem('family', 'keep'); caches.open('first')")
    connect(page, world)
    look(page)
    manifest = page.request.get(page.locator("link[rel=manifest]").get_attribute("href") or "").json()
    assert manifest["display"] == "standalone"
    for one in [*manifest["icons"], *manifest["screenshots"]]:
        assert page.request.get(one["src"]).ok, one["src"]
    controlled(page)
    # the app opens by the device's key alone, and is locked
    page.goto("/account/preferences/")
    page.evaluate(
        "() => fetch('/account/logout/', {method: 'POST', headers: {'X-CSRFToken':"
        " JSON.parse(document.body.getAttribute('hx-headers'))['X-CSRFToken']}})"
    )
    page.goto("/app/")
    acts.is_at(page, "/app/home/")
    expect(page.locator(".app-lock")).to_be_visible()
    look(page)
    child = world["persons"]["se_pupil0"]
    page.goto(f"/app/week/{child}/")
    expect(page.locator(".family-weekday").first).to_be_visible()
    look(page)
    page.goto(f"/app/absence/{child}/")
    look(page)
    page.goto("/app/home/")
    for kept in ("/app/home/", f"/app/absence/{child}/"):
        page.wait_for_function(
            "(address) => caches.open('family').then((kept) => kept.match(address)).then(Boolean)", arg=kept
        )
    # without a connection: what was seen is there, a report waits
    page.context.set_offline(True)
    page.goto("/app/")
    expect(page.locator(".family-offline").first).to_be_visible()
    page.goto(f"/app/absence/{child}/")
    page.locator("textarea[name=text]").fill("Feber (exempel)")
    page.locator("main .family-form button[type=submit]").click()
    expect(page.locator("[data-queue-list] li")).to_have_count(1)
    look(page)
    page.context.set_offline(False)
    expect(page.locator('.family-offline[data-color="success"]')).to_be_visible()
    expect(page.locator("[data-queue-list] li")).to_have_count(0)
    # the way to the web asks who it is, and the app's login ends there
    page.goto("/app/home/")
    press(page, page.locator(f'a.app-cross[href="/family/?child={child}"]'))
    acts.is_at(page, r"/account/login/\?.*why=crossing")
    look(page)
    page.locator("#id_number").fill(world["numbers"]["family"])
    press(page, page.locator("form:has(#id_number) button[type=submit]"))
    acts.is_at(page, rf"/family/\?child={child}")
    page.goto(f"/family/leave/{child}/")
    expect(page.locator(".family-absence", has_text="Feber (exempel)")).to_be_visible()


@pytest.mark.feature("C18", "C20")
def test_a_guardian_sees_what_is_held_and_asks_for_a_correction(open_page: Open, world: World, tmp_path: Path) -> None:
    page = open_page("en", 1280, scheme="dark")
    acts.log_in(page, world, "family", to="/mine/profile/")
    look(page)
    page.goto("/mine/install/")
    look(page)
    child = world["persons"]["bg_pupil0"]
    page.goto("/mine/held/")
    look(page)
    press(page, page.locator(f'main form[action="/mine/held/{child}/ask/"] button'))
    ready = page.locator('main a[href$="/file/"]').first

    def made() -> bool:
        page.reload()
        return ready.count() > 0

    until(made)
    assert acts.download(page, ready, tmp_path).read_bytes().startswith(b"PK")
    page.locator('main a[href^="/mine/held/"]', has_text="Read").first.click()
    expect(page.locator("main table").first).to_be_visible()
    look(page)
    page.goto(f"/mine/seen/{child}/")
    look(page)
    page.goto(f"/mine/requests/{child}/new/")
    look(page)
    page.locator("textarea[name=text]").fill("The name is wrong (example)")
    press(page, page.locator("main form button[type=submit]"))
    look(page)
    office = open_page("bg", 360)
    acts.log_in(office, world, "bg_administrator", "administrator", to="/keeping/requests/")
    look(office)
    press(office, office.locator("main table a").first)
    office.locator('input[name=answer][value="refused"]').check()
    office.locator("textarea[name=why]").fill("По акт за раждане (пример)")
    press(office, office.locator("main form.mine-form button[type=submit]"))
    page.goto("/mine/requests/")
    expect(page.locator("main")).to_contain_text("По акт за раждане (пример)")
    office.goto("/keeping/requests/")
    look(office)


@pytest.mark.feature("C20", "C21")
def test_a_device_that_was_chosen_is_pushed_to(open_page: Open, world: World, pushes: PushService) -> None:
    page = open_page("en", 1280)
    acts.log_in(page, world, "family", to="/notices/")
    pushes.vapid = str(page.locator("form[data-push-key]").get_attribute("data-push-key"))
    made = pushes.subscribe()
    page.evaluate(  # as push.js does with what the browser's own push service gives
        """(sent) => {
            const form = document.querySelector("form[data-push-key]");
            for (const [name, value] of Object.entries(sent)) form.elements[name].value = value;
            form.submit();
        }""",
        made.sent,
    )
    expect(page.locator('form[action$="/forget/"]')).to_have_count(1)
    press(page, page.locator("form:has(input[name=way][value=push]) button"))
    until(lambda: pushes.received)
    endpoint, content, _headers = pushes.received[0]
    assert endpoint == made.endpoint
    assert content["title"]
    assert pushes.refused == []
    page.evaluate("() => navigator.serviceWorker.ready.then(() => true)")
    shown = page.evaluate(
        "() => navigator.serviceWorker.ready.then((found) => found.active.scriptURL.endsWith('/notices/worker.js'))"
    )
    assert shown
