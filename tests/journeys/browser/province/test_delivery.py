"""A record that the ministry's store rejects is corrected, signed anew and delivered; all of it in Vietnamese."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path

import pytest
from playwright.sync_api import Page, expect

from testamur.exchange.connectors.ministry.simulator.server import Simulator
from tests.gateways import ministry
from tests.journeys.browser import acts, worlds
from tests.journeys.browser.acts import Open, World
from tests.journeys.browser.looking import look

pytestmark = pytest.mark.feature("D8", "D12")


@pytest.fixture(scope="module")
def built(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """The data folder that this journey begins with."""
    return worlds.shared(tmp_path_factory, "province.delivery_world", "delivery")


@pytest.fixture(scope="module")
def stage() -> str:
    return "delivery"


@pytest.fixture(scope="module")
def world(built: Path) -> World:
    """Who is who here."""
    return worlds.who(built)


@pytest.fixture(scope="module")
def store(world: World, tmp_path_factory: pytest.TempPathFactory) -> Iterator[Simulator]:
    """The ministry's store, which does not know the first pupil under the number that stands here."""
    with ministry.serving(tmp_path_factory.mktemp("store")) as running:
        running.knows(world["code"], [bytes.fromhex(world["seal"])])
        running.kept.state.unknown.append(world["numbers"]["vn_pupil"])
        yield running


@pytest.fixture(scope="module")
def more(store: Simulator) -> dict[str, str]:
    """Where the product finds it."""
    known = store.settings
    return {
        "TESTAMUR_MINISTRY_URL": known.url,
        "TESTAMUR_MINISTRY_CLIENT_CERTIFICATE": str(known.client_certificate),
        "TESTAMUR_MINISTRY_CLIENT_KEY": str(known.client_key),
        "TESTAMUR_MINISTRY_SERVER_ROOT": str(known.server_root),
        "TESTAMUR_MINISTRY_RECEIPT_ROOT": str(store.folder / "root.pem"),
    }


def shows(page: Page, text: str) -> None:
    """The page says so, sooner or later: the work is done in the background."""

    def there() -> bool:
        page.reload()
        return text in page.locator("main").inner_text()

    acts.until(there)


def test_a_rejected_record_is_corrected_signed_anew_and_delivered(
    open_page: Open, world: World, store: Simulator
) -> None:
    officer = open_page("vi", 1280)
    acts.log_in(officer, world, "vn_officer", "administrator", to="/deliveries/")
    expect(officer.locator("h1")).to_have_text("Nộp học bạ vào kho của Bộ")
    look(officer)
    acts.press(officer, acts.button(officer, "way", "automatic"))
    acts.press(officer, officer.locator('main form[action$="/ask/"] button'))
    acts.press(officer, acts.button(officer, "way", "now"))
    shows(officer, "Kho không có mã định danh của học sinh.")
    look(officer)
    acts.press(officer, officer.locator('main a[href^="/deliveries/batches/"]').first)
    expect(officer.locator("main")).to_contain_text("HS01")
    look(officer)

    office = open_page("vi", 360)
    acts.log_in(office, world, "vn_administrator", "administrator", to="/deliveries/rejected/")
    expect(office.locator("main")).to_contain_text(world["names"]["vn_pupil"])
    look(office)
    acts.press(office, office.locator('main a[href^="/deliveries/records/"]').first)
    look(office)
    rejected = office.url
    acts.press(office, office.locator('main a[href^="/office/register/pupils/"]'))
    right = world["numbers"]["vn_pupil"][:-2] + "77"
    office.locator("#id_number").fill(right)
    acts.press(office, office.locator("main form:has(#id_number) button[type=submit]"))
    office.goto(rejected)
    acts.press(office, office.locator('main form[action$="/remake/"] button'))
    acts.work_done(office)
    office.goto(f"/office/groups/{world['group']}/?school={world['school']}&term=2025/2026 HK2&document=hoc_ba_year")
    acts.press(office, acts.button(office, "act", "ready"))
    for name, role in (("vn_teacher", "class_teacher"), ("vn_principal", "principal")):
        signer = open_page("vi", 1280)
        acts.log_in(signer, world, name, role, to="/sign/")
        acts.sign(signer)
    acts.until(lambda: len(store.kept.state.records) == 2)
    assert right in {one["pupil"] for one in store.kept.state.records.values()}
    officer.goto("/deliveries/")
    shows(officer, "TEST-" + world["code"])
    office.goto(rejected)
    expect(office.locator("main")).to_contain_text("Đã có học bạ mới hơn")
    look(office)
