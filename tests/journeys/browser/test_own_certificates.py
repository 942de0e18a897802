"""A class teacher signs with a key of her own through the agent, a principal at a signing service; in Vietnamese."""

from __future__ import annotations

import threading
from collections.abc import Iterator
from datetime import UTC, datetime
from pathlib import Path

import pytest
from cryptography.hazmat.primitives.serialization import Encoding
from playwright.sync_api import expect

from testamur.trust.signing.methods.certificate import anchors
from testamur.trust.signing.methods.certificate.agent.server import Agent
from testamur.trust.signing.methods.certificate.csc.simulator.server import Simulator
from testamur.trust.signing.methods.certificate.csc.simulator.state import Account, Service
from tests.journeys.browser import acts
from tests.journeys.browser.acts import Open, World, press
from tests.journeys.browser.looking import look
from tests.trust.signing.own import PASSWORD, Own, own

SCHEME = "vn.cccd"


@pytest.fixture(scope="module")
def stage() -> str:
    return "ready"


@pytest.fixture(scope="module")
def authority(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """The folder of an authority of personal certificates; its root lies beside it."""
    folder = tmp_path_factory.mktemp("authority")
    root = anchors.test_ca(folder / "ca").certificate
    (folder / "root.pem").write_bytes(root.public_bytes(Encoding.PEM))
    return folder


@pytest.fixture(scope="module")
def service(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Simulator]:
    with Simulator(Service(), tmp_path_factory.mktemp("csc")) as running:
        yield running


@pytest.fixture(scope="module")
def more(authority: Path, service: Simulator) -> dict[str, str]:
    named = ("url", "token_url", "client_id", "client_secret_file", "user")
    return {
        "TESTAMUR_PERSONAL_ROOTS": str(authority / "root.pem"),
        **{f"TESTAMUR_CSC_{name.upper()}": str(service.values[name]) for name in named},
    }


def certificate_of(world: World, who: str, authority: Path) -> Own:
    return own(world["names"][who], SCHEME, world["numbers"][who], now=datetime.now(UTC), folder=authority / "ca")


@pytest.mark.feature("D11", "D12")
def test_a_class_is_signed_with_a_key_of_ones_own_and_one_at_a_service(
    open_page: Open, world: World, authority: Path, service: Simulator, address: str, tmp_path: Path
) -> None:
    mine = certificate_of(world, "vn_teacher", authority)
    said: list[str] = []
    answers = {"Sign": "yes", "Password": PASSWORD}
    with Agent(mine.opened(tmp_path), origins=[address], port=0) as agent:
        act = {"ask": lambda prompt: answers[prompt.split(maxsplit=1)[0]], "say": said.append}
        hand = threading.Thread(target=agent.serve, kwargs=act)
        hand.start()
        page = open_page("vi", 360, scheme="dark")
        acts.log_in(page, world, "vn_teacher", to="/sign/")
        press(page, acts.button(page, "all", "1"))
        page.locator("#m-certificate").check()
        look(page)
        press(page, page.locator("form.sign-how button[type=submit]").first)
        acts.is_at(page, "/sign/ceremony/[0-9a-f-]+/certificate/")
        page.goto(f"{page.url}?port={agent.port}")
        look(page)
        page.locator("#pairing").fill("000000")
        page.locator("[data-find]").click()
        expect(page.locator("[data-agent-said]")).not_to_be_empty()
        page.locator("#pairing").fill(agent.code)
        page.locator("[data-find]").click()
        page.locator("[data-found] button").click()
        page.locator("[data-sign]").wait_for()
        look(page)
        page.locator("[data-sign]").click()
        acts.is_at(page, "/sign/progress/[0-9a-f-]+/")
        agent.stop()
        hand.join()
    assert world["names"]["vn_pupil"] in said[0]
    number = world["numbers"]["vn_principal"]
    key = certificate_of(world, "vn_principal", authority)
    account = service.service.add(Account(f"{SCHEME}:{number}", key.key, (key.certificate,)))
    page = open_page("vi", 360)
    acts.log_in(page, world, "vn_principal", "principal", to="/sign/")
    press(page, acts.button(page, "all", "1"))
    page.locator("#m-csc").check()
    press(page, page.locator("form.sign-how button[type=submit]").first)
    press(page, page.locator('main form[action$="/service/"] button'))
    look(page)
    press(page, page.locator('main form[action$="/service/choose/"] button'))
    press(page, page.locator('main form[action$="/service/code/"] button'))
    look(page)
    page.locator("#id_value_0").fill(account.pin)
    page.locator("#id_value_1").fill(account.code)
    page.locator('main form[action$="/service/authorise/"] button').click()
    acts.is_at(page, "/sign/progress/[0-9a-f-]+/")
    acts.published(page)
    look(page)
