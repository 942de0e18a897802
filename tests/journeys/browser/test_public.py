"""Pages for everybody in the browser: four languages, two widths, light and dark, without violations."""

from __future__ import annotations

import pytest

from tests.journeys.browser.acts import Open
from tests.journeys.browser.looking import look

PAGES = (
    "/",
    "/verify/",
    "/help/",
    "/help/e-id/",
    "/contact/",
    "/join/",
    "/privacy/",
    "/accessibility/",
    "/status/",
    "/account/login/",
)


@pytest.mark.feature("C32")
def test_public_pages_have_no_violations(open_page: Open) -> None:
    for language, width, scheme in (
        ("sv", 360, "light"),
        ("en", 1280, "dark"),
        ("vi", 360, "dark"),
        ("bg", 1280, "light"),
    ):
        page = open_page(language, width, scheme=scheme)
        for address in PAGES:
            answer = page.goto(address)
            assert answer is not None
            assert answer.status == 200, address
            assert page.locator("html").get_attribute("lang") == language
            look(page)
