"""Pages of the diary that no journey comes by, or in one look alone: two widths, light and dark, no violations.

Nothing is changed here.
"""

from __future__ import annotations

from collections.abc import Sequence

import pytest
from playwright.sync_api import Page

from tests.journeys.browser import acts
from tests.journeys.browser.acts import Open, World
from tests.journeys.browser.looking import look

TEACHER = ("/diary/", "/diary/classes/", "/diary/classes/{group}/MAT/", "/diary/events/", "/diary/events/plan/",
           "/diary/remarks/{group}/")  # fmt: skip
HEAD = ("/diary/absences/{group}/?show=all", "/diary/health/{group}/", "/diary/pupil/{group}/{pupil3}/",
        "/notices/registrations/", "/notices/labels/")  # fmt: skip
FAMILY = ("/family/", "/family/marks/{pupil0}/", "/family/absences/{pupil0}/", "/family/week/{pupil0}/",
          "/family/events/{pupil0}/", "/family/remarks/{pupil0}/", "/family/compare/{pupil0}/",
          "/family/health/{pupil0}/", "/family/calendar/{pupil0}/", "/notices/pin/", "/notices/address/")  # fmt: skip
PRINCIPAL = ("/diary/day/", "/diary/completeness/", "/reports/teachers/", "/reports/help/", "/reports/years/",
             "/reports/registers/", "/reports/pupils/{pupil3}/", "/reports/subjects/MAT/")  # fmt: skip
VISITS: Sequence[tuple[str, str, Sequence[str]]] = (
    ("teacher", "teacher", TEACHER),
    ("class_teacher", "class_teacher", HEAD),
    ("family", "guardian", FAMILY),
    ("principal", "principal", PRINCIPAL),
)


def come_by(page: Page, address: str, width: int, *, dark: bool) -> None:
    """Open a page in one width and colour, and look."""
    page.set_viewport_size({"width": width, "height": 900})
    page.emulate_media(color_scheme="dark" if dark else "light", reduced_motion="reduce")
    answer = page.goto(address)
    assert answer is not None
    assert answer.status == 200, (address, answer.status)
    look(page)


@pytest.mark.feature("C32")
@pytest.mark.parametrize(("name", "role", "addresses"), VISITS, ids=[one[0] for one in VISITS])
def test_pages_of_the_diary_have_no_violations(
    open_page: Open, world: World, name: str, role: str, addresses: Sequence[str]
) -> None:
    page = open_page("en", 1280)
    acts.log_in(page, world, name, role)
    for n, address in enumerate(addresses):
        where = address.format(group=world["group"], **world["persons"])
        come_by(page, where, 1280, dark=n % 2 == 0)
        come_by(page, where, 360, dark=n % 2 == 1)
