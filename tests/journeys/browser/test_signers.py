"""Those who sign: declining, a browser that is closed in the middle, BankID, the keyboard alone, no JavaScript.

Each journey has documents and signers of its own.
"""

from __future__ import annotations

from collections.abc import Iterator
from io import BytesIO
from pathlib import Path

import pytest
import zxingcpp
from PIL import Image
from playwright.sync_api import Page, expect

from testamur.trust.signing.methods.bankid.simulator.orders import Limits, PhoneError
from testamur.trust.signing.methods.bankid.simulator.phone import Phone
from testamur.trust.signing.methods.bankid.simulator.requests import Person
from testamur.trust.signing.methods.bankid.simulator.server import Simulator
from tests.journeys.browser import acts
from tests.journeys.browser.acts import Open, World, press
from tests.journeys.browser.looking import look

REASON = "Slöjd saknas i dokumentet."


@pytest.fixture(scope="module")
def stage() -> str:
    return "ready"


@pytest.fixture(scope="module")
def bankid(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Simulator]:
    """A BankID on this machine."""
    slowly = Limits(start_within=150, order_lives=600, qr_tolerance=30)  # on a machine that does much else
    with Simulator(tmp_path_factory.mktemp("bankid"), limits=slowly) as simulator:
        yield simulator


@pytest.fixture(scope="module")
def more(bankid: Simulator) -> dict[str, str]:
    known = bankid.settings
    return {
        "TESTAMUR_BANKID_URL": known.url,
        "TESTAMUR_BANKID_CLIENT_CERTIFICATE": str(known.client_certificate),
        "TESTAMUR_BANKID_CLIENT_KEY": str(known.client_key),
        "TESTAMUR_BANKID_SERVER_ROOT": str(known.server_root),
        "TESTAMUR_BANKID_SIGNATURE_ROOTS": str(known.signature_roots),
    }


def phone_of(bankid: Simulator, world: World, name: str) -> Phone:
    given, _, family = world["names"][name].partition(" ")
    return bankid.phone(Person(world["numbers"][name], given, family))


def scan(page: Page, phone: Phone) -> None:
    """Hold the telephone to the screen until it has read a code that is fresh."""

    def read() -> bool:
        for code in zxingcpp.read_barcodes(Image.open(BytesIO(page.screenshot()))):
            try:
                phone.scan(code.text)
            except PhoneError:
                continue
            return True
        return False

    expect(page.locator("svg.qr")).to_be_visible()
    acts.until(read, 60)


def comes_home(page: Page, where: str) -> None:
    """Look at the signer's home again and again until something stands there."""

    def there() -> bool:
        page.goto("/sign/")
        return page.locator(where).count() > 0

    acts.until(there)


@pytest.mark.feature("A9", "A12", "A13")
def test_a_declined_document_is_remade_and_signed(open_page: Open, world: World) -> None:
    principal = open_page("sv", 360)
    acts.log_in(principal, world, "other_principal", to="/sign/")
    press(principal, acts.waiting(principal, world["names"]["other_pupil"]))
    press(principal, principal.locator('main a[href^="/sign/decline/"]'))
    look(principal)
    send = principal.locator("form:has(textarea[name=why]) button[type=submit]")
    press(principal, send)
    expect(principal.locator("textarea[name=why]")).to_have_attribute("aria-invalid", "true")
    look(principal)
    principal.locator("textarea[name=why]").fill(REASON)
    press(principal, send)
    acts.is_at(principal, "/sign/")
    expect(principal.locator(".sign-rows a")).to_have_count(0)
    look(principal)
    office = open_page("en", 1280, scheme="dark")
    acts.log_in(office, world, "other_administrator", to="/office/follow/")
    expect(office.locator("q", has_text=REASON)).to_be_visible()
    look(office)
    record = office.locator('tr:has(q) a[href^="/office/documents/"]').first
    press(office, record)
    look(office)
    office.goto("/office/")
    press(office, office.locator('a.office-cell[href*="document=terminsbetyg"]'))
    office.locator("input[name=records]").check()
    press(office, acts.button(office, "act", "remake"))
    expect(office.locator('#progress a[href^="/office/?school="]')).to_be_visible(timeout=acts.WORK)
    acts.swapped_equals_reloaded(office, "#progress")
    acts.work_done(office)
    press(office, acts.button(office, "act", "ready"))
    principal.goto("/sign/")
    press(principal, acts.waiting(principal, world["names"]["other_pupil"]))
    press(principal, principal.locator('main a[href^="/sign/review/"]'))
    acts.begin(principal)
    acts.approve(principal)
    acts.published(principal)


@pytest.mark.feature("A8", "A12", "A13", "A17")
def test_bankid_by_code_and_the_signature_that_outlives_its_browser(
    open_page: Open, world: World, bankid: Simulator
) -> None:
    phone = phone_of(bankid, world, "principal")
    page = open_page("sv", 1280, scheme="dark")
    page.goto("/account/login/?next=/sign/")
    look(page)
    press(page, page.locator('form[action="/account/bankid/"] button[value=other]'))
    acts.is_at(page, "/account/bankid/")
    look(page)
    scan(page, phone)
    phone.approve()
    acts.is_at(page, "/sign/")
    press(page, acts.waiting(page, world["names"]["third"]))
    press(page, page.locator('main a[href^="/sign/review/"]'))
    ceremony = acts.begin(page, "other", method="bankid")
    look(page)
    scan(page, phone)
    page.context.close()
    assert phone.reads().startswith("Jag skriver under")
    phone.approve()
    later = open_page("bg", 360)
    acts.log_in(later, world, "principal", to="/sign/")
    comes_home(later, f'a[href="/sign/progress/{ceremony}/"]')
    look(later)
    press(later, later.locator(f'a[href="/sign/progress/{ceremony}/"]'))
    acts.published(later)
    look(later)
    later.goto("/sign/signed/")
    expect(later.locator(f'a[href="/sign/progress/{ceremony}/"]')).to_be_visible()
    look(later)


@pytest.mark.feature("A9", "A17")
def test_a_signature_that_was_not_given_waits_again(open_page: Open, world: World, bankid: Simulator) -> None:
    name, phone = world["names"]["fourth"], phone_of(bankid, world, "principal")
    page = open_page("sv", 360)
    acts.log_in(page, world, "principal", to="/sign/")
    press(page, acts.waiting(page, name))
    press(page, page.locator('main a[href^="/sign/review/"]'))
    ceremony = acts.begin(page)
    page.context.close()
    again = open_page("en", 360, scheme="dark")
    acts.log_in(again, world, "principal", to="/sign/")
    expect(again.locator(f'main a[href="/sign/ceremony/{ceremony}/"]')).to_be_visible()
    look(again)
    press(again, again.locator(f'form[action="/sign/ceremony/{ceremony}/cancel/"] button'))
    press(again, acts.waiting(again, name))
    press(again, again.locator('main a[href^="/sign/review/"]'))
    ceremony = acts.begin(again, "other", method="bankid")
    scan(again, phone)
    again.context.close()
    phone.decline()
    last = open_page("vi", 360)
    acts.log_in(last, world, "principal", to="/sign/")
    last.goto(f"/sign/ceremony/{ceremony}/")
    expect(last.locator("#live:not([hx-get])")).to_be_visible(timeout=acts.WORK)
    look(last)
    acts.swapped_equals_reloaded(last, "#live")
    last.goto("/sign/")
    expect(acts.waiting(last, name)).to_be_visible()
    last.locator("#filter-q").fill(name)
    expect(last.locator(".sign-rows a")).to_have_count(1)
    look(last)
    acts.swapped_equals_reloaded(last, "#list")


def tab_to(page: Page, where: str, key: str = "Tab") -> None:
    """Press Tab (or back) until that has the focus."""
    for _ in range(120):
        page.keyboard.press(key)
        if page.evaluate("(where) => document.activeElement.matches(where)", where):
            return
    raise AssertionError(f"Tab does not come to {where} at {page.url}")


@pytest.mark.feature("A9", "A11")
def test_the_keyboard_is_enough(open_page: Open, world: World) -> None:
    page = open_page("en", 1280)

    def enter(where: str, key: str = "Tab") -> None:
        tab_to(page, where, key)
        with page.expect_navigation(timeout=acts.WORK):
            page.keyboard.press("Enter")

    page.goto("/account/login/?next=/sign/")
    tab_to(page, "#id_number")
    page.keyboard.type(world["numbers"]["teacher"])
    with page.expect_navigation(timeout=acts.WORK):
        page.keyboard.press("Enter")
    acts.is_at(page, "/sign/")
    tab_to(page, "input[name=group]")
    page.keyboard.press("Space")
    enter(".sign-bar button:not([name], [formaction])", "Shift+Tab")
    acts.is_at(page, "/sign/review/")
    tab_to(page, "input[name=method]")
    for _ in range(3):
        if page.evaluate("() => document.activeElement.value") == "simulated":
            break
        page.keyboard.press("ArrowDown")
    enter("button[name=where][value=here]")
    acts.is_at(page, "/sign/ceremony/")
    enter('main a[href$="/app/"]')
    enter("button[name=answer][value=sign]")
    acts.is_at(page, "/sign/progress/")
    acts.published(page)


@pytest.mark.feature("A2", "A9", "A11", "D20")
def test_nothing_needs_javascript(open_page: Open, world: World, tmp_path: Path) -> None:
    page = open_page("vi", 360, javascript=False)
    for name, role in (("vn_teacher", "class_teacher"), ("vn_principal", "principal")):
        acts.log_in(page, world, name, role, to="/sign/")
        press(page, acts.button(page, "all", "1"))
        acts.begin(page)
        acts.approve(page)
    acts.published(page)
    guardian = open_page("vi", 360, javascript=False)
    acts.log_in(guardian, world, "vn_guardian", to="/family/")
    press(guardian, guardian.locator('main h4 a[href^="/family/record/"]').first)
    file = acts.download(guardian, guardian.locator('.family-acts a[href$="/original/"]'), tmp_path)
    assert file.read_bytes().startswith(b"%PDF-")
