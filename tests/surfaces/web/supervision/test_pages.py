"""Supervision in the web: the board, who is late, reminders, the course of time, the closing report."""

from __future__ import annotations

import time
from http import HTTPStatus

import pytest
from django.db import connection
from django.test import Client
from django.test.utils import CaptureQueriesContext
from django.urls import reverse

from tests.schoolday.supervision.province import Province, build, counted, planned, staffed
from tests.surfaces.web.supervision.conftest import Enter

pytestmark = pytest.mark.feature("D5")

PAGES = ("place", "late", "reminders", "trend", "reports")


def test_the_board_leads_down_to_a_school_and_its_classes(province: Province, enter: Enter) -> None:
    browser = enter(province, "officer")
    top = browser.get(reverse("supervision:home")).content.decode()
    district = reverse("supervision:place", args=[province.districts[0].id])
    assert f'href="{district}?year=2025%2F2026"' in top
    assert "Khu vực 2" in top
    school = reverse("supervision:place", args=[province.schools[1].id])
    below = browser.get(district).content.decode()
    assert f'href="{school}?year=2025%2F2026"' in below
    assert "Khu vực 2" not in below
    assert '<th scope="row">10</th>' in browser.get(school).content.decode()


@pytest.mark.parametrize("name", PAGES)
def test_every_page_opens_for_officer_head_and_clerk_at_their_own_place_alone(
    province: Province, enter: Enter, name: str
) -> None:
    own, sibling = province.districts[0].id, province.districts[1].id
    for who in ("officer", "head", "clerk"):
        browser = enter(province, who)
        assert browser.get(reverse(f"supervision:{name}", args=[own])).status_code == HTTPStatus.OK
        wanted = HTTPStatus.OK if who == "officer" else HTTPStatus.NOT_FOUND
        assert browser.get(reverse(f"supervision:{name}", args=[sibling])).status_code == wanted
    for who in ("principal", "administrator"):
        answer = enter(province, who).get(reverse(f"supervision:{name}", args=[province.schools[0].id]))
        assert answer.status_code == HTTPStatus.NOT_FOUND


def test_the_whole_province_opens_within_a_second(db: None, enter: Enter) -> None:
    province = counted(staffed(build(12, 20, 5)), classes=20)
    planned(province)
    for who in ("officer", "head"):
        browser = enter(province, who)
        opened(browser)  # templates are read once
        asked, took = opened(browser)
        assert took < 1.0, f"{who}: {took:.3f} s"
        assert asked <= 12, f"{who}: {asked}"


def opened(browser: Client) -> tuple[int, float]:
    """Queries and seconds of the board."""
    with CaptureQueriesContext(connection) as asked:
        started = time.perf_counter()
        answer = browser.get(reverse("supervision:home"))
        took = time.perf_counter() - started
    assert answer.status_code == HTTPStatus.OK
    return len(asked), took
