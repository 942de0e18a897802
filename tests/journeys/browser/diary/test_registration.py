"""A pupil code opens messages: on the web, by text message, by telephone; the school confirms, and news come by SMS.

The carrier is a gateway on loopback; what it takes is what a telephone would have shown.
"""

from __future__ import annotations

import re
from collections.abc import Iterator
from types import SimpleNamespace
from typing import Any
from urllib.error import HTTPError
from urllib.parse import urlencode
from urllib.request import Request, urlopen

import pytest
from playwright.sync_api import Page, expect

from testamur.register.people.rules.codes import digits
from tests.gateways import carriers
from tests.gateways.caller import TOKEN, Caller
from tests.gateways.carriers import Carrier
from tests.journeys.browser import acts
from tests.journeys.browser.acts import Open, World, press
from tests.journeys.browser.diary import grids
from tests.journeys.browser.looking import look

SECRET = "a-long-secret-of-the-address"
BY_WEB, BY_SMS, BY_PHONE = "+359888111004", "+359880000005", "+359888111012"
"""Numbers of the guardians of pupils 4, 5 and 12; the school knows the second as hers, and none of the third."""


@pytest.fixture(scope="module")
def carrier() -> Iterator[Carrier]:
    """A carrier of text messages of our own."""
    with carriers.Running(Carrier("elks46")) as running:
        yield running


@pytest.fixture(scope="module")
def more(carrier: Carrier, tmp_path_factory: pytest.TempPathFactory) -> dict[str, str]:
    password = tmp_path_factory.mktemp("carrier") / "password"
    password.write_text(carriers.PASSWORD)
    return {
        "TESTAMUR_SMS_PROVIDER": "46elks",
        "TESTAMUR_SMS_URL": carrier.url,
        "TESTAMUR_SMS_USER": carriers.USER,
        "TESTAMUR_SMS_PASSWORD_FILE": str(password),
        "TESTAMUR_SMS_FROM": "Skolan",
        "TESTAMUR_PHONE_TOKEN": TOKEN,
        "TESTAMUR_PHONE_NUMBERS": "+35929000000=bg",
        "TESTAMUR_PHONE_SMS_SECRET": SECRET,
    }


class Outside:
    """Posts to the served product as a carrier does, with the face of a test client."""

    def __init__(self, address: str) -> None:
        self._address = address

    def post(self, path: str, form: dict[str, str], headers: dict[str, str] | None = None) -> Any:
        asked = Request(self._address + path, urlencode(form).encode(), headers or {})
        try:
            with urlopen(asked, timeout=60) as answer:
                return SimpleNamespace(status_code=answer.status, headers=answer.headers, content=answer.read())
        except HTTPError as wrong:
            return SimpleNamespace(status_code=wrong.code, headers=wrong.headers, content=b"")


def texts(carrier: Carrier, number: str) -> list[str]:
    """What has come to a telephone."""
    return [one["text"] for one in list(carrier.taken) if one["to"] == number]


def code_in(carrier: Carrier, number: str) -> str:
    """The code of the only message that has come there."""
    acts.until(lambda: texts(carrier, number))
    found = re.search(r"\d{6}", texts(carrier, number)[0])
    assert found
    return found[0]


def register_on_the_web(page: Page, world: World, carrier: Carrier) -> None:
    """Pupil code and a number that the school does not know; the code that comes there."""
    page.goto("/notices/register/")
    look(page)
    page.locator("input[name=code]").fill(world["codes"]["pupil4"].lower())
    page.locator("input[name=contact]").fill(BY_WEB)
    page.locator("input[name=name]").fill(world["names"]["guardian4"])
    press(page, page.locator("main form:has(input[name=contact]) button[type=submit]"))
    look(page)
    send = page.locator("main form:has(input[name=code]) button[type=submit]")
    sent = code_in(carrier, BY_WEB)
    page.locator("input[name=code]").fill(f"{(int(sent) + 1) % 1_000_000:06}")
    press(page, send)
    expect(page.locator("input[name=code]")).to_have_attribute("aria-invalid", "true")
    page.locator("input[name=code]").fill(sent)
    press(page, send)
    expect(page.locator("input[name=code]")).to_have_count(0)
    expect(page.locator("main")).not_to_contain_text(world["names"]["pupil4"])
    look(page)


def register_by_text_message(outside: Outside, world: World, carrier: Carrier) -> None:
    """The code in a message from a number that the school knows; what comes back is sent back."""

    def send(text: str, name: str) -> None:
        form = {"id": name, "direction": "incoming", "from": BY_SMS, "to": "+46", "message": text}
        assert outside.post(f"/phone/sms/{SECRET}/", form).status_code == 200

    send(world["codes"]["pupil5"], "s1")
    send(code_in(carrier, BY_SMS), "s2")


def register_by_telephone(outside: Outside, world: World) -> None:
    """The keys of the code from a strange number, no PIN, and yes."""
    call = Caller(outside, BY_PHONE).dial().press(f"{digits(world['codes']['pupil12'])}")
    assert call.press("0#").press("1").over


def confirm(page: Page, world: World, number: str, guardian: str) -> None:
    """The class teacher says who it is."""
    card = page.locator("li.ds-card", has_text=number)
    card.locator("select[name=guardian]").select_option(world["persons"][guardian])
    press(page, card.locator("button[name=act][value=confirm]"))
    expect(card).to_have_count(0)


def choose_at_once(page: Page, world: World) -> None:
    """A guardian wants marks at once, by SMS alone."""
    acts.log_in(page, world, "guardian4", to="/notices/")
    look(page)
    press(page, page.locator(f'main a[href="/notices/child/{world["persons"]["pupil4"]}/"]'))
    expect(page.locator("#w-marks-sms")).to_be_checked()
    page.locator("#w-marks-email").uncheck()
    page.locator("#p-marks").select_option("now")
    look(page)
    press(page, page.locator("main .notices-form button[type=submit]"))
    acts.is_at(page, "/notices/$")


def miss_and_mark(page: Page, world: World) -> None:
    """Three pupils are not there, and one of them has a mark of the day."""
    acts.log_in(page, world, "teacher")
    press(page, page.locator("section[aria-labelledby=lessons-h] .lesson-list a").last)
    for name in ("pupil4", "pupil5", "pupil12"):
        row = page.locator(f'[data-row]:has(input[name="m-{world["persons"][name]}"])')
        row.locator("[data-name]").click()
        expect(row.locator("input[value=absent]")).to_be_checked()
    press(page, page.locator(".lesson-save button"))
    expect(page.locator(".lesson-saved")).to_be_visible()
    page.goto(grids.address(world))
    column = grids.add_column(page)
    place = page.locator(f'input[name^="p."][value="{world["persons"]["pupil4"]}"]').get_attribute("name")
    grids.cell(page, column, int(str(place).removeprefix("p."))).focus()
    page.keyboard.type("6")
    grids.saved(page)


@pytest.mark.feature("E18", "E20", "E24", "E26", "E32", "E34")
def test_three_ways_to_be_told_and_what_comes_then(
    open_page: Open, world: World, carrier: Carrier, address: str, settings: Any
) -> None:
    settings.PUBLIC_URL = address  # the robot signs what it posts, as the carrier does
    outside = Outside(address)
    register_on_the_web(open_page("bg", 360), world, carrier)
    register_by_text_message(outside, world, carrier)
    register_by_telephone(outside, world)
    school = open_page("en", 1280, scheme="dark")
    acts.log_in(school, world, "class_teacher", "class_teacher", to="/notices/registrations/")
    look(school)
    expect(school.locator("li.ds-card", has_text=BY_SMS)).to_have_count(0)  # the school knew that number
    confirm(school, world, BY_WEB, "guardian4")
    confirm(school, world, BY_PHONE, "guardian12")
    look(school)
    guardian = open_page("bg", 360, scheme="dark")
    choose_at_once(guardian, world)
    before = {number: len(texts(carrier, number)) for number in (BY_WEB, BY_SMS, BY_PHONE)}
    miss_and_mark(open_page("en", 1280), world)
    acts.until(lambda: all(len(texts(carrier, number)) > known for number, known in before.items()))
    for name, number in (("pupil4", BY_WEB), ("pupil5", BY_SMS), ("pupil12", BY_PHONE)):
        told = " ".join(texts(carrier, number)[before[number] :])
        assert not any(part in told for part in world["names"][name].split()), told
        assert "1" in told
