"""A primary pupil's year as its family reads it: what is decided, of the own child alone, in two languages."""

from __future__ import annotations

import gzip
import re
from http import HTTPStatus

import pytest
from django.db import connection
from django.test import Client
from django.test.utils import CaptureQueriesContext
from django.urls import reverse

from testamur.law.tables import PACKS
from testamur.law.vn_primary import tables
from tests.schoolday.diary.school import School
from tests.surfaces.web.diary.conftest import Enter, enter
from tests.surfaces.web.family.diaries import browse, build
from tests.surfaces.web.yearend.conftest import again, fill, vietnamese

__all__ = ["enter", "vietnamese"]
pytestmark = [pytest.mark.django_db, pytest.mark.feature("D13", "D14")]
MARKUP = 60_000
"""Bytes of markup: with styles, script and fonts the page stays below 100 kB over the line."""


def where(school: School, n: int = 0) -> str:
    return reverse("family:year", args=[school.pupils[n]])


def close(school: School, enter: Enter, moment: str) -> Client:
    browser = enter(school, "class_teacher")
    answer = browser.post(reverse("yearend:close", args=[school.group, moment]), {})
    assert answer.status_code == HTTPStatus.FOUND
    return browser


def main(browser: Client, address: str, language: str = "en") -> str:
    browser.cookies["django_language"] = language
    answer = browser.get(address, headers={"accept-language": language})
    assert answer.status_code == HTTPStatus.OK
    return str(answer.content.decode().split("<main", 1)[1].split("</main>", 1)[0])


def test_nothing_is_told_before_the_class_teacher_has_closed_the_term(vietnamese: School, enter: Enter) -> None:
    fill(vietnamese, "HK1")
    family = browse(vietnamese.persons["guardian"])
    before = main(family, where(vietnamese))
    assert "Nothing is decided yet" in before
    assert "Chăm chỉ" not in before
    close(vietnamese, enter, "HK1")
    after = main(family, where(vietnamese))
    assert "Cuối học kì I" in after
    assert "End of term 1" in after
    for name in (*tables.QUALITIES.values(), "Ngôn ngữ", "Tiếng Việt", "Toán"):
        assert name in after, name
    assert [after.index(name) for name in tables.QUALITIES.values()] == sorted(
        after.index(name) for name in tables.QUALITIES.values()
    ), "in the order of the law"
    assert "Diligence" in after
    assert "Hoàn thành tốt" in after
    assert "Completed well" in after


def test_the_year_stands_with_result_award_and_what_follows(vietnamese: School, enter: Enter) -> None:
    fill(vietnamese)
    browser = close(vietnamese, enter, "HK2")
    page = browser.get(reverse("yearend:year", args=[vietnamese.group])).content.decode()
    shown = dict(re.findall(r'name="(result\.[^"]+)" value="([^"]+)"', page))
    browser.post(reverse("yearend:confirm", args=[vietnamese.group]), {**shown, "agreed": "on"})
    told = main(browse(vietnamese.persons["guardian"]), where(vietnamese))
    assert "Hoàn thành xuất sắc" in told
    assert "Completed with excellence" in told
    assert "Học sinh Xuất sắc" in told
    assert "Hoàn thành chương trình lớp 3." in told
    again(vietnamese, 0, "TOAN", "test", "10", "teacher")
    browser.post(reverse("yearend:close", args=[vietnamese.group, "HK2"]), {"explanation": "Ghi nhầm."})
    assert "Corrected; it was 9." in main(browse(vietnamese.persons["guardian"]), where(vietnamese))


def test_a_vietnamese_reader_gets_the_words_of_the_law_alone(vietnamese: School, enter: Enter) -> None:
    fill(vietnamese)
    close(vietnamese, enter, "HK2")
    told = main(browse(vietnamese.persons["guardian"]), where(vietnamese), "vi")
    assert "Chăm chỉ" in told
    assert "Diligence" not in told


def test_nobody_reads_of_another_familys_child(vietnamese: School, enter: Enter) -> None:
    fill(vietnamese, values={(0, "level", "DD"): "C"})
    close(vietnamese, enter, "HK2")
    mine = browse(vietnamese.persons["guardian"])
    assert mine.get(where(vietnamese, 2)).status_code == HTTPStatus.NOT_FOUND
    assert browse(vietnamese.persons["other_guardian"]).get(where(vietnamese, 1)).status_code == HTTPStatus.NOT_FOUND
    assert enter(vietnamese, "class_teacher").get(where(vietnamese)).status_code != HTTPStatus.OK
    assert Client().get(where(vietnamese)).status_code != HTTPStatus.OK
    other = main(mine, where(vietnamese, 1))  # a sibling's page says nothing of the first
    assert "Chưa hoàn thành" not in other
    assert "Chưa hoàn thành" in main(mine, where(vietnamese))


def test_the_page_is_small_and_asks_little(vietnamese: School, enter: Enter) -> None:
    for moment in ("HK1-mid", "HK1", "HK2-mid", "HK2"):
        fill(vietnamese, moment)
        close(vietnamese, enter, moment)
    family = browse(vietnamese.persons["guardian"])
    family.get(where(vietnamese))
    with CaptureQueriesContext(
        connection,
    ) as asked:
        answer = family.get(where(vietnamese))
    assert len(asked) <= 40, len(asked)
    assert len(gzip.compress(answer.content)) < MARKUP // 4, len(gzip.compress(answer.content))
    assert len(answer.content) < 2 * MARKUP, len(answer.content)
    assert answer.content.decode().count('<details class="family-year" open') == 1


def test_a_law_without_such_moments_has_no_such_page(db: None) -> None:
    families = build()
    family = browse(families.guardian)
    assert family.get(reverse("family:year", args=[families.bg.pupils[0]])).status_code == HTTPStatus.NOT_FOUND
    assert "family/year" not in family.get(reverse("family:marks", args=[families.bg.pupils[0]])).content.decode()


def test_every_word_of_the_law_has_its_english() -> None:
    rules = PACKS["vn.primary"].year_end
    assert rules is not None
    codes = [*(s.code for s in tables.SUBJECTS), *tables.QUALITIES, *tables.COMPETENCES, *tables.FACTS]
    assert all(rules.english("level", code) for code in codes)
    assert all(rules.english("moment", f"{one.term} {one.code}".strip()) for one in tables.OCCASIONS)
    for kind, scale in tables.SCALES.items():
        assert all(rules.english_value(kind, one.value) or kind == "test" for one in scale.values), kind
    assert not rules.english("level", "?")
