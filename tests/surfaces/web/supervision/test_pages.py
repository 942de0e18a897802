"""Supervision in the web: the board, who is late, reminders, the course of time, the closing report."""

from __future__ import annotations

import io
import subprocess
import time
from datetime import timedelta
from http import HTTPStatus
from typing import cast
from zoneinfo import ZoneInfo

import lxml.html
import pikepdf
import pytest
from django.db import connection
from django.test import Client
from django.test.utils import CaptureQueriesContext
from django.urls import reverse
from lxml.html import HtmlElement
from python_calamine import CalamineWorkbook

from testamur.exchange.notifications.tasks import SUPERVISING
from testamur.kernel.base import clock
from testamur.kernel.base.actor import operator
from testamur.register.people import actions as people
from testamur.register.people.rules import Protection
from testamur.schoolday.supervision.models import Reminded
from testamur.schoolday.supervision.steps import count
from testamur.schoolday.transcripts.models import ClassYear
from testamur.schoolday.transcripts.rules import Step
from testamur.trust.records.models import Sight
from tests.schoolday.supervision.province import YEAR, Province, build, class_year, counted, planned, staffed
from tests.surfaces.web.supervision.conftest import Enter

pytestmark = pytest.mark.feature("D5")

PAGES = ("place", "late", "reminders", "trend", "reports")


def elements(of: HtmlElement, path: str) -> list[HtmlElement]:
    """What an XPath finds that names elements alone."""
    return cast("list[HtmlElement]", of.xpath(path))


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
    assert ">10</a></th>" in browser.get(school).content.decode()


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
        tries = [opened(browser) for _try in range(4)]  # the best of them, in time of the machine: others use it too
        assert min(took for _asked, took in tries) < 1.0, f"{who}: {tries}"
        asked = min(asked for asked, _took in tries)  # one more where the login is noted as used
        assert asked <= 12, f"{who}: {asked}"


def opened(browser: Client) -> tuple[int, float]:
    """Queries and seconds of the board."""
    with CaptureQueriesContext(connection) as asked:
        started = time.thread_time()
        answer = browser.get(reverse("supervision:home"))
        took = time.thread_time() - started
    assert answer.status_code == HTTPStatus.OK
    return len(asked), took


def test_a_class_of_few_pupils_is_told_without_counts(province: Province, enter: Enter) -> None:
    ClassYear.objects.bulk_create([class_year(province.schools[0], "1Z", Step.COMPLETE, pupils=4)])
    page = enter(province, "officer").get(reverse("supervision:place", args=[province.schools[0].id]))
    row = next(
        one for one in elements(lxml.html.fromstring(page.content), "//tr") if one.xpath("./th//text()") == ["1Z"]
    )
    text = row.text_content()
    assert "fewer than 5" in text
    assert "%" not in text


def test_the_picture_has_one_square_for_each_school_and_says_the_same_in_words(
    province: Province, enter: Enter
) -> None:
    page = enter(province, "officer").get(reverse("supervision:home") + "?step=complete")
    tree = lxml.html.fromstring(page.content)
    picture = elements(tree, "//svg[contains(@class, 'sup-squares')]")[0]
    assert len(elements(picture, ".//rect")) == len(province.schools)
    assert "5 schools" in picture.get("aria-label", "")
    assert "4 are at 100 %" in picture.get("aria-label", "")
    assert [one.text for one in elements(picture, ".//text[not(@class)]")] == ["0", "100", "100", "100", "100"]


def test_what_is_not_understood_is_as_if_it_were_not_asked(province: Province, enter: Enter) -> None:
    browser = enter(province, "officer")
    for query in ("level=x", "level=99", "step=x", "sort=x", "year=x", "q=%27%3B--", "page=x"):
        for name in PAGES:
            address = reverse(f"supervision:{name}", args=[province.body]) + "?" + query
            assert browser.get(address).status_code == HTTPStatus.OK, address


def test_who_is_late_says_the_step_whom_it_waits_for_and_what_is_missing(province: Province, enter: Enter) -> None:
    page = enter(province, "officer").get(reverse("supervision:late", args=[province.body])).content.decode()
    assert "Data are missing" in page
    assert "Class teacher" in page
    assert page.count('<th scope="row"><a') == 4


@pytest.mark.feature("D5")
def test_a_reminder_is_shown_before_it_is_sent_and_listed_after(province: Province, enter: Enter) -> None:
    ClassYear.objects.filter(unit=province.schools[0].id).update(class_teacher=province.persons["teacher_0"])
    browser, place = enter(province, "officer"), [province.districts[0].id]
    page = browser.get(reverse("supervision:reminders", args=place) + "?step=complete").content.decode()
    assert "Giả Định 6" in page
    assert not Reminded.objects.exists()
    sent = {"year": YEAR, "step": "complete"}
    answer = browser.post(reverse("supervision:remind", args=place), sent, follow=True).content.decode()
    assert "1 person is reminded by e-mail." in answer
    assert "All were reminded today" in answer
    again = browser.post(reverse("supervision:remind", args=place), sent, follow=True).content.decode()
    assert "Nobody is to be reminded" in again
    assert Reminded.objects.count() == 1


@pytest.mark.feature("D6")
def test_a_report_is_begun_written_closed_and_read_as_pdf_and_spreadsheet(province: Province, enter: Enter) -> None:
    browser = enter(province, "officer")
    answer = browser.post(reverse("supervision:draft", args=[province.body]), {"year": YEAR})
    address = answer["Location"]
    browser.post(address + "write/", {"outcome": "=1+1 Đạt mục tiêu", "causes": "Mất điện", "proposals": ""})
    draft = browser.get(address).content.decode()
    assert "Mất điện" in draft
    closed = browser.post(address + "close/", follow=True).content.decode()
    assert "Closed. The report stays as it is." in closed
    ClassYear.objects.all().delete()
    for language in ("vi", "en"):
        data = browser.get(f"{address}?as=pdf&in={language}").content
        with pikepdf.open(io.BytesIO(data)) as made:
            assert made.Root.MarkInfo.Marked
            assert str(made.Root.Lang) == language
        text = subprocess.run(["pdftotext", "-layout", "-", "-"], input=data, capture_output=True, check=True)
        assert "Kế hoạch 213/KH-BGDĐT" in text.stdout.decode()
    book = CalamineWorkbook.from_filelike(io.BytesIO(browser.get(address + "?as=xlsx").content))
    assert {"By step", "By year level", "By district", "By school", "By class"} <= set(book.sheet_names)
    said = book.get_sheet_by_name("Conclusions").to_python()
    assert said[1][1] == "=1+1 Đạt mục tiêu", "a text, never a formula"
    assert len(book.get_sheet_by_name("By class").to_python()) == 1 + 10


def test_only_a_draft_shows_a_form_and_a_foreign_report_is_not_found(province: Province, enter: Enter) -> None:
    made = enter(province, "officer").post(reverse("supervision:draft", args=[province.body]), {"year": YEAR})
    for who in ("head", "principal"):
        assert enter(province, who).get(made["Location"]).status_code == HTTPStatus.NOT_FOUND
        assert enter(province, who).post(made["Location"] + "close/").status_code == HTTPStatus.NOT_FOUND


def test_the_course_of_time_is_drawn_from_the_second_day_on(province: Province, enter: Enter) -> None:
    browser, address = enter(province, "officer"), reverse("supervision:trend", args=[province.body])
    assert "Nothing is counted yet" in browser.get(address).content.decode()
    zone = ZoneInfo("Asia/Ho_Chi_Minh")
    for days in (2, 1):
        count(by=SUPERVISING, zone=lambda _path: zone, now=clock.now() - timedelta(days=days))
    page = browser.get(address).content.decode()
    assert page.count('class="chart-line"') == 3
    assert "Day by day" in page


def test_a_protected_colleague_is_named_to_who_may_know_and_that_is_written_down(
    province: Province, enter: Enter
) -> None:
    teacher = province.persons["teacher_0"]
    level = Protection.PROTECTED_REGISTRATION
    people.set_protection(by=operator(), person=teacher, level=level, now=clock.now())
    ClassYear.objects.filter(unit=province.schools[0].id).update(class_teacher=teacher)
    address = reverse("supervision:reminders", args=[province.districts[0].id]) + "?step=complete"
    assert "Giả Định 6" in enter(province, "officer").get(address).content.decode()
    assert Sight.objects.get(person=teacher).where == "supervision.reminders"
