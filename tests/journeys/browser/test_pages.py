"""Pages that no journey comes by, or in one language alone: four languages, two widths, light and dark, no violations.

Nothing is changed here.
"""

from __future__ import annotations

from collections.abc import Sequence

import pytest
from playwright.sync_api import Page

from tests.journeys.browser import acts
from tests.journeys.browser.acts import LOOKS, Open, World
from tests.journeys.browser.looking import look

PUBLIC = (
    "/",
    "/verify/",
    "/help/",
    "/help/e-id/",
    "/contact/",
    "/join/",
    "/privacy/",
    "/accessibility/",
    "/status/",
    "/demo/inbox/",
    "/account/login/",
    "/account/sms/",
    "/account/unknown/",
    "/v/AAAA-AAAA-AAAA/",
)
ACCOUNT = ("/account/sessions/", "/account/methods/", "/account/methods/app/", "/account/methods/passkey/",
           "/account/preferences/", "/account/consent/", "/account/roles/", "/account/confirm/")  # fmt: skip
OFFICE = ("/office/", "/office/work/", "/office/documents/", "/office/follow/", "/office/release/", "/office/imports/",
          "/office/seals/", "/office/people/")  # fmt: skip
OVERSIGHT = ("/office/overview/", "/office/seals/", "/office/seals/request/", "/office/sights/", "/office/board/",
             "/sign/")  # fmt: skip
VISITS: Sequence[tuple[str, str, Sequence[str]]] = (
    ("guardian", "guardian", (*ACCOUNT, "/family/", "/family/shares/", "/office/")),
    ("administrator", "administrator", OFFICE),
    ("authority_administrator", "administrator", OVERSIGHT),
    ("principal", "principal", ("/sign/", "/sign/signed/", "/office/")),
)


@pytest.fixture(scope="module")
def stage() -> str:
    return "issued"


def come_by(page: Page, address: str, *, status: int = 200) -> None:
    answer = page.goto(address)
    assert answer is not None
    assert answer.status == status, (address, answer.status)
    look(page)


@pytest.mark.feature("C32")
def test_public_pages_have_no_violations(open_page: Open) -> None:
    for language, width, scheme in LOOKS:
        page = open_page(language, width, scheme=scheme)
        for address in PUBLIC:
            come_by(page, address, status=404 if address.startswith("/v/") else 200)
            assert page.locator("html").get_attribute("lang") == language


@pytest.mark.feature("C32")
@pytest.mark.parametrize("looks", [LOOKS[0::3], LOOKS[1:3]], ids=["wide", "narrow"])
def test_pages_of_every_role_have_no_violations(
    open_page: Open, world: World, looks: Sequence[tuple[str, int, str]]
) -> None:
    for n, (name, role, addresses) in enumerate(VISITS):
        language, width, scheme = looks[n % 2]
        page = open_page(language, width, scheme=scheme)
        acts.log_in(page, world, name, role)
        for address in addresses:
            foreign = (role, address) in {("guardian", "/office/"), ("administrator", "/sign/")}
            come_by(page, address, status=403 if foreign else 200)
        page.context.close()
